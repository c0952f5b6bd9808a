import fc from "fast-check";
import {
  getIntrospectionQuery,
  getOperationAST,
  getVariableValues,
  graphql,
  parse,
  validate,
} from "graphql";
import { describe, expect, test } from "vitest";
import { buildSubgraph } from "../../../src/graphql/federation/subgraph.js";
import { buildGatewaySchema } from "../../../src/graphql/schema.js";
import {
  costOf,
  decidingVariables,
  type OperationCost,
} from "../../../src/server/limits/operationCost.js";
import type { KnownPlace } from "../../../src/domain/provider.js";
import { BACKUPS, INSTANCES } from "../../graphql/fakeEstate.js";

const plain = buildGatewaySchema();
const subgraph = buildSubgraph(plain);

/** Fifty instances of each product; only URedis has a list of all of them. */
const PLACES: readonly KnownPlace[] = [
  place("ali/kvstore", "ALIBABA", "cn-hangzhou"),
  place("tc/redis", "TENCENT", "ap-guangzhou"),
  place("uc/umem", "UCLOUD", "cn-bj2"),
  { ...place("uc/uredis", "UCLOUD", "cn-bj2"), wide: true },
];

function place(provider: string, vendor: KnownPlace["vendor"], region: string): KnownPlace {
  return { provider, vendor, region, instances: 50, wide: false, facts: [], linkCalls: 1 };
}

interface Given {
  readonly variables?: Record<string, unknown>;
  readonly places?: readonly KnownPlace[];
}

/** The cost of a valid operation of the subgraph's schema. */
function cost(text: string, { variables = {}, places = PLACES }: Given = {}): OperationCost | null {
  const document = parse(text);
  expect(validate(subgraph, document)).toEqual([]);
  const operation = getOperationAST(document);
  if (!operation) throw new Error("Expected one operation.");
  const definitions = operation.variableDefinitions ?? [];
  const { coerced } = getVariableValues(subgraph, definitions, variables);
  if (coerced === undefined) throw new Error("Expected valid variables.");
  const asked = { schema: subgraph, document, operation, variables: coerced };
  return costOf(asked, { places, maxPage: 200 });
}

const objects = (text: string, given?: Given) => cost(text, given)?.cost;
const calls = (text: string, given?: Given) => cost(text, given)?.vendorCalls;

