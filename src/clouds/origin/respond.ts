import type { ServerResponse } from "node:http";
import type { FaultEffect } from "../knobs/faults.js";
import type { Reply } from "../vendorCloud.js";

/** The answer to a request, and the faults that are applied to it. */
export interface Outcome {
  readonly reply: Reply;
  readonly effect: FaultEffect | null;
}

const TEXT = { "content-type": "text/plain; charset=utf-8" };
const HTML = { "content-type": "text/html; charset=utf-8" };
const PROXY_PAGE =
  "<!doctype html><title>502 Bad Gateway</title><h1>Bad Gateway</h1><p>The proxy met an error.</p>";

/** A plain answer of the server itself. */
export const plainReply = (status: number, body: string): Reply => ({
  status,
  headers: TEXT,
  body: `${body}\n`,
});

/** Writes an answer and applies its faults. */
export function respond(response: ServerResponse, { reply, effect }: Outcome): void {
  switch (effect?.kind) {
    case undefined:
    case "vendorError":
      return write(response, reply);
    case "status":
      return write(response, plainReply(effect.status, "The server met an error."));
    case "body":
      return write(response, { ...reply, body: effect.body });
    case "html":
      return write(response, { status: 200, headers: HTML, body: PROXY_PAGE });
    case "shortBody":
      return write(response, { ...reply, body: halfOf(reply.body) });
    case "redirect":
      return write(response, { ...plainReply(302, ""), headers: { location: effect.location } });
    case "halfBody":
      return writeHalf(response, reply);
    case "endless":
      return writeForever(response, reply);
    case "reset":
      response.socket?.resetAndDestroy();
      return;
    case "hang":
      return;
  }
}

const halfOf = (text: string): string => text.slice(0, Math.floor(text.length / 2));

function write(response: ServerResponse, { status, headers, body }: Reply): void {
  const bytes = Buffer.from(body, "utf8");
  response.writeHead(status, { ...headers, "content-length": bytes.length });
  response.end(bytes);
}

function writeHalf(response: ServerResponse, { status, headers, body }: Reply): void {
  const bytes = Buffer.from(body, "utf8");
  response.writeHead(status, { ...headers, "content-length": bytes.length });
  response.write(bytes.subarray(0, bytes.length >> 1), () => response.socket?.resetAndDestroy());
}

/** JSON may start with spaces, so only the size shows that something is wrong. */
function writeForever(response: ServerResponse, { status, headers }: Reply): void {
  const chunk = Buffer.alloc(65_536, " ");
  response.writeHead(status, headers);
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on("drain", more);
  more();
}
