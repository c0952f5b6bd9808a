import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { startGateway } from "./gatewayProcess.js";

const folder = mkdtempSync(join(tmpdir(), "memory-"));
afterAll(() => rmSync(folder, { recursive: true }));

const digestOf = (secret: string): string => createHash("sha256").update(secret).digest("hex");

/** The status of a request on a connection of its own. */
const statusOf = (url: string, headers: Record<string, string>): Promise<number> =>
  new Promise((resolve, reject) => {
    const body = JSON.stringify({ query: "{ providers { key } }" });
    const sent = request(url, {
      method: "POST",
      agent: false,
      headers: { "content-type": "application/json", ...headers },
    });
    sent.on("error", reject);
    sent.on("response", (response) => {
      response.resume().on("end", () => resolve(response.statusCode ?? 0));
    });
    sent.end(body);
  });

test("no key of a caller and no secret of a router is in the heap, before or after requests", async () => {
  const config = {
    accounts: [
      { id: "a", vendor: "ucloud", credentials: { publicKey: "canary-own", privateKey: "p" } },
    ],
    server: { port: 0 },
    auth: {
      mode: "apiKey",
      apiKeys: [{ name: "r", sha256: digestOf("canary-key"), scopes: ["backups:read"] }],
    },
    federation: { enabled: true, secretSha256: digestOf("canary-router") },
    limits: { requestsPerMinute: 100 },
  };
  const file = join(folder, "gateway.json");
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  const options = `--heapsnapshot-signal=SIGUSR2 --diagnostic-dir=${folder}`;
  const { child, url } = await startGateway(file, { env: { NODE_OPTIONS: options } });
  const snapshots = () => readdirSync(folder).filter((name) => name.endsWith(".heapsnapshot"));
  /** The canaries in the heap. Node collects garbage before it writes a snapshot. */
  const found = async (): Promise<string[]> => {
    const before = snapshots().length;
    child.kill("SIGUSR2");
    await expect.poll(() => snapshots().length).toBe(before + 1);
    const last = join(folder, snapshots().sort().at(-1) ?? "");
    await expect.poll(() => readFileSync(last, "utf8").trimEnd().endsWith("]}")).toBe(true);
    return [...new Set(readFileSync(last, "utf8").match(/canary-(?:own|key|router)/g))];
  };
  // The credentials of an account are needed for signatures, so the search would find a key too.
  expect(await found()).toEqual(["canary-own"]);
  const headers = { "x-api-key": "canary-key", "x-gateway-secret": "canary-router" };
  // Writing the snapshot stopped the event loop, which counts as load for a moment.
  await expect.poll(() => statusOf(url, headers)).toBe(200);
  expect(await statusOf(url, { authorization: "Bearer canary-key" })).toBe(200);
  expect(await statusOf(url, { "x-api-key": "canary-key-that-is-wrong" })).toBe(401);
  expect(await found()).toEqual(["canary-own"]);
});
