import type { SourceIssue } from "../domain/connection.js";
import type { Key } from "../domain/id.js";
import type { Instance } from "../domain/instance.js";
import { getOrMake, groupBy } from "../domain/maps.js";
import { SourceError } from "../errors.js";
import type { Dated } from "../index/readThrough.js";
import type { Debt, WalkState } from "../paging/debt.js";
import { closingKey, compareWalk } from "../paging/direction.js";
import {
  fixedSource,
  wholeSlice,
  type MergeSource,
  type Reading,
  type Share,
  type Slice,
} from "../paging/slice.js";
import type { InstanceList } from "../providers/instanceList.js";
import { sourceName, type ListedPlace } from "../sources/source.js";
import type { Scope } from "./filters.js";
import { boundsOf, rowOf, sliceOf, UNREAD, type InstanceRow } from "./instanceRows.js";
import { errorOf, instanceListIssues, issueOf, staleMessage } from "./issues.js";
import {
  instancesAt,
  peekInstanceList,
  placeName,
  placeOf,
  readInstanceList,
  type Place,
} from "./places.js";
import type { ReadContext } from "./readContext.js";
import { selectorOf, type Selected, type Selector } from "./selection.js";
import { stateOf, type Walk, type WalkSources } from "./walk.js";

/** A walk over instances. */
export interface InstanceWalk {
  readonly scope: Scope;
  readonly places: readonly Place[];
  readonly walk: Walk;
  /** Whether an instance passes the part of the filter that needs no tags. */
  readonly matches: (instance: Instance) => boolean;
}

/** An instance as a source of its own. */
interface Part {
  readonly source: MergeSource<InstanceRow>;
  readonly row: InstanceRow;
  /** The name of the list that shows it. */
  readonly list: string;
}

/**
 * The sources of a walk over instances: the list of each place. An instance whose tags decide, and cannot be read
 * now, is a source of its own that fails, so that it is pending by itself.
 */
export class InstanceSources implements WalkSources<InstanceRow> {
  readonly aliases = new Map<string, string[]>();
  /** Besides rows, what the lists that name pending instances have to report, and old tags that decided. */
  readonly issues: SourceIssue[] = [];
  unsure: boolean;
  /** Whether the limits of the operation left a list unread that names pending instances. */
  isCut = false;
  private readonly lists: readonly MergeSource<InstanceRow>[];
  /**
   * The sources that fail besides the lists: instances whose tags are unknown, by the name of their list, and what a
   * stale list may hide, by a name of its own.
   */
  private readonly failing = new Map<string, readonly MergeSource<InstanceRow>[]>();
  private readonly parts = new Map<string, Part>();
  private readonly slices = new Map<Dated<InstanceList>, Slice<InstanceRow>>();
  private readonly selectors = new Map<Share, Selector | null>();

  constructor(
    private readonly context: ReadContext,
    private readonly asked: InstanceWalk,
  ) {
    const { places } = asked;
    for (const { runtime, region } of places) {
      const members = getOrMake(this.aliases, placeName(runtime, null), (): string[] => []);
      if (region !== null) members.push(placeName(runtime, region));
    }
    this.lists = places.map((place) => this.listSource(place));
    this.unsure = places.some(({ region }) => region === null);
  }

  get sources(): readonly MergeSource<InstanceRow>[] {
    return [...this.lists, ...this.failingSources];
  }

  private get failingSources(): readonly MergeSource<InstanceRow>[] {
    return [...this.failing.values()].flat();
  }

  get debtors(): readonly MergeSource<InstanceRow>[] {
    return [...this.parts.values()].map(({ source }) => source);
  }

  /** Where the walk stands. What a list owes is owed by those of its instances that are sources of their own. */
  get state(): WalkState {
    const { walk } = this.asked;
    const state = stateOf(walk, this);
    const bySource = groupBy(state.debts, ({ source }) => source);
    const owes = (source: string, row: Key): readonly Debt[] =>
      (bySource.get(source) ?? []).filter(
        ({ from, to }) =>
          compareWalk(walk.direction, from, row) < 0 &&
          compareWalk(walk.direction, row, to ?? state.position) < 0,
      );
    const debts = state.debts.filter(({ source }) => {
      const part = this.parts.get(source);
      if (part === undefined) return true;
      return owes(source, part.row).length > 0 && owes(part.list, part.row).length === 0;
    });
    for (const { name } of this.failingSources) {
      const part = this.parts.get(name);
      if (part === undefined) continue;
      debts.push(...owes(part.list, part.row).map((debt) => ({ ...debt, source: name })));
    }
    return { ...state, debts };
  }

