import { getNamedType, isObjectType } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { providerId } from "../../src/domain/id.js";
import { SCOPES } from "../../src/domain/principal.js";
import { buildSubgraph } from "../../src/graphql/federation/subgraph.js";
import { buildGatewaySchema } from "../../src/graphql/schema.js";
import { BACKUPS, INSTANCES, PROVIDERS } from "../graphql/fakeEstate.js";
import { asCaller, keyNamed, serveGated, type GatedServer } from "./gated.js";
import { ask, codesOf, type Answer } from "./harness.js";
import { queryOf, routesTo, valuesOf, type WriteArgument } from "./routes.js";
import { makeStack, type Stack } from "./stack.js";

const schema = buildSubgraph(buildGatewaySchema());

/** Fields that a scope of their own guards, what is selected of them, and the scope. */
const GUARDED = [
  { type: "Backup", field: "downloads", selection: "downloads { url }", scope: "backups:download" },
  { type: "Backup", field: "raw", selection: "raw", scope: "raw:read" },
];

/** Writes ids of objects that are there. */
const writerOf =
  (ids: Readonly<Record<string, string>>, key: string): WriteArgument =>
  (name, to) => {
    const id = ids[to] ?? "";
    switch (name) {
      case "id":
        return `"${id}"`;
      case "ids":
        return `["${id}"]`;
      case "key":
        return `"${key}"`;
      case "by":
        return "[PROVIDER, INSTANCE]";
      case "rpo":
        return '"P3650D"';
      case "representations":
        return `[{ __typename: "${to}", id: "${id}" }]`;
      default:
        throw new Error(`Expected to know what to write for the argument ${name}.`);
    }
  };

test("every field that says that it needs a scope is looked at here", () => {
  const said = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .flatMap((type) =>
      Object.values(type.getFields()).flatMap(({ name, description }) => {
        const scope = /[Nn]eeds the scope ([a-z:]+)/.exec(description ?? "")?.[1];
        return scope === undefined ? [] : [`${type.name}.${name} ${scope}`];
      }),
    );
  expect(said.sort()).toEqual(GUARDED.map(({ type, field, scope }) => `${type}.${field} ${scope}`));
});

test("whatever holds links or a vendor's own row is guarded itself, or reached only by what is", () => {
  const guarded = new Set(GUARDED.map(({ type, field }) => `${type}.${field}`));
  const sensitive = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })))
    .filter(({ field }) => /^(?:URL|JSONObject)$/.test(getNamedType(field.type).name))
    .map(({ type, field }) => ({ type: type.name, name: `${type.name}.${field.name}` }));
  expect(sensitive.map(({ name }) => name).sort()).toEqual(["Backup.raw", "BackupDownload.url"]);
  for (const { type, name } of sensitive) {
    const open = routesTo(schema, type).filter((route) =>
      route.every((step) => !guarded.has(step.name)),
    );
    expect(guarded.has(name) ? [] : open).toEqual([]);
  }
});

