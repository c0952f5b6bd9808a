import { describe, expect, test } from "vitest";
import type { InstanceCoverage } from "../../src/domain/coverage.js";
import { EVERY_BACKUP } from "../../src/domain/filter.js";
import { providerId } from "../../src/domain/id.js";
import { SourceError } from "../../src/errors.js";
import { BACKUPS, INSTANCES, ISSUE, NOW, PROVIDERS } from "./fakeEstate.js";
import { pageOf, type Asked } from "./fakeReads.js";
import { run } from "./run.js";
import { wanted } from "../wantedPage.js";

const namesOf = (asked: readonly Asked[]): string[] => asked.map(([name]) => name);

describe("a page of backups", () => {
  test("shows every leaf field as the contract writes it", async () => {
    const { data, errors } = await run(`{ backups(first: 1) { nodes {
      id nativeId name instanceNativeId region zone status vendorStatus trigger method kind
      startedAt finishedAt expiresAt duration sizeBytes shardCount engineVersion locked remark
    } } }`);
    expect(errors).toEqual([]);
    expect(data).toEqual({
      backups: {
        nodes: [
          {
            id: BACKUPS[0]?.id,
            nativeId: "b-0",
            name: null,
            instanceNativeId: "r-1",
            region: "cn-hangzhou",
            zone: null,
            status: "SUCCEEDED",
            vendorStatus: "Success",
            trigger: "AUTOMATIC",
            method: "PHYSICAL",
            kind: "FULL",
            startedAt: "2025-05-31T23:00:00.000Z",
            finishedAt: "2025-05-31T23:03:20.000Z",
            expiresAt: null,
            duration: "PT3M20S",
            sizeBytes: 123_456_789_012,
            shardCount: 1,
            engineVersion: "7.0",
            locked: null,
            remark: null,
          },
        ],
      },
    });
  });

  test("asks with the defaults of the contract", async () => {
    const { asked } = await run("{ backups { edges { cursor late } } }");
    expect(asked).toEqual([
      [
        "backups",
        {
          parent: { type: "Query" },
          page: wanted({}),
          filter: EVERY_BACKUP,
          order: "STARTED_AT_DESC",
          onSourceError: "PARTIAL",
          lookAhead: false,
        },
      ],
    ]);
  });

  test("asks with every argument given; an empty list is not null", async () => {
    const { asked } = await run(
      `query ($filter: BackupFilter) {
        backups(last: 3, before: "c", filter: $filter, orderBy: STARTED_AT_ASC, onSourceError: FAIL) { complete }
      }`,
      {
        variables: {
          filter: {
            vendors: ["UCLOUD"],
            providers: [],
            regions: null,
            statuses: ["FAILED"],
            startedAfter: "2025-06-01T08:00:00+08:00",
          },
        },
      },
    );
    expect(asked.at(-1)?.[1]).toEqual({
      parent: { type: "Query" },
      page: wanted({ last: 3, before: "c" }),
      filter: {
        vendors: ["UCLOUD"],
        providers: [],
        regions: null,
        instanceIds: null,
        instanceNameContains: null,
        tags: null,
        policies: null,
        statuses: ["FAILED"],
        triggers: null,
        startedAfter: Date.UTC(2025, 5, 1),
        startedBefore: null,
      },
      order: "STARTED_AT_ASC",
      onSourceError: "FAIL",
      lookAhead: false,
    });
  });

  test.each([
    ["{ backups { pageInfo { hasNextPage } } }", true],
    ["{ backups { pageInfo { endCursor } } }", false],
    [
      "{ backups { ...P } } fragment P on BackupConnection { pageInfo { ...I } } fragment I on PageInfo { hasPreviousPage }",
      true,
    ],
    ["{ backups { ... on BackupConnection { pageInfo { hasNextPage } } } }", true],
  ])("looks ahead only where the answer says if there is more: %s", async (source, lookAhead) => {
    const { asked } = await run(source);
    expect(asked[0]?.[1]).toMatchObject({ lookAhead });
  });

  test("asks for totals and page information only where they are selected", async () => {
    const calls: string[] = [];
    const reads = {
      backups: () =>
        Promise.resolve({
          ...pageOf(BACKUPS, wanted({ first: 1 })),
          peekNextPage: () => (calls.push("next"), true),
          hasPreviousPage: () => (calls.push("previous"), Promise.resolve(false)),
          totalCount: () => (calls.push("total"), Promise.resolve(30)),
        }),
    };
    await run("{ backups { nodes { id } pageInfo { startCursor endCursor } } }", { reads });
    expect(calls).toEqual([]);
    const { data } = await run(
      "{ backups { totalCount pageInfo { hasNextPage hasPreviousPage } } }",
      {
        reads,
      },
    );
    expect(calls.sort()).toEqual(["next", "previous", "total"]);
    expect(data).toEqual({
      backups: { totalCount: 30, pageInfo: { hasNextPage: true, hasPreviousPage: false } },
    });
  });

  test("names what is missing, and keeps late rows marked", async () => {
    const { data } = await run(
      `{ backups { complete edges { late cursor node { nativeId } } issues {
        provider { key } region instanceNativeId code message retryable retryAfter asOf
      } } }`,
      {
        reads: {
          backups: () =>
            Promise.resolve({
              ...pageOf(BACKUPS, wanted({ first: 0 })),
              edges: [{ node: BACKUPS[3] as (typeof BACKUPS)[0], cursor: "k", late: true }],
              complete: false,
              issues: [ISSUE],
            }),
        },
      },
    );
    expect(data).toEqual({
      backups: {
        complete: false,
        edges: [{ late: true, cursor: "k", node: { nativeId: "b-3" } }],
        issues: [
          {
            provider: { key: "uc/uredis" },
            region: "cn-bj2",
            instanceNativeId: null,
            code: "STALE",
            message: "The vendor did not answer in time; older data is shown.",
            retryable: true,
            retryAfter: "PT30S",
            asOf: "2025-05-31T23:59:00.000Z",
          },
        ],
      },
    });
  });

  test("a backup that ends before it starts has no duration", async () => {
    const broken = { ...(BACKUPS[0] as (typeof BACKUPS)[0]), finishedAt: 0 };
    const { data } = await run(`{ backup(id: "${broken.id}") { duration finishedAt } }`, {
      reads: { backupsById: () => Promise.resolve([broken]) },
    });
    expect(data).toEqual({ backup: { duration: null, finishedAt: "1970-01-01T00:00:00.000Z" } });
  });
});

