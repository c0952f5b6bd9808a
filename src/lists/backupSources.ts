import type { Backup } from "../domain/backup.js";
import type { SourceIssue, SourcePlace } from "../domain/connection.js";
import type { Instance } from "../domain/instance.js";
import { getOrMake } from "../domain/maps.js";
import { SourceError } from "../errors.js";
import type { Dated } from "../index/readThrough.js";
import { hasUnknown, type Owed } from "../paging/owed.js";
import { fixedSource, type MergeSource } from "../paging/slice.js";
import type { InstanceList } from "../providers/instanceList.js";
import type { ProviderRuntime } from "../providers/provider.js";
import { sourceName, type ListedPlace, type Source } from "../sources/source.js";
import type { FirstSlices, NamedRegion, NamedSources } from "./fast/plain.js";
import { errorOf, instanceListIssues, issueOf, staleMessage } from "./issues.js";
import {
  chosenInstances,
  eachPlace,
  instancesAt,
  peekInstanceList,
  peekPlaces,
  placeName,
  placeOf,
  readInstanceList,
  runtimesIn,
  type Place,
} from "./places.js";
import { WalkSource, type ReadContext } from "./readContext.js";
import { selectorOf, type Selected, type Selector } from "./selection.js";
import type { Walk, WalkSources } from "./walk.js";

/** The sources of a list of backups. */
export interface BackupSources extends WalkSources<Backup>, NamedSources {
  /** What the lists that named the sources have to report. */
  readonly issues: readonly SourceIssue[];
  /** Whether the limits of the operation left a list unread that names pending sources. */
  readonly isCut: boolean;
  /** The provider of each place whose sources could not be named. */
  readonly unnamed: readonly ProviderRuntime[];
}

/** The walk whose sources are wanted. */
interface SourceQuestion extends FirstSlices, Pick<Walk, "retryShare"> {
  /** What its cursor owes: of sources that existed then and may be parts of others now. */
  readonly owed: readonly Owed[];
  /** Whether the first slice of every source is read, whatever other sources there are. */
  readonly readsAll: boolean;
}

/** What named the sources of a place. */
type Naming =
  | { readonly place: Place; readonly error: SourceError }
  | {
      readonly place: ListedPlace;
      readonly list: Dated<InstanceList> | null;
      readonly sources: readonly Source[];
      /** Those of which nobody knows now whether they belong to the list, and why. */
      readonly undecided: ReadonlyMap<Source, SourceIssue>;
      readonly stale: Selected["stale"];
      readonly isCached: boolean;
    };

/**
 * Resolves a scope to sources: the wide list of each region, or the lists of its instances if it has none.
 *
 * Errors: none; a place whose sources cannot be named is a source that fails.
 */
export class SourceResolver {
  private readonly selector: Selector | null;

  constructor(
    private readonly context: ReadContext,
    private readonly question: SourceQuestion,
  ) {
    this.selector = selectorOf(context, question.scope, question.freshFor);
  }

  /** The sources if no call is needed to name them, else null. */
  peek(): BackupSources | null {
    const { scope, owed } = this.question;
    // A cursor that owes may name sources that only a call can find.
    const places = owed.length > 0 ? null : peekPlaces(this.context, scope);
    if (places === null) return null;
    const found = new FoundSources(this.context, this.question);
    for (const place of places) {
      const naming = this.peekNaming(place);
      if (naming === null) return null;
      found.add(naming);
    }
    return found;
  }

  /** The sources, after reading the lists that name them. */
  async read(): Promise<BackupSources> {
    const { scope, owed } = this.question;
    const namings = await eachPlace(this.context, scope, this.question, (place) =>
      this.readNaming(place),
    );
    const found = new FoundSources(this.context, this.question);
    for (const naming of namings) found.add(naming);
    if (hasUnknown(owed, found)) {
      await Promise.all(found.wide.map((place) => this.addParts(place, found)));
      if (!found.unsure) found.reportLost();
    }
    return found;
  }

  private peekNaming(place: Place): Naming | null {
    if (place.region === null) return { place, error: place.error };
    const { engine, planner } = this.context.parts;
    if (this.mayReadWide(place)) {
      const key = this.keyOf(engine.source(place, null));
      return planner.peek(key) === null ? null : this.wideNaming(place);
    }
    const list = peekInstanceList(this.context, place, this.question.freshFor);
    if (list === null) return null;
    const chosen = chosenInstances(place, list.value, this.question.scope);
    const selected = this.selector === null ? allOf(chosen) : this.selector.peek(chosen);
    return selected === null ? null : this.namingOf(place, list, selected, true);
  }

