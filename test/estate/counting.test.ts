import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CLOUD_PRODUCTS } from "../../src/clouds/estate/regions.js";
import type { TrueBackup } from "../../src/clouds/estate/types.js";
import { CLOUD_VENDORS } from "../../src/clouds/vendorCloud.js";
import { backupId, instanceId } from "../../src/domain/id.js";
import { makeStack, type Stack } from "../server/stack.js";
import { ask, exchange, type Answer } from "../server/harness.js";
import { samplesNamed, samplesOf } from "../server/observe/harness.js";
import {
  BACKUP_LISTS,
  hasWideList,
  INSTANCE_LISTS,
  makeShort,
  shortText,
  type ShortList,
} from "../shortLists.js";
import { nativeIdsOf, pagesOf } from "./graphqlWalk.js";

let stack: Stack;
beforeEach(async () => {
  stack = await makeStack({
    clouds: {
      estate: { instances: 25, regions: 1, backupsEach: 1 },
      upstream: { retries: 0, rate: 10_000, concurrency: 64 },
    },
    observed: true,
  });
});
afterEach(() => stack.close());

const VENDORS = {
  ucloud: "UCLOUD",
  tencent: "TENCENT",
  alibaba: "ALIBABA",
  aws: "AWS",
  s3: "S3",
} as const;

const QUERY = `query ($providers: [String!]) {
  instances(first: 200, filter: { providers: $providers }) {
    complete totalCount nodes { nativeId } issues { code message }
  }
  backups(first: 200, filter: { providers: $providers }) {
    complete totalCount nodes { nativeId } issues { code message }
  }
  backupStats(filter: { providers: $providers }, by: [STATUS]) {
    complete total { count } issues { code message }
  }
  coverage(rpo: "PT24H", filter: { providers: $providers }) {
    complete protectedCount violatingCount unknownCount issues { code message }
  }
}`;

interface Issue {
  readonly code: string;
  readonly message: string;
}

interface ListAnswer {
  readonly complete: boolean;
  readonly totalCount: number | null;
  readonly nodes: readonly { nativeId: string }[];
  readonly issues: readonly Issue[];
}

interface Lists {
  readonly instances: ListAnswer;
  readonly backups: ListAnswer;
  readonly backupStats: {
    readonly complete: boolean;
    readonly total: { readonly count: number };
    readonly issues: readonly Issue[];
  };
  readonly coverage: {
    readonly complete: boolean;
    readonly protectedCount: number;
    readonly violatingCount: number;
    readonly unknownCount: number;
    readonly issues: readonly Issue[];
  };
}

async function listsOf(...providers: readonly string[]): Promise<Lists> {
  const { body } = await ask(stack.url, QUERY, {}, { providers });
  expect(body.errors).toBeUndefined();
  return body.data as unknown as Lists;
}

/** A backup that a provider has. */
const backupOf = (provider: string): TrueBackup =>
  stack.clouds.estate.truth().find((one) => one.provider === provider) as TrueBackup;

/** The fields that show one object, which have no place for issues. */
const OBJECTS = `query ($instance: ID!, $backup: ID!, $entities: [_Any!]!) {
  instance(id: $instance) { nativeId coverage(rpo: "PT24H") { state } latestBackup { nativeId } }
  backup(id: $backup) { nativeId }
  node(id: $backup) { id }
  _entities(representations: $entities) { ... on Backup { id } ... on Instance { id } }
}`;

const askObjects = ({ provider, region, instanceNativeId, ...rest }: TrueBackup) => {
  const instance = instanceId(provider, region, instanceNativeId);
  const backup = backupId({ provider, region, instanceNativeId, ...rest });
  const entities = [
    { __typename: "Backup", id: backup },
    { __typename: "Instance", id: instance },
    { __typename: "Instance", providerKey: provider, region, nativeId: instanceNativeId },
  ];
  return ask(stack.url, OBJECTS, {}, { instance, backup, entities });
};

/** The issues in the errors of an answer, by the paths of their fields. */
const issuesByPath = ({ body }: Answer): Record<string, unknown> =>
  Object.fromEntries(
    (body.errors ?? []).map(({ path, extensions }) => [
      (path as string[]).join("."),
      [extensions["code"], extensions["issue"]],
    ]),
  );

const FAILED = ["UPSTREAM_FAILED", "SHORT"];

/** The samples of a provider at /metrics. */
async function metricsOf(provider: string) {
  const { text } = await exchange(new URL("/metrics", stack.url).href);
  const samples = samplesOf(text);
  const named = (name: string): [string, number][] =>
    Object.entries(samplesNamed(samples, `backup_gateway_${name}`)).filter(([labels]) =>
      labels.includes(`provider="${provider}"`),
    );
  const stateOf = (state: string) =>
    named("coverage_instances").find(([labels]) => labels.includes(`state="${state}"`))?.[1];
  return {
    complete: named("coverage_complete").map(([, value]) => value),
    unknown: stateOf("UNKNOWN"),
    violating: stateOf("VIOLATING"),
    unknownInstances: named("instance_state").filter(
      ([labels, value]) => labels.includes('state="UNKNOWN"') && value === 1,
    ).length,
    ages: [...named("backup_age_seconds"), ...named("good_backups")],
  };
}

const shortOf = (list: ShortList): Issue => ({ code: "SHORT", message: shortText(list) });

