import { hash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Key } from "../domain/key.js";
import { joinDebts, type Debt } from "./debt.js";
import { compareWalk, type Direction } from "./direction.js";

/** Bytes that name a source in a cursor. */
export const SHORT_NAME = 6;

/** Begins the name of a debt whose source cannot be told now; no source's name begins so. */
const UNTOLD = "#";

/** Every cursor of a page names all sources that owe. */
const shortNames = new LRUCache<string, string>({ max: 10_000 });

/** The short name of a source or group in cursors. */
export function shortName(name: string): string {
  if (name.startsWith(UNTOLD)) return name.slice(UNTOLD.length);
  const known = shortNames.get(name);
  if (known !== undefined) return known;
  const made = hash("sha256", name).slice(0, 2 * SHORT_NAME);
  shortNames.set(name, made);
  return made;
}

/** A debt as a cursor carries it: under a short name. */
export interface Owed {
  readonly name: string;
  readonly from: Key;
  readonly to: Key | null;
}

/** The sources among which a cursor's debts are looked up. */
export interface Owing {
  /** Sources that take part in the walk. */
  readonly sources: readonly { readonly name: string }[];
  /** Parts of such sources, which a cursor may name where they were sources once. */
  readonly debtors: readonly { readonly name: string }[];
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** Names under which a cursor may owe, though none is made for them: what each stands for now. */
  readonly aliases?: ReadonlyMap<string, readonly string[]>;
  /** Whether some sources cannot be told now, because a list of them failed. */
  readonly unsure: boolean;
}

/** Where the walk stands that owes. */
export interface Standing {
  readonly direction: Direction;
  readonly position: Key;
}

/**
 * The debts of a cursor for the sources that are there now.
 *
 * A name that is not among them is gone, and its debt with it, unless sources could not be told: then the
 * debt is carried on. Like that of a part it ends where the walk stands, since from there on the source
 * that holds it takes part again, or owes by itself.
 */
export function debtsOf(owed: readonly Owed[], owing: Owing, standing: Standing): Debt[] {
  if (owed.length === 0) return [];
  const { direction, position } = standing;
  const named = namesOf(owing);
  const debts = owed.flatMap(({ name, from, to }): Debt[] => {
    const whole = named.sources.get(name);
    if (whole !== undefined) return whole.map((source) => ({ source, from, to }));
    const part = named.debtors.get(name) ?? (owing.unsure ? UNTOLD + name : null);
    return part === null ? [] : [{ source: part, from, to: to ?? position }];
  });
  const isOwed = ({ from, to }: Debt): boolean => compareWalk(direction, from, to ?? position) < 0;
  return joinDebts(direction, debts.filter(isOwed));
}

/** Whether a cursor owes under a name that no source and no group has. */
export function hasUnknown(
  owed: readonly Owed[],
  { sources, groups, aliases }: Omit<Owing, "debtors" | "unsure">,
): boolean {
  if (owed.length === 0) return false;
  const named = namesOf({ sources, groups, ...(aliases && { aliases }), debtors: [] }).sources;
  return owed.some(({ name }) => !named.has(name));
}

function namesOf({ sources, debtors, groups, aliases = new Map() }: Omit<Owing, "unsure">) {
  const bySource = new Map<string, readonly string[]>();
  for (const [alias, members] of aliases) bySource.set(shortName(alias), members);
  for (const [group, members] of groups) bySource.set(shortName(group), members);
  for (const { name } of sources) bySource.set(shortName(name), [name]);
  const byDebtor = new Map(debtors.map(({ name }) => [shortName(name), name]));
  return { sources: bySource, debtors: byDebtor };
}
