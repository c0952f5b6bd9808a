import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { startClouds, type Clouds } from "../../src/clouds/clouds.js";
import type { Logger } from "pino";
import { makeReload } from "../../src/cli/reload.js";
import type { GatewayConfig } from "../../src/config/resolve.js";
import type { Account } from "../../src/domain/account.js";
import {
  runProgram,
  startGateway,
  type GatewayProcess,
  type Starting,
} from "../security/gatewayProcess.js";
import { CLAIMS, makeSigningKey, sign, startIssuer } from "../server/auth/issuer.js";
import { describeWithRedis, RedisServer } from "../shared/redisServer.js";
import { BACKUPS, gatewayOver, readsOf } from "../estate/gateway.js";
import { fileAccountOf } from "../fileAccount.js";
import { configFile } from "./harness.js";

let clouds: Clouds;
beforeAll(async () => {
  clouds = await startClouds({ estate: { instances: 2, backupsEach: 2 } });
});
afterAll(() => clouds.close());
beforeEach(() => {
  clouds.knobs.reset();
  clouds.calls.reset();
});

const sha256 = (key: string): string => createHash("sha256").update(key).digest("hex");

/** The accounts of some vendors, as the config file has them. */
const accountsOf = (...vendors: readonly string[]) =>
  clouds.accounts
    .filter(({ vendor }) => vendors.includes(vendor))
    .map((account) => ({ ...fileAccountOf(account), id: account.id, rate: 10_000, retries: 0 }));

/** A config whose callers have these keys. */
const configOf = (keys: readonly string[], more: object = {}) => ({
  server: { port: 0, logLevel: "info" },
  auth: {
    mode: "apiKey",
    apiKeys: keys.map((name) => ({
      name,
      sha256: sha256(name),
      scopes: ["backups:read", "metrics:read"],
    })),
  },
  accounts: accountsOf("ucloud"),
  ...more,
});

const post = (url: string, key: string, query: string, variables = {}): Promise<Response> =>
  fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
    body: JSON.stringify({ query, variables }),
  });

interface Body {
  readonly data: Record<string, never> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: object }[];
}

const ask = async (url: string, query: string, variables = {}): Promise<Body> =>
  (await (await post(url, "first", query, variables)).json()) as Body;

const POLICIES = "{ backups { complete } backupPolicies { name } }";
const ACCOUNTS = "{ providers { account } backups(first: 200) { complete nodes { id } } }";
const VENDORS = "query($in: [String!]) { backups(filter: { providers: $in }) { complete } }";

const PAGE = `query($after: String) { backups(first: 3, after: $after) { complete issues { code } nodes { id } pageInfo { endCursor } } }`;

interface Page {
  readonly complete: boolean;
  readonly nodes: readonly { readonly id: string }[];
  readonly pageInfo: { readonly endCursor: string | null };
}

const connectionIn = ({ data }: Body): Page => data?.["backups"] as unknown as Page;

const accountsIn = ({ data }: Body): readonly string[] => [
  ...new Set(
    (data?.["providers"] as readonly { account: string }[] | undefined)?.map(
      ({ account }) => account,
    ),
  ),
];

/** Writes the file, sends the signal, and waits for a line of the log. */
async function reload(
  { child, written }: GatewayProcess,
  file: string,
  config: object,
  line = "The config was reloaded.",
): Promise<string> {
  const from = written.stderr.length;
  writeFileSync(file, JSON.stringify(config));
  child.kill("SIGHUP");
  while (!written.stderr.slice(from).includes(line)) {
    if (child.exitCode !== null) throw new Error(written.stderr);
    await wait(20);
  }
  return written.stderr.slice(from);
}

/** Holds all vendor calls. Resolves when the first has come, to a function that lets them go on. */
function holdCalls(): Promise<() => void> {
  const releases: (() => void)[] = [];
  return new Promise((resolve) => {
    clouds.knobs.hook = () => {
      resolve(() => {
        clouds.knobs.hook = null;
        for (const release of releases) release();
      });
      return new Promise((release) => releases.push(release));
    };
  });
}

async function start(config: object, starting: Starting = {}) {
  const file = configFile(config);
  const gateway = await startGateway(file, starting);
  return { file, gateway, url: gateway.url };
}