describe.each(INSTANCE_LISTS)("$action of $vendor", (list) => {
  const issues = [shortOf(list), shortOf(list)];

  test("that always counts three instances and shows none is short", async () => {
    makeShort(stack.clouds, list);
    const { instances, backups, backupStats, coverage } = await listsOf(list.provider);
    // The vendor has two regions.
    expect(instances).toEqual({ complete: false, totalCount: null, nodes: [], issues });
    expect(coverage).toMatchObject({ complete: false, unknownCount: 2, issues });
    const complete = hasWideList(list);
    const found = complete ? 25 : 0;
    expect(backups).toMatchObject({ complete, issues: complete ? [] : issues });
    expect([backups.nodes.length, backups.totalCount]).toEqual([found, complete ? found : null]);
    expect(backupStats).toMatchObject({
      complete,
      total: { count: found },
      issues: complete ? [] : issues,
    });
  });

  test("leaves it open whether an instance exists, and what it has", async () => {
    const backup = backupOf(list.provider);
    makeShort(stack.clouds, list);
    const answer = await askObjects(backup);
    const isFound = hasWideList(list);
    expect(issuesByPath(answer)).toEqual({
      instance: FAILED,
      "_entities.1": FAILED,
      "_entities.2": FAILED,
      ...(isFound ? {} : { backup: FAILED, node: FAILED, "_entities.0": FAILED }),
    });
    expect(answer.body.data).toMatchObject({
      instance: null,
      backup: isFound ? { nativeId: backup.nativeId } : null,
    });
  });

  test("counts its regions as unknown in the metrics", async () => {
    makeShort(stack.clouds, list);
    expect(await metricsOf(list.provider)).toEqual({
      complete: [0],
      unknown: 2,
      violating: 0,
      unknownInstances: 0,
      ages: [],
    });
  });

  test("that shows none once is asked again", async () => {
    makeShort(stack.clouds, list, 1);
    const { instances, backups, coverage } = await listsOf(list.provider);
    expect(instances).toMatchObject({ complete: true, totalCount: 25, issues: [] });
    expect(instances.nodes).toHaveLength(25);
    expect(backups).toMatchObject({ complete: true, totalCount: 25, issues: [] });
    expect(coverage).toMatchObject({ complete: true, unknownCount: 0 });
  });
});

describe.each(BACKUP_LISTS)("$action of $vendor", (list) => {
  test("that always counts seven backups and shows none is short", async () => {
    makeShort(stack.clouds, list);
    const { instances, backups, backupStats, coverage } = await listsOf(list.provider);
    expect(instances).toMatchObject({ complete: true, totalCount: 25 });
    expect(backups).toMatchObject({ complete: false, totalCount: null, nodes: [] });
    expect(backups.issues).toContainEqual(shortOf(list));
    expect(backupStats).toMatchObject({ complete: false, total: { count: 0 } });
    expect(backupStats.issues).toContainEqual(shortOf(list));
    expect(coverage).toMatchObject({ complete: false, violatingCount: 0, unknownCount: 25 });
  });

  test("leaves it open whether a backup exists", async () => {
    const backup = backupOf(list.provider);
    makeShort(stack.clouds, list);
    const answer = await askObjects(backup);
    expect(issuesByPath(answer)).toEqual({
      "instance.latestBackup": FAILED,
      backup: FAILED,
      node: FAILED,
      "_entities.0": FAILED,
    });
    const nativeId = backup.instanceNativeId;
    const instance = { nativeId, coverage: { state: "UNKNOWN" }, latestBackup: null };
    expect(answer.body.data).toMatchObject({ instance, backup: null, node: null });
  });

  test("gives instances a state and no age in the metrics", async () => {
    makeShort(stack.clouds, list);
    expect(await metricsOf(list.provider)).toEqual({
      complete: [0],
      unknown: 25,
      violating: 0,
      unknownInstances: 25,
      ages: [],
    });
  });

  test("that shows none once is asked again", async () => {
    makeShort(stack.clouds, list, 1);
    const { backups, coverage } = await listsOf(list.provider);
    expect(backups).toMatchObject({ complete: true, totalCount: 25, issues: [] });
    expect(coverage).toMatchObject({ complete: true, unknownCount: 0 });
  });
});

test.each(CLOUD_VENDORS)(
  "25 instances and backups of %s come whole through pages of 10, whatever is requested",
  async (vendor) => {
    stack.clouds.knobs.setAll({ pageCap: 10 });
    const truth = stack.clouds.estate
      .truth()
      .filter(({ provider }) => provider.startsWith(`demo-${vendor}/`));
    const { instances } = await listsOf(...new Set(truth.map(({ provider }) => provider)));
    expect(instances).toMatchObject({ complete: true, issues: [] });
    const products = CLOUD_PRODUCTS.filter((product) => product.startsWith(`${VENDORS[vendor]}_`));
    expect(instances.nodes).toHaveLength(products.length * 25);
    const pages = await pagesOf(stack.url, { first: 200, filter: { vendors: [VENDORS[vendor]] } });
    expect(nativeIdsOf(pages).sort()).toEqual(truth.map(({ nativeId }) => nativeId).sort());
    expect(pages.flatMap(({ issues }) => issues)).toEqual([]);
  },
);

test.each([
  { what: "no region", body: { RegionIds: { KVStoreRegion: [] } } },
  { what: "a region without an id", body: { RegionIds: { KVStoreRegion: [{}] } } },
])(
  "a vendor that lists $what is BAD_RESPONSE, and not an account without backups",
  async ({ body }) => {
    const effect = { kind: "body" as const, body: JSON.stringify(body) };
    stack.clouds.knobs.faults.add({ vendor: "alibaba", action: "DescribeRegions", effect });
    const { backups, coverage } = await listsOf("demo-alibaba/kvstore");
    expect(backups).toMatchObject({ complete: false, issues: [{ code: "BAD_RESPONSE" }] });
    expect(coverage).toMatchObject({ complete: false, unknownCount: 1 });
  },
);
