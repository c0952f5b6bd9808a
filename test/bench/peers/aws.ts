import type { CloudAccount } from "../clouds.js";
import { hostOf, post, postText, regionOf, textOf, type Found } from "./found.js";
import { awsCall } from "./sign.js";

/** The text of the first element of a name; the documents of these lists have no attributes. */
const textIn = (xml: string, name: string): string =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? "";

/** The content of every element of a name; elements of one name are not nested. */
const allIn = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<${name}>([^]*?)</${name}>`, "g"))].map(([, inner = ""]) => inner);

const STATUSES: Readonly<Record<string, string>> = { available: "SUCCEEDED" };

const triggerOf = (word: string): string => (word === "automated" ? "AUTOMATIC" : "MANUAL");

interface Facts {
  readonly account: CloudAccount;
  readonly id: string;
  readonly instance: string;
  readonly status: string;
  readonly trigger: string;
  readonly startedAt: number;
  readonly sizeBytes: number | null;
  readonly engineVersion: string | null;
}

const found = (facts: Facts): Found => {
  const { account, id, instance, status, trigger, startedAt, sizeBytes, engineVersion } = facts;
  return {
    startedAt,
    id,
    instance,
    node: () => ({
      id: `${instance}/${id}`,
      nativeId: id,
      name: id,
      instanceNativeId: instance,
      region: regionOf(account),
      status: STATUSES[status] ?? "UNKNOWN",
      trigger: triggerOf(trigger),
      method: "UNKNOWN",
      startedAt: textOf(startedAt),
      finishedAt: null,
      sizeBytes,
      engineVersion,
    }),
  };
};

function askElastiCache(account: CloudAccount, fields: Record<string, string>): Promise<string> {
  const body = new URLSearchParams({ ...fields, Version: "2015-02-02" }).toString();
  const place = { service: "elasticache", region: regionOf(account), host: hostOf(account) };
  const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
  return postText(account, awsCall(place, { headers, body }, account.credentials));
}

function askMemoryDb<T>(account: CloudAccount, action: string, params: object): Promise<T> {
  const place = { service: "memorydb", region: regionOf(account), host: hostOf(account) };
  const headers = {
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": `AmazonMemoryDB.${action}`,
  };
  const body = JSON.stringify({ ...params, MaxResults: 50 });
  return post<T>(account, awsCall(place, { headers, body }, account.credentials));
}

/** The snapshots of all groups of a region. */
async function backupsOfElastiCache(account: CloudAccount): Promise<Found[]> {
  const xml = await askElastiCache(account, { Action: "DescribeSnapshots", MaxRecords: "50" });
  return allIn(xml, "Snapshot").map((row) =>
    found({
      account,
      id: textIn(row, "SnapshotName"),
      instance: textIn(row, "ReplicationGroupId"),
      status: textIn(row, "SnapshotStatus"),
      trigger: textIn(row, "SnapshotSource"),
      startedAt: Math.min(
        ...allIn(row, "SnapshotCreateTime").map((instant) => Date.parse(instant)),
      ),
      sizeBytes: null,
      engineVersion: textIn(row, "EngineVersion"),
    }),
  );
}

/** The snapshots of all serverless caches of a region. */
async function backupsOfServerless(account: CloudAccount): Promise<Found[]> {
  const fields = { Action: "DescribeServerlessCacheSnapshots", MaxResults: "50" };
  const xml = await askElastiCache(account, fields);
  return allIn(xml, "ServerlessCacheSnapshot").map((row) =>
    found({
      account,
      id: textIn(row, "ServerlessCacheSnapshotName"),
      instance: textIn(row, "ServerlessCacheName"),
      status: textIn(row, "Status"),
      trigger: textIn(row, "SnapshotType"),
      startedAt: Date.parse(textIn(row, "CreateTime")),
      sizeBytes: Number(textIn(row, "BytesUsedForCache")),
      engineVersion: textIn(row, "MajorEngineVersion"),
    }),
  );
}

interface SnapshotWire {
  readonly Name: string;
  readonly Status: string;
  readonly Source: string;
  readonly ClusterConfiguration: {
    readonly Name: string;
    readonly EngineVersion: string;
    readonly Shards: readonly { readonly SnapshotCreationTime: number }[];
  };
}

/** The snapshots of all MemoryDB clusters of a region. */
async function backupsOfMemoryDb(account: CloudAccount): Promise<Found[]> {
  const { Snapshots } = await askMemoryDb<{ readonly Snapshots: readonly SnapshotWire[] }>(
    account,
    "DescribeSnapshots",
    { ShowDetail: true },
  );
  return Snapshots.map(({ Name, Status, Source, ClusterConfiguration: cluster }) =>
    found({
      account,
      id: Name,
      instance: cluster.Name,
      status: Status,
      trigger: Source,
      startedAt: Math.min(
        ...cluster.Shards.map(({ SnapshotCreationTime: at }) => Math.floor(at * 1000)),
      ),
      sizeBytes: null,
      engineVersion: cluster.EngineVersion,
    }),
  );
}

/** All snapshots of a region, of the three products. */
export const backupsOfAws = async (account: CloudAccount): Promise<Found[]> =>
  (
    await Promise.all([
      backupsOfElastiCache(account),
      backupsOfServerless(account),
      backupsOfMemoryDb(account),
    ])
  ).flat();
