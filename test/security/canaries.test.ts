import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DEMO_KEYS } from "../../src/clouds/accounts.js";
import { startClouds, type Clouds } from "../../src/clouds/clouds.js";
import { CLOUD_VENDORS } from "../../src/clouds/vendorCloud.js";
import { SCOPES } from "../../src/domain/principal.js";
import { ownVersion } from "../../src/ownPackage.js";
import { Seal } from "../../src/shared/seal.js";
import { configFile } from "../cli/harness.js";
import { fileAccountOf } from "../fileAccount.js";
import { bearer, makeSigningKey, sign, startIssuer } from "../server/auth/issuer.js";
import { asCaller, digestOf } from "../server/gated.js";
import { sized } from "../runs.js";
import { ask, exchange, type Answer } from "../server/harness.js";
import { valuesOf } from "../server/routes.js";
import { describeWithRedis, RedisServer } from "../shared/redisServer.js";
import { canary, formsOf, partOf, type Canary } from "./forms.js";
import { runProgram, startGateway, type GatewayProcess } from "./gatewayProcess.js";
import { ECHO, FAULTS as ALL_FAULTS, LINK, SAID } from "./matrix.js";

const TRACING = fileURLToPath(new URL("tracing.mjs", import.meta.url));
const CURSOR_KEY = Buffer.from("CaNaRyOfTheCursorKey-32-bytes-xx");
const KEYS = { full: "CaNaRyKeyOfFull41aa", reader: "CaNaRyKeyOfReader42bb" };
const WRONG_KEY = "CaNaRyKeyOfNobody43cc";
const ROUTER = "CaNaRySecretOfRouters44dd";
const PASSWORD = "CaNaRyPasswordOfCache45ee";

/** Credentials that no cloud accepts, tokens included. */
const REFUSED = {
  ucloud: { publicKey: "CaNaRyUcloudPublic51", privateKey: "CaNaRyUcloudPrivate52" },
  tencent: {
    secretId: "CaNaRyTencentId53xxxx",
    secretKey: "CaNaRyTencentKey54xxx",
    token: "CaNaRyTencentToken55x",
  },
  alibaba: {
    accessKeyId: "CaNaRyAlibabaId56xxxx",
    accessKeySecret: "CaNaRyAlibabaKey57xxx",
    securityToken: "CaNaRyAlibabaToken58x",
  },
  aws: {
    accessKeyId: "CaNaRyAwsKeyId59xxxxx",
    secretAccessKey: "CaNaRyAwsSecretKey60x",
    sessionToken: "CaNaRyAwsToken61xxxxx",
  },
  s3: {
    accessKeyId: "CaNaRyS3KeyId62xxxxxx",
    secretAccessKey: "CaNaRyS3SecretKey63xx",
    sessionToken: "CaNaRyS3Token64xxxxxx",
  },
};

/** All that is configured or sent, whatever a test finds besides. */
const CANARIES: readonly Canary[] = [
  ...CLOUD_VENDORS.flatMap((vendor) => [
    ...Object.entries(REFUSED[vendor]).map(([name, text]) => canary(`${vendor} ${name}`, text)),
    canary(`the working key of ${vendor}`, DEMO_KEYS[vendor].secret),
    canary(`the working key's id of ${vendor}`, DEMO_KEYS[vendor].id),
  ]),
  ...[...Object.values(KEYS), WRONG_KEY].map((text) => canary("an API key", text)),
  canary("the routers' secret", ROUTER),
  canary("the cache's password", PASSWORD),
  canary("what the vendor said", SAID),
  { name: "the cursor key", bytes: CURSOR_KEY },
  canary("the cursor key as it is written", CURSOR_KEY.toString("base64")),
];

const PRODUCTS = [
  "ucloud/uredis",
  "ucloud/umem",
  "tencent/redis",
  "alibaba/kvstore",
  "aws/elasticache",
  "aws/elasticache-serverless",
  "aws/memorydb",
  "s3/rdb",
];

const LIST = `edges { cursor node { id raw remark vendorStatus instance { name } } }
  nodes { downloads { url internal shard expiresAt } }
  pageInfo { endCursor } complete issues { code message provider { key health { lastIssue } } }`;

