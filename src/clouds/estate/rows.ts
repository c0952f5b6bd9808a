import { membersOf } from "./members.js";
import { hashOf, makeRandom } from "./random.js";
import { objectIdOf } from "../s3/objects.js";
import type { Random } from "./random.js";
import type { AwsInstance, BackupRow, EstateInstance, NewBackup } from "./types.js";
import { CLUSTER_SUCCEEDED, PRODUCT_WORDS } from "./words.js";
import type { ProductWords } from "./words.js";

const SECOND = 1000;
const DAY = 86_400_000;
const MEBIBYTE = 1_048_576;

/** A row that the vendor never lists, because its backup has no end. */
const NEVER = Number.MAX_SAFE_INTEGER;

/** The values of a row that do not come from its instance. */
export type RowFacts = Omit<NewBackup, "product" | "instanceNativeId">;

/** Makes a complete row of an instance. Missing values are those of an ordinary row. */
export function rowOf(instance: EstateInstance, facts: RowFacts, random: Random): BackupRow {
  const words = PRODUCT_WORDS[instance.product];
  const startedAt = wholeSecond(facts.startedAt);
  const status = facts.status ?? succeededWordOf(instance);
  const trigger = facts.trigger ?? words.automatic;
  const isRunning = words.running.includes(status);
  const someEnd = isRunning ? null : startedAt + random.whole(35, 600) * SECOND;
  const someSize = isRunning ? null : sizeOf(instance, random);
  const finishedAt = given(facts.finishedAt, someEnd);
  // Without a spread, because objects with the same shape are faster and lists have 10,000 rows.
  return {
    product: instance.product,
    region: instance.region,
    zone: instance.zone,
    instanceNativeId: instance.nativeId,
    instanceName: instance.name,
    nativeId: facts.nativeId ?? nativeIdOf(instance, { startedAt, trigger }, random),
    name: facts.name ?? nameOf(words, startedAt),
    startedAt,
    finishedAt,
    expiresAt: given(facts.expiresAt, expiresAtOf(instance, { startedAt, trigger })),
    status,
    trigger,
    method: facts.method ?? "Physical",
    kind: facts.kind ?? "FullBackup",
    sizeBytes: given(facts.sizeBytes, someSize),
    shard: given(facts.shard, shardOf(instance)),
    blockCount: given(facts.blockCount, blockCountOf(instance)),
    parts: facts.parts ?? [],
    engineVersion: facts.engineVersion ?? instance.engineVersion,
    remark: facts.remark ?? "",
    locked: facts.locked ?? false,
    encrypted: facts.encrypted ?? instance.encrypted ?? false,
    listedFrom: facts.listedFrom ?? listedFromOf(instance, startedAt, finishedAt),
    listedUntil: facts.listedUntil ?? null,
  };
}

const given = <T>(fact: T | undefined, otherwise: T): T => (fact === undefined ? otherwise : fact);

/** A separate random source for an inserted row, so that other rows stay the same. */
export const randomOfInsert = (row: NewBackup, count: number): Random =>
  makeRandom(hashOf([row.product, row.instanceNativeId, row.startedAt, count].join(" ")));

const isCloudNativeCluster = (instance: EstateInstance): boolean =>
  instance.product === "ALIBABA_KVSTORE" &&
  instance.cloudNative &&
  instance.architecture === "cluster";

const nameOf = ({ automatic }: ProductWords, startedAt: number): string =>
  `${automatic.toLowerCase()}-${new Date(startedAt).toISOString().slice(0, 10)}`;

function blockCountOf(instance: EstateInstance): number | null {
  const { product, shardCount } = instance;
  if (product === "S3_RDB") return instance.bucket === "redis-clusters" ? shardCount : null;
  if (product === "UCLOUD_UMEM" || product === "AWS_MEMORYDB") return shardCount;
  if (product !== "AWS_ELASTICACHE") return null;
  return instance.clusterMode ? shardCount : 1;
}

/** Whether an instance is one of AWS. */
export const isAws = (instance: EstateInstance): instance is AwsInstance =>
  instance.product.startsWith("AWS_");

/** Manual snapshots of AWS are kept until they are deleted. */
function expiresAtOf(
  instance: EstateInstance,
  { startedAt, trigger }: Pick<BackupRow, "startedAt" | "trigger">,
): number | null {
  if (!isAws(instance)) return startedAt + 7 * DAY;
  return trigger === "manual" ? null : startedAt + instance.retentionDays * DAY;
}

function nativeIdOf(
  instance: EstateInstance,
  { startedAt, trigger }: Pick<BackupRow, "startedAt" | "trigger">,
  random: Random,
): string {
  if (isAws(instance))
    return trigger === "manual"
      ? `${instance.nativeId}-${random.word(6)}`
      : `automatic.${instance.nativeId}-${new Date(startedAt).toISOString().slice(0, 16).replaceAll(/[T:]/g, "-")}`;
  if (instance.product === "S3_RDB") return objectIdOf(instance, startedAt, random.word(4));
  if (instance.product !== "ALIBABA_KVSTORE") return random.uuid();
  if (isCloudNativeCluster(instance)) return `cb-${random.word(16)}`;
  return String(random.whole(200_000_000, 2_000_000_000)) + String(random.whole(100, 999));
}

function shardOf(instance: EstateInstance): string | null {
  if (instance.product === "AWS_ELASTICACHE" && instance.kind === "group" && !instance.clusterMode)
    return membersOf(instance).at(-1) ?? null;
  if (instance.product !== "ALIBABA_KVSTORE" || isCloudNativeCluster(instance)) return null;
  return instance.architecture === "cluster" ? nodeId(instance, 0) : instance.nativeId;
}

/** The `NodeInstanceId` of a classic cluster's shard. */
export const nodeId = ({ nativeId }: EstateInstance, shard: number): string =>
  `${nativeId}-db-${shard}`;

const succeededWordOf = (instance: EstateInstance): string =>
  isCloudNativeCluster(instance) ? CLUSTER_SUCCEEDED : PRODUCT_WORDS[instance.product].succeeded;

const sizeOf = ({ memoryMb }: EstateInstance, random: Random): number =>
  Math.round(memoryMb * MEBIBYTE * (0.05 + 0.6 * random.next()));

/** Alibaba's classic list and a bucket show a row when its backup has ended, the other lists when it starts. */
function listedFromOf(instance: EstateInstance, startedAt: number, ended: number | null): number {
  const isClassic = instance.product === "ALIBABA_KVSTORE" && !isCloudNativeCluster(instance);
  return isClassic || instance.product === "S3_RDB" ? (ended ?? NEVER) : startedAt;
}

/** No vendor reports instants more precisely than seconds. */
export const wholeSecond = (at: number): number => Math.floor(at / SECOND) * SECOND;
