import type { Instance } from "../domain/instance.js";
import { SourceError } from "../errors.js";
import { hasUnknown, type Owed } from "../paging/owed.js";
import type { Dated } from "../index/readThrough.js";
import type { InstanceList } from "../providers/instanceList.js";
import type { SourceRef } from "../engine/sourceRef.js";
import { chosenInstances } from "./chosenInstances.js";
import { beginKnown, type FirstQuestion } from "./prefetch.js";
import { FoundSources, type BackupSources, type Naming } from "./foundSources.js";
import { issueOf, staleIssue } from "./issues.js";
import { freshnessFor, WalkSource, type Reader } from "./readContext.js";
import {
  instanceListIssues,
  instanceSourceName,
  placeName,
  placeOf,
  placesIn,
  readInstanceList,
  type ListedPlace,
  type Place,
} from "./scope.js";

/** The walk whose sources are looked for. */
export interface SourceQuestion extends FirstQuestion {
  /** What its cursor owes: sources that took part then, and may be parts of others now. */
  readonly owed: readonly Owed[];
  /** Whether every source is asked its first question, whatever else is found. */
  readonly readsAll: boolean;
}

interface RegionInstances extends ListedPlace {
  /** The instances whose lists are read. */
  readonly chosen: readonly Instance[];
}

/** Finds the sources of a list, by the instance lists of its regions where it must. */
export class BackupSourceFinder {
  private readonly found = new FoundSources();
  /** The regions that are read as a whole. */
  private readonly wide: ListedPlace[] = [];

  constructor(
    private readonly reader: Reader,
    private readonly question: SourceQuestion,
  ) {}

  /** A promise where somebody must be asked. */
  find(): BackupSources | Promise<BackupSources> {
    const places = placesIn(this.reader, this.question.scope);
    return places instanceof Promise
      ? places.then((asked) => this.findIn(asked))
      : this.findIn(places);
  }

  private findIn(places: readonly Place[]): BackupSources | Promise<BackupSources> {
    const asked = places.flatMap((place) => this.addPlace(place) ?? []);
    if (asked.length === 0 && this.question.owed.length === 0) return this.found;
    return this.findRest(asked);
  }

  private async findRest(asked: readonly Promise<void>[]): Promise<BackupSources> {
    await Promise.all(asked);
    if (hasUnknown(this.question.owed, this.found))
      await Promise.all(this.wide.map((place) => this.addDebtors(place)));
    return this.found;
  }

  private addPlace(place: Place): Promise<void> | undefined {
    if (place.region === null) this.found.addFailing(place.runtime, null, place.error);
    else if (this.question.scope.instances === null) return this.addRegion(place);
    else return this.addInstances(place);
    return undefined;
  }

  private async addRegion(place: ListedPlace): Promise<void> {
    const ref = wideRef(place);
    if (!(await this.isWide(ref))) return this.addInstances(place);
    this.add({ ...place, list: null, refs: [ref] });
    this.wide.push(place);
  }

  private addInstances(place: ListedPlace): Promise<void> | undefined {
    const { reader, question } = this;
    const list = readInstanceList(reader, place, question.walkStart);
    if (list instanceof Promise) {
      if (question.readsAll) beginKnown(reader, place, question);
      return list.then((read) => this.addListed(place, read));
    }
    this.addListed(place, list);
    return undefined;
  }

  private addListed(
    { runtime, region }: ListedPlace,
    list: Dated<InstanceList> | SourceError,
  ): void {
    if (list instanceof SourceError) {
      this.found.addFailing(runtime, region, list);
      return;
    }
    this.found.issues.push(...instanceListIssues(placeOf(runtime, region), list));
    const chosen = chosenInstances({ runtime, region }, list.value, this.question.scope);
    const refs = chosen.map((instance) => {
      const name = instanceSourceName(instance);
      return { name, runtime, region, instance };
    });
    this.add({ runtime, region, list, refs });
    this.addUnseen({ runtime, region, chosen }, list);
  }

  /** Instances that an old list does not show are owed, until a newer one shows who they are. */
  private addUnseen(
    { runtime, region, chosen }: RegionInstances,
    { value, asOf, stale }: Dated<InstanceList>,
  ): void {
    const name = `${placeName(runtime, region)}|after ${asOf}`;
    if (stale !== null) {
      runtime.staleLists.remember({ name, region: region.id, list: value });
      const { message } = staleIssue(placeOf(runtime, region), stale, asOf);
      this.found.addUnseen(name, runtime, region, new SourceError("STALE", message));
    }
    for (const roster of runtime.staleLists.of(region.id)) {
      if (stale !== null && roster.name === name) continue;
      const unseen = chosen.filter(({ nativeId }) => !roster.list.byNativeId.has(nativeId));
      this.found.aliases.set(roster.name, unseen.map(instanceSourceName));
    }
  }

  /** Whether the region's wide list can be read, which is tried once where it is not known. */
  private async isWide(ref: SourceRef): Promise<boolean> {
    const { planner, loadSlice } = this.reader;
    const { runtime, region } = ref;
    if (!runtime.wide.allows(region.id)) return false;
    const { walkStart, instant, direction } = this.question;
    const freshness = freshnessFor(this.reader, walkStart);
    const key = { ref, question: { instant, direction, freshness, walkStart } };
    if (planner.peek(key) === null) await loadSlice(key);
    return runtime.wide.allows(region.id);
  }

  /** The instances of a region that is read as a whole now: a cursor may owe of some of them. */
  private async addDebtors({ runtime, region }: ListedPlace): Promise<void> {
    const { walkStart } = this.question;
    const list = await readInstanceList(this.reader, { runtime, region }, walkStart);
    if (list instanceof SourceError) {
      this.found.unsure = true;
      this.found.issues.push(issueOf(placeOf(runtime, region), list));
      return;
    }
    const departed = runtime.seen.departedOf(region.id, list.value);
    for (const instance of [...list.value.instances, ...departed]) {
      const ref = { name: instanceSourceName(instance), runtime, region, instance };
      this.found.addDebtor(ref, new WalkSource(this.reader, ref, walkStart));
    }
  }

  private add(naming: Naming): void {
    this.found.namings.push(naming);
    for (const ref of naming.refs) {
      const source = new WalkSource(this.reader, ref, this.question.walkStart);
      this.found.add(ref, source);
      // A region's own list was asked when it was found out whether it can be read.
      if (!this.question.readsAll || ref.instance === null) continue;
      const begun = source.begin(this.question);
      if (begun !== null) this.found.begun.push(begun);
    }
  }
}

/** The list of a region as a whole. */
const wideRef = ({ runtime, region }: ListedPlace): SourceRef => ({
  name: placeName(runtime, region),
  runtime,
  region,
  instance: null,
});