describe("a guarded field", () => {
  const write = writerOf(
    {
      Backup: BACKUPS[0]?.id ?? "",
      Instance: INSTANCES[0]?.id ?? "",
      Provider: providerId(PROVIDERS[0]?.key ?? ""),
    },
    PROVIDERS[0]?.key ?? "",
  );
  const cases = GUARDED.flatMap((guarded) =>
    routesTo(schema, guarded.type).map((route) => ({
      ...guarded,
      way: `${route.at(-1)?.name} to ${guarded.field}`,
      query: queryOf(route, guarded.selection, write),
    })),
  );

  test("is reached by every kind of way", () => {
    const ways = cases.map(({ way }) => way);
    for (const way of ["node", "nodes", "backup", "_entities"])
      expect(ways).toContain(`Query.${way} to downloads`);
    expect(ways).toContain("BackupConnection.nodes to raw");
    expect(ways).toContain("InstanceCoverage.lastSuccess to raw");
  });

  test.each(cases)("is closed without its scope by $way, and open with it", async (guarded) => {
    const { field, scope, query } = guarded;
    const apiKeys = [
      keyNamed("with", ["backups:read", scope]),
      keyNamed(
        "without",
        SCOPES.filter((other) => other !== scope),
      ),
    ];
    const server = await serveGuarded(apiKeys);
    const open = await ask(server.url, query, asCaller("with"));
    expect(codesOf(open)).toEqual([]);
    expect(valuesOf(open.body.data, field).length).toBeGreaterThan(0);
    expect(valuesOf(open.body.data, field)).not.toContain(null);
    const before = server.asked.filter(([name]) => name === "downloads").length;
    const closed = await ask(server.url, query, asCaller("without"));
    expect(closed.status).toBe(200);
    expect(new Set(codesOf(closed))).toEqual(new Set(["FORBIDDEN"]));
    expect(closed.body.errors?.[0]?.extensions).toMatchObject({ scope });
    expect(new Set(valuesOf(closed.body.data, field))).toEqual(new Set([null]));
    expect(server.asked.filter(([name]) => name === "downloads")).toHaveLength(before);
  });

  const serveGuarded = (apiKeys: ReturnType<typeof keyNamed>[]): Promise<GatedServer> =>
    serveGated({
      gate: { auth: { mode: "apiKey", apiKeys } },
      server: { schema, federation: null },
    });
});

test("guarded fields stay closed by cursors and from caches of callers for whom they are open", async () => {
  const apiKeys = [keyNamed("with", [...SCOPES]), keyNamed("without", ["backups:read"])];
  const stack = await makeStack({ auth: { mode: "apiKey", apiKeys } });
  const query = `query ($after: String) { backups(first: 5, after: $after, filter: { statuses: [SUCCEEDED] }) {
    nodes { id raw downloads { url } } pageInfo { endCursor } } }`;
  const page = (caller: string, after?: unknown) =>
    ask(stack.url, query, asCaller(caller), { after });
  const first = await page("with");
  const [after] = valuesOf(first.body.data, "endCursor");
  const open = await page("with", after);
  const closed = await page("without", after);
  await stack.close();
  expect(codesOf(open)).toEqual([]);
  for (const { field } of GUARDED) {
    expect(valuesOf(open.body.data, field)).not.toContain(null);
    expect(valuesOf(closed.body.data, field)).toEqual([null, null, null, null, null]);
  }
  expect(valuesOf(closed.body.data, "id")).toEqual(valuesOf(open.body.data, "id"));
  expect(codesOf(closed)).toEqual(Array.from({ length: 10 }, () => "FORBIDDEN"));
});