describe("the objects of an answer", () => {
  test.each<[string, number]>([
    ["{ __typename }", 0],
    ["{ providers { key } }", 3 + 1],
    ['{ provider(key: "a") { key health { state } } }', 2],
    ["{ backups(first: 100) { nodes { id } } }", 1 + 100],
    ["{ backups(last: 100) { nodes { id } } }", 1 + 100],
    ["{ backups { nodes { id } } }", 1 + 20],
    ["{ backups(first: null) { nodes { id } } }", 1 + 20],
    ["{ backups(first: 0) { nodes { id } pageInfo { endCursor } } }", 1 + 1],
    ["{ backups(first: 10) { edges { node { id } } } }", 1 + 10 * 2],
    ["{ backups(first: 10) { edges { node { id } } nodes { id } } }", 1 + 10 * 3],
    ["{ a: backups(first: 10) { nodes { id } } b: backups(first: 5) { nodes { id } } }", 17],
    [
      "{ instances(first: 200) { nodes { backups(first: 50) { nodes { id } } } } }",
      1 + 200 * (1 + 1 + 50),
    ],
    [
      "{ backups(first: 10) { nodes { instance { latestBackup { provider { key } } } } } }",
      1 + 10 * 4,
    ],
    ["{ backups(first: 10) { nodes { downloads { url } } } }", 1 + 10 * (1 + 32)],
    // A report judges each of its 200 instances.
    ['{ coverage(rpo: "PT24H") { instances(first: 9) { nodes { id } } } }', 201 + 1 + 9],
    ['{ coverage(filter: { regions: ["cn-bj2"] }) { complete } }', 101],
    ["{ a: coverage { complete } b: coverage { complete } }", 402],
    ["{ backupStats(by: [STATUS]) { complete } }", 1_000],
    // Statistics count as 1,000 objects; five buckets, or keys of buckets, as one.
    ["{ backupStats(by: [STATUS]) { buckets { count } } }", Math.ceil(1_000 + 7 / 5)],
    ["{ backupStats(by: [STATUS, TRIGGER]) { buckets { keys { value } } } }", 1_017],
    ["{ backupStats(by: [DAY]) { buckets { count } } }", 1_000 + 2_000],
    ["{ backupStats(by: [DAY, REGION, INSTANCE]) { buckets { keys { value } } } }", 1_000 + 8_000],
    [
      `{ backupStats(by: [DAY], filter: { startedAfter: "2026-11-01T00:00:00Z",
         startedBefore: "2026-11-30T00:00:00Z" }) { buckets { count } } }`,
      Math.ceil(1_000 + (31 + 2) / 5),
    ],
    [
      "{ backupStats(by: [PROVIDER]) { buckets { keys { provider { key } } } } }",
      1_000 + 4 * 1.4 + 0.4,
    ],
    ["{ backupStats(by: [INSTANCE]) { buckets { keys { instance { id } } } } }", 1_000 + 200 * 1.4],
    ['{ nodes(ids: ["a", "b", "c"]) { id } }', 3],
    ['{ nodes(ids: "a") { id } }', 1],
  ])("%s are %i", (text, count) => {
    expect(objects(text)).toBe(count);
  });

  test("of a coverage report are no more than those of statistics, and guessed for unknown regions", () => {
    const withInstances = (instances: number | null) =>
      PLACES.map((known) => ({ ...known, instances }));
    const text = "{ coverage { complete } }";
    expect(objects(text, { places: withInstances(3_000) })).toBe(1_000);
    expect(objects(text, { places: withInstances(null) })).toBe(401);
  });

  test("are as many where the size comes by a variable, or by its default", () => {
    const text = "query ($n: Int) { backups(first: $n) { nodes { id } } }";
    expect(objects(text, { variables: { n: 100 } })).toBe(101);
    expect(objects(text, { variables: {} })).toBe(21);
    expect(objects(text, { variables: { n: null } })).toBe(21);
    const byDefault = "query ($n: Int = 150) { backups(first: $n) { nodes { id } } }";
    expect(objects(byDefault)).toBe(151);
    expect(objects(byDefault, { variables: { n: 3 } })).toBe(4);
  });

  test("count every 250 characters of a filter as one, for each object that the filter is read for", () => {
    const text = "query ($f: BackupFilter) { backups(filter: $f) { complete } }";
    const of = (count: number, source = text): number => {
      const statuses = Array.from({ length: count }, () => "FAILED");
      return objects(source, { variables: { f: { statuses } } }) ?? 0;
    };
    expect(of(20)).toBe(1);
    expect(of(100)).toBe(1 + Math.floor((9 * 100 + '{"statuses":[]}'.length - 1) / 250));
    const each =
      "query ($f: BackupFilter) { instances(first: 50) { nodes { backups(filter: $f) { complete } } } }";
    expect(of(100, each)).toBe(1 + 50 * (1 + of(100)));
  });

  test.each([201, 1_000_000_000, -1])(
    "of a page of %i, which is refused, are those of a page",
    (n) => {
      const size = Math.min(Math.max(n, 0), 200);
      expect(objects(`{ backups(first: ${n}) { nodes { id } } }`)).toBe(1 + size);
      const text = "query ($n: Int) { backups(first: $n) { nodes { id } } }";
      expect(objects(text, { variables: { n } })).toBe(1 + size);
    },
  );

  test("are counted through fragments of every kind, and once where fields merge", () => {
    expect(
      objects(
        `{ ...Q backups(first: 10) { nodes { name } } }
         fragment Q on Query { backups(first: 10) { ... { nodes { ...B } } } }
         fragment B on Backup { provider { key } ... on Node { ... on Backup { provider { id } } } }`,
      ),
    ).toBe(1 + 10 * 2);
  });

  test("of what is skipped are not counted, and of what is included are", () => {
    const text = `query ($yes: Boolean!) {
      a: backups(first: 10) @include(if: $yes) { nodes { id } }
      b: backups(first: 20) @skip(if: $yes) { nodes { id } } }`;
    expect(objects(text, { variables: { yes: true } })).toBe(11);
    expect(objects(text, { variables: { yes: false } })).toBe(21);
  });

  test("of a node are those of the dearest type that it may have", () => {
    expect(
      objects(
        `{ node(id: "a") { ... on Backup { provider { key } }
           ... on Instance { backups(first: 30) { nodes { id } } } ... on Provider { key } } }`,
      ),
    ).toBe(1 + 1 + 30);
  });

  test("of entities are as many as their representations, by variable or not", () => {
    const text = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Backup { provider { key } } } }`;
    const r = Array.from({ length: 700 }, () => ({ __typename: "Backup", id: "x" }));
    expect(cost(text, { variables: { r } })).toMatchObject({ cost: 1_400, entities: 700 });
    expect(
      cost(`{ _entities(representations: [{ __typename: "Backup", id: "x" }]) { __typename } }`),
    ).toMatchObject({ cost: 1, entities: 1 });
  });

  test("of issues are two a place", () => {
    const issues = (fields: string) => `{ backups(first: 0) { issues { ${fields} } } }`;
    expect(objects(issues("code message"))).toBe(1 + 8);
    expect(objects(issues("code provider { key }"))).toBe(1 + 8 * 2);
    expect(objects(issues("provider { backups(first: 5) { nodes { id } } }"))).toBe(
      1 + 8 * (1 + 1 + 1 + 5),
    );
  });

  test.each([{}, { inputValueDeprecation: true, oneOf: true, specifiedByUrl: true }])(
    "of the usual introspection with %j are at least those that come, and fewer than the limit",
    async (options) => {
      const source = getIntrospectionQuery(options);
      const { data } = await graphql({ schema: subgraph, source });
      expect(objects(source)).toBeGreaterThan(objectsIn(data) - 1);
      expect(objects(source)).toBeLessThan(10_000);
    },
  );

  test("grow with every part of the operation", () => {
    const size = fc.nat(200);
    fc.assert(
      fc.property(size, size, size, (a, b, c) => {
        const nested = `{ instances(first: ${a}) { nodes { backups(first: ${b}) { nodes { instance { backups(first: ${c}) { nodes { id } } } } } } } }`;
        expect(objects(nested)).toBe(1 + a * (1 + 1 + b * (1 + 1 + 1 + c)));
      }),
    );
  });
});

describe("the vendor calls of an operation for single objects", () => {
  test.each([
    "{ providers { key health { state } } }",
    "{ providers { regions instances { nodes { id } } } }",
    "{ instances { nodes { id } } }",
    "{ a: backups { nodes { id } } b: backups(first: 9) { nodes { id } } }",
    '{ provider(key: "uc/umem") { backups { nodes { id } } } }',
    '{ coverage(rpo: "PT24H") { complete } }',
    "{ backups { nodes { id instance { name } } } backupStats(by: [DAY]) { complete } }",
  ])("are none for %s, whose lists are cut", (text) => {
    expect(calls(text)).toBe(0);
    const unknown = PLACES.map((known) => ({ ...known, region: null, instances: null }));
    expect(calls(text, { places: unknown })).toBe(0);
  });

  test("are one for each instance, however many of its fields ask for backups", () => {
    expect(
      calls(
        `{ instances(first: 100) { nodes { latestBackup { id } coverage(rpo: "PT1H") { state }
           a: backups(first: 5) { nodes { id } } b: backups(first: 3) { nodes { id } } } } }`,
      ),
    ).toBe(100);
    expect(calls('{ instance(id: "none") { backups { nodes { id } } } }')).toBe(1);
  });

  test("are no more than there are instances, where all are known", () => {
    const text =
      "{ instances(first: 200) { nodes { backups { nodes { instance { latestBackup { id } } } } } } }";
    expect(calls(text)).toBe(200);
    const unknown = PLACES.map((known) => ({ ...known, instances: null }));
    expect(calls(text, { places: unknown })).toBe(200 + 200 * 20);
  });

  test("are none for instances whose own lists the same operation merges", () => {
    const nested = (fields: string) =>
      `{ instances(first: 200) { nodes { latestBackup { id } } } ${fields} }`;
    // In a region with a list of all instances, those of single ones can be read besides.
    expect(calls(nested("backups { nodes { id } }"))).toBe(50);
    expect(calls(nested("backups(filter: { vendors: [TENCENT] }) { nodes { id } }"))).toBe(150);
    expect(calls(nested("backupStats(by: [DAY]) { complete }"))).toBe(50);
    expect(calls(nested('coverage(filter: { regions: ["cn-bj2"] }) { complete }'))).toBe(150);
    expect(
      calls(nested('provider(key: "uc/umem") { backups { nodes { provider { key } } } }')),
    ).toBe(150);
  });

  test("are one for each backup whose links are asked for", () => {
    expect(calls("{ backups(first: 200) { nodes { downloads { url } } } }")).toBe(200);
    expect(
      calls(
        "{ a: backups(first: 2) { nodes { downloads { url } } } b: backups(first: 3) { nodes { downloads { url } } } }",
      ),
    ).toBe(5);
  });

  test("are, for links, as many as the provider may need for each backup", () => {
    const places = PLACES.map((one, n) => ({ ...one, linkCalls: [0, 1, 3, 0][n] ?? 1 }));
    const of = (key: string) =>
      calls(`{ provider(key: "${key}") { backups(first: 10) { nodes { downloads { url } } } } }`, {
        places,
      });
    expect([of("ali/kvstore"), of("tc/redis"), of("uc/umem"), of("uc/uredis")]).toEqual([
      0, 10, 30, 0,
    ]);
    expect(calls("{ backups(first: 10) { nodes { downloads { url } } } }", { places })).toBe(30);
  });

  test("are, for the id of a backup, the slice that holds it", () => {
    const places = [place("ali/kvstore", "ALIBABA", "cn-hangzhou"), ...PLACES.slice(1)];
    const ids = BACKUPS.filter(({ provider }) => provider === "ali/kvstore").map(({ id }) => id);
    const nodes = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    expect(calls(`{ backup(id: "${ids[0]}") { id } }`, { places })).toBe(1);
    expect(calls(`{ node(id: "${INSTANCES[0]?.id}") { id } }`, { places })).toBe(0);
    expect(calls(nodes, { places, variables: { ids } })).toBe(ids.length);
    expect(calls(nodes, { places, variables: { ids: [ids[0], ids[0]] } })).toBe(1);
    expect(calls(nodes, { places, variables: { ids: ["x", "y"] } })).toBe(0);
    expect(calls(nodes, { places: [], variables: { ids } })).toBe(0);
    const entities = "query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }";
    const r = ids.map((id) => ({ __typename: "Backup", id }));
    expect(calls(entities, { places, variables: { r } })).toBe(ids.length);
  });

  test("are, for instances by id, one each", () => {
    const text =
      "query ($ids: [ID!]!) { backups(filter: { instanceIds: $ids, vendors: [ALIBABA] }) { nodes { id } } }";
    expect(calls(text, { variables: { ids: ["a", "b", "b"] } })).toBe(2);
  });
});

describe("the work of counting", () => {
  test("does not multiply with fragments that do", () => {
    const levels = 7;
    const bomb = Array.from(
      { length: levels },
      (_, i) =>
        `fragment F${i} on Backup { instance { x: latestBackup { ...F${i + 1} } y: latestBackup { ...F${i + 1} } z: latestBackup { ...F${i + 1} } } }`,
    ).join(" ");
    const text = `{ backups(first: 200) { nodes { ...F0 } } } ${bomb} fragment F${levels} on Backup { id }`;
    const counted = cost(text);
    expect(counted?.cost).toBeGreaterThan(200 * 3 ** levels);
    expect(counted?.steps).toBeLessThan(10 * levels);
  });

  test("ends where fragments lead back to themselves, though no such document is run", () => {
    const document = parse(
      "{ backups { nodes { ...F } } } fragment F on Backup { instance { latestBackup { ...F } } ...F }",
    );
    const operation = getOperationAST(document);
    if (!operation) throw new Error("Expected one operation.");
    const counted = costOf(
      { schema: plain, document, operation, variables: {} },
      { places: PLACES, maxPage: 200 },
    );
    expect(counted?.steps).toBeLessThan(20);
  });

  test("stays small for documents of many fields", () => {
    const fields = Array.from({ length: 300 }, (_, i) => `a${i}: backups { nodes { id } }`);
    expect(cost(`{ ${fields.join(" ")} }`)?.steps).toBe(300 * 3);
  });
});

/** Objects in an answer, without the answer itself. */
function objectsIn(data: unknown): number {
  if (typeof data !== "object" || data === null) return 0;
  const below = Object.values(data).reduce<number>((sum, part) => sum + objectsIn(part), 0);
  return below + (Array.isArray(data) ? 0 : 1);
}

test("nothing counts below an object with a @skip that is null: execution stops there", () => {
  const text =
    "query ($x: Boolean = true) { backups(first: 7) { nodes { id @skip(if: $x) instance { id } } } }";
  expect(objects(text, { variables: { x: true } })).toBe(1 + 7 * 2);
  expect(objects(text, { variables: { x: null } })).toBe(1 + 7);
});

test("an argument that is wrong costs nothing: its field does not run", () => {
  expect(
    objects("query ($n: Int = 5) { backups(first: $n) { nodes { id } } }", {
      variables: { n: null },
    }),
  ).toBe(21);
});

test("only variables that say where a page begins decide nothing", () => {
  const text = `query ($n: Int, $after: String, $before: String, $f: BackupFilter, $yes: Boolean!) {
    backups(first: $n, after: $after, filter: $f) { ...P }
    b: backups(last: $n, before: $before) { ...P } }
    fragment P on BackupConnection { complete @include(if: $yes) }`;
  expect(decidingVariables(parse(text))).toEqual(["f", "n", "yes"]);
});