  private async readNaming(place: Place): Promise<Naming> {
    if (place.region === null) return { place, error: place.error };
    const { context, question } = this;
    const { engine, planner } = context.parts;
    if (this.mayReadWide(place)) {
      const key = this.keyOf(engine.source(place, null));
      // Whether the account may read the list is found out by reading it.
      if (planner.peek(key) === null) await context.read(key);
      if (this.mayReadWide(place)) return this.wideNaming(place);
    }
    const cached = peekInstanceList(context, place, question.freshFor);
    const { failedAt } = place.runtime.instanceList(place.region);
    const share = failedAt === null ? "whole" : question.retryShare;
    const reading = cached ?? readInstanceList(context, place, question.freshFor, share);
    if (cached === null && question.readsAll) context.prefetch.region(place, question);
    const list = await reading;
    if (list instanceof SourceError) return { place, error: list };
    const chosen = chosenInstances(place, list.value, question.scope);
    const selected = (await this.selector?.read(chosen)) ?? allOf(chosen);
    const naming = this.namingOf(place, list, selected, cached !== null);
    // Other places may still be waiting for their lists.
    if (question.readsAll)
      for (const source of naming.sources) {
        if (naming.undecided.has(source)) continue;
        const key = this.keyOf(source);
        if (planner.peek(key) === null) void context.read(key);
      }
    return naming;
  }

  private mayReadWide({ runtime, region }: ListedPlace): boolean {
    const { instances, selection } = this.question.scope;
    return instances === null && selection === null && runtime.wide.allows(region.id);
  }

  private namingOf(
    place: ListedPlace,
    list: Dated<InstanceList>,
    selected: Selected,
    isCached: boolean,
  ) {
    const { engine } = this.context.parts;
    const sources = selected.instances.map((instance) => engine.source(place, instance));
    const undecided = new Map<Source, SourceIssue>();
    for (const [instance, issue] of selected.undecided) {
      const source = engine.source(place, instance);
      sources.push(source);
      undecided.set(source, issue);
    }
    return { place, list, sources, undecided, stale: selected.stale, isCached };
  }

  /** Adds the instances of a region that is read as a whole: a cursor may owe rows of some of them. */
  private async addParts(place: ListedPlace, found: FoundSources): Promise<void> {
    const { runtime, region } = place;
    const { context, question } = this;
    const list = await instancesAt(context, place, question.freshFor);
    if (list instanceof SourceError) return found.addUnknown(placeOf(runtime, region), list);
    const departed = runtime.seen.departedOf(region.id, list.value);
    const parts = [...list.value.instances, ...departed].map((instance) =>
      context.parts.engine.source(place, instance),
    );
    found.debtors.push(...parts.map((source) => new WalkSource(context, source, question)));
    // A stale list may still lack what an earlier one lacked.
    if (list.stale !== null) found.addUnknown(placeOf(runtime, region), list.stale);
    else found.addStaleNames(place, parts);
  }

  private wideNaming(place: ListedPlace): Naming {
    const sources = [this.context.parts.engine.source(place, null)];
    return { place, list: null, sources, undecided: new Map(), stale: [], isCached: false };
  }

  private keyOf(source: Source) {
    const { instant, direction } = this.question;
    return new WalkSource(this.context, source, this.question).keyOf(instant, direction);
  }
}

const allOf = (instances: readonly Instance[]): Selected => ({
  instances,
  undecided: new Map(),
  stale: [],
});

/** Gathers the sources of a list, and the names by which cursors may owe rows of them. */
class FoundSources implements BackupSources {
  readonly sources: MergeSource<Backup>[] = [];
  readonly debtors: MergeSource<Backup>[] = [];
  readonly aliases = new Map<string, string[]>();
  readonly issues: SourceIssue[] = [];
  readonly regions: NamedRegion[] = [];
  readonly unnamed: ProviderRuntime[] = [];
  /** The regions that are read as a whole. */
  readonly wide: ListedPlace[] = [];
  freshUntil = Number.POSITIVE_INFINITY;
  unsure = false;
  isCut = false;

  constructor(
    private readonly context: ReadContext,
    private readonly question: SourceQuestion,
  ) {}

