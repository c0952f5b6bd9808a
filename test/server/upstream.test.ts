import { describe, expect, test } from "vitest";
import { CLOUD_PRODUCTS } from "../../src/clouds/estate/regions.js";
import { CLOUD_VENDORS } from "../../src/clouds/vendorCloud.js";
import { ask, type Answer } from "./harness.js";
import { valuesOf } from "./routes.js";
import { startStack, type Stack } from "./stack.js";
import { UNCACHED } from "../estate/gateway.js";
import { startClock } from "../stillClouds.js";

const FOUND = `{ providers {
  key
  instances(first: 1) { nodes { id } }
  backups(first: 2, filter: { statuses: [SUCCEEDED] }) { nodes { id } }
} }`;

interface Found {
  readonly key: string;
  readonly instances: { readonly nodes: readonly { readonly id: string }[] };
  readonly backups: { readonly nodes: readonly { readonly id: string }[] };
}

/** Every way in which an object, and not a list, is read. */
const OBJECTS = `query ($instance: ID!, $backup: ID!, $ids: [ID!]!, $of: [_Any!]!) {
  instance(id: $instance) { id }
  backup(id: $backup) { id }
  node(id: $backup) { id }
  nodes(ids: $ids) { id }
  _entities(representations: $of) { __typename }
}`;

const BACKUP_LISTS = [
  "DescribeURedisBackup",
  "DescribeUMemBackup",
  "DescribeInstanceBackups",
  "DescribeBackups",
  "DescribeClusterBackupList",
  "elasticache:DescribeSnapshots",
  "elasticache:DescribeServerlessCacheSnapshots",
  "memorydb:DescribeSnapshots",
  "ListObjectsV2",
];
const LINKS = ["DescribeURedisBackupURL", "DescribeUMemBackupURL", "DescribeBackupUrl"];

const startForgetful = (): Promise<Stack> =>
  startStack({
    gateway: { settings: UNCACHED },
    clouds: { now: startClock(), upstream: { retries: 0, rate: 1_000 } },
  });

async function findIn({ url }: Stack): Promise<readonly Found[]> {
  const found = (await ask(url, FOUND)).body.data?.["providers"] as Found[];
  expect(found).toHaveLength(CLOUD_PRODUCTS.length);
  return found;
}

function refuse({ clouds }: Stack, actions: readonly (string | undefined)[] = [undefined]): void {
  for (const vendor of CLOUD_VENDORS)
    for (const action of actions)
      clouds.knobs.faults.add({
        vendor,
        ...(action === undefined ? {} : { action }),
        effect: { kind: "status", status: 403 },
      });
}

/** Expects so many errors, and that each says what failed and whose it is. */
function expectNamed({ body }: Answer, count: number, provider: string): void {
  const extensions = { code: "UPSTREAM_FAILED", issue: "FORBIDDEN", provider, retryable: false };
  expect(valuesOf(body.errors, "extensions")).toEqual(
    Array.from({ length: count }, () => extensions),
  );
}

describe("where a vendor fails, the error names the provider", () => {
  test("of objects of every kind, by every way", async () => {
    const stack = await startForgetful();
    for (const { key, instances, backups } of await findIn(stack)) {
      const ids = [...instances.nodes, ...backups.nodes].map(({ id }) => id);
      const [instance, backup] = ids;
      const of = ids.map((id) => ({ __typename: id === instance ? "Instance" : "Backup", id }));
      refuse(stack);
      expectNamed(await ask(stack.url, OBJECTS, {}, { instance, backup, ids, of }), 9, key);
      stack.clouds.knobs.reset();
    }
  });

  test("of an instance's newest backup", async () => {
    const stack = await startForgetful();
    const query = "query ($id: ID!) { instance(id: $id) { latestBackup { id } } }";
    for (const { key, instances } of await findIn(stack)) {
      refuse(stack, BACKUP_LISTS);
      const answer = await ask(stack.url, query, {}, { id: instances.nodes[0]?.id });
      stack.clouds.knobs.reset();
      expectNamed(answer, 1, key);
    }
  });

  test("of links", async () => {
    const stack = await startForgetful();
    const query = "query ($id: ID!) { backup(id: $id) { downloads { url } } }";
    for (const { key, backups } of await findIn(stack)) {
      // Alibaba's links are in the rows themselves, AWS has none, and those of S3 need no call.
      if (/alibaba|aws|s3/.test(key)) continue;
      refuse(stack, LINKS);
      const answer = await ask(stack.url, query, {}, { id: backups.nodes[0]?.id });
      stack.clouds.knobs.reset();
      expectNamed(answer, 1, key);
    }
  });

  test("of regions, also where two products share their list", async () => {
    const stack = await startForgetful();
    refuse(stack);
    const keys = ["demo-alibaba/kvstore", "demo-ucloud/umem", "demo-ucloud/uredis"];
    for (const key of keys)
      expectNamed(await ask(stack.url, `{ provider(key: "${key}") { regions } }`), 1, key);
  });
});