async function stop({ child, ended }: GatewayProcess): Promise<void> {
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
}

test("SIGHUP while the gateway starts reloads once it has started", async () => {
  const file = configFile({});
  const config = JSON.stringify(configOf(["second"]));
  // The program waits for its config while it reads from a pipe.
  rmSync(file);
  expect(spawnSync("mkfifo", [file]).status).toBe(0);
  const program = runProgram(["serve", "--config", file]);
  const pipe = await open(file, "w");
  program.child.kill("SIGHUP");
  rmSync(file);
  writeFileSync(file, config, { mode: 0o600 });
  await pipe.writeFile(JSON.stringify(configOf(["first"])));
  await pipe.close();
  await expect
    .poll(() => program.written.stderr, { timeout: 60_000 })
    .toContain("The config was reloaded.");
  const url = /ready at (\S+)\n/.exec(program.written.stdout)?.[1] ?? "";
  expect((await post(url, "first", POLICIES)).status).toBe(401);
  expect((await post(url, "second", POLICIES)).status).toBe(200);
  program.child.kill("SIGTERM");
  expect(await program.ended).toEqual([0, null]);
});

test("SIGHUP keeps the keys of a token issuer that is down", async () => {
  const signing = await makeSigningKey("k1");
  const issuer = await startIssuer(signing);
  const { issuer: iss, audience, jwksUri } = issuer.options;
  const config = configOf([], { auth: { mode: "jwt", jwt: { issuer: iss, audience, jwksUri } } });
  const { file, gateway, url } = await start(config);
  const token = await sign(signing, { ...CLAIMS, exp: Math.floor(Date.now() / 1_000) + 600 });
  expect((await post(url, token, POLICIES)).status).toBe(200);
  await issuer.close();
  await reload(gateway, file, config);
  expect((await post(url, token, POLICIES)).status).toBe(200);
  await stop(gateway);
});

test("SIGHUP replaces keys and the log level without dropping a request, and a wrong file nothing", async () => {
  const { file, gateway, url } = await start(configOf(["first"], { cache: { ttl: "PT0S" } }));
  expect((await post(url, "first", POLICIES)).status).toBe(200);
  expect((await post(url, "second", POLICIES)).status).toBe(401);

  const held = holdCalls();
  const running = post(url, "first", POLICIES);
  const letGo = await held;
  const good = configOf(["second"], {
    server: { port: 1, logLevel: "warn" },
    policies: [{ name: "strict", match: { vendors: ["ucloud"] }, rpo: "PT1H" }],
  });
  const line = "Changed keys take effect after a restart.";
  expect(await reload(gateway, file, good, line)).toContain('"keys":["server.port"]');
  letGo();
  expect((await running).status).toBe(200);
  expect((await post(url, "first", POLICIES)).status).toBe(401);
  const answer = await post(url, "second", POLICIES);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({
    data: { backupPolicies: [{ name: "strict" }, { name: "default" }] },
  });

  const wrong = configOf(["third"], { acounts: [] });
  const refused = await reload(gateway, file, wrong, "The config was not reloaded");
  expect(refused).toContain("unknown key; did you mean accounts?");
  expect(refused).not.toContain("The config was reloaded.");
  expect((await post(url, "third", POLICIES)).status).toBe(401);
  expect((await post(url, "second", POLICIES)).status).toBe(200);
  await stop(gateway);
});

test("SIGHUP adds and removes accounts, and those that stay are not read again", async () => {
  const three = accountsOf("ucloud", "tencent");
  const { file, gateway, url } = await start(configOf(["first"], { accounts: three }));
  const before = await ask(url, ACCOUNTS);
  expect(accountsIn(before)).toEqual(three.map(({ id }) => id).sort());

  const changed = accountsOf("ucloud", "alibaba");
  const longer = { accounts: changed, cache: { ttl: "PT1M" } };
  await reload(gateway, file, configOf(["first"], longer));
  clouds.calls.reset();
  const after = await ask(url, ACCOUNTS);
  expect(accountsIn(after)).toEqual(changed.map(({ id }) => id).sort());
  expect(after.data?.["backups"]).toMatchObject({ complete: true });
  expect(Object.keys(clouds.calls.counts()).filter((call) => !call.startsWith("alibaba"))).toEqual(
    [],
  );
  expect(clouds.calls.count({ vendor: "alibaba" })).toBeGreaterThan(0);

  const gone = clouds.accounts.find(({ vendor }) => vendor === "tencent")?.id;
  const refused = await ask(url, VENDORS, { in: [`${gone}/redis`] });
  expect(refused.errors).toMatchObject([{ extensions: { code: "BAD_USER_INPUT" } }]);
  await stop(gateway);
});

