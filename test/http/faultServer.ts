import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";

/** A request as it arrived. */
export interface Seen {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly socket: Socket;
}

/** What the server does with one request. */
export type Answer = (socket: Socket, seen: Seen) => void;

/** A server that misbehaves as a test wants, on raw sockets of the loopback. */
export interface FaultServer {
  readonly origin: string;
  readonly port: number;
  readonly requests: Seen[];
  /** Connections accepted so far, with those that never became a request. */
  connections(): number;
  /** Resolves when so many requests have come. */
  seen(count: number): Promise<void>;
  stop(): Promise<void>;
}

/** The n-th request gets the n-th answer; the last answer is for all further ones. */
export function serve(...answers: Answer[]): Promise<FaultServer> {
  return listen(createServer(), "connection", "http", answers);
}

export function serveTls(options: TlsOptions, ...answers: Answer[]): Promise<FaultServer> {
  return listen(createTlsServer(options), "secureConnection", "https", answers);
}

async function listen(
  server: Server,
  event: "connection" | "secureConnection",
  scheme: string,
  answers: readonly Answer[],
): Promise<FaultServer> {
  const requests: Seen[] = [];
  const sockets = new Set<Socket>();
  const waiting: (() => void)[] = [];
  let connections = 0;
  server.on("connection", (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => undefined);
  });
  server.on("tlsClientError", () => undefined);
  server.on(event, (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    readRequests(socket, (seen) => {
      requests.push(seen);
      answers[Math.min(requests.length, answers.length) - 1]?.(socket, seen);
      for (const wake of waiting.splice(0)) wake();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    origin: `${scheme}://${scheme === "https" ? "localhost" : "127.0.0.1"}:${port}`,
    port,
    requests,
    connections: () => connections,
    async seen(count) {
      while (requests.length < count) await new Promise<void>((wake) => waiting.push(wake));
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function readRequests(socket: Socket, onRequest: (seen: Seen) => void): void {
  let pending = "";
  socket.on("data", (chunk: Buffer) => {
    pending += chunk.toString("latin1");
    for (;;) {
      const headEnd = pending.indexOf("\r\n\r\n");
      if (headEnd < 0) return;
      const [first = "", ...lines] = pending.slice(0, headEnd).split("\r\n");
      const headers = Object.fromEntries(
        lines.map((line) => {
          const colon = line.indexOf(":");
          return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
        }),
      );
      const end = headEnd + 4 + Number(headers["content-length"] ?? 0);
      if (pending.length < end) return;
      const body = pending.slice(headEnd + 4, end);
      pending = pending.slice(end);
      const [method = "", target = ""] = first.split(" ");
      onRequest({ method, target, headers, body, socket });
    }
  });
}

/** An answer with a length, on a connection that is kept. */
export const reply =
  (body: string | Buffer, { status = 200, headers = {} as Record<string, string> } = {}): Answer =>
  (socket) => {
    const bytes = Buffer.from(body as string);
    socket.write(headOf(status, { "content-length": String(bytes.length), ...headers }));
    socket.write(bytes);
  };

/** Text as it is; the connection is kept. */
export const raw =
  (text: string): Answer =>
  (socket) => {
    socket.write(text);
  };

/** Text as it is, then the orderly end of the connection. */
export const rawEnd =
  (text: string): Answer =>
  (socket) => {
    socket.end(text);
  };

/** Text as it is, then a reset once it has left. */
export const rawReset =
  (text: string): Answer =>
  (socket) => {
    if (text === "") socket.resetAndDestroy();
    else socket.write(text, () => setImmediate(() => socket.resetAndDestroy()));
  };

/** Nothing at all. */
export const silent: Answer = () => undefined;

/** The head, then some bytes every few milliseconds for as long as the connection stands. */
export const drip =
  (head: string, bytes: string | Buffer, everyMs: number): Answer =>
  (socket) => {
    socket.write(head);
    const timer = setInterval(() => socket.write(bytes), everyMs);
    socket.on("close", () => clearInterval(timer));
  };

/** Bytes as fast as they are taken, without end. */
export const flood =
  (head: string, bytes: Buffer): Answer =>
  (socket) => {
    socket.write(head);
    const pour = (): void => {
      while (!socket.destroyed && socket.write(bytes));
    };
    socket.on("drain", pour);
    pour();
  };

export const headOf = (status: number, headers: Record<string, string>): string =>
  [
    `HTTP/1.1 ${status} Status`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    "\r\n",
  ].join("\r\n");
