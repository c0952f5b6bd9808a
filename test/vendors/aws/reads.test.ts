import { describe, expect, test } from "vitest";
import { EVERY_BACKUP, EVERY_INSTANCE } from "../../../src/domain/filter.js";
import type { Instance } from "../../../src/domain/instance.js";
import { BACKUPS, readsOf, walkPages } from "../../estate/gateway.js";
import { awsAccount } from "../accounts.js";
import { gatewayOver, nodesIn, type Answer, type Asked } from "../memoryGateway.js";
import { wanted } from "../../wantedPage.js";

const HOUR = 3_600_000;
const NOON = Date.UTC(2026, 5, 1, 12);

interface Snapshot {
  readonly name: string;
  readonly group?: string;
  /** The cluster that is named instead of a group. */
  readonly cluster?: string;
  /** Null while it is being created. */
  readonly at: number | null;
}

interface Group {
  readonly id: string;
  /** Its members, if it has no cluster mode. */
  readonly members?: readonly string[];
}

/** ElastiCache in memory: rows that change between calls, and tokens that name a place and expire. */
class Cloud {
  snapshots: Snapshot[] = [];
  groups: Group[] = [];
  singles: string[] = [];
  /** Called before each answer. */
  before: (asked: Asked) => Answer | null = () => null;
  /** Tokens of an older age are refused. */
  age = 0;

  readonly answer = (asked: Asked): Answer => {
    const special = this.before(asked);
    if (special !== null) return special;
    const { action, params } = asked;
    if (action === "DescribeReplicationGroups")
      return this.page(asked, this.groups.map(groupXml), "ReplicationGroups");
    if (action === "DescribeCacheClusters")
      return this.page(asked, this.singles.map(clusterXml), "CacheClusters");
    const [group, cluster] = [params.get("ReplicationGroupId"), params.get("CacheClusterId")];
    const own = this.snapshots.filter(
      (one) =>
        (group === null || one.group === group) && (cluster === null || one.cluster === cluster),
    );
    return this.page(asked, own.map(snapshotXml), "Snapshots");
  };

  private page({ action, params }: Asked, rows: readonly string[], list: string): Answer {
    const [age, from] = (params.get("Marker") ?? `${this.age}:0`).split(":").map(Number) as [
      number,
      number,
    ];
    if (age !== this.age) return refusal(400, "InvalidParameterValue");
    const end = from + Number(params.get("MaxRecords"));
    const marker = end < rows.length ? `<Marker>${this.age}:${end}</Marker>` : "";
    const body = `<${action}Response><${action}Result>${marker}<${list}>${rows.slice(from, end).join("")}</${list}></${action}Result></${action}Response>`;
    return { status: 200, body };
  }
}

const refusal = (status: number, code: string): Answer => ({
  status,
  body: `<ErrorResponse><Error><Code>${code}</Code><Message>canary</Message></Error></ErrorResponse>`,
});

const groupXml = ({ id, members }: Group): string =>
  `<ReplicationGroup><ReplicationGroupId>${id}</ReplicationGroupId><Status>available</Status><ClusterEnabled>${members === undefined}</ClusterEnabled><MemberClusters>${(members ?? [`${id}-0001-001`]).map((member) => `<ClusterId>${member}</ClusterId>`).join("")}</MemberClusters></ReplicationGroup>`;

const clusterXml = (id: string): string =>
  `<CacheCluster><CacheClusterId>${id}</CacheClusterId><CacheClusterStatus>available</CacheClusterStatus><Engine>redis</Engine></CacheCluster>`;

const snapshotXml = ({ name, group, cluster, at }: Snapshot): string => {
  const owner =
    group === undefined
      ? `<CacheClusterId>${cluster ?? ""}</CacheClusterId>`
      : `<ReplicationGroupId>${group}</ReplicationGroupId>`;
  const time =
    at === null ? "" : `<SnapshotCreateTime>${new Date(at).toISOString()}</SnapshotCreateTime>`;
  return `<Snapshot><SnapshotName>${name}</SnapshotName>${owner}<SnapshotStatus>${at === null ? "creating" : "available"}</SnapshotStatus><SnapshotSource>manual</SnapshotSource><NodeSnapshots><NodeSnapshot><CacheSize>1 MB</CacheSize>${time}</NodeSnapshot></NodeSnapshots></Snapshot>`;
};