test("a request that is under way keeps the account that SIGHUP removes", async () => {
  const both = configOf(["first"], { accounts: accountsOf("ucloud", "tencent") });
  const { file, gateway, url } = await start(both);
  const held = holdCalls();
  const running = ask(url, ACCOUNTS);
  const letGo = await held;
  await reload(gateway, file, configOf(["first"]));
  letGo();
  const answer = await running;
  expect(answer.data?.["backups"]).toMatchObject({ complete: true });
  expect(accountsIn(answer)).toHaveLength(accountsOf("ucloud", "tencent").length);
  await stop(gateway);
});

test("a walk goes on after SIGHUP, without the pending rows of an account that was removed", async () => {
  const both = configOf(["first"], { accounts: accountsOf("ucloud", "tencent") });
  const { file, gateway, url } = await start(both);
  clouds.knobs.faults.add({ vendor: "tencent", effect: { kind: "status", status: 500 } });
  const page = (after: string | null) => ask(url, PAGE, { after });
  const first = connectionIn(await page(null));
  expect(first).toMatchObject({ complete: false });
  const { endCursor } = first.pageInfo;
  await reload(gateway, file, both);
  expect(connectionIn(await page(endCursor))).toMatchObject({ complete: false });

  await reload(gateway, file, configOf(["first"]));
  const rest = connectionIn(await page(endCursor));
  expect(rest).toMatchObject({ complete: true, issues: [] });
  const whole = connectionIn(await ask(url, ACCOUNTS));
  const ids = [...first.nodes, ...rest.nodes].map(({ id }) => id);
  expect(ids).toEqual(whole.nodes.map(({ id }) => id).slice(0, ids.length));
  await stop(gateway);
});

/** Makes the file of the coverage page unreadable while the file that BROKEN names exists. */
const UNREADABLE = `
  import fs from "node:fs";
  import { syncBuiltinESMExports } from "node:module";
  const { readFile } = fs.promises;
  fs.promises.readFile = (file, ...more) =>
    String(file).endsWith("coverage/index.html") && fs.existsSync(process.env.BROKEN)
      ? Promise.reject(new Error("The disk is gone."))
      : readFile(file, ...more);
  syncBuiltinESMExports();
`;

