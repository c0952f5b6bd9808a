import type { AwsAccount } from "../../domain/account.js";
import type { ProductDeclaration, VendorDeclaration } from "../../listing/declaration.js";
import { freeze } from "../kit/decode.js";
import { awsApi } from "./api.js";
import * as elasticache from "./elasticache.js";
import * as memorydb from "./memorydb.js";

const common = {
  vendor: "AWS",
  // The APIs list no regions: the account names them.
  regions: null,
  // Snapshots leave AWS by a copy to a bucket of the owner only.
  downloads: { mostCalls: 0, calls: () => [], map: () => [] },
  lookbackMs: null,
} as const;

const capabilities = (...notes: readonly string[]): ProductDeclaration["capabilities"] => ({
  reach:
    "as long as AWS keeps a snapshot: automatic ones up to 35 days, manual ones until they are deleted",
  notes: [
    "AWS offers no links to snapshots; they can be copied to a bucket of the account.",
    "AWS does not list snapshots that failed.",
    ...notes,
  ],
});

const ROUNDED = "AWS rounds the sizes of nodes, so sizeBytes is null.";

const PRODUCTS: Readonly<Record<AwsAccount["products"][number], ProductDeclaration>> = freeze({
  elasticache: {
    ...common,
    product: "AWS_ELASTICACHE",
    word: "elasticache",
    capabilities: capabilities(
      ROUNDED,
      "Snapshots of a replica that has left its replication group are shown under the replica's own id.",
    ),
    undecided: ["maxSizeDrop"],
    instances: [elasticache.replicationGroups, elasticache.cacheClusters],
    facts: [elasticache.tags],
    perInstance: [elasticache.groupSnapshots, elasticache.clusterSnapshots],
    wide: elasticache.snapshots,
  },
  "elasticache-serverless": {
    ...common,
    product: "AWS_ELASTICACHE_SERVERLESS",
    word: "elasticache-serverless",
    capabilities: capabilities(),
    undecided: [],
    instances: [elasticache.serverlessCaches],
    facts: [elasticache.tags],
    perInstance: [elasticache.serverlessCacheSnapshots],
    wide: elasticache.serverlessSnapshots,
  },
  memorydb: {
    ...common,
    product: "AWS_MEMORYDB",
    word: "memorydb",
    capabilities: capabilities(ROUNDED, "AWS does not say when a cluster was created."),
    undecided: ["maxSizeDrop"],
    instances: [memorydb.clusters],
    facts: [memorydb.tags],
    perInstance: [memorydb.clusterSnapshots],
    wide: memorydb.snapshots,
  },
});

/** Amazon Web Services: ElastiCache on nodes, ElastiCache Serverless and MemoryDB. */
export const aws: VendorDeclaration<AwsAccount> = freeze({
  vendor: "AWS",
  account: "aws",
  api: awsApi,
  products: ({ products }: AwsAccount) => products.map((product) => PRODUCTS[product]),
});
