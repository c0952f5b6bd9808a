import type { Backup } from "../domain/backup.js";
import { CallLog, type CallRecord } from "../listing/operation.js";
import type { Walk } from "./walk.js";
import type { Naming } from "./foundSources.js";
import { actionOf, type Reader } from "./readContext.js";
import type { Scope } from "./scope.js";

/** One list as walks of one direction see it. */
export interface ViewedList {
  readonly scope: Scope;
  readonly walk: Walk;
  readonly matches: (row: Backup) => boolean;
  readonly lookAhead: boolean;
}

/** The caller's providers, the list's scope and the direction decide what is merged. */
export function nameOf({ engine, providers }: Reader, { scope, walk }: ViewedList): string {
  const visible = providers === engine.providers ? null : [...providers.keys()];
  const { vendors, providers: wanted, regions } = scope;
  return JSON.stringify([visible, vendors, wanted, regions, walk.direction]);
}

/** What the cursors of a list are bound to tells also what matches. */
export function nameOfPage({ walk, lookAhead }: ViewedList): string {
  const { fingerprint, walkStart, backwards, size, position, end, resumed } = walk;
  const keys = [position.startedAt, position.id, end?.startedAt, end?.id];
  const parts = [fingerprint.toString("latin1"), walkStart, backwards, size, resumed, lookAhead];
  return [...parts, ...keys].join(" ");
}

/** The questions that a merge would have found answered: each list once. */
export function questionsOf(namings: readonly Naming[]): readonly CallRecord[] {
  const log = new CallLog();
  for (const { runtime, list, refs } of namings) {
    const { vendor } = runtime.account;
    for (const ref of refs) log.add(vendor, actionOf(ref), { cached: 1 });
    if (list !== null) runtime.countKeptInstances(log);
  }
  return log.list();
}
