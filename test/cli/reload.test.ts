import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startClouds, type Clouds } from "../../src/clouds/clouds.js";
import { startGateway, type GatewayProcess } from "../security/gatewayProcess.js";
import { configFile } from "./harness.js";

let clouds: Clouds;
beforeAll(async () => {
  clouds = await startClouds({ estate: { instances: 2, backupsEach: 2 } });
});
afterAll(() => clouds.close());

const sha256 = (key: string): string => createHash("sha256").update(key).digest("hex");

/** A config over the clouds whose callers have these keys. */
const configOf = (keys: readonly string[], more: object = {}) => ({
  server: { port: 0, logLevel: "info" },
  cache: { ttl: "PT0S" },
  auth: {
    mode: "apiKey",
    apiKeys: keys.map((name) => ({ name, sha256: sha256(name), scopes: ["backups:read"] })),
  },
  accounts: clouds.accounts.flatMap(({ id, vendor, endpoint, credentials }) =>
    vendor === "ucloud" ? [{ id, vendor, endpoint, credentials }] : [],
  ),
  ...more,
});

const ask = (url: string, key: string): Promise<Response> =>
  fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
    body: JSON.stringify({ query: "{ backups { complete } backupPolicies { name } }" }),
  });

/** Writes the file, sends the signal, and waits for a line of the log. */
async function reload(
  { child, written }: GatewayProcess,
  file: string,
  text: string,
  line: string,
) {
  const from = written.stderr.length;
  writeFileSync(file, text);
  child.kill("SIGHUP");
  while (!written.stderr.slice(from).includes(line)) {
    if (child.exitCode !== null) throw new Error(written.stderr);
    await wait(20);
  }
  return written.stderr.slice(from);
}

test("SIGHUP replaces keys and the log level without dropping a request, and a wrong file nothing", async () => {
  const file = configFile(configOf(["first"]));
  const gateway = await startGateway(file);
  const { child, url, ended } = gateway;
  expect((await ask(url, "first")).status).toBe(200);
  expect((await ask(url, "second")).status).toBe(401);

  const releases: (() => void)[] = [];
  const reached = new Promise<void>((resolve) => {
    clouds.knobs.hook = () => {
      resolve();
      return new Promise((release) => releases.push(release));
    };
  });
  const running = ask(url, "first");
  await reached;

  const good = JSON.stringify(
    configOf(["second"], {
      server: { port: 1, logLevel: "warn" },
      policies: [{ name: "strict", match: { vendors: ["ucloud"] }, rpo: "PT1H" }],
    }),
  );
  const log = await reload(gateway, file, good, "Changed keys take effect after a restart.");
  expect(log).toContain('"keys":["server.port"]');
  clouds.knobs.hook = null;
  for (const release of releases) release();
  expect((await running).status).toBe(200);
  expect((await ask(url, "first")).status).toBe(401);
  const answer = await ask(url, "second");
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({
    data: { backupPolicies: [{ name: "strict" }, { name: "default" }] },
  });

  const wrong = JSON.stringify(configOf(["third"], { acounts: [] }));
  const refused = await reload(gateway, file, wrong, "The config was not reloaded");
  expect(refused).toContain("unknown key; did you mean accounts?");
  expect(refused).not.toContain("The config was reloaded.");
  expect((await ask(url, "third")).status).toBe(401);
  expect((await ask(url, "second")).status).toBe(200);

  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
});