  /** Changes when other instances are sources of their own, or another list turns out to be stale. */
  get version(): string {
    return JSON.stringify(this.failingSources.map(({ name, low }) => [name, low]));
  }

  /** Whether the tags of every instance that was selected are known, and fresh. */
  get isDecided(): boolean {
    return this.issues.length === 0 && this.failingSources.length === 0;
  }

  /** Reads the lists that the walk has reached: its cursor may name their instances. */
  async addParts(): Promise<void> {
    const { places, walk } = this.asked;
    const reached = places.filter((place) => {
      const { low, high } = boundsOf(place);
      const first = walk.direction === "newestFirst" ? high : low;
      return compareWalk(walk.direction, first, walk.position) < 0;
    });
    const reading = reached.map(async (place) => {
      const list =
        place.region === null
          ? place.error
          : await instancesAt(this.context, place, walk.walkStart);
      if (!(list instanceof SourceError)) this.nameParts(place, list);
      const error = list instanceof SourceError ? list : list.stale;
      if (error === null) return;
      this.unsure = true;
      this.isCut ||= error.kind === "CUT";
      if (list === error) this.issues.push(issueOf(placeOf(place.runtime, place.region), error));
    });
    await Promise.all(reading);
  }

  /**
   * What is missing from the lists that the walk has passed: its later pages read them no more, and are not
   * complete either. Lists that failed for the time being report for themselves, because they are pending.
   *
   * Cost: a call for each of those lists that is refused or stale, and old enough to be requested again.
   */
  async missing(failed: ReadonlySet<string>): Promise<readonly SourceIssue[]> {
    const { places, walk } = this.asked;
    const passed = places.filter((place) => {
      const { name, low, high } = boundsOf(place);
      const last = walk.direction === "newestFirst" ? low : high;
      return !failed.has(name) && compareWalk(walk.direction, last, walk.position) <= 0;
    });
    return (await Promise.all(passed.map((place) => this.missingFrom(place)))).flat();
  }

  private async missingFrom(place: Place): Promise<readonly SourceIssue[]> {
    const { context } = this;
    const { walkStart } = this.asked.walk;
    const at = placeOf(place.runtime, place.region);
    let list: Dated<InstanceList> | SourceError | null;
    if (place.region === null) list = place.error;
    else {
      list = peekInstanceList(context, place, walkStart);
      if (list === null && place.runtime.instanceList(place.region).failedAt !== null)
        list = await readInstanceList(context, place, walkStart, "quarter");
    }
    if (list === null) return [];
    if (list instanceof SourceError) return list.isRefusal ? [issueOf(at, list)] : [];
    const selector = this.selectorFor("quarter");
    const failing = selector?.failing(this.candidates(list)) ?? [];
    const { undecided } = (await selector?.read(failing)) ?? { undecided: NO_UNDECIDED };
    const refused = [...undecided.values()].filter((issue) => errorOf(issue).isRefusal);
    return [...instanceListIssues(at, list), ...refused];
  }

  /** The instances of a place, as one slice. */
  private listSource(place: Place): MergeSource<InstanceRow> {
    const { context } = this;
    const { walkStart } = this.asked.walk;
    const bounds = boundsOf(place);
    if (place.region === null) return fixedSource(bounds, place.error);
    let failed: Dated<InstanceList> | SourceError | null = null;
    return {
      peek: () => {
        // A list that failed is not requested again for the same page.
        const list = peekInstanceList(context, place, walkStart) ?? failed;
        if (list === null || list instanceof SourceError) return list;
        const slice = this.peekSlice(place, list);
        if (slice !== null && list !== failed)
          place.runtime.countKeptInstances(context.operation.calls);
        return slice;
      },
      read: async (_instant, _direction, share = "whole") => {
        const list = await readInstanceList(context, place, walkStart, share);
        if (list instanceof SourceError && list.kind !== "CUT") failed = list;
        if (list instanceof SourceError) return list;
        if (list.stale !== null) this.hide(place, (failed = list), list.stale);
        return this.readSlice(place, list, share);
      },
      ...bounds,
    };
  }

  /** Makes what a stale list may hide a source that fails, until a newer list names it. */
  private hide(
    place: ListedPlace,
    { value, asOf }: Dated<InstanceList>,
    reason: SourceError,
  ): void {
    const { runtime, region } = place;
    const name = `${placeName(runtime, region)}|after ${asOf}`;
    runtime.staleLists.remember({ name, region: region.id, list: value, read: new Map() });
    const error = new SourceError("STALE", staleMessage(reason), { retryable: true });
    const about = { ...boundsOf(place), name };
    this.failing.set(name, [{ ...fixedSource<InstanceRow>(about, error), ...about }]);
  }

