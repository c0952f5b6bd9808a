import { createServer, type AddressInfo, type LookupFunction, type Socket } from "node:net";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { makeConnector, type ConnectOptions } from "../../src/http/connect.js";

/** Connects once; the answer is the error, or null for a socket. */
function connect(
  options: ConnectOptions,
  port: number,
): Promise<{ error: Error | null; socket: Socket | null; calls: () => number }> {
  let calls = 0;
  return new Promise((resolve) => {
    const target = { hostname: "localhost", protocol: "http:", port: String(port) };
    makeConnector(options)(target, (error, socket) => {
      calls += 1;
      resolve({ error, socket, calls: () => calls });
    });
  });
}

async function listening() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port };
}

const toLoopback: LookupFunction = (_, options, callback) =>
  options.all === true
    ? callback(null, [{ address: "127.0.0.1", family: 4 }])
    : callback(null, "127.0.0.1", 4);

describe("connecting", () => {
  test("gives a socket", async () => {
    const { server, port } = await listening();
    const { error, socket } = await connect({ lookup: toLoopback }, port);
    expect(error).toBeNull();
    expect(socket?.remotePort).toBe(port);
    socket?.destroy();
    server.close();
  });

  test("gives the error", async () => {
    const { server, port } = await listening();
    server.close();
    await once(server, "close");
    const { error } = await connect({ lookup: toLoopback }, port);
    expect(error).toMatchObject({ code: "ECONNREFUSED" });
  });

  test("ends after its time, and a socket that comes later is destroyed unseen", async () => {
    const { server, port } = await listening();
    let find = (): void => undefined;
    const lookup: LookupFunction = (host, options, callback) => {
      find = () => toLoopback(host, options, callback);
    };
    const { error, socket, calls } = await connect({ lookup, connectTimeoutMs: 30 }, port);
    expect(error).toMatchObject({ fault: "connect" });
    expect(socket).toBeNull();
    const accepted = once(server, "connection") as Promise<[Socket]>;
    find();
    const [late] = await accepted;
    late.resume();
    await once(late, "close");
    expect(calls()).toBe(1);
    server.close();
  });
});
