import { expect } from "vitest";
import type { Clouds } from "../../../src/clouds/clouds.js";
import type { Estate, TrueBackup } from "../../../src/clouds/estate/types.js";

/** The widest window that the estate needs, at the minute precision that the lists take. */
export function wholeWindow(): { readonly startTime: string; readonly endTime: string } {
  const day = 86_400_000;
  const textOf = (at: number) => `${new Date(at).toISOString().slice(0, 16)}Z`;
  return { startTime: textOf(Date.now() - 2000 * day), endTime: textOf(Date.now() + day) };
}

/** Base URL of Alibaba's origin. */
export const alibabaEndpoint = ({ accounts }: Clouds): string =>
  accounts.find(({ vendor }) => vendor === "alibaba")?.endpoint ?? "";

/** Ids of all rows that the estate lists of one instance. */
export const listedIds = (estate: Estate, region: string, instance: string): string[] =>
  estate
    .rows({ product: "ALIBABA_KVSTORE", region, instance }, "newestFirst")
    .map(({ nativeId }) => nativeId);

/** What a walk by an SDK saw of one instance. */
export interface SeenInstance {
  readonly id: string;
  readonly region: string;
  readonly backupIds: readonly string[];
}

/**
 * Compares a walk over all instances with the truth.
 *
 * A classic cluster's rows are the parts of the backups that the truth tells, so every true id must
 * be among the rows; the rows themselves are compared with the estate's.
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
