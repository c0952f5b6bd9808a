import { createServer } from "node:http";
import type { PageJson } from "../queries.js";
import { given, listen } from "./given.js";

/*
 * No GraphQL: reads the request and stringifies the page for each answer.
 */
const page = given<PageJson>();

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => void chunks.push(chunk));
  request.on("end", () => {
    JSON.parse(Buffer.concat(chunks).toString());
    const body = JSON.stringify({ data: { backups: page } });
    response.writeHead(200, {
      "content-type": "application/json; charset=utf-8",
      "content-length": Buffer.byteLength(body),
    });
    response.end(body);
  });
});
await listen(server);
