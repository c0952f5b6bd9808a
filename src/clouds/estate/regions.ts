import type { ProviderProduct } from "../../domain/words.js";

/** A product that has an embedded cloud. */
export type CloudProduct = Extract<
  ProviderProduct,
  | "UCLOUD_UREDIS"
  | "UCLOUD_UMEM"
  | "TENCENT_REDIS"
  | "ALIBABA_KVSTORE"
  | "AWS_ELASTICACHE"
  | "AWS_ELASTICACHE_SERVERLESS"
  | "AWS_MEMORYDB"
  | "S3_RDB"
>;

/** The regions of each product: an account of S3 has one, the others have two. */
export const REGIONS: Readonly<Record<CloudProduct, readonly [string, ...string[]]>> = {
  UCLOUD_UREDIS: ["cn-bj2", "hk"],
  UCLOUD_UMEM: ["cn-bj2", "hk"],
  TENCENT_REDIS: ["ap-guangzhou", "ap-tokyo"],
  ALIBABA_KVSTORE: ["cn-hangzhou", "ap-southeast-1"],
  AWS_ELASTICACHE: ["eu-west-1", "us-east-1"],
  AWS_ELASTICACHE_SERVERLESS: ["eu-west-1", "us-east-1"],
  AWS_MEMORYDB: ["eu-west-1", "us-east-1"],
  S3_RDB: ["eu-west-1"],
};

export const CLOUD_PRODUCTS = Object.keys(REGIONS) as CloudProduct[];