/** A question for all that the accounts of one round show. */
const roundQuery = `query Round($of: [String!]!, $key: String!, $rpo: Duration!) {
  backups(first: 30, filter: { providers: $of }) { ${LIST} }
  good: backups(first: 9, filter: { providers: $of, statuses: [SUCCEEDED] }) { ${LIST} }
  all: instances(filter: { providers: $of }, onSourceError: FAIL) { nodes { id latestBackup { id raw } } }
  coverage(rpo: $rpo, filter: { providers: $of }) { complete issues { message } }
  provider(key: $key) { regions capabilities { notes } health { state lastIssue } }
}`;
const objectsQuery = `query Objects($id: ID!, $of: [_Any!]!) {
  node(id: $id) { ... on Backup { raw downloads { url } } }
  _entities(representations: $of) { ... on Backup { raw downloads { url } } }
}`;

/** A gateway's process, and everything that left it. */
class Watched {
  readonly texts: [where: string, text: string][] = [];
  /** What signs the links that callers with the scope were given. */
  readonly given = new Set<string>();

  constructor(
    private readonly gateway: GatewayProcess,
    private readonly spans: string,
    /** Headers of callers by name; the first may do everything. */
    private readonly callers: Readonly<Record<string, Record<string, string>>>,
  ) {}

  /** Asks for everything that a round's accounts show, as every caller. */
  async askRound(round: string): Promise<void> {
    const of = PRODUCTS.map((product) => `${round}-${product}`);
    for (const [name, headers] of Object.entries(this.callers)) {
      const variables = { of, key: of[0], rpo: "PT24H" };
      const list = await ask(this.gateway.url, roundQuery, headers, variables);
      this.keep(`round ${round} to ${name}`, list);
    }
  }

  /** Asks for one object in every way. */
  async askObjects(id: string): Promise<void> {
    const variables = { id, of: [{ __typename: "Backup", id }] };
    for (const [name, headers] of Object.entries(this.callers)) {
      const routers = { ...headers, "x-gateway-secret": ROUTER };
      const answer = await ask(this.gateway.url, objectsQuery, routers, variables);
      this.keep(`objects to ${name}`, answer);
    }
  }

  /** Sends secrets where none belong; the answers go back to the sender. */
  async sendMisplaced(): Promise<void> {
    const { url } = this.gateway;
    const [full = {}] = Object.values(this.callers);
    await exchange(`${url}?token=${SAID}&query=${encodeURIComponent(LINK)}`);
    await exchange(new URL(`/nothing?Signature=${SAID}`, url).href);
    await exchange(new URL(`/assets/${SAID}`, url).href);
    await ask(url, `{ node(id: "${LINK}") { id } }`, { ...full, cookie: SAID });
    await ask(url, "{ __typename }", { authorization: `Bearer ${WRONG_KEY}` });
    await ask(url, "{ __typename }", { ...full, "x-gateway-secret": SAID });
    const json = { "content-type": "application/json", ...full };
    await exchange(url, { method: "POST", headers: json, body: `{"query": ${ECHO}` });
  }

  async scrape(): Promise<void> {
    const [headers = {}] = Object.values(this.callers);
    const metrics = await exchange(new URL("/metrics", this.gateway.url).href, { headers });
    expect(metrics.text).toContain("backup_gateway_vendor_attempts_total{");
    this.texts.push(["the metrics", metrics.text]);
  }

  /** Ends the process, and takes in what it wrote. */
  async end(): Promise<void> {
    const { child, ended, written } = this.gateway;
    child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
    const traces = readFileSync(this.spans, "utf8");
    const said = ["Links to a backup were given out.", "A vendor call failed."];
    expect(said.filter((line) => !written.stderr.includes(line))).toEqual([]);
    const traced = ["DescribeInstanceBackups", "query other"];
    expect(traced.filter((name) => !traces.includes(name))).toEqual([]);
    this.texts.push(["stdout", written.stdout], ["stderr", written.stderr], ["traces", traces]);
  }

