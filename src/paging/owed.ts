import { compareKeys, type Key } from "../domain/id.js";
import { getOrMake } from "../domain/maps.js";
import { ClientError } from "../errors.js";
import type { ByteReader, ByteWriter } from "./bytes.js";
import { joinDebts, type Debt } from "./debt.js";
import { compareWalk, type Direction } from "./direction.js";

/** Hexadecimal digits by which a cursor names a source: 32 bits, or 128 if those are not unique. */
const SHORT = 8;
const LONG = 32;

/** Starts the name of a debt whose source is unknown at the moment. No source's name starts so. */
const UNKNOWN = "#";

/** Hashes the names of sources; one of the configured keys. */
interface NameKey {
  readonly index: number;
  nameHash(name: string): string;
}

/** A debt as a cursor carries it: its source is named by a hash. */
export interface Owed {
  /** The first digits of the source's hash under `key`. */
  readonly name: string;
  readonly key: NameKey;
  readonly from: Key;
  readonly to: Key | null;
}

/** The sources among which the debts of cursors are looked up. */
export interface Owing {
  /** The sources of the walk. */
  readonly sources: readonly { readonly name: string }[];
  /** Parts of such sources. A cursor may name them if they were sources when it was made. */
  readonly debtors: readonly { readonly name: string }[];
  /**
   * Names that were sources when a cursor was made, each with the sources that replace it now: a region
   * whose instance list could not be read, or the instances that a stale list did not show.
   */
  readonly aliases: ReadonlyMap<string, readonly string[]>;
  /** Whether some sources are unknown, because a list that names them failed. */
  readonly unsure: boolean;
}

/** Where a walk stands whose cursor has debts. */
interface Standing {
  readonly direction: Direction;
  readonly position: Key;
}

/** What a name in a cursor stands for. */
interface Named {
  readonly hash: string;
  /** The sources that owe; null for a part of a source. */
  readonly sources: readonly string[] | null;
  readonly name: string;
}

/** The names under which cursors know a walk's sources. */
export class SourceNames {
  /** By the first digits of the hash. More than one name shares them only on a collision. */
  private readonly byShort = new Map<string, Named[]>();

  constructor(
    { sources, debtors, aliases }: Omit<Owing, "unsure">,
    readonly key: NameKey,
  ) {
    for (const { name } of sources) this.add(name, [name]);
    for (const [name, members] of aliases) this.add(name, members);
    for (const { name } of debtors) this.add(name, null);
  }

  /**
   * What a name in a cursor stands for.
   * @throws {ClientError} CURSOR_INVALID if two names fit: one appeared after the cursor was made.
   */
  find(name: string): Named | undefined {
    const [found, ...others] = (this.byShort.get(name.slice(0, SHORT)) ?? []).filter(({ hash }) =>
      hash.startsWith(name),
    );
    if (others.length > 0) throw ambiguous();
    return found;
  }

  /** Writes debts: for each span its keys and the names of its sources, in a fixed order. */
  write(writer: ByteWriter, debts: readonly Debt[]): void {
    for (const { from, to, sources } of spansOf(debts)) {
      const names = [...new Set(sources.map((source) => this.nameOf(source)))];
      const long = names.filter((name) => name.length > SHORT).sort();
      writer.key(from).uint(to === null ? 0 : 1, 1);
      if (to !== null) writer.key(to);
      const short = names.filter((name) => name.length === SHORT);
      writer.numberSet(short.map((name) => Number.parseInt(name, 16))).uint(long.length, 3);
      for (const name of long) writer.bytes(Buffer.from(name, "hex"));
    }
  }

  private nameOf(source: string): string {
    if (source.startsWith(UNKNOWN)) return source.slice(source.indexOf(":") + 1);
    const hash = this.key.nameHash(source);
    const isUnique = this.byShort.get(hash.slice(0, SHORT))?.every((named) => named.hash === hash);
    return hash.slice(0, isUnique === false ? LONG : SHORT);
  }

