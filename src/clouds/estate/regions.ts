import type { ProviderProduct } from "../../domain/words.js";

/** The two regions of each vendor. */
export const REGIONS: Readonly<Record<ProviderProduct, readonly [string, string]>> = {
  UCLOUD_UREDIS: ["cn-bj2", "hk"],
  UCLOUD_UMEM: ["cn-bj2", "hk"],
  TENCENT_REDIS: ["ap-guangzhou", "ap-tokyo"],
  ALIBABA_KVSTORE: ["cn-hangzhou", "ap-southeast-1"],
};