  /** Expects that none of these secrets left. */
  expectNone(canaries: readonly Canary[]): void {
    const all = [...canaries, ...[...this.given].map((text) => canary("a given link", text))];
    for (const secret of all)
      for (const form of formsOf(secret))
        for (const [where, text] of this.texts)
          if (text.includes(form))
            expect.fail(`${secret.name} (${form}) in ${where}: ${partOf(text, form)}`);
  }

  private keep(where: string, answer: Answer): void {
    const urls = valuesOf(answer.body.data, "url").map((url) => new URL(String(url)).searchParams);
    for (const params of urls)
      for (const name of ["Signature", "q-signature", "X-Amz-Signature"])
        for (const value of params.getAll(name)) this.given.add(value);
    const shown = answer.text.replaceAll(/"url":"[^"]*"/g, "");
    this.texts.push([where, `${JSON.stringify(answer.headers)}\n${shown}`]);
    const cursors = ["cursor", "endCursor"].flatMap((name) => valuesOf(answer.body.data, name));
    for (const cursor of cursors)
      this.texts.push(["a cursor", Buffer.from(String(cursor), "base64url").toString("latin1")]);
  }
}

/** The accounts of a round: their own breakers, so that what fails in one round leaves the others. */
const accountsOf = (clouds: Clouds, round: string, credentials?: typeof REFUSED) =>
  clouds.accounts.map((account) => ({
    ...fileAccountOf(account, credentials?.[account.vendor]),
    id: `${round}-${account.vendor}`,
    // A vendor that hangs is abandoned soon; a healthy one has all the time that it needs.
    ...(round.startsWith("fault") ? { timeout: "PT0.4S" } : {}),
  }));

/** In `npm test`, those with secrets in the answer, and two without; test/server/canary.test.ts has the others. */
const FAULTS = sized(
  ALL_FAULTS.filter(
    ([name, effect]) =>
      JSON.stringify(effect).includes(SAID) ||
      ["refuses connections half way", "is forbidden"].includes(name),
  ),
  ALL_FAULTS,
);

const ROUNDS = ["healthy", "refused", ...FAULTS.map((_, i) => `fault${i}`)];

/** The whole config, but for who may ask. */
const configOf = (clouds: Clouds, more: Record<string, unknown>) => ({
  server: { port: 0, logLevel: "trace", cursorKey: CURSOR_KEY.toString("base64") },
  federation: { enabled: true, secretSha256: digestOf(ROUTER) },
  accounts: ROUNDS.flatMap((round) =>
    accountsOf(clouds, round, round === "refused" ? REFUSED : undefined),
  ),
  upstream: { retries: 1, rate: 1_000 },
  limits: { cost: 100_000, vendorCalls: 100_000 },
  ...more,
});

let clouds: Clouds;
beforeAll(async () => {
  clouds = await startClouds({ estate: { instances: 2, regions: 1, backupsEach: 4 } });
});
afterAll(() => clouds.close());

async function watch(
  config: Record<string, unknown>,
  callers: Readonly<Record<string, Record<string, string>>>,
): Promise<Watched> {
  const spans = join(mkdtempSync(join(tmpdir(), "spans-")), "spans.ndjson");
  writeFileSync(spans, "");
  const starting = { imports: [TRACING], env: { SPANS: spans } };
  return new Watched(await startGateway(configFile(config), starting), spans, callers);
}

/** Asks while all is well, while the keys are wrong, and while each of these faults is in force. */
async function runMatrix(watched: Watched, first = 0): Promise<void> {
  await watched.askRound("healthy");
  const [id] = watched.texts.flatMap(([, text]) => /"id":"(Q[^"]+)"/.exec(text)?.[1] ?? []);
  expect(id).toBeDefined();
  await watched.askObjects(String(id));
  await watched.askRound("refused");
  for (const [i, [, effect]] of [...FAULTS.entries()].slice(first)) {
    for (const vendor of CLOUD_VENDORS) clouds.knobs.faults.add({ vendor, effect });
    await watched.askRound(`fault${i}`);
    expect(clouds.knobs.faults.list().every(({ met }) => met > 0)).toBe(true);
    clouds.knobs.faults.clear();
  }
  await watched.sendMisplaced();
  await watched.scrape();
}