const account = { ...awsAccount, products: ["elasticache" as const] };

function start(fill: (cloud: Cloud) => void) {
  const cloud = new Cloud();
  fill(cloud);
  const over = gatewayOver(account, cloud.answer);
  const instance = async (nativeId: string): Promise<Instance> => {
    const query = { parent: { type: "Query" }, page: wanted({}), filter: EVERY_INSTANCE } as const;
    const list = await readsOf(over.gateway).instances({ ...query, onSourceError: "PARTIAL" });
    const found = list.edges.find(({ node }) => node.nativeId === nativeId)?.node;
    if (found === undefined) throw new Error(`${nativeId} is not listed.`);
    return found;
  };
  const of = async (nativeId: string) => {
    const filter = { ...EVERY_BACKUP, instanceIds: [(await instance(nativeId)).id] };
    return readsOf(over.gateway).backups({ ...BACKUPS, filter, page: wanted({ first: 50 }) });
  };
  return { ...over, cloud, instance, of };
}

const names = (rows: readonly { readonly nativeId: string }[]): string[] =>
  rows.map(({ nativeId }) => nativeId);

const series = (count: number, owner: (index: number) => Pick<Snapshot, "group" | "cluster">) =>
  Array.from({ length: count }, (_, index) => ({
    name: `s-${index}`,
    at: NOON - index * HOUR,
    ...owner(index),
  }));

