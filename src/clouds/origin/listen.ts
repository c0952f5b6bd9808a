import { createServer } from "node:http";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A server on its own port at 127.0.0.1. */
export interface Listening {
  /** Base URL without a trailing slash. */
  readonly url: string;
  /** Closes all connections, including those that wait for an answer. */
  close(): Promise<void>;
}

const KEEP_ALIVE_MS = 65_000;

/** Starts a server on a free port of 127.0.0.1. */
export async function listen(
  serve: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<Listening> {
  const listener: RequestListener = (request, response) => {
    // A client that disconnects ends only its own request.
    serve(request, response).catch(() => response.destroy());
  };
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, listener);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