describe("no canary leaves a process", () => {
  test("with API keys, whatever its vendors do", async () => {
    const apiKeys = [
      { name: "full", sha256: digestOf(KEYS.full), scopes: [...SCOPES] },
      { name: "reader", sha256: digestOf(KEYS.reader), scopes: ["backups:read"] },
    ];
    const config = configOf(clouds, { auth: { mode: "apiKey", apiKeys } });
    const watched = await watch(config, {
      full: asCaller(KEYS.full),
      reader: asCaller(KEYS.reader),
      nobody: asCaller(WRONG_KEY),
    });
    // Bearer tokens meet all of them in `npm test`, too.
    await runMatrix(
      watched,
      sized(
        FAULTS.findIndex(([, { kind }]) => kind === "vendorError"),
        0,
      ),
    );
    await watched.end();
    expect(watched.given.size).toBeGreaterThan(4);
    watched.expectNone(CANARIES);
  });

  test.each(["check", "list", "coverage"])("that runs %s", async (command) => {
    const accounts = [...accountsOf(clouds, "healthy"), ...accountsOf(clouds, "refused", REFUSED)];
    const file = configFile({ ...configOf(clouds, {}), accounts });
    const more = command === "coverage" ? ["--rpo", "PT24H"] : [];
    const { ended, written } = runProgram([command, "--config", file, ...more]);
    await ended;
    expect(written.stdout).toContain("healthy-");
    for (const secret of CANARIES)
      for (const form of formsOf(secret))
        expect(`${written.stdout}${written.stderr}`).not.toContain(form);
  });

  test("that refuses its config", async () => {
    const config = configOf(clouds, {
      auth: { mode: "apiKey", apiKeys: [{ name: "x", key: KEYS.full, sha256: KEYS.full }] },
      cache: { url: `http://:${PASSWORD}@cache.example`, password: PASSWORD },
    });
    const { ended, written } = runProgram(["serve", "--config", configFile(config)]);
    expect(await ended).toEqual([1, null]);
    expect(written.stderr).toContain("cache.url");
    for (const secret of CANARIES)
      for (const form of formsOf(secret))
        expect(`${written.stdout}${written.stderr}`).not.toContain(form);
  });
});

describeWithRedis("no canary leaves a process that shares its cache", () => {
  test("with bearer tokens, whatever its vendors do", async () => {
    const server = await RedisServer.start();
    await server.inspector.config("SET", "requirepass", PASSWORD);
    const key = await makeSigningKey("k1");
    const issuer = await startIssuer(key);
    const now = Math.floor(Date.now() / 1000);
    const ids = ROUNDS.flatMap((round) => CLOUD_VENDORS.map((vendor) => `${round}-${vendor}`));
    const claims = { iss: issuer.options.issuer, aud: "backups", sub: "user-7", iat: now };
    const tokenOf = (scope: string) =>
      sign(key, { ...claims, exp: now + 600, scope, backup_accounts: ids });
    const [full, reader] = await Promise.all([tokenOf(SCOPES.join(" ")), tokenOf("backups:read")]);
    const config = configOf(clouds, {
      auth: { mode: "jwt", jwt: issuer.options },
      cache: { url: `redis://:${PASSWORD}@127.0.0.1:${server.port}` },
    });
    const watched = await watch(config, {
      full: bearer(full),
      reader: bearer(reader),
      nobody: bearer(`${reader.slice(0, -9)}AAAAAAAAA`),
    });
    await runMatrix(watched);
    const kept = await server.dump(new Seal([CURSOR_KEY], ownVersion()));
    expect(kept.size).toBeGreaterThan(5);
    for (const [name, value] of kept) watched.texts.push(["the cache", `${name}\n${value}`]);
    expect(
      watched.texts.some(([where, text]) => where === "the cache" && text.includes('"asOf"')),
    ).toBe(true);
    await watched.end();
    await server.close();
    const parts = [full, reader].flatMap((token) => [token, token.split(".")[2] ?? ""]);
    watched.expectNone([...CANARIES, ...parts.map((text) => canary("a bearer token", text))]);
  });
});
