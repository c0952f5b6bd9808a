import fc from "fast-check";
import { expect } from "vitest";
import type { Backup } from "../../src/domain/backup.js";
import type { BackupFilter } from "../../src/domain/filter.js";
import { compareKeys, instanceId, type Key } from "../../src/domain/id.js";
import { compareWalk, type Direction } from "../../src/paging/direction.js";
import { providerKey, type InstanceFacts } from "./modelCloud.js";
import type { ModelEstate } from "./modelEstate.js";
import type { ModelRow } from "./modelList.js";
import { nodeOf } from "./modelShards.js";
import type { Visit, Walked, WalkPlan } from "./walker.js";

/** A backup as a walk may meet it. */
interface Expected extends Key {
  readonly bornAt: number;
  readonly diedAt: number | null;
  readonly account: number;
  /** Whether it passes the filter whatever becomes of it. */
  readonly isCertain: boolean;
  /** The same, but answers lacked it at times. Their counts showed that. */
  readonly isNamed: boolean;
  readonly region: string;
}

/** Every backup that may pass a walk's filter, from the model's own facts. */
function candidates(estate: ModelEstate, { filter }: WalkPlan, since: number): Expected[] {
  return estate.rows().flatMap((backup) => {
    const { id, row, region } = backup;
    const facts = {
      provider: providerKey(region.account),
      region: region.region,
      instanceNativeId: String(row.facts["instance"]),
      status: row.facts["status"] as "SUCCEEDED",
      startedAt: row.startedAt,
    };
    const instance = estate.instanceOf(backup);
    const selects = isSelection(filter);
    if (selects && (instance === undefined || !selectsInstance(filter, instance))) return [];
    // A set that lacks rows is no success, whatever its rows say.
    const isSteady = estate.isSteady(row, since);
    if (!passes(isSteady ? filter : { ...filter, statuses: null }, facts)) return [];
    const isKnown = isSteady || filter.statuses === null;
    const isFirst = (nodeOf(row) ?? 0) === 0;
    const isLasting = isFirst && isKnown && estate.isVisible(backup, since, selects);
    const hidden = estate.wasHidden(backup, since);
    // Pages that were read before a cap ended may look as if the list ended before the row.
    const isCertain = isLasting && hidden === "no" && !estate.wasUncapped(backup, since);
    const isNamed = isLasting && hidden === "counted";
    const { bornAt, diedAt, startedAt } = row;
    const place = { account: region.account, region: region.region };
    return [{ id, startedAt, bornAt, diedAt, isCertain, isNamed, ...place }];
  });
}

const isSelection = ({ instanceNameContains, tags }: BackupFilter): boolean =>
  instanceNameContains !== null || tags !== null;

function selectsInstance(
  { instanceNameContains, tags }: BackupFilter,
  { facts }: ModelRow,
): boolean {
  const { name, tags: own } = facts as unknown as InstanceFacts;
  if (!name.toLowerCase().includes(instanceNameContains?.toLowerCase() ?? "")) return false;
  return (tags ?? []).every(({ key, values }) =>
    own.some((tag) => tag.key === key && (values?.includes(tag.value) ?? true)),
  );
}

/**
 * The backups that a walk must show: they match, and exist from `since` until it ends. Call it after the walk,
 * because it leaves out samples in which lists have ended a cap that had cut others: what was read may lack rows.
 */
export function expected(
  estate: ModelEstate,
  way: WalkPlan,
  since: number,
  accounts: readonly number[] | null = null,
): Key[] {
  fc.pre(!estate.isMisled());
  return candidates(estate, way, since)
    .filter(({ account }) => accounts?.includes(account) ?? true)
    .filter(({ bornAt, diedAt, isCertain }) => isCertain && bornAt < since && diedAt === null)
    .map(({ id, startedAt }) => ({ id, startedAt }));
}

export const idsOf = ({ visits }: Pick<Walked, "visits">): string[] =>
  visits.flatMap(({ taken }) => taken.map(({ node }) => node.id));

/**
 * No backup comes twice, and every one that lives through the walk has come. If answers lacked it at times, it has
 * come, or an issue says that its list is short; if they did so without a count, nothing can say that.
 */
export function expectExactlyOnce(
  estate: ModelEstate,
  way: WalkPlan,
  walked: Walked,
  ttlMs: number,
): void {
  const ids = idsOf(walked);
  const since = walked.startedAt - ttlMs;
  const identities = estate.identities();
  expect(
    ids.filter((id) => !identities.has(id)),
    "nothing is made up",
  ).toEqual([]);
  // The id of a set is that of its first row, also if the list lacks that for a while.
  const partial = new Set(
    estate.rows().flatMap((one) => (estate.wasHidden(one, since) === "no" ? [] : [one.id])),
  );
  const shown = ids.map((id) => (partial.has(id) ? id : identities.get(id)));
  expect(new Set(shown).size, "no backup twice").toBe(ids.length);
  const known = new Set(ids);
  const missing = candidates(estate, way, since).filter(
    ({ id, bornAt, diedAt }) => !known.has(id) && bornAt < since && diedAt === null,
  );
  expect(
    missing.filter(({ isCertain }) => isCertain),
    "no backup lost",
  ).toEqual([]);
  const issues = walked.visits.flatMap(({ page }) => page.issues);
  const isShort = ({ account, region }: Expected): boolean =>
    issues.some(
      ({ code, provider, region: place }) =>
        code === "SHORT" && provider === providerKey(account) && (place ?? region) === region,
    );
  expect(
    missing.filter((row) => row.isNamed && !isShort(row)),
    "no backup is missing silently",
  ).toEqual([]);
}