describe("edges between types", () => {
  test("instances of a whole page are asked for in one batch, each once", async () => {
    const { data, asked } = await run(
      "{ backups(first: 9) { nodes { instance { id provider { key } vendor } provider { key } } } }",
    );
    const batches = asked.filter(([name]) => name === "instancesByRef");
    expect(batches).toHaveLength(1);
    expect(batches[0]?.[1]).toEqual(
      INSTANCES.map(({ provider, region, nativeId }) => ({ provider, region, nativeId })),
    );
    const { nodes } = data?.["backups"] as { nodes: { instance: unknown; provider: unknown }[] };
    expect(nodes[2]).toEqual({
      instance: { id: INSTANCES[2]?.id, provider: { key: "uc/uredis" }, vendor: "UCLOUD" },
      provider: { key: "uc/uredis" },
    });
  });

  test("an instance that its vendor no longer lists is null", async () => {
    const { data, errors } = await run("{ backups(first: 1) { nodes { instance { id } } } }", {
      reads: { instancesByRef: (refs) => Promise.resolve(refs.map(() => null)) },
    });
    expect(errors).toEqual([]);
    expect(data).toEqual({ backups: { nodes: [{ instance: null }] } });
  });

  test("lists under a provider and an instance carry their parent", async () => {
    const { data, asked } = await run(
      `{ provider(key: "uc/uredis") { instances(first: 1) { nodes {
          name memoryBytes createdAt backups(first: 2) { nodes { nativeId } }
          latestBackup(status: SUCCEEDED) { nativeId } latest: latestBackup { nativeId }
          again: latestBackup { id }
        } } backups(first: 1) { nodes { nativeId } } } }`,
    );
    expect(data).toEqual({
      provider: {
        instances: {
          nodes: [
            {
              name: "name of uredis-1",
              memoryBytes: 1_073_741_824,
              createdAt: "2025-04-20T08:00:00.000Z",
              backups: { nodes: [{ nativeId: "b-2" }, { nativeId: "b-5" }] },
              latestBackup: { nativeId: "b-2" },
              latest: { nativeId: "b-2" },
              again: { id: BACKUPS[2]?.id },
            },
          ],
        },
        backups: { nodes: [{ nativeId: "b-2" }] },
      },
    });
    const parents = asked.flatMap(([name, query]) =>
      name === "instances" || name === "backups" ? [(query as { parent: unknown }).parent] : [],
    );
    expect(parents).toContainEqual({ type: "Provider", provider: "uc/uredis" });
    expect(parents).toContainEqual({ type: "Instance", instance: INSTANCES[2] });
    expect(asked.filter(([name]) => name === "latestBackup")).toHaveLength(2);
  });

  test("providers show what the config and the last calls say", async () => {
    const { data, asked } = await run(
      `{ providers { id key vendor product account } provider(key: "ali/kvstore") {
        regions capabilities { paging window maxPageSize reach notes }
        health { state lastSuccessAt lastIssue callsLeft } } none: provider(key: "x/y") { id } }`,
    );
    expect(data).toEqual({
      providers: PROVIDERS.map((p) => ({ ...p, id: providerId(p.key) })),
      provider: {
        regions: ["region of ali/kvstore"],
        capabilities: {
          paging: "OFFSET",
          window: false,
          maxPageSize: 100,
          reach: "Seven days after the instance was deleted.",
          notes: ["Backups of deleted instances."],
        },
        health: {
          state: "HEALTHY",
          lastSuccessAt: "2025-06-01T00:00:00.000Z",
          lastIssue: null,
          callsLeft: 7,
        },
      },
      none: null,
    });
    expect(namesOf(asked)).not.toContain("instances");
  });
});

