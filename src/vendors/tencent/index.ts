import type { TencentAccount } from "../../domain/account.js";
import type { ProductDeclaration, VendorDeclaration } from "../../listing/declaration.js";
import { freeze } from "../kit/decode.js";
import { tencentV2Api } from "./v2Api.js";
import { redis2Downloads, redis2Instance, redis2Instances } from "./v2Lists.js";
import { tencentV3Api } from "./v3Api.js";
import {
  redisDownloads,
  redisInstance,
  redisInstances,
  redisRegion,
  redisSchedule,
} from "./v3Lists.js";

const common = {
  vendor: "TENCENT",
  product: "TENCENT_REDIS",
  word: "redis",
  // Neither API of this product lists regions: the account names them.
  regions: null,
  lookbackMs: null,
} as const;

const v3 = (account: TencentAccount): ProductDeclaration => ({
  ...common,
  capabilities: {
    reach: "as long as the vendor keeps a backup, 7 days unless set otherwise",
    notes: ["Sizes come from a field that the vendor calls internal."],
  },
  undecided: [],
  instances: [redisInstances(account.timeZone)],
  facts: [redisSchedule],
  perInstance: [redisInstance(account.timeZone)],
  wide: redisRegion(account.timeZone),
  downloads: redisDownloads(account),
});

const v2 = (account: TencentAccount): ProductDeclaration => ({
  ...common,
  capabilities: {
    reach: "7 days",
    notes: [
      "Backups of deleted instances are not listed.",
      "The vendor gives neither the size nor the end of a backup.",
    ],
  },
  undecided: ["encrypted", "maxSizeDrop"],
  instances: [redis2Instances(account.timeZone)],
  perInstance: [redis2Instance(account.timeZone)],
  wide: null,
  downloads: redis2Downloads(account),
});

/** Tencent Cloud: Redis by API 3.0, or by the retired 2.0 if the account says so. */
export const tencent: VendorDeclaration<TencentAccount> = freeze({
  vendor: "TENCENT",
  account: "tencent",
  api: (account: TencentAccount) =>
    account.api === "2.0" ? tencentV2Api(account) : tencentV3Api(account),
  products: (account: TencentAccount) => [
    freeze(account.api === "2.0" ? v2(account) : v3(account)),
  ],
});