  /** The instances of a list that belong to the walk, if no call is needed to select them, else null. */
  private peekSlice(place: ListedPlace, list: Dated<InstanceList>): Slice<InstanceRow> | null {
    const selector = this.selectorFor("whole");
    const made = selector === null ? sliceOf(list) : this.slices.get(list);
    if (made !== undefined) return made;
    const selected = selector?.peek(this.candidates(list)) ?? null;
    return selected === null ? null : this.keep(place, list, selected);
  }

  private async readSlice(
    place: ListedPlace,
    list: Dated<InstanceList>,
    share: Share,
  ): Promise<Slice<InstanceRow>> {
    const known = this.peekSlice(place, list);
    if (known !== null) return known;
    const selector = this.selectorFor(share) as Selector;
    return this.keep(place, list, await selector.read(this.candidates(list)));
  }

  private candidates({ value }: Dated<InstanceList>): readonly Instance[] {
    return value.instances.filter(this.asked.matches);
  }

  private selectorFor(share: Share): Selector | null {
    const { scope, walk } = this.asked;
    return getOrMake(this.selectors, share, () =>
      selectorOf(this.context, scope, walk.walkStart, share),
    );
  }

  private keep(
    place: ListedPlace,
    list: Dated<InstanceList>,
    { instances, undecided, stale }: Selected,
  ): Slice<InstanceRow> {
    const rows = instances.map(rowOf).reverse();
    const slice = { ...sliceOf(list), rows };
    const bounds = boundsOf(place);
    // Only then may a cursor name some of them, and no two by the same digits.
    if (undecided.size > 0) this.nameParts(place, list);
    const unknown = [...undecided].map(([instance, issue]) => {
      const { source } = this.parts.get(nameOf(instance)) as Part;
      const error = errorOf(issue);
      // Limits end a page at the row. Failures begin at one key, so that a cursor names many of them shortly.
      const { low, high } = error.kind === "CUT" ? source : bounds;
      return { ...fixedSource<InstanceRow>(source, error), low, high };
    });
    this.failing.set(bounds.name, unknown);
    // What a part of the operation left unread may still be read by all of it.
    if (![...undecided.values()].some(({ code }) => code === "CUT")) this.slices.set(list, slice);
    this.issues.push(...stale);
    return slice;
  }

  /** Makes the instances of a list known by the names by which cursors may owe them, also if stale lists hid them. */
  private nameParts(place: Place, list: Dated<InstanceList>): void {
    const name = placeName(place.runtime, place.region);
    for (const instance of list.value.instances) {
      const row = rowOf(instance);
      const source = this.partSource(list, row);
      this.parts.set(source.name, { source, row, list: name });
    }
    if (place.region === null || list.stale !== null) return;
    for (const old of place.runtime.staleLists.of(place.region.id)) {
      const found = list.value.instances.filter((one) => !old.list.byNativeId.has(one.nativeId));
      this.aliases.set(old.name, found.map(nameOf));
    }
  }

  private partSource(
    { asOf, stale }: Dated<InstanceList>,
    row: InstanceRow,
  ): MergeSource<InstanceRow> {
    const { instance } = row;
    const { provider, region, nativeId } = instance;
    const read = stale === null ? { asOf } : {};
    const readingOf = (selected: Selected | null): Reading<InstanceRow> | null => {
      const issue = selected?.undecided.get(instance);
      if (selected === null || issue !== undefined) return issue ? errorOf(issue) : null;
      return wholeSlice(selected.instances.length > 0 ? [row] : [], read);
    };
    const wanted = [instance].filter(this.asked.matches);
    const all = { instances: wanted, undecided: NO_UNDECIDED, stale: [] };
    const selector = this.selectorFor("whole");
    return {
      name: nameOf(instance),
      place: { provider, region, instanceNativeId: nativeId, list: "facts" },
      low: { startedAt: 0, id: row.id.slice(0, -1) },
      high: closingKey("oldestFirst", row),
      freshMs: this.context.ttlMs,
      peek: () => readingOf(selector === null ? all : selector.peek(wanted)),
      read: async (_instant, _direction, share = "whole") =>
        readingOf((await this.selectorFor(share)?.read(wanted)) ?? all) ?? UNREAD,
    };
  }
}

const NO_UNDECIDED: Selected["undecided"] = new Map();

const nameOf = ({ provider, region, nativeId }: Instance): string =>
  sourceName(provider, region, nativeId);
