import { onTestFinished } from "vitest";
import type { Gateway, GatewayParts } from "../../src/app.js";
import type { Clouds } from "../../src/clouds/clouds.js";
import { leastOf, times, type ListFacts } from "../bench/leastCalls.js";
import { gatewayOver, inOneRegion } from "./gateway.js";
import { startStillClouds } from "../stillClouds.js";

/** How large a plain estate is: of each product so many instances, with so many backups each. */
export interface Size {
  readonly instances: number;
  readonly backupsEach: number;
}

/** The lists that show an estate of one region, by the action that asks for them. */
export const listsOf = ({ instances, backupsEach }: Size) => ({
  DescribeURedisBackup: [{ rows: instances * backupsEach, page: 100 }],
  DescribeInstanceBackups: [{ rows: instances * backupsEach, page: 100 }],
  DescribeUMemBackup: times(instances, { rows: backupsEach, page: 100 }),
  DescribeBackups: times(instances, { rows: backupsEach, page: 300 }),
  "elasticache:DescribeSnapshots": snapshots({ instances, backupsEach }),
  "elasticache:DescribeServerlessCacheSnapshots": snapshots({ instances, backupsEach }),
  "memorydb:DescribeSnapshots": snapshots({ instances, backupsEach }),
  // A page begins behind a key, so the list of the bucket is read once.
  ListObjectsV2: times(Math.ceil((instances * backupsEach) / 1_000), ONE_PAGE),
});

const ONE_PAGE: ListFacts = { rows: 1, page: 1_000, byToken: true };

/** The list of the region, or those of all instances if they take fewer calls. */
function snapshots({ instances, backupsEach }: Size): readonly ListFacts[] {
  const wide = { rows: instances * backupsEach, page: 50, byToken: true };
  const each = times(instances, { rows: backupsEach, page: 50, byToken: true });
  return leastOf([wide]) <= leastOf(each) ? [wide] : each;
}

/** The least calls of each action by which every list is read whole. */
export const leastByAction = (size: Size): Record<string, number> =>
  Object.fromEntries(
    Object.entries(listsOf(size)).map(([action, lists]: [string, readonly ListFacts[]]) => [
      action,
      leastOf(lists),
    ]),
  );

/** The calls that the clouds were asked since the last reset, by action. */
export function askedOf(clouds: Clouds): Record<string, number> {
  const asked: Record<string, number> = {};
  for (const [name, count] of Object.entries(clouds.calls.counts()))
    asked[name.split(" ")[1] ?? name] = count;
  return asked;
}

/** Calls over all actions. */
export const sumOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

/** Lets no call be answered before so many have come: a reading that takes two rounds never ends. */
export function answerAtOnce(clouds: Clouds, calls: number): void {
  let open = (): void => undefined;
  const all = new Promise<void>((resolve) => (open = resolve));
  let arrived = 0;
  clouds.knobs.hook = () => {
    arrived += 1;
    if (arrived === calls) open();
    return all;
  };
}

/** Clouds with lists of that size in one region, until the test ends. */
export async function startSized(size: Size): Promise<Clouds> {
  const clouds = await startStillClouds({
    estate: { ...size, regions: 1 },
    upstream: { retries: 0, rate: 10_000, concurrency: 64, timeoutMs: 60_000 },
  });
  onTestFinished(() => clouds.close());
  return clouds;
}

/** A gateway over such clouds, until the test ends. */
export function gatewayFor(clouds: Clouds, parts: Partial<GatewayParts> = {}): Gateway {
  const gateway = gatewayOver(clouds, { accounts: inOneRegion(clouds), ...parts });
  onTestFinished(() => gateway.close());
  return gateway;
}
