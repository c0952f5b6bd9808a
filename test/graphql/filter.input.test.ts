import { describe, expect, test } from "vitest";
import { DEFAULT_POLICY } from "../../src/domain/policy.js";
import type { Reads } from "../../src/domain/reads.js";
import { SourceError } from "../../src/errors.js";
import { INSTANCES } from "./fakeEstate.js";
import { codesOf, run, type Run } from "./run.js";

const REGIONS: Readonly<Record<string, readonly string[]>> = {
  "ali/kvstore": ["cn-hangzhou", "cn-beijing"],
  "uc/uredis": ["cn-bj2", "hk"],
};

const regions: Reads["regions"] = ({ key }) => Promise.resolve(REGIONS[key] ?? []);

const runWith = (source: string, reads: Partial<Reads> = {}): Promise<Run> =>
  run(source, { reads: { regions, ...reads } });

/** The names of the reads that fetch rows. */
const readRows = ({ asked }: Run): string[] =>
  asked.map(([name]) => name).filter((name) => ["backups", "coverage"].includes(name));

/** Every field that takes a filter, by a function that writes the operation. */
const FIELDS: readonly (readonly [name: string, write: (filter: string) => string])[] = [
  ["Query.backups", (filter) => `{ backups(filter: ${filter}) { complete } }`],
  ["Query.instances", (filter) => `{ instances(filter: ${filter}) { complete } }`],
  ["Query.coverage", (filter) => `{ coverage(rpo: "P1D", filter: ${filter}) { complete } }`],
  [
    "Provider.backups",
    (filter) => `{ provider(key: "uc/uredis") { backups(filter: ${filter}) { complete } } }`,
  ],
  [
    "Provider.instances",
    (filter) => `{ provider(key: "uc/uredis") { instances(filter: ${filter}) { complete } } }`,
  ],
  [
    "Instance.backups",
    (filter) =>
      `{ instance(id: "${INSTANCES[0]?.id}") { backups(filter: ${filter}) { complete } } }`,
  ],
];

describe.each(FIELDS)("the filter of %s", (_, write) => {
  test("refuses a provider key that does not exist, and names the nearest first", async () => {
    const ran = await runWith(write('{ providers: ["uc/redis"] }'));
    expect(codesOf(ran)).toEqual(["BAD_USER_INPUT"]);
    expect(ran.errors[0]?.message).toBe(
      'filter.providers: there is no provider "uc/redis". Known: uc/uredis, ali/kvstore.',
    );
    expect(readRows(ran)).toEqual([]);
  });

  test("refuses a region that no provider has, and names the nearest first", async () => {
    const ran = await runWith(write('{ regions: ["cn-bj2", "cn-bj9"] }'));
    expect(codesOf(ran)).toEqual(["BAD_USER_INPUT"]);
    expect(ran.errors[0]?.message).toMatch(
      /^filter\.regions: no provider has the region "cn-bj9"\. Known: cn-bj2, /,
    );
    expect(readRows(ran)).toEqual([]);
  });

  test("refuses a policy that does not exist, and names the nearest first", async () => {
    const policies = () =>
      ["nightly", "production", "default"].map((name) => ({ ...DEFAULT_POLICY, name }));
    const ran = await runWith(write('{ policies: ["default", "prodction"] }'), { policies });
    expect(codesOf(ran)).toEqual(["BAD_USER_INPUT"]);
    expect(ran.errors[0]?.message).toBe(
      'filter.policies: there is no policy "prodction". Known: production, nightly, default.',
    );
    expect(readRows(ran)).toEqual([]);
    const known = await runWith(write('{ policies: ["production"] }'), { policies });
    expect(codesOf(known)).toEqual([]);
  });

  test("accepts what exists, and a region of a provider that it does not select", async () => {
    expect(codesOf(await runWith(write('{ providers: ["uc/uredis"], regions: ["hk"] }')))).toEqual(
      [],
    );
    const other = write('{ vendors: [UCLOUD], regions: ["cn-hangzhou"] }');
    expect(codesOf(await runWith(other))).toEqual([]);
  });

  test("refuses more tags than an instance can have", async () => {
    const tags = (count: number) => write(`{ tags: [${'{ key: "a" }'.repeat(count)}] }`);
    const ran = await runWith(tags(51));
    expect(codesOf(ran)).toEqual(["BAD_USER_INPUT"]);
    expect(ran.errors[0]?.message).toBe("filter.tags: expected at most 50 tags, but got 51.");
    expect(readRows(ran)).toEqual([]);
    expect(codesOf(await runWith(tags(50)))).toEqual([]);
  });

  test("accepts empty lists, which match nothing", async () => {
    expect(codesOf(await runWith(write("{ providers: [], regions: [] }")))).toEqual([]);
  });

  test("accepts any region if a provider cannot list its regions", async () => {
    const failing: Reads["regions"] = ({ key }) =>
      key === "uc/uredis"
        ? Promise.reject(new SourceError("TIMEOUT", "Too slow.", { provider: key }))
        : regions({ key } as Parameters<Reads["regions"]>[0]);
    const ran = await runWith(write('{ regions: ["cn-bj9"] }'), { regions: failing });
    expect(codesOf(ran)).toEqual([]);
  });
});