describe("global ids", () => {
  const ids = [BACKUPS[4]?.id, INSTANCES[1]?.id, providerId("uc/uredis"), BACKUPS[5]?.id];

  test("node and nodes find any type, in order and in one batch a type", async () => {
    const { data, asked } = await run(
      `query ($ids: [ID!]!, $id: ID!) {
        nodes(ids: $ids) { __typename id } node(id: $id) { id ... on Backup { nativeId } }
        instance(id: $instance) { nativeId } backup(id: $id) { nativeId }
      }`.replace("$id: ID!)", "$id: ID!, $instance: ID!)"),
      { variables: { ids, id: ids[0], instance: ids[1] } },
    );
    expect(data).toEqual({
      nodes: [
        { __typename: "Backup", id: ids[0] },
        { __typename: "Instance", id: ids[1] },
        { __typename: "Provider", id: ids[2] },
        { __typename: "Backup", id: ids[3] },
      ],
      node: { id: ids[0], nativeId: "b-4" },
      instance: { nativeId: "r-2" },
      backup: { nativeId: "b-4" },
    });
    expect(asked.filter(([name]) => name === "backupsById")).toEqual([
      ["backupsById", [ids[0], ids[3]]],
    ]);
    expect(asked.filter(([name]) => name === "instancesByRef")).toHaveLength(1);
  });

  test("ids that are damaged, foreign or of another type are null, and nobody is asked", async () => {
    const { data, errors, asked } = await run(
      `query ($b: ID!, $i: ID!, $p: ID!) {
        nodes(ids: ["", "nonsense", "Qm90aA", $p]) { id } backup(id: $i) { id } instance(id: $b) { id }
        node(id: "QQ==") { id }
      }`,
      { variables: { b: ids[0], i: ids[1], p: providerId("hidden/uredis") } },
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      nodes: [null, null, null, null],
      backup: null,
      instance: null,
      node: null,
    });
    expect(namesOf(asked)).toEqual(["provider"]);
  });
});