test("a reload that fails unexpectedly is logged, changes nothing, and SIGHUP works again afterwards", async () => {
  const folder = mkdtempSync(join(tmpdir(), "reload-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [imported, broken] = [join(folder, "unreadable.mjs"), join(folder, "broken")];
  writeFileSync(imported, UNREADABLE);
  const logLevel = "info";
  const server = { port: 0, logLevel, page: false };
  const { file, gateway, url } = await start(
    configOf(["first"], { server, limits: { requestsPerMinute: 0 } }),
    { imports: [imported], env: { BROKEN: broken } },
  );
  const next = configOf(["second"], {
    server: { ...server, page: true },
    accounts: accountsOf("tencent"),
    limits: { requestsPerMinute: 60 },
  });
  writeFileSync(broken, "");
  for (let times = 0; times < 2; times += 1) {
    const line = "The config was not reloaded, because of an unexpected error.";
    expect(await reload(gateway, file, next, line)).toContain("Expected the built page");
    expect(accountsIn(await ask(url, ACCOUNTS))).toEqual(accountsOf("ucloud").map(({ id }) => id));
    const answer = await post(url, "first", POLICIES);
    expect([answer.status, answer.headers.get("ratelimit-limit")]).toEqual([200, null]);
    expect((await post(url, "second", POLICIES)).status).toBe(401);
  }
  const metrics = await fetch(new URL("/metrics", url), {
    headers: { authorization: "Bearer first" },
  });
  const text = await metrics.text();
  expect(text).toContain('config_reloads_total{outcome="failed"} 2');
  expect(text).toContain('breaker_state{vendor="ucloud"');
  rmSync(broken);
  await reload(gateway, file, next);
  const answer = await post(url, "second", ACCOUNTS);
  expect([answer.status, answer.headers.get("ratelimit-limit")]).toEqual([200, "60"]);
  expect(accountsIn((await answer.json()) as Body)).toEqual(
    accountsOf("tencent").map(({ id }) => id),
  );
  await stop(gateway);
});

/** The settings with which `gatewayOver` makes gateways. */
const SETTINGS = { ttlMs: 30_000, staleIfErrorMs: 600_000, scanRows: 20_000, cacheRows: 200_000 };

/** As `gatewayOver` makes accounts. */
const withRate = (account: Account): Account => ({
  ...account,
  upstream: { ...account.upstream, rate: 10_000 },
});

/** A gateway over two accounts, and whether it still holds the credentials of a vendor. */
function twoAccounts() {
  const held = new Map<string, WeakRef<object>>();
  const accounts = clouds.accounts
    .filter(({ vendor }) => vendor === "ucloud" || vendor === "tencent")
    .map((account) => structuredClone(withRate(account)));
  for (const { vendor, credentials } of accounts) held.set(vendor, new WeakRef(credentials));
  const gateway = gatewayOver(clouds, { accounts });
  onTestFinished(() => gateway.close());
  return { gateway, holds: (vendor: string) => held.get(vendor)?.deref() !== undefined };
}

test("a removed account is dropped with its credentials when earlier operations have ended", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const { gateway, holds } = twoAccounts();
  const read = async (): Promise<unknown> => {
    const { complete, edges } = await readsOf(gateway).backups(BACKUPS);
    return [complete, [...new Set(edges.map(({ node }) => node.provider.split("/")[0]))].sort()];
  };
  const request = () => ({ method: "GET", url: "http://127.0.0.1:1/", headers: {} }) as const;
  const send = async (account: string): Promise<unknown> => {
    const call = { account, action: "A", rate: 10, request, open: () => null };
    const bounds = { signal: new AbortController().signal, deadline: Date.now() + 60_000 };
    try {
      return await gateway.http.send(call, bounds);
    } catch (error) {
      return error;
    }
  };

  const running = read();
  let release = gateway.reload({
    accounts: clouds.accounts.filter(({ vendor }) => vendor === "ucloud").map(withRate),
    settings: SETTINGS,
  });
  const refusal = { kind: "UNAVAILABLE", message: "The account was removed from the config." };
  expect(await running).toEqual([true, ["demo-tencent", "demo-ucloud"]]);
  expect(await send("demo-tencent")).not.toMatchObject(refusal);
  release();
  release = () => undefined;
  expect(await send("demo-tencent")).toMatchObject({ ...refusal, details: { retryable: false } });
  expect(await read()).toEqual([true, ["demo-ucloud"]]);
  await expect.poll(() => (collect(), holds("tencent"))).toBe(false);
  expect(holds("ucloud")).toBe(true);
});

test("an account that is removed, added and removed again stays until the operations in between have ended", async () => {
  const { gateway } = twoAccounts();
  const reloadTo = (...vendors: readonly string[]) =>
    gateway.reload({
      accounts: clouds.accounts.filter(({ vendor }) => vendors.includes(vendor)).map(withRate),
      settings: SETTINGS,
    });
  const removeFirst = reloadTo("ucloud");
  reloadTo("ucloud", "tencent")();
  const held = holdCalls();
  const running = readsOf(gateway).backups(BACKUPS);
  const letGo = await held;
  const removeAgain = reloadTo("ucloud");
  removeFirst();
  letGo();
  expect(await running).toMatchObject({ complete: true, issues: [] });
  removeAgain();
  expect(() => gateway.http.health("demo-tencent")).toThrow("removed from the config");
});

test("SIGHUP changes limits, origins, pages and what the metrics show", async () => {
  const { file, gateway, url } = await start(
    configOf(["first"], { accounts: accountsOf("ucloud", "tencent") }),
  );
  const at = (path: string) =>
    fetch(new URL(path, url), {
      headers: { authorization: "Bearer first", origin: "https://a.example", accept: "text/html" },
    });
  const metrics = async () => (await at("/metrics")).text();
  expect(await metrics()).toContain('breaker_state{vendor="tencent"');
  expect((await at("/")).status).toBe(200);

  const changed = configOf(["first"], {
    server: { port: 0, logLevel: "info", page: false, corsOrigins: ["https://a.example"] },
    limits: { first: 5 },
  });
  await reload(gateway, file, changed);
  const shown = await metrics();
  expect(shown).toContain('breaker_state{vendor="ucloud"');
  expect(shown).not.toContain('breaker_state{vendor="tencent"');
  expect(shown).toContain('config_reloads_total{outcome="taken"} 1');
  expect((await at("/")).status).toBe(404);
  const { headers } = await at("/graphql?query={__typename}");
  expect(headers.get("access-control-allow-origin")).toBe("https://a.example");
  expect((await ask(url, ACCOUNTS)).errors).toMatchObject([
    { message: expect.stringContaining("5") as string, extensions: { code: "BAD_USER_INPUT" } },
  ]);
  await stop(gateway);
});

describeWithRedis("with a shared server", () => {
  test("SIGHUP keeps the connection, also if cache.url changes, and what is on the server", async () => {
    // A gateway on a busy machine may lose the server for a moment, and says so: then it is tried again.
    for (let tries = 1; ; tries += 1) {
      const errors = { written: "" };
      const error: unknown = await keepsConnection(errors).catch((thrown: unknown) => thrown);
      if (error === undefined) return;
      if (!errors.written.includes('"state":"lost"') || tries === 20) throw error as Error;
      clouds.knobs.reset();
    }
  });

  async function keepsConnection(errors: { written: string }): Promise<void> {
    const server = await RedisServer.start();
    onTestFinished(() => server.close());
    const cursorKey = Buffer.alloc(32, 7).toString("base64");
    const config = (rate: number, cache: string) =>
      configOf(["first"], {
        server: { port: 0, logLevel: "info", cursorKey },
        accounts: accountsOf("ucloud", "tencent").map((account) => ({ ...account, rate })),
        cache: { url: cache, ttl: "PT1H" },
      });
    const connections = async (): Promise<readonly string[]> =>
      String(await server.inspector.client("LIST")).match(/^id=\d+ .*? name=redis-backup/gm) ?? [];
    const { file, gateway, url } = await start(config(10_000, server.url));
    gateway.child.stderr?.on("data", (part: string) => (errors.written += part));
    const before = await ask(url, ACCOUNTS);
    const opened = await connections();
    expect(opened).toHaveLength(1);
    clouds.calls.reset();
    // Another limit empties the memory of the accounts.
    const line = "Changed keys take effect after a restart.";
    const logged = await reload(gateway, file, config(5_000, "redis://127.0.0.1:1"), line);
    expect(logged).toContain('"keys":["cache.url"]');
    expect(await ask(url, ACCOUNTS)).toEqual(before);
    expect(clouds.calls.count()).toBe(0);
    expect(await connections()).toEqual(opened);
    await stop(gateway);
  }
});

test("a config without auth is refused while the gateway listens on every address", async () => {
  const configs = [
    { host: "0.0.0.0", auth: { mode: "apiKey" } },
    { host: "127.0.0.1", auth: { mode: "none" } },
  ];
  const [started, next] = configs.map(({ host, auth }) => ({
    server: { host },
    auth,
  })) as unknown as [GatewayConfig, GatewayConfig];
  const taken: GatewayConfig[] = [];
  const errors: unknown[] = [];
  const logger = { error: (fields: unknown) => void errors.push(fields) } as unknown as Logger;
  await makeReload(started, {
    logger,
    load: async () => next,
    takeOver: async (config) => void taken.push(config),
  })();
  expect(taken).toEqual([]);
  expect(errors).toMatchObject([{ faults: [{ path: "auth.mode" }] }]);
});
