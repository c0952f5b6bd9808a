import { promisify } from "node:util";
import { gzip, type InputType, type ZlibOptions } from "node:zlib";
import type { FastifyInstance } from "fastify";

/** Shorter answers fit a packet or two as they are. */
const LEAST_BYTES = 1_400;
/** The higher levels cost twice as much and save a tenth. */
const LEVEL = 1;

const gzipped = promisify<InputType, ZlibOptions, Buffer>(gzip);

/**
 * Compresses answers for clients that take gzip.
 *
 * Cost: of a page of 100 backups, about as much CPU time as answering it; a proxy may do it instead.
 */
export function compressAnswers(app: FastifyInstance): void {
  app.addHook("onSend", async (request, reply, payload) => {
    const isText = typeof payload === "string" || Buffer.isBuffer(payload);
    if (!isText || payload.length < LEAST_BYTES) return payload;
    reply.header("vary", [reply.getHeader("vary"), "Accept-Encoding"].filter(Boolean).join(", "));
    if (!takesGzip(request.headers["accept-encoding"])) return payload;
    const body = await gzipped(payload, { level: LEVEL });
    reply.header("content-encoding", "gzip").removeHeader("content-length");
    return body;
  });
}

/** Whether a client takes gzip, by its name or as one of any. Source: RFC 9110, section 12.5.3. */
function takesGzip(accepted: string | string[] | undefined): boolean {
  const codings = String(accepted ?? "")
    .toLowerCase()
    .split(",")
    .map((coding) => coding.split(";").map((part) => part.trim()));
  const named = codings.find(([name]) => name === "gzip") ?? codings.find(([name]) => name === "*");
  return named !== undefined && !named.some((part) => /^q=0(?:\.0*)?$/.test(part));
}
