import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply } from "fastify";
import { PACKAGE } from "../ownPackage.js";
import { HTML_TYPE } from "./accept.js";
import { PAGE_POLICY } from "./headers.js";
import type { ServerOptions } from "./options.js";

/** The folder of the built pages. */
const PAGES = new URL("dist/pages/", PACKAGE);

/** Sends a static page without data. */
export type SendPage = (reply: FastifyReply) => FastifyReply;

/** The facts about the gateway that a page contains; no data. */
type PageFacts = Pick<ServerOptions, "demo" | "graphiql" | "limits">;

/**
 * Reads a built page.
 *
 * Errors: names the command to run if the pages were never built.
 */
export async function readPage(name: string, facts: PageFacts): Promise<SendPage> {
  const file = new URL(`${name}/index.html`, PAGES);
  const shell = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new Error(`Expected the built page ${file.pathname}: run npm run build.`, { cause });
  });
  const html = shell.replace("<html", `<html${attributesOf(facts)}`);
  return (reply) =>
    reply
      .header("content-security-policy", PAGE_POLICY)
      .type(`${HTML_TYPE}; charset=utf-8`)
      .send(html);
}

function attributesOf({ demo, graphiql, limits }: PageFacts): string {
  const marks = [demo ? ' data-demo="true"' : "", graphiql ? ' data-graphiql="true"' : ""];
  return `${marks.join("")} data-first="${limits.first}"`;
}

/** Serves the page at `GET /`, or plain text if there is none. */
export function addFrontPage(app: FastifyInstance, send: SendPage = sendNothing): void {
  app.get("/", (_, reply) => send(reply));
}

const sendNothing: SendPage = (reply) =>
  reply.code(404).type("text/plain; charset=utf-8").send("There is no page here.\n");

/** Serves the pages' assets. Their names contain a hash of their content, so they never change. */
export async function addAssets(app: FastifyInstance): Promise<void> {
  await app.register(async (scope) => {
    // Monaco's workers are separate documents and need the page's policy.
    scope.addHook("onRequest", async (_, reply) => {
      reply.header("content-security-policy", PAGE_POLICY);
    });
    await scope.register(fastifyStatic, {
      root: fileURLToPath(new URL("assets/", PAGES)),
      prefix: "/assets/",
      index: false,
      decorateReply: false,
      maxAge: "365d",
      immutable: true,
    });
  });
}
