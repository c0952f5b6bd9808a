import type { Instance } from "../../domain/instance.js";
import { SourceError } from "../../errors.js";
import { hasUnknown, type Owed } from "../../paging/owed.js";
import type { Direction } from "../../paging/direction.js";
import type { Dated } from "../cached.js";
import type { Region } from "../declaration.js";
import type { InstanceList } from "../instanceList.js";
import type { ProviderRuntime } from "../provider.js";
import { FoundSources, type BackupSources, type Naming } from "./foundSources.js";
import { issueOf, staleIssue } from "./issues.js";
import { beginSources, freshnessFor, walkSource, type Reader } from "./reader.js";
import {
  addressesIn,
  caught,
  instanceListIssues,
  instanceSourceName,
  placeName,
  placeOf,
  placesIn,
  readInstanceList,
  unlistedInstance,
  type Scope,
} from "./targets.js";

/** The walk whose sources are looked for. */
export interface SourceQuestion {
  readonly scope: Scope;
  readonly direction: Direction;
  readonly walkStart: number;
  /** The instant at which it reads first. */
  readonly instant: number;
  /** What its cursor owes: sources that took part then, and may be parts of others now. */
  readonly owed: readonly Owed[];
  /** Whether every source is read at that instant, whatever else is found. */
  readonly readsAll: boolean;
}

interface RegionInstances {
  readonly runtime: ProviderRuntime;
  readonly region: Region;
  /** The instances whose lists are read. */
  readonly chosen: readonly Instance[];
}

/** Finds the sources of a list, by the instance lists of its regions where it must. */
export class BackupSourceFinder {
  private readonly found = new FoundSources();
  /** The regions that are read as a whole. */
  private readonly wide: { readonly runtime: ProviderRuntime; readonly region: Region }[] = [];

  constructor(
    private readonly reader: Reader,
    private readonly question: SourceQuestion,
  ) {}

  async find(): Promise<BackupSources> {
    const { scope, owed } = this.question;
    const places = await placesIn(this.reader, scope);
    await Promise.all(
      places.map((place) => {
        if (place.region !== null) return this.addRegion(place.runtime, place.region);
        this.found.addFailing(place.runtime, null, place.error);
        return undefined;
      }),
    );
    if (hasUnknown(owed, this.found))
      await Promise.all(this.wide.map(({ runtime, region }) => this.addDebtors(runtime, region)));
    return this.found;
  }

  private async addRegion(runtime: ProviderRuntime, region: Region): Promise<void> {
    const { scope, walkStart } = this.question;
    const bound = addressesIn(scope) !== null;
    if (!bound && (await this.isWide(runtime, region))) {
      const ref = { name: placeName(runtime, region), runtime, region, instance: null };
      this.add({ runtime, region, list: null, refs: [ref] });
      this.wide.push({ runtime, region });
      return;
    }
    const list = await readInstanceList(this.reader, { runtime, region }, walkStart);
    if (list instanceof SourceError) {
      this.found.addFailing(runtime, region, list);
      return;
    }
    this.found.issues.push(...instanceListIssues(placeOf(runtime, region), list));
    const chosen = this.chosen(runtime, region, list.value);
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
    const place = placeName(runtime, region);
    const name = `${place}|after ${asOf}`;
    if (stale !== null) {
      runtime.rosters.remember({ name, region: region.id, list: value });
      const { message } = staleIssue(placeOf(runtime, region), stale, asOf);
      this.found.addUnseen(name, runtime, region, new SourceError("STALE", message));
    }
    for (const roster of runtime.rosters.of(region.id)) {
      if (stale !== null && roster.name === name) continue;
      const unseen = chosen.filter(({ nativeId }) => !roster.list.byNativeId.has(nativeId));
      this.found.aliases.set(roster.name, unseen.map(instanceSourceName));
    }
  }

  /** Whether the region's wide list can be read, which is tried once where it is not known. */
  private async isWide(runtime: ProviderRuntime, region: Region): Promise<boolean> {
    const { planner, loadSlice } = this.reader;
    if (!runtime.wide.allows(region.id)) return false;
    const ref = { name: placeName(runtime, region), runtime, region, instance: null };
    const { walkStart, instant, direction } = this.question;
    const freshness = freshnessFor(this.reader, walkStart);
    const key = { ref, question: { instant, direction, freshness, walkStart } };
    if (planner.peek(key) === null) await caught(loadSlice(key));
    return runtime.wide.allows(region.id);
  }

  /** The instances of a region that is read as a whole now: a cursor may owe of some of them. */
  private async addDebtors(runtime: ProviderRuntime, region: Region): Promise<void> {
    const { walkStart } = this.question;
    const list = await readInstanceList(this.reader, { runtime, region }, walkStart);
    if (list instanceof SourceError) {
      this.found.unsure = true;
      this.found.issues.push(issueOf(placeOf(runtime, region), list));
      return;
    }
    const departed = runtime.departedOf(region.id, list.value);
    for (const instance of [...list.value.instances, ...departed]) {
      const ref = { name: instanceSourceName(instance), runtime, region, instance };
      this.found.addDebtor(ref, walkSource(this.reader, ref, walkStart));
    }
  }

  /** The instances whose lists are read one by one. */
  private chosen(runtime: ProviderRuntime, region: Region, list: InstanceList): Instance[] {
    const departed = runtime.product.wide === null ? [] : runtime.departedOf(region.id, list);
    const all = [...list.instances, ...departed];
    const addressed = addressesIn(this.question.scope);
    if (addressed === null) return all;
    const wanted = new Set(
      addressed
        .filter((address) => address.provider === runtime.key && address.region === region.id)
        .map(({ nativeId }) => nativeId),
    );
    const listed = all.filter(({ nativeId }) => wanted.has(nativeId));
    for (const { nativeId } of listed) wanted.delete(nativeId);
    return [...listed, ...this.vanished(runtime, region, [...wanted])];
  }

  /** Instances that are not listed any more, and whose backups only a wide list can show. */
  private vanished(runtime: ProviderRuntime, region: Region, ids: readonly string[]): Instance[] {
    const { wide } = runtime.product;
    if (wide === null || !runtime.wide.allows(region.id)) return [];
    return ids.map((nativeId) =>
      unlistedInstance({ provider: runtime.key, region: region.id, nativeId }, wide.name),
    );
  }

  private add(naming: Naming): void {
    this.found.namings.push(naming);
    for (const ref of naming.refs)
      this.found.add(ref, walkSource(this.reader, ref, this.question.walkStart));
    if (this.question.readsAll) beginSources(this.reader, naming.refs, this.question);
  }
}
