import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer, type IncomingMessage } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { connect, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import type { NetworkSettings } from "../../src/domain/account.js";
import { makeTransport, type Transport } from "../../src/http/transport.js";
import { freePort } from "../freePort.js";
import { authority, key, other } from "./certificates.js";

const LIMITS = {
  account: "ops",
  connections: 4,
  timeoutMs: 120_000,
  onTimeout: "timeout",
  maxResponseBytes: 1_000,
} as const;
const DIRECT: NetworkSettings = { httpProxy: "", httpsProxy: "", noProxy: "", ca: authority };

/** A slow resolver is a host that cannot be reached. */
const NOT_PROXYS: unknown = expect.stringMatching(/^(?:dns|connect)$/);

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** The port of a server on the loopback, which is closed when the test ends. */
async function portOf(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) =>
    sockets.add(socket.once("close", () => sockets.delete(socket))),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

/** A vendor at https://other.example, which only a proxy can reach. */
const startVendor = (): Promise<number> =>
  portOf(createHttpsServer({ cert: other, key }, (_, response) => void response.end("ok")));

/** A proxy that connects every name to the loopback, and notes what it is asked for. */
async function startProxy(answer = 200) {
  const asked: { readonly target: string; readonly authorization: string | undefined }[] = [];
  const server = createHttpServer();
  server.on("connect", ({ url = "", headers }: IncomingMessage, socket: Socket) => {
    asked.push({ target: url, authorization: headers["proxy-authorization"] });
    socket.on("error", () => undefined);
    if (answer !== 200) return void socket.end(`HTTP/1.1 ${answer} No\r\n\r\n`);
    const target = connect(Number(url.split(":")[1]), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connected\r\n\r\n");
      socket.pipe(target).pipe(socket);
    });
    target.on("error", () => socket.destroy());
    socket.on("close", () => target.destroy());
  });
  return { port: await portOf(server), asked };
}

function transportOver(network: Partial<NetworkSettings>): Transport {
  const transport = makeTransport({ networkOf: () => ({ ...DIRECT, ...network }) });
  onTestFinished(() => transport.close());
  return transport;
}

const bodyOf = async (network: Partial<NetworkSettings>, url: string): Promise<string> => {
  const request = { method: "GET", url, headers: {} } as const;
  const never = new AbortController().signal;
  return (await transportOver(network).send(request, LIMITS, never)).body;
};

