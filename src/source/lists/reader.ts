import type { Backup } from "../../domain/backup.js";
import type { Direction } from "../../paging/direction.js";
import type { MergeSource } from "../../paging/mergeSource.js";
import type { Sealer } from "../../paging/seal.js";
import type { Slice } from "../../paging/slice.js";
import type { Engine } from "../engine.js";
import type { SliceQuestion } from "../backupSource.js";
import type { Operation } from "../operation.js";
import type { Planner } from "../plan.js";
import type { SliceKey, SourceRef } from "../sourceRef.js";
import type { ProviderRuntime } from "../provider.js";
import { roundsOf } from "../rounds.js";
import { freshnessOf, walkStartAt, type Freshness } from "../settings.js";

/** Limits of one operation's lists; rows. */
export interface ListLimits {
  /** The largest page. */
  readonly first: number;
  /** Rows that a page may pass over because they do not match. */
  readonly scanRows: number;
}

/** Loads a slice in the operation's next batch. */
export type LoadSlice = (key: SliceKey) => Promise<Slice<Backup>>;

/** All that the lists of one operation share. */
export interface Reader {
  readonly engine: Engine;
  readonly planner: Planner;
  readonly operation: Operation;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly loadSlice: LoadSlice;
  readonly sealer: Sealer;
  readonly limits: ListLimits;
  /** The providers that the caller may see, by key. */
  readonly providers: ReadonlyMap<string, ProviderRuntime>;
}

/** The name of a question among those of one operation. */
export const nameOfQuestion = ({ ref, question }: SliceKey): string =>
  `${ref.name} ${question.direction} ${question.instant} ${question.freshness.notBefore}`;

/** What passes as fresh for a walk that began at `walkStart`. */
export const freshnessFor = ({ engine, startedAt }: Reader, walkStart: number): Freshness =>
  freshnessOf(engine.ports.settings, walkStart, startedAt);

/** When a walk counts as begun that begins now. */
export const walkStartFor = ({ engine, startedAt }: Reader): number =>
  walkStartAt(engine.ports.settings, startedAt);

/** The same for the backups of a source, which may be kept in rounds. */
export function sourceFreshness(
  { engine, startedAt }: Reader,
  { instance, runtime, region }: Omit<SourceRef, "name">,
  walkStart: number,
): Freshness {
  const isKept = instance !== null && !runtime.wide.allows(region.id);
  const kept = isKept ? roundsOf(runtime) : null;
  return freshnessOf(engine.ports.settings, walkStart, startedAt, kept?.freshMs);
}

/** The vendor's action that lists a source. */
export const actionOf = ({ runtime: { product }, instance }: SourceRef): string =>
  (instance === null ? product.wide : null)?.action ?? product.perInstance[0]?.action ?? "";

/** A source of a walk, read at hand where it can be and in a batch otherwise. */
export function walkSource(reader: Reader, ref: SourceRef, walkStart: number): MergeSource<Backup> {
  const freshness = sourceFreshness(reader, ref, walkStart);
  const action = actionOf(ref);
  return {
    name: ref.name,
    low: null,
    high: null,
    read: (instant: number, direction: Direction) => {
      const key = { ref, question: { instant, direction, freshness, walkStart } };
      const held = reader.planner.peek(key);
      if (held === null) return reader.loadSlice(key);
      reader.operation.calls.add(ref.runtime.account.vendor, action, { cached: 1 });
      return held;
    },
  };
}

/**
 * Asks what a page asks first of these sources, each alone, before it is made: while other regions are
 * still found out about.
 */
export function beginSources(
  reader: Reader,
  refs: readonly SourceRef[],
  { instant, direction, walkStart }: Omit<SliceQuestion, "freshness">,
): void {
  for (const ref of refs) {
    if (ref.instance === null) continue;
    const freshness = sourceFreshness(reader, ref, walkStart);
    const key = { ref, question: { instant, direction, freshness, walkStart } };
    // Whoever reads the source meets the failure.
    if (reader.planner.peek(key) === null) reader.loadSlice(key).catch(() => undefined);
  }
}
