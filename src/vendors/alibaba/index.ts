import type { AlibabaAccount } from "../../domain/account.js";
import type { ProductDeclaration, VendorDeclaration } from "../../listing/declaration.js";
import { freeze } from "../kit/decode.js";
import { alibabaApi } from "./api.js";
import { kvstoreBackups, kvstoreCluster } from "./backups.js";
import { kvstoreDownloads } from "./downloads.js";
import {
  kvstoreEncryption,
  kvstoreInstances,
  kvstoreRegions,
  kvstoreSchedule,
} from "./instances.js";

const reachOf = ({ lookbackMs }: AlibabaAccount): string =>
  lookbackMs === null
    ? "back to the instance's creation"
    : `${String(Math.ceil(lookbackMs / 86_400_000))} days, as configured`;

const kvstore = (account: AlibabaAccount): ProductDeclaration => ({
  vendor: "ALIBABA",
  product: "ALIBABA_KVSTORE",
  word: "kvstore",
  capabilities: {
    reach: reachOf(account),
    notes: [
      "Backups of deleted instances are not listed.",
      "Backups under way are listed for cloud-native clusters only.",
      "Backups that are older than their instance are listed only if all its backups fit one page of 300.",
    ],
  },
  undecided: ["encrypted"],
  regions: kvstoreRegions,
  instances: [kvstoreInstances],
  facts: [kvstoreSchedule, kvstoreEncryption],
  perInstance: [kvstoreBackups, kvstoreCluster],
  wide: null,
  downloads: kvstoreDownloads(account),
  lookbackMs: account.lookbackMs,
});

/** Alibaba Cloud: Tair and Redis (R-kvstore). */
export const alibaba: VendorDeclaration<AlibabaAccount> = freeze({
  vendor: "ALIBABA",
  account: "alibaba",
  api: alibabaApi,
  products: (account: AlibabaAccount) => [freeze(kvstore(account))],
});