/** A page that ends early says so, and has more. What is cut of pending sources ends no page. */
export function expectCuts({ visits }: Walked): void {
  for (const { page, size, hasMore, owes } of visits) {
    const isCut = page.issues.some(({ code }) => code === "CUT");
    if (isCut) expect([hasMore || owes, page.complete], "a cut page").toEqual([true, false]);
    if (hasMore && !isCut) expect(page.edges.length, "a page that is not cut").toBe(size);
  }
}

/**
 * Both flags of every page: true where a backup that lives through the walk lies that way, false where none
 * ever lay there that the page could know of, nor a pending one that it did not show. What is left of a
 * source that the page names as missing does not count. `since` is the oldest that data may be.
 */
export function expectFlags(
  estate: ModelEstate,
  way: WalkPlan,
  { visits, direction, startedAt }: Walked,
  ttlMs: number,
): void {
  const since = startedAt - ttlMs;
  const all = candidates(estate, way, since);
  const taken = new Set<string>();
  for (const visit of visits) {
    const { hasMore, hasLess, position, end, owes, page } = visit;
    const shown = new Set([...taken, ...page.edges.map(({ node }) => node.id)]);
    const isAhead = (row: Key): boolean => compareWalk(direction, row, end) > 0;
    const isBehind = (row: Key): boolean => compareWalk(direction, row, position) <= 0;
    const isPending = ({ id }: Key): boolean => owes && !shown.has(id);
    const [ahead, behind] = [all.filter(isAhead), all.filter(isBehind)];
    expectFlag(hasMore, ahead, { visit, since, what: "ahead", pending: all.filter(isPending) });
    expectFlag(hasLess, behind, { visit, since, what: "behind", pending: [] });
    for (const { node } of visit.taken) taken.add(node.id);
  }
}

function expectFlag(
  flag: boolean,
  rows: readonly Expected[],
  {
    visit,
    since,
    what,
    pending,
  }: { visit: Visit; since: number; what: string; pending: readonly Expected[] },
): void {
  const { issues } = visit.page;
  const missing = new Set(issues.map(({ code, provider }) => (code === "CUT" ? null : provider)));
  const lives = rows.some(
    ({ bornAt, diedAt, isCertain, account }) =>
      isCertain &&
      bornAt < since &&
      (diedAt === null || diedAt > visit.at) &&
      !missing.has(providerKey(account)),
  );
  const lived = [...rows, ...pending].some(
    ({ bornAt, diedAt }) => bornAt <= visit.at && (diedAt === null || diedAt >= since),
  );
  if (lives) expect(flag, `something is ${what}`).toBe(true);
  if (!lived) expect(flag, `nothing is ${what}`).toBe(false);
}

/** Whether a backup passes a filter, by the facts of the model. */
function passes(
  filter: BackupFilter,
  backup: Pick<Backup, "provider" | "region" | "instanceNativeId" | "status" | "startedAt">,
): boolean {
  const { provider, region, instanceNativeId, status, startedAt } = backup;
  const isIn = (values: readonly string[] | null, value: string) => values?.includes(value) ?? true;
  return (
    isIn(filter.providers, provider) &&
    isIn(filter.regions, region) &&
    isIn(filter.instanceIds, instanceId(provider, region, instanceNativeId)) &&
    isIn(filter.statuses, status) &&
    (filter.startedAfter === null || startedAt >= filter.startedAfter) &&
    (filter.startedBefore === null || startedAt < filter.startedBefore)
  );
}

/** The order of a walk is strict, and late are those whose place had passed. */
export function expectOrder({ visits, direction }: Walked): void {
  let last: Key | null = null;
  for (const { taken, position } of visits) {
    let late: Key | null = null;
    for (const { node, late: isLate } of taken) {
      const before = compareWalk(direction, node, position);
      expect(before <= 0, `late: ${isLate}`).toBe(isLate);
      if (isLate) {
        expect(late === null || compareWalk(direction, late, node) < 0, "late in order").toBe(true);
        late = node;
      } else {
        expect(last === null || compareWalk(direction, last, node) < 0, "in order").toBe(true);
        last = node;
      }
    }
  }
}

/** Sorts keys as a walk meets them. */
export const byWalk = (direction: Direction) => (a: Key, b: Key) =>
  direction === "newestFirst" ? compareKeys(b, a) : compareKeys(a, b);