const VIOLATING: InstanceCoverage = {
  state: "VIOLATING",
  reason: "No backup started within the RPO.",
  policy: null,
  violations: ["RPO"],
  lastSuccess: null,
  checkedAt: NOW,
};
const failing = () => Promise.reject(new SourceError("UNAVAILABLE", "The vendor is down."));

describe("coverage", () => {
  test("counts the states, and each unreadable region as one unknown", async () => {
    const { data, asked } = await run(
      `{ coverage(rpo: "PT24H", filter: { vendors: [ALIBABA] }) {
        rpo checkedAt protectedCount violatingCount unknownCount complete issues { code }
        instances(state: UNKNOWN, first: 1) { nodes { nativeId coverage(rpo: "P1D") { state reason age lastSuccess { id } } } }
      } }`,
      { reads: { latestBackup: failing } },
    );
    expect(data).toEqual({
      coverage: {
        rpo: "P1D",
        checkedAt: "2025-06-01T00:00:00.000Z",
        protectedCount: 1,
        violatingCount: 0,
        unknownCount: 3,
        complete: false,
        issues: [],
        instances: {
          nodes: [
            {
              nativeId: "r-2",
              coverage: {
                state: "UNKNOWN",
                reason: "The source failed.",
                age: null,
                lastSuccess: null,
              },
            },
          ],
        },
      },
    });
    const [read] = asked.filter(([name]) => name === "coverage");
    expect(read).toEqual([
      "coverage",
      86_400_000,
      expect.objectContaining({ vendors: ["ALIBABA"] }),
    ]);
  });

  test("a good backup behind the RPO is looked for only where it is selected", async () => {
    const reads = { instanceCoverage: () => Promise.resolve(VIOLATING) };
    const asking = (field: string) =>
      run(`{ instance(id: "${INSTANCES[1]?.id}") { coverage(rpo: "PT1H") { state ${field} } } }`, {
        reads,
      });
    const without = await asking("reason");
    expect(without.asked.map(([name]) => name)).not.toContain("latestBackup");
    const { data, asked } = await asking("age lastSuccess { nativeId }");
    expect(data).toEqual({
      instance: {
        coverage: { state: "VIOLATING", age: "PT2H", lastSuccess: { nativeId: "b-1" } },
      },
    });
    expect(asked.filter(([name]) => name === "latestBackup")).toEqual([
      ["latestBackup", INSTANCES[1], "SUCCEEDED"],
    ]);
  });

  test("a violation whose older backups cannot be read is an error at that field alone", async () => {
    const { data, errors } = await run(
      `{ instance(id: "${INSTANCES[1]?.id}") { coverage(rpo: "PT1H") { state lastSuccess { id } } } }`,
      {
        reads: { instanceCoverage: () => Promise.resolve(VIOLATING), latestBackup: failing },
      },
    );
    expect(data).toEqual({ instance: { coverage: { state: "VIOLATING", lastSuccess: null } } });
    expect(errors).toMatchObject([
      {
        path: ["instance", "coverage", "lastSuccess"],
        extensions: { code: "UPSTREAM_FAILED", issue: "UNAVAILABLE" },
      },
    ]);
  });

  test("an instance says how old its newest whole backup is", async () => {
    const { data } = await run(
      `{ instance(id: "${INSTANCES[0]?.id}") { coverage(rpo: "PT2H") { state age lastSuccess { nativeId } } } }`,
    );
    expect(data).toEqual({
      instance: { coverage: { state: "PROTECTED", age: "PT1H", lastSuccess: { nativeId: "b-0" } } },
    });
  });
});
