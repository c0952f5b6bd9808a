import { wholeSecond } from "../rows.js";
import type { Planned } from "../store.js";
import { planAlibaba } from "./alibaba.js";
import { planAws } from "./aws.js";
import { planClassicClusters } from "./classicClusters.js";
import { planCloudNative } from "./cloudNative.js";
import { planPayments } from "./payments.js";
import { planS3 } from "./s3.js";
import { planTencent } from "./tencent.js";
import { planUMem } from "./umem.js";
import { planURedis } from "./uredis.js";

/**
 * The demo data: about a hundred instances of eight products, with everything unusual in the vendors' lists,
 * placed around a point in time. The same seed and time give the same data. The same seed gives the same
 * instance ids at any time.
 */
export function planDemo(seed: number, moment: number): readonly Planned[] {
  const plan = { seed, now: wholeSecond(moment) };
  return [
    ...planURedis(plan),
    ...planUMem(plan),
    ...planTencent(plan),
    ...planPayments(plan),
    ...planAlibaba(plan),
    ...planClassicClusters(plan),
    ...planCloudNative(plan),
    ...planAws(plan),
    ...planS3(plan),
  ];
}