test("a word that a filter repeats is compared once with each row", async () => {
  const ran = await runWith(
    "{ backups(filter: { statuses: [FAILED, RUNNING, FAILED], vendors: [AWS, AWS] }) { complete } }",
  );
  const [, query] = ran.asked.find(([name]) => name === "backups") ?? [];
  expect(query).toMatchObject({ filter: { statuses: ["FAILED", "RUNNING"], vendors: ["AWS"] } });
});

test("a region list is read only from the selected providers if they have every region", async () => {
  const ran = await runWith(
    '{ backups(filter: { vendors: [UCLOUD], regions: ["hk"] }) { complete } }',
  );
  const asked = ran.asked.filter(([name]) => name === "regions");
  expect(asked.map(([, provider]) => (provider as { key: string }).key)).toEqual(["uc/uredis"]);
});

test("a failure that is a bug is not taken for a region list that cannot be read", async () => {
  const ran = await runWith('{ backups(filter: { regions: ["hk"] }) { complete } }', {
    regions: () => Promise.reject(new TypeError("bug")),
  });
  expect(codesOf(ran)).toEqual(["INTERNAL_SERVER_ERROR"]);
});

describe("a malformed instance id", () => {
  const ids = (...values: readonly string[]): string =>
    `{ backups(filter: { instanceIds: ${JSON.stringify(values)} }) { complete } }`;

  test("is refused, and the message shows the id of an instance that exists", async () => {
    const ran = await runWith(ids(INSTANCES[1]?.id ?? "", "nonsense"));
    expect(codesOf(ran)).toEqual(["BAD_USER_INPUT"]);
    expect(ran.errors[0]?.message).toBe(
      "filter.instanceIds[1]: expected the id of an instance (Instance.id). " +
        `For example, r-1 has the id ${INSTANCES[0]?.id}.`,
    );
    expect(readRows(ran)).toEqual([]);
  });

  test("that is the vendor's id is answered with the global id of that instance", async () => {
    const instances: Reads["instances"] = ({ filter }) => {
      const found = INSTANCES.filter(({ nativeId }) => filter?.nativeIds?.includes(nativeId));
      return Promise.resolve({
        ...({} as Awaited<ReturnType<Reads["instances"]>>),
        edges: found.map((node) => ({ node, cursor: node.id, late: false })),
      });
    };
    const ran = await runWith(ids("uredis-1"), { instances });
    expect(ran.errors[0]?.message).toContain(`uredis-1 has the id ${INSTANCES[2]?.id}.`);
    const none = await runWith(ids("nonsense"), { instances });
    expect(none.errors[0]?.message).toMatch(/\(Instance\.id\)\.$/);
  });

  test("is the only kind that is refused: an instance may have been deleted", async () => {
    expect(codesOf(await runWith(ids(INSTANCES[0]?.id ?? "")))).toEqual([]);
  });
});

describe("an RPO", () => {
  test.each(["P99999999999D", "PT0S"])("of %s is refused, with the largest", async (rpo) => {
    const ran = await runWith(`{ coverage(rpo: "${rpo}") { complete } }`);
    expect(codesOf(ran)).toEqual(["BAD_USER_INPUT"]);
    expect(ran.errors[0]?.message).toContain("above zero and at most P104249991D");
  });

  test("may be as long as the message says", async () => {
    const ran = await runWith('{ coverage(rpo: "P104249991D") { complete } }');
    expect(codesOf(ran)).toEqual([]);
    const longer = await runWith('{ coverage(rpo: "P104249992D") { complete } }');
    expect(codesOf(longer)).toEqual(["BAD_USER_INPUT"]);
  });
});
