import type { UCloudAccount } from "../../domain/account.js";
import type { ProductDeclaration, VendorDeclaration } from "../../listing/declaration.js";
import { freeze } from "../kit/decode.js";
import { ucloudApi, ucloudRegions } from "./api.js";
import { umemDownloads, umemFacts, umemSpace, umemSpaces } from "./umem.js";
import { uredisDownloads, uredisGroup, uredisGroups, uredisRegion } from "./uredis.js";

/** A main account that names no project reads its default project alone. */
const projectNotes = ({ projectId }: UCloudAccount): readonly string[] =>
  projectId === null
    ? ["Only the account's default project is read: set `projectId` to read another one."]
    : [];

const uredis = (account: UCloudAccount): ProductDeclaration => ({
  vendor: "UCLOUD",
  product: "UCLOUD_UREDIS",
  word: "uredis",
  capabilities: {
    reach: "automatic backups for 7 days, manual ones until they are deleted",
    notes: ["Backups of a deleted instance are listed for 7 more days.", ...projectNotes(account)],
  },
  undecided: ["encrypted"],
  regions: ucloudRegions,
  instances: [uredisGroups],
  perInstance: [uredisGroup],
  wide: uredisRegion,
  downloads: uredisDownloads(account),
  lookbackMs: null,
});

const umem = (account: UCloudAccount): ProductDeclaration => ({
  vendor: "UCLOUD",
  product: "UCLOUD_UMEM",
  word: "umem",
  capabilities: {
    reach: "what the vendor keeps of the instances that exist",
    notes: [
      "Backups of deleted instances are not listed.",
      "The vendor gives no size in bytes and lists no failed backups.",
      ...projectNotes(account),
    ],
  },
  undecided: ["encrypted", "maxSizeDrop"],
  regions: ucloudRegions,
  instances: [umemSpaces],
  facts: [umemFacts],
  perInstance: [umemSpace],
  wide: null,
  downloads: umemDownloads(account),
  lookbackMs: null,
});

const PRODUCTS = { uredis, umem };

/** UCloud: master-replica Redis (URedis) and distributed Redis (UMem). */
export const ucloud: VendorDeclaration<UCloudAccount> = freeze({
  vendor: "UCLOUD",
  account: "ucloud",
  api: ucloudApi,
  products: (account: UCloudAccount) =>
    account.products.map((product) => freeze(PRODUCTS[product](account))),
});