  add(naming: Naming): void {
    if ("error" in naming) {
      const { runtime, region } = naming.place;
      this.unsure = true;
      this.unnamed.push(runtime);
      this.addFailing(placeName(runtime, region), naming.place, naming.error);
      return;
    }
    const { place, list, sources, undecided, stale, isCached } = naming;
    const { runtime, region } = place;
    if (isCached) runtime.countKeptInstances(this.context.operation.calls);
    this.regions.push({ runtime, region, list, sources });
    this.issues.push(...stale);
    for (const source of sources) {
      const issue = undecided.get(source);
      this.sources.push(
        issue === undefined
          ? new WalkSource(this.context, source, this.question)
          : fixedSource(
              { name: source.name, place: { ...source.place, list: "facts" } },
              errorOf(issue),
            ),
      );
    }
    if (list === null) this.wide.push(place);
    else this.addList(place, list, sources);
    if (this.question.owed.length === 0) return;
    for (const { name, instance } of sources) {
      this.addAlias(placeName(runtime, null), name);
      if (instance !== null) this.addAlias(placeName(runtime, region), name);
    }
  }

  /**
   * Reports that the cursor names lists that are not there. They were of instances that are gone or of accounts
   * that a reload dropped, except after a restart: nothing is known then of a region that its vendor no longer lists.
   */
  reportLost(): void {
    const { context, debtors, aliases } = this;
    if (context.parts.engine.hasDroppedAccounts) return;
    const { scope, owed } = this.question;
    const names = this.regions.flatMap(({ runtime, region, list }) => {
      const departed = list === null ? [] : runtime.seen.departedOf(region.id, list.value);
      const instances = [...(list?.value.instances ?? []), ...departed];
      const own = instances.map(({ nativeId }) => sourceName(runtime.key, region.id, nativeId));
      return [placeName(runtime, region), placeName(runtime, null), ...own];
    });
    const known = names.map((name) => ({ name }));
    if (!hasUnknown(owed, { sources: [...this.sources, ...debtors, ...known], aliases })) return;
    for (const runtime of runtimesIn(context, scope))
      if (runtime.listedRegions !== null)
        this.issues.push(issueOf(placeOf(runtime, null), LIST_LOST));
  }

  /** Notes that some sources are unknown. */
  addUnknown(place: SourcePlace, error: SourceError): void {
    this.unsure = true;
    this.isCut ||= error.kind === "CUT";
    this.issues.push(issueOf(place, error));
  }

  /** The unknown sources of a place fail as one source, so that all of them are owed under its name. */
  private addFailing(name: string, { runtime, region }: Place, error: SourceError): void {
    this.sources.push(fixedSource({ name, place: placeOf(runtime, region) }, error));
    if (region !== null) this.addAlias(placeName(runtime, null), name);
  }

  private addList(place: ListedPlace, list: Dated<InstanceList>, sources: readonly Source[]): void {
    const { runtime, region } = place;
    const { value, asOf, stale } = list;
    this.issues.push(...instanceListIssues(placeOf(runtime, region), list));
    let name: string | null = null;
    if (stale === null) this.freshUntil = Math.min(this.freshUntil, asOf + runtime.ttlMs);
    else {
      name = `${placeName(runtime, region)}|after ${asOf}`;
      const beyond = sources.filter(
        ({ instance }) => !value.byNativeId.has(instance?.nativeId ?? ""),
      );
      const read = new Map(beyond.map((source) => [source.name, source.isUnlisted]));
      runtime.staleLists.remember({ name, region: region.id, list: value, read });
      // The instances that the list lacks are owed until a newer list names them.
      this.addFailing(name, place, new SourceError("STALE", staleMessage(stale)));
      this.addAlias(placeName(runtime, region), name);
    }
    this.addStaleNames(place, sources, name);
  }

  /** The names of earlier stale lists of a region stand for those of its sources that the lists did not show. */
  addStaleNames(
    { runtime, region }: ListedPlace,
    sources: readonly Source[],
    except: string | null = null,
  ): void {
    for (const old of runtime.staleLists.of(region.id)) {
      if (old.name === except) continue;
      const isNew = ({ instance, name: source }: Source): boolean => {
        if (old.list.byNativeId.has(instance?.nativeId ?? "")) return false;
        const wasUnlisted = old.read.get(source);
        // A wide list that was refused has shown nothing of it.
        return wasUnlisted === undefined || (wasUnlisted && !runtime.wide.allows(region.id));
      };
      this.aliases.set(
        old.name,
        sources.filter(isNew).map(({ name }) => name),
      );
    }
  }

  private addAlias(alias: string, member: string): void {
    getOrMake(this.aliases, alias, (): string[] => []).push(member);
  }
}

const LIST_LOST = new SourceError(
  "NOT_FOUND",
  "Backups of a list were pending that is not there any more: its instance or account is gone, or its region is no longer listed.",
);
