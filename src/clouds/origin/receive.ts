import type { IncomingMessage } from "node:http";
import type { ReceivedRequest } from "../verify/request.js";

const MOST_BYTES = 1_048_576;
const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * Whether the request names one of our hosts. A web page whose domain was pointed at this machine
 * (DNS rebinding) does not.
 */
export function isOurHost(message: IncomingMessage, also: ReadonlySet<string>): boolean {
  const host = (message.headers.host ?? "").replace(/:\d+$/, "").toLowerCase();
  // Browsers resolve names below localhost to this machine alone.
  return LOOPBACK.has(host) || host.endsWith(".localhost") || also.has(host);
}

/** Reads a request, or returns null if its body is larger than any call of these APIs. */
export async function receive(message: IncomingMessage): Promise<ReceivedRequest | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Returning now would close the connection before the client gets its answer.
    if (bytes <= MOST_BYTES) chunks.push(chunk);
  }
  if (bytes > MOST_BYTES) return null;
  const url = message.url ?? "/";
  const mark = url.indexOf("?");
  return {
    method: message.method ?? "GET",
    path: mark < 0 ? url : url.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? "" : url.slice(mark + 1)),
    headers: headersOf(message),
    body: Buffer.concat(chunks).toString("utf8"),
  };
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(", ") : value;
  return flat;
}
