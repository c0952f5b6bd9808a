import { wholeSecond } from "../rows.js";
import type { Planned } from "../store.js";
import { planAlibaba } from "./alibaba.js";
import { planClassicClusters } from "./classicClusters.js";
import { planCloudNative } from "./cloudNative.js";
import { planTencent } from "./tencent.js";
import { planUMem } from "./umem.js";
import { planURedis } from "./uredis.js";

/**
 * The estate that the gateway shows to a newcomer: some seventy instances of four products, with all
 * that is odd in the vendors' lists, placed around a moment. The same seed and moment give the same
 * estate; the same seed gives the same instance ids at any moment.
 */
export function planDemo(seed: number, moment: number): readonly Planned[] {
  const plan = { seed, now: wholeSecond(moment) };
  return [
    ...planURedis(plan),
    ...planUMem(plan),
    ...planTencent(plan),
    ...planAlibaba(plan),
    ...planClassicClusters(plan),
    ...planCloudNative(plan),
  ];
}