describe("a proxy", () => {
  test("forwards to hosts that it resolves itself, with its credentials", async () => {
    const [vendor, proxy] = [await startVendor(), await startProxy()];
    const httpsProxy = `http://user:p%40ss@127.0.0.1:${proxy.port}`;
    expect(await bodyOf({ httpsProxy }, `https://other.example:${vendor}/`)).toBe("ok");
    const basic = Buffer.from("user:p@ss").toString("base64");
    expect(proxy.asked).toEqual([
      { target: `other.example:${vendor}`, authorization: `Basic ${basic}` },
    ]);
  });

  test("is not used for loopback hosts", async () => {
    const proxy = await startProxy();
    const plain = await portOf(createHttpServer((_, response) => void response.end("direct")));
    const url = `http://127.0.0.1:${proxy.port}`;
    const network = { httpProxy: url, httpsProxy: url };
    for (const host of ["127.0.0.1", "localhost"])
      expect(await bodyOf(network, `http://${host}:${plain}/`)).toBe("direct");
    expect(proxy.asked).toEqual([]);
  });

  test.each(["other.example", ".example", "*.example,x", "*"])(
    "is not used for hosts in NO_PROXY: %s",
    async (noProxy) => {
      const proxy = await startProxy();
      const httpsProxy = `http://127.0.0.1:${proxy.port}`;
      await expect(
        bodyOf({ httpsProxy, noProxy }, "https://other.example:1/"),
      ).rejects.toMatchObject({ fault: NOT_PROXYS });
      expect(proxy.asked).toEqual([]);
    },
  );

  test("is not blamed for hosts whose scheme has no proxy", async () => {
    const proxy = await startProxy();
    const httpsProxy = `http://127.0.0.1:${proxy.port}`;
    await expect(bodyOf({ httpsProxy }, "http://other.example:1/")).rejects.toMatchObject({
      fault: NOT_PROXYS,
    });
    expect(proxy.asked).toEqual([]);
  });

  test("does not make addresses of metadata services reachable", async () => {
    const proxy = await startProxy();
    const url = `http://127.0.0.1:${proxy.port}`;
    await expect(
      bodyOf({ httpProxy: url, httpsProxy: url }, "http://169.254.169.254/"),
    ).rejects.toMatchObject({ fault: "address" });
    expect(proxy.asked).toEqual([]);
  });

  test.each([
    { answer: 407, fault: "proxyCredentials", says: "The proxy does not accept its credentials" },
    { answer: 403, fault: "proxy", says: "or it cannot connect to the vendor's host" },
    { answer: 502, fault: "proxy", says: "or it cannot connect to the vendor's host" },
  ])("that answers $answer is $fault", async ({ answer, fault, says }) => {
    const proxy = await startProxy(answer);
    const httpsProxy = `http://user:canary-pass@127.0.0.1:${proxy.port}`;
    const error: unknown = await bodyOf({ httpsProxy }, "https://other.example/").catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ fault, message: expect.stringContaining(says) as string });
    expect(String(error)).not.toContain("canary");
  });

  test("that cannot be reached is named", async () => {
    const httpsProxy = `http://127.0.0.1:${await freePort()}`;
    await expect(bodyOf({ httpsProxy }, "https://other.example/")).rejects.toMatchObject({
      fault: "proxy",
    });
  });

  test("does not replace the check of the vendor's certificate", async () => {
    const [vendor, proxy] = [await startVendor(), await startProxy()];
    const httpsProxy = `http://127.0.0.1:${proxy.port}`;
    await expect(
      bodyOf({ httpsProxy, ca: null }, `https://other.example:${vendor}/`),
    ).rejects.toMatchObject({
      fault: "tls",
      message:
        "The TLS certificate of the vendor's host is not signed by a known authority. If your company or a proxy signed it, set `upstream.caFile`.",
    });
    await expect(
      bodyOf({ httpsProxy }, `https://another.example:${vendor}/`),
    ).rejects.toMatchObject({
      fault: "tls",
      message: "The TLS certificate of the vendor's host belongs to another host.",
    });
  });
});

const hasSquid = spawnSync("squid", ["-v"]).status === 0;

/** Squid with a user, which resolves other.example to the loopback. */
async function startSquid(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "squid-"));
  // Squid gives up its rights and must still read the files.
  chmodSync(folder, 0o755);
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o644 });
    return join(folder, name);
  };
  const hash = spawnSync("openssl", ["passwd", "-apr1", "secret"], { encoding: "utf8" }).stdout;
  const port = await freePort();
  const config = file(
    "squid.conf",
    `http_port 127.0.0.1:${port}
pid_filename none
hosts_file ${file("hosts", "127.0.0.1 other.example\n")}
dns_nameservers 127.0.0.1
cache deny all
access_log none
cache_log /dev/null
coredump_dir ${folder}
shutdown_lifetime 0 seconds
auth_param basic program /usr/lib/squid/basic_ncsa_auth ${file("users", `user:${hash}`)}
auth_param basic children 1
acl users proxy_auth REQUIRED
http_access allow users
http_access deny all
`,
  );
  const child = spawn("squid", ["-N", "-f", config], { stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  closing.push(async () => {
    child.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error("Squid did not start.");
    await wait(50);
  }
  return port;
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.end(() => resolve(true)));
    socket.once("error", () => resolve(false));
  });

describe.skipIf(!hasSquid)("squid (skipped if it is not installed)", () => {
  test("forwards calls of a user, and refuses others", async () => {
    const [vendor, port] = [await startVendor(), await startSquid()];
    const url = `https://other.example:${vendor}/`;
    expect(await bodyOf({ httpsProxy: `http://user:secret@127.0.0.1:${port}` }, url)).toBe("ok");
    await expect(
      bodyOf({ httpsProxy: `http://user:wrong@127.0.0.1:${port}` }, url),
    ).rejects.toMatchObject({ fault: "proxyCredentials" });
    await expect(
      bodyOf({ httpsProxy: `http://user:secret@127.0.0.1:${port}` }, "https://other.example:1/"),
    ).rejects.toMatchObject({ fault: "proxy" });
  });
});
