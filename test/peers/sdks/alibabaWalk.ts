import { expect } from "vitest";
import type { Clouds } from "../../../src/clouds/clouds.js";
import type { Estate, TrueBackup } from "../../../src/clouds/estate/types.js";

/** The widest window that the clouds' data needs, in minutes, which is the precision of the lists. */
export function wholeWindow(): { readonly startTime: string; readonly endTime: string } {
  const day = 86_400_000;
  const textOf = (at: number) => `${new Date(at).toISOString().slice(0, 16)}Z`;
  return { startTime: textOf(Date.now() - 2000 * day), endTime: textOf(Date.now() + day) };
}

/** Base URL of Alibaba's origin. */
export const alibabaEndpoint = ({ accounts }: Clouds): string =>
  accounts.find(({ vendor }) => vendor === "alibaba")?.endpoint ?? "";

/** Ids of all rows that the clouds list for one instance. */
export const listedIds = (estate: Estate, region: string, instance: string): string[] =>
  estate
    .rows({ product: "ALIBABA_KVSTORE", region, instance }, "newestFirst")
    .map(({ nativeId }) => nativeId);

/** What a walk with an SDK returned for one instance. */
export interface SeenInstance {
  readonly id: string;
  readonly region: string;
  readonly backupIds: readonly string[];
}

/**
 * Compares a walk over all instances with the clouds' data.
 *
 * The rows of a classic cluster are the shards of its backups, so every id of a backup must be among the
 * rows; the rows themselves are compared with the clouds' rows.
 */
export function expectTruth(estate: Estate, seen: readonly SeenInstance[]): void {
  const truth = new Map<string, TrueBackup[]>();
  for (const backup of estate.truth())
    if (backup.product === "ALIBABA_KVSTORE")
      truth.set(backup.instanceNativeId, [...(truth.get(backup.instanceNativeId) ?? []), backup]);
  for (const { id, region, backupIds } of seen) {
    expect([...backupIds].sort()).toEqual(listedIds(estate, region, id).sort());
    const rows = new Set(backupIds);
    expect((truth.get(id) ?? []).filter(({ nativeId }) => !rows.has(nativeId))).toEqual([]);
    truth.delete(id);
  }
  expect([...truth.keys()]).toEqual([]);
}