  private add(name: string, sources: readonly string[] | null): void {
    const hash = this.key.nameHash(name);
    const short = hash.slice(0, SHORT);
    const known = getOrMake(this.byShort, short, () => []);
    // The first stands: a source is no alias, and no part, of another.
    if (known.every((named) => named.hash !== hash)) known.push({ hash, sources, name });
  }
}

/** Reads what `SourceNames.write` wrote. Errors: `RangeError`. */
export function readOwed(reader: ByteReader, key: NameKey): Owed[] {
  const owed: Owed[] = [];
  while (!reader.ended) {
    const from = reader.key();
    const to = reader.uint(1) === 0 ? null : reader.key();
    for (const short of reader.numberSet())
      owed.push({ name: short.toString(16).padStart(SHORT, "0"), key, from, to });
    for (let left = reader.uint(3); left > 0; left -= 1)
      owed.push({ name: reader.bytes(LONG / 2).toString("hex"), key, from, to });
  }
  return owed;
}

interface DebtSpan {
  readonly from: Key;
  readonly to: Key | null;
  readonly sources: string[];
}

/** Debts by their spans, in the order of keys. */
function spansOf(debts: readonly Debt[]): readonly DebtSpan[] {
  const spans = new Map<string, DebtSpan>();
  for (const { source, from, to } of debts) {
    const text = `${from.startedAt} ${from.id} ${to?.startedAt} ${to?.id}`;
    getOrMake(spans, text, (): DebtSpan => ({ from, to, sources: [] })).sources.push(source);
  }
  return [...spans.values()].sort((a, b) => compareKeys(a.from, b.from) || compareEnds(a.to, b.to));
}

function compareEnds(a: Key | null, b: Key | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return compareKeys(a, b);
}

/** The key under which unknown sources are named, by its index; null if no source is unknown. */
export function keyOfUnknown(debts: readonly Debt[]): number | null {
  const unknown = debts.find(({ source }) => source.startsWith(UNKNOWN));
  return unknown === undefined ? null : Number.parseInt(unknown.source.slice(UNKNOWN.length), 10);
}

/**
 * The debts of a cursor, for the sources that exist now.
 *
 * A name that is not among them is gone, and its debt with it. If some sources are unknown at the moment,
 * the debt is carried on instead, under its name in the cursor: a page with such a debt must be made with
 * the key that read it. The debt of an unknown source, like that of a part, ends where the walk stands:
 * from there on the source that contains it takes part again, or owes by itself.
 */
export function debtsOf(owed: readonly Owed[], owing: Owing, standing: Standing): Debt[] {
  const [first] = owed;
  if (first === undefined) return [];
  const { direction, position } = standing;
  const names = new SourceNames(owing, first.key);
  const debts = owed.flatMap(({ name, key, from, to }): Debt[] => {
    const found = names.find(name);
    if (found?.sources) return found.sources.map((source) => ({ source, from, to }));
    if (found !== undefined) return [{ source: found.name, from, to: to ?? position }];
    const source = `${UNKNOWN}${key.index}:${name}`;
    return owing.unsure ? [{ source, from, to: to ?? position }] : [];
  });
  const isOwed = ({ from, to }: Debt): boolean => compareWalk(direction, from, to ?? position) < 0;
  return joinDebts(direction, debts.filter(isOwed));
}

/** Whether a cursor names a source that is neither among these nor an alias. */
export function hasUnknown(
  owed: readonly Owed[],
  { sources, aliases }: Pick<Owing, "sources" | "aliases">,
): boolean {
  const [first] = owed;
  if (first === undefined) return false;
  const names = new SourceNames({ sources, aliases, debtors: [] }, first.key);
  return owed.some(({ name }) => names.find(name) === undefined);
}

const ambiguous = (): ClientError =>
  new ClientError(
    "CURSOR_INVALID",
    "The cursor names a source that cannot be distinguished from a new one. Start the walk again.",
  );
