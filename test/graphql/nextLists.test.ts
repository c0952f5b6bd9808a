import { describe, expect, test } from "vitest";
import { EVERY_BACKUP } from "../../src/domain/filter.js";
import type {
  BackupQuery,
  BackupRange,
  InstanceQuery,
  WantedInstance,
} from "../../src/domain/reads.js";
import { INSTANCES } from "./fakeEstate.js";
import { run, type Given } from "./run.js";
import { wanted } from "../wantedPage.js";

const NEWEST: BackupRange = {
  page: wanted({ first: 1 }),
  filter: EVERY_BACKUP,
  order: "STARTED_AT_DESC",
};

/** The lists that an operation was expected to read of each instance, and those that it read. */
async function listsIn(source: string, variables: Record<string, unknown> = {}) {
  const given: Given = { variables };
  const { asked } = await run(source, given);
  const expected = asked.flatMap(([name, query]) => {
    if (name === "instances") return (query as InstanceQuery).next?.() ?? [];
    if (name !== "instancesByRef") return [];
    return (query as readonly WantedInstance[]).flatMap(({ next }) => next?.() ?? []);
  });
  const read = asked.flatMap(([name, query]): BackupRange[] => {
    if (name === "latestBackup" || name === "instanceCoverage") return [NEWEST];
    if (name !== "backups") return [];
    const { parent, page, filter, order } = query as BackupQuery;
    return parent.type === "Instance" ? [{ page, filter, order }] : [];
  });
  return { expected: distinct(expected), read: distinct(read) };
}

const distinct = (lists: readonly BackupRange[]): string[] =>
  [...new Set(lists.map((list) => JSON.stringify(list)))].sort();

const ID = INSTANCES[0]?.id ?? "";

describe("the lists that an answer shows of instances are known before the instances are", () => {
  test.each([
    ["{ instances { nodes { id } totalCount } }", 0],
    ["{ instances { nodes { backups { complete } } } }", 1],
    [
      "{ instances { edges { node { backups(first: 3, orderBy: STARTED_AT_ASC) { complete } } } } }",
      1,
    ],
    ["{ instances { nodes { a: backups { complete } b: backups(last: 2) { complete } } } }", 2],
    [
      "{ instances { edges { node { backups { complete } } } nodes { backups(first: 1) { complete } } } }",
      2,
    ],
    [
      "{ a: instances { nodes { latestBackup { id } } } b: instances { nodes { backups { complete } } } }",
      2,
    ],
    [
      '{ instances { nodes { latestBackup(status: FAILED) { id } coverage(rpo: "P1D") { state } } } }',
      1,
    ],
    ["{ instances { nodes { latestBackup { id } backups(first: 3) { complete } } } }", 2],
    ["{ providers { instances { nodes { backups(first: 7) { complete } } } } }", 1],
    [
      "{ instances { ...C } } fragment C on InstanceConnection { nodes { ...I } } fragment I on Instance { backups { complete } }",
      1,
    ],
    ["{ instances { nodes { ... on Node { ... on Instance { backups { complete } } } } } }", 1],
    ["{ instances { nodes { backups @skip(if: true) { complete } } } }", 0],
    ["{ instances { nodes { ... @include(if: false) { latestBackup { id } } } } }", 0],
    [`{ instance(id: "${ID}") { backups(first: 2) { complete } } }`, 1],
    [
      `{ node(id: "${ID}") { id ... on Instance { latestBackup { id } } ... on Backup { name } } }`,
      1,
    ],
    [`{ nodes(ids: ["${ID}", "${ID}"]) { ... on Instance { backups(last: 1) { complete } } } }`, 1],
  ])("%s", async (source, count) => {
    const { expected, read } = await listsIn(source);
    expect(expected).toEqual(read);
    expect(expected).toHaveLength(count);
  });

  const FILTERED = `query ($first: Int, $filter: BackupFilter, $skip: Boolean!) {
    instances { nodes { backups(first: $first, filter: $filter) @skip(if: $skip) { complete } } }
  }`;
  const filter = {
    vendors: ["TENCENT"],
    statuses: ["FAILED"],
    startedBefore: "2025-05-30T00:00:00Z",
  };

  test.each([
    { first: 4, filter, skip: false },
    { first: null, filter: null, skip: false },
    { skip: false },
    { first: 4, filter, skip: true },
  ])("by variables: %j", async (variables) => {
    const { expected, read } = await listsIn(FILTERED, variables);
    expect(expected).toEqual(read);
    expect(expected).toHaveLength(variables.skip ? 0 : 1);
  });

  test("but for those whose arguments are refused", async () => {
    const source = `{ instances { nodes {
      a: backups(first: 999) { complete } b: backups(first: 1, last: 1) { complete }
      c: backups(first: 3) { complete }
    } } }`;
    const { expected, read } = await listsIn(source);
    expect(expected).toEqual(read);
    expect(expected).toHaveLength(1);
  });
});