describe("an account list", () => {
  const OWN = "demo-ucloud";
  const apiKeys = [
    keyNamed("all", [...SCOPES]),
    keyNamed("one", [...SCOPES], [OWN]),
    keyNamed("none", [...SCOPES], []),
    keyNamed("stranger", [...SCOPES], ["no-such-account"]),
  ];
  let stack: Stack;
  let ids: Record<string, string>;
  const asked = (query: string, caller: string, variables?: Record<string, unknown>) =>
    ask(stack.url, query, asCaller(caller), variables);

  beforeAll(async () => {
    // Statistics by two dimensions, each key with its object, cost more than the usual limit.
    stack = await makeStack({ auth: { mode: "apiKey", apiKeys }, limits: { cost: 100_000 } });
    const found = await asked(
      `{ providers { id } instances(first: 1) { nodes { id } }
         backups(first: 1, filter: { statuses: [SUCCEEDED] }) { nodes { id } } }`,
      "one",
    );
    const [provider] = valuesOf(found.body.data?.["providers"], "id") as string[];
    const [instance] = valuesOf(found.body.data?.["instances"], "id") as string[];
    const [backup] = valuesOf(found.body.data?.["backups"], "id") as string[];
    ids = { Provider: provider ?? "", Instance: instance ?? "", Backup: backup ?? "" };
  });
  afterAll(() => stack.close());

  const SHOWN = {
    Provider: "account",
    Instance: "provider { account }",
    Backup: "provider { account } instance { provider { account } }",
  };
  const routes = Object.entries(SHOWN).flatMap(([type, selection]) =>
    routesTo(schema, type).map((route) => ({
      way: `${route.at(-1)?.name} to ${type}`,
      route,
      selection,
    })),
  );

  test.each(routes)("shows nothing of others by $way", async ({ route, selection }) => {
    const query = queryOf(route, selection, writerOf(ids, "demo-ucloud/uredis"));
    const accounts = (answer: Answer) => new Set(valuesOf(answer.body.data, "account"));
    const all = await asked(query, "all");
    const one = await asked(query, "one");
    expect([...accounts(one)].filter((account) => account !== OWN)).toEqual([]);
    // Issues lead to providers only where something failed.
    if (!query.includes("issues")) expect(accounts(one)).toEqual(new Set([OWN]));
    if (!query.includes("issues")) expect(accounts(all).size).toBeGreaterThan(0);
    for (const caller of ["none", "stranger"])
      expect(accounts(await asked(query, caller))).toEqual(new Set());
  });

  test("is what lists, totals and coverage are counted over, also from warm caches", async () => {
    const query = `{ providers { key } instances { totalCount } backups { totalCount complete }
      coverage(rpo: "PT24H") { protectedCount violatingCount unknownCount } }`;
    await asked(query, "all");
    const [all, one, none] = await Promise.all(
      ["all", "one", "none"].map(async (caller) => (await asked(query, caller)).body.data ?? {}),
    );
    const truth = stack.clouds.estate.truth();
    const own = truth.filter(({ provider }) => provider.startsWith(OWN));
    expect(all?.["backups"]).toEqual({ totalCount: truth.length, complete: true });
    expect(one?.["backups"]).toEqual({ totalCount: own.length, complete: true });
    expect(none).toEqual({
      providers: [],
      instances: { totalCount: 0 },
      backups: { totalCount: 0, complete: true },
      coverage: { protectedCount: 0, violatingCount: 0, unknownCount: 0 },
    });
  });

  test("holds for cursors of callers who see more", async () => {
    const page = `query ($after: String, $n: Int) { backups(first: $n, after: $after) {
      nodes { id provider { account } } pageInfo { endCursor } } }`;
    const wide = await asked(page, "all", { n: 40 });
    const [after] = valuesOf(wide.body.data, "endCursor");
    const narrow = await asked(page, "one", { n: 40, after });
    expect(codesOf(narrow)).toEqual([]);
    expect(new Set(valuesOf(narrow.body.data, "account"))).toEqual(new Set([OWN]));
    const seen = new Set(valuesOf(wide.body.data, "id"));
    expect(valuesOf(narrow.body.data, "id").filter((id) => seen.has(id))).toEqual([]);
  });

  test("holds for filters: a hidden provider is refused like one that does not exist", async () => {
    const query = `query ($f: BackupFilter) { backups(filter: $f) { nodes { id } complete issues { code } } }`;
    const messageFor = async (key: string): Promise<string> => {
      const answer = await asked(query, "one", { f: { providers: [key] } });
      expect(codesOf(answer)).toEqual(["BAD_USER_INPUT"]);
      return String(answer.body.errors?.[0]?.message).replaceAll(key, "KEY");
    };
    expect(await messageFor("demo-tencent/redis")).toBe(await messageFor("made-up-2022/redis"));
    const { body } = await asked(query, "one", { f: { vendors: ["ALIBABA"] } });
    expect(body.data?.["backups"]).toEqual({ nodes: [], complete: true, issues: [] });
  });

  test("keeps quiet about what fails elsewhere", async () => {
    const failing = await makeStack({ auth: { mode: "apiKey", apiKeys } });
    for (const vendor of ["tencent", "alibaba"] as const)
      failing.clouds.knobs.faults.add({ vendor, effect: { kind: "status", status: 403 } });
    const query = "{ backups(first: 5) { complete issues { provider { key } } } }";
    const one = await ask(failing.url, query, asCaller("one"));
    const all = await ask(failing.url, query, asCaller("all"));
    await failing.close();
    expect(one.body.data?.["backups"]).toEqual({ complete: true, issues: [] });
    expect(all.body.data?.["backups"]).toMatchObject({ complete: false });
  });
});