describe("snapshots that name a member of a group", () => {
  const fill = (cloud: Cloud): void => {
    cloud.groups = [
      { id: "orders" },
      { id: "sessions", members: ["sessions-001", "sessions-002"] },
    ];
    cloud.singles = ["single"];
    const owners = [{ group: "orders" }, { cluster: "sessions-002" }, { cluster: "single" }];
    cloud.snapshots = series(6, (index) => owners[index % 3] ?? {});
  };

  test("belong to the group, wherever they are listed", async () => {
    const { page, of, countOf } = start(fill);
    const read = await page(10);
    expect(read.complete).toBe(true);
    const owners = ["orders", "sessions", "single"];
    expect(nodesIn([read]).map((row) => row.instanceNativeId)).toEqual([...owners, ...owners]);
    // One page shows all snapshots, and one each the instances.
    expect(countOf("DescribeSnapshots")).toBe(1);
    expect(countOf("DescribeReplicationGroups")).toBe(1);
    expect(countOf("DescribeCacheClusters")).toBe(1);
    expect(names(nodesIn([await of("sessions")]))).toEqual(["s-1", "s-4"]);
    expect(countOf("DescribeSnapshots")).toBe(1);
  });

  test("are read from the region's list for the group alone, others from their own lists", async () => {
    const { of, asked } = start(fill);
    const asks = () =>
      asked
        .filter(({ action }) => action === "DescribeSnapshots")
        .map(({ params }) => params.get("ReplicationGroupId") ?? params.get("CacheClusterId"));
    expect(names(nodesIn([await of("orders")]))).toEqual(["s-0", "s-3"]);
    expect(names(nodesIn([await of("single")]))).toEqual(["s-2", "s-5"]);
    expect(asks()).toEqual(["orders", "single"]);
    expect(names(nodesIn([await of("sessions")]))).toEqual(["s-1", "s-4"]);
    expect(asks()).toEqual(["orders", "single", null]);
  });

  test("cost no list of instances if all of them name their group", async () => {
    const { page, cloud, countOf } = start(fill);
    cloud.snapshots = cloud.snapshots.filter(({ group }) => group !== undefined);
    expect(names(nodesIn([await page(10)]))).toEqual(["s-0", "s-3"]);
    expect(countOf("DescribeReplicationGroups")).toBe(0);
  });

  test("keep their ids when the group is deleted, and then name the member", async () => {
    const { page, gateway, cloud, clock } = start(fill);
    const before = nodesIn([await page(10)]);
    cloud.groups = cloud.groups.filter(({ id }) => id !== "sessions");
    clock.ahead += 60_000;
    const read = await page(10);
    const after = nodesIn([read]);
    expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(read.complete).toBe(true);
    expect(after[1]?.instanceNativeId).toBe("sessions-002");
    const ids = after.map(({ id }) => id);
    expect(await readsOf(gateway).backupsById(ids)).toEqual(after);
  });

  test("are found by their ids, alone too", async () => {
    const { page, gateway } = start(fill);
    const [, row] = nodesIn([await page(10)]);
    const fresh = start(fill);
    expect(row?.instanceNativeId).toBe("sessions");
    expect(await readsOf(fresh.gateway).backupsById([row?.id ?? ""])).toEqual([row]);
    expect(await readsOf(gateway).backupsById([row?.id ?? ""])).toEqual([row]);
  });

  test("are shown with an issue, under the same ids, while the groups cannot be listed", async () => {
    const { page, cloud, clock } = start(fill);
    const before = nodesIn([await page(10)]);
    const denied = start(fill);
    denied.cloud.before = ({ action }) =>
      action === "DescribeReplicationGroups" ? refusal(403, "AccessDenied") : null;
    const read = await denied.page(10);
    expect(nodesIn([read]).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(nodesIn([read])[1]?.instanceNativeId).toBe("sessions-002");
    expect(read.complete).toBe(false);
    expect(read.issues).toMatchObject([
      {
        code: "FORBIDDEN",
        message: expect.stringContaining("elasticache:DescribeReplicationGroups") as string,
      },
    ]);
    // A list that was read before stands in.
    cloud.before = denied.cloud.before;
    clock.ahead += 60_000;
    expect(nodesIn([await page(10)])[1]?.instanceNativeId).toBe("sessions");
  });
});

test("a group and a cluster with the same id are not one instance without an issue", async () => {
  const { gateway } = start((cloud) => {
    cloud.groups = [{ id: "orders", members: ["orders-001"] }, { id: "sessions" }];
    cloud.singles = ["orders"];
    cloud.snapshots = [{ name: "s", cluster: "orders", at: NOON }];
  });
  const query = { parent: { type: "Query" }, page: wanted({}), filter: EVERY_INSTANCE } as const;
  const list = await readsOf(gateway).instances({ ...query, onSourceError: "PARTIAL" });
  expect(list.complete).toBe(false);
  expect(list.issues).toMatchObject([
    {
      code: "BAD_RESPONSE",
      message: "An instance was left out. Another instance has the id orders too.",
    },
  ]);
  expect(list.edges.map(({ node }) => node.nativeId)).toEqual(["orders", "sessions"]);
});

describe("lists of several pages", () => {
  const many = (cloud: Cloud): void => {
    cloud.groups = ["a", "b", "c", "d"].map((id) => ({ id }));
    cloud.snapshots = series(120, (index) => ({ group: "abcd".charAt(index % 4) }));
  };
  const all = Array.from({ length: 120 }, (_, index) => `s-${index}`);

  test("are read until two passes agree, once for a walk", async () => {
    const { gateway, countOf } = start(many);
    const pages = await walkPages(gateway, {}, { size: 7 });
    expect(names(nodesIn(pages))).toEqual(all);
    expect(pages.every(({ complete }) => complete)).toBe(true);
    expect(countOf("DescribeSnapshots")).toBe(6);
  });

  test("show each row that stays once if others disappear between pages", async () => {
    const { gateway, cloud } = start(many);
    let left = 3;
    cloud.before = ({ params }) => {
      if (params.get("Marker") !== null && left > 0) {
        left -= 1;
        // A row of a page that was read goes, and the others move up.
        cloud.snapshots = cloud.snapshots.slice(1);
      }
      return null;
    };
    const rows = nodesIn(await walkPages(gateway, {}, { size: 50 }));
    expect(names(rows).slice(-117)).toEqual(all.slice(3));
    expect(new Set(names(rows)).size).toBe(rows.length);
  });

  test("begin again when a token is refused, and the walk goes on", async () => {
    const { gateway, cloud, countOf } = start(many);
    let asked = 0;
    cloud.before = ({ action }) => {
      asked += action === "DescribeSnapshots" ? 1 : 0;
      if (asked === 3) cloud.age = 1;
      return null;
    };
    const pages = await walkPages(gateway, {}, { size: 50 });
    expect(names(nodesIn(pages))).toEqual(all);
    expect(pages.every(({ complete }) => complete)).toBe(true);
    // Two pages, the refused one, and two passes of three pages.
    expect(countOf("DescribeSnapshots")).toBe(9);
  });

  test("fail if their tokens are always refused, and are not read for ever", async () => {
    const { page, cloud, countOf } = start(many);
    cloud.before = () => {
      cloud.age += 1;
      return null;
    };
    const read = await page(10);
    expect(read.complete).toBe(false);
    expect(read.issues).toMatchObject([
      { code: "UNAVAILABLE", vendorCode: "InvalidParameterValue", retryable: true },
    ]);
    expect(countOf("DescribeSnapshots")).toBe(6);
  });

  test("of few instances are given up for the lists of these instances", async () => {
    const { gateway, instance, countOf, asked } = start(many);
    const instanceIds = await Promise.all(["a", "b"].map(async (id) => (await instance(id)).id));
    const filter = { ...EVERY_BACKUP, instanceIds };
    const pages = await walkPages(gateway, { filter }, { size: 200 });
    expect(nodesIn(pages)).toHaveLength(60);
    // The first page of the region's list shows that it is too long.
    expect(countOf("DescribeSnapshots")).toBe(3);
    const own = asked.filter(({ params }) => params.get("ReplicationGroupId") !== null);
    expect(own).toHaveLength(2);
  });
});

test("snapshots of deleted groups are listed, those that have not begun are not", async () => {
  const { page } = start((cloud) => {
    cloud.snapshots = [
      { name: "begun", group: "gone", at: NOON },
      { name: "begins", group: "gone", at: null },
    ];
  });
  const read = await page(10);
  expect(names(nodesIn([read]))).toEqual(["begun"]);
  expect([read.complete, read.issues]).toEqual([true, []]);
});

test("a snapshot that starts in the future hides no good one before it", async () => {
  const { gateway } = start((cloud) => {
    cloud.groups = [{ id: "orders" }];
    cloud.snapshots = [
      { name: "ahead", group: "orders", at: Date.now() + 400 * 24 * HOUR },
      { name: "good", group: "orders", at: Date.now() - 2.5 * HOUR },
    ];
  });
  const coverageBy = async (rpoMs: number) =>
    (await readsOf(gateway).coverage(rpoMs, EVERY_INSTANCE)).entries[0]?.coverage;
  expect(await coverageBy(3 * HOUR)).toMatchObject({
    state: "PROTECTED",
    lastSuccess: { nativeId: "good" },
    reason: "A good backup started 2 hours ago.",
  });
  expect(await coverageBy(HOUR)).toMatchObject({
    state: "UNKNOWN",
    lastSuccess: null,
    reason: expect.stringContaining("starts in the future") as string,
  });
});

test("a snapshot that has not begun is evidence of a backup under way", async () => {
  const { gateway, cloud, clock } = start((filled) => {
    filled.groups = [{ id: "orders" }, { id: "sessions", members: ["sessions-001"] }];
    filled.snapshots = [
      { name: "a", group: "orders", at: null },
      { name: "b", cluster: "sessions-001", at: null },
      { name: "c", group: "gone", at: null },
    ];
  });
  const states = async () => {
    const report = await readsOf(gateway).coverage(24 * HOUR, EVERY_INSTANCE);
    return report.entries.map(({ coverage: { state, reason } }) => [state, reason]);
  };
  const running = ["UNKNOWN", "A backup within the RPO is RUNNING."];
  expect(await states()).toEqual([running, running]);
  cloud.snapshots = cloud.snapshots.slice(1);
  clock.ahead += 60_000;
  expect(await states()).toEqual([
    ["VIOLATING", "No backup started within the RPO of 24 hours."],
    running,
  ]);
});
