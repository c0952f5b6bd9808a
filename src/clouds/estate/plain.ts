import { hashOf, makeRandom } from "./random.js";
import { rowOf, wholeSecond } from "./rows.js";
import type { Planned } from "./store.js";
import type { EstateInstance } from "./types.js";
import { CLOUD_PRODUCTS, REGIONS, type CloudProduct } from "./regions.js";

const DAY = 86_400_000;

/** The size of a plain data set. */
export interface PlainSize {
  /** The number for each product, spread over its regions. */
  readonly instances: number;
  /** How many of a product's regions have instances. By default, all. */
  readonly regions?: 1 | 2;
  readonly backupsEach: number;
}

/**
 * A data set of any size without anything unusual: one good backup a day for every instance.
 *
 * Cost: only the instances. The rows of an instance are made when a list first shows them.
 */
export const planPlain = (seed: number, moment: number, size: PlainSize): readonly Planned[] =>
  CLOUD_PRODUCTS.flatMap((product) =>
    Array.from({ length: size.instances }, (_, index) =>
      plainInstance(`${seed} ${product} ${index}`, wholeSecond(moment), {
        backups: size.backupsEach,
        instance: instanceOf(product, {
          index,
          createdAt: wholeSecond(moment) - (size.backupsEach + 1) * DAY,
          regions: size.regions ?? 2,
        }),
      }),
    ),
  );

function plainInstance(
  name: string,
  now: number,
  { instance, backups }: { readonly instance: EstateInstance; readonly backups: number },
): Planned {
  return {
    instance,
    rows: () => {
      const random = makeRandom(hashOf(name));
      const newest = now - random.whole(3600, 86_399) * 1000;
      return Array.from({ length: backups }, (_, back) =>
        rowOf(instance, { startedAt: newest - back * DAY }, random),
      );
    },
  };
}

const PREFIXES: Readonly<Record<CloudProduct, string>> = {
  UCLOUD_UREDIS: "uredis-",
  UCLOUD_UMEM: "umem-",
  TENCENT_REDIS: "crs-",
  ALIBABA_KVSTORE: "r-bp1",
  AWS_ELASTICACHE: "cache-",
  AWS_ELASTICACHE_SERVERLESS: "serverless-",
  AWS_MEMORYDB: "memory-",
  S3_RDB: "rdb-",
};

const PLAIN_AWS = {
  status: "available",
  engine: "valkey",
  description: "",
  retentionDays: 35,
  encrypted: true,
  kmsKey: null,
  tags: {},
} as const;

function instanceOf(
  product: CloudProduct,
  place: { readonly index: number; readonly createdAt: number; readonly regions: number },
): EstateInstance {
  const { index, createdAt, regions } = place;
  const own = REGIONS[product];
  const region = own[index % Math.min(regions, own.length)] as string;
  const facts = {
    region,
    zone: `${region}-02`,
    nativeId: `${PREFIXES[product]}${index.toString(36).padStart(8, "0")}`,
    name: `plain-${index}`,
    engineVersion: "6.0",
    memoryMb: 1024,
    createdAt,
    deletedAt: null,
    shardCount: 1,
  };
  if (product === "UCLOUD_UREDIS") return { ...facts, product, status: "Running" };
  if (product === "UCLOUD_UMEM") return { ...facts, product, status: "Running", protocol: "redis" };
  if (product === "TENCENT_REDIS")
    return { ...facts, product, status: "2", type: 8, createTimeKnown: true };
  if (product === "ALIBABA_KVSTORE")
    return { ...facts, product, status: "Normal", architecture: "standard", cloudNative: false };
  if (product === "S3_RDB") return { ...facts, product, status: "", bucket: "redis-dumps" };
  const aws = { ...facts, ...PLAIN_AWS };
  if (product === "AWS_ELASTICACHE_SERVERLESS") return { ...aws, product };
  if (product === "AWS_MEMORYDB") return { ...aws, product, replicas: 1 };
  return { ...aws, product, kind: "group", clusterMode: true, replicas: 1 };
}
