import { hashOf, makeRandom } from "./random.js";
import type { Random } from "./random.js";
import type { BackupRow, EstateInstance, NewBackup } from "./types.js";
import { CLUSTER_SUCCEEDED, PRODUCT_WORDS } from "./words.js";

const SECOND = 1000;
const DAY = 86_400_000;
const MEBIBYTE = 1_048_576;

/** A row that the vendor will never list, because its backup has no end. */
const NEVER = Number.MAX_SAFE_INTEGER;

/** What a row holds besides its instance's own facts. */
export type RowFacts = Omit<NewBackup, "product" | "instanceNativeId">;

/** Makes a whole row of an instance; what the facts leave open is what the vendor would have. */
export function rowOf(instance: EstateInstance, facts: RowFacts, random: Random): BackupRow {
  const words = PRODUCT_WORDS[instance.product];
  const startedAt = wholeSecond(facts.startedAt);
  const status = facts.status ?? succeededWordOf(instance);
  const isRunning = words.running.includes(status);
  const finishedAt = isRunning ? null : startedAt + random.whole(35, 600) * SECOND;
  const ended = facts.finishedAt === undefined ? finishedAt : facts.finishedAt;
  return {
    ...ordinaryFacts(instance, startedAt, random),
    product: instance.product,
    region: instance.region,
    zone: instance.zone,
    instanceNativeId: instance.nativeId,
    instanceName: instance.name,
    engineVersion: instance.engineVersion,
    finishedAt: ended,
    sizeBytes: isRunning ? null : sizeOf(instance, random),
    ...facts,
    startedAt,
    status,
    listedFrom: facts.listedFrom ?? listedFromOf(instance, startedAt, ended),
  };
}

/** A random source of its own for a row that is inserted, so that its neighbours stay the same. */
export const randomOfInsert = (row: NewBackup, count: number): Random =>
  makeRandom(hashOf([row.product, row.instanceNativeId, row.startedAt, count].join(" ")));

const isCloudNativeCluster = (instance: EstateInstance): boolean =>
  instance.product === "ALIBABA_KVSTORE" &&
  instance.cloudNative &&
  instance.architecture === "cluster";

function ordinaryFacts(instance: EstateInstance, startedAt: number, random: Random) {
  const words = PRODUCT_WORDS[instance.product];
  return {
    nativeId: nativeIdOf(instance, random),
    name: `${words.automatic.toLowerCase()}-${new Date(startedAt).toISOString().slice(0, 10)}`,
    expiresAt: startedAt + 7 * DAY,
    trigger: words.automatic,
    method: "Physical",
    kind: "FullBackup",
    shard: shardOf(instance),
    blockCount: instance.product === "UCLOUD_UMEM" ? instance.shardCount : null,
    parts: [],
    remark: "",
    locked: false,
    listedUntil: null,
  };
}

function nativeIdOf(instance: EstateInstance, random: Random): string {
  if (instance.product !== "ALIBABA_KVSTORE") return random.uuid();
  if (isCloudNativeCluster(instance)) return `cb-${random.word(16)}`;
  return String(random.whole(200_000_000, 2_000_000_000)) + String(random.whole(100, 999));
}

function shardOf(instance: EstateInstance): string | null {
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

/** Alibaba's classic list shows a row once its backup has ended; the others from its start on. */
function listedFromOf(instance: EstateInstance, startedAt: number, ended: number | null): number {
  const isClassic = instance.product === "ALIBABA_KVSTORE" && !isCloudNativeCluster(instance);
  return isClassic ? (ended ?? NEVER) : startedAt;
}

/** No vendor tells instants finer than a second. */
export const wholeSecond = (at: number): number => Math.floor(at / SECOND) * SECOND;
