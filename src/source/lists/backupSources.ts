import type { Backup } from "../../domain/backup.js";
import type { Instance } from "../../domain/instance.js";
import type { SourceIssue } from "../../domain/issue.js";
import { SourceError } from "../../errors.js";
import type { MergeSource } from "../../paging/mergeSource.js";
import type { Region } from "../declaration.js";
import type { InstanceList } from "../instanceList.js";
import type { SourceRef } from "../sourceRef.js";
import type { ProviderRuntime } from "../provider.js";
import type { Whereabouts } from "./issues.js";
import { freshnessFor, walkSource, type Reader } from "./reader.js";
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

/** The sources of one list of backups, and how cursors name them. */
export interface BackupSources {
  readonly sources: MergeSource<Backup>[];
  /** Instances of wide sources, which an older cursor may name. */
  readonly debtors: MergeSource<Backup>[];
  readonly where: Map<string, Whereabouts>;
  /** Groups of sources that cursors may name as one. */
  readonly groups: Map<string, string[]>;
  readonly issues: SourceIssue[];
}

/** A source that cannot be told from others of its place: it fails, and so is owed as a whole. */
const failing = (name: string, error: SourceError): MergeSource<Backup> => ({
  name,
  low: null,
  high: null,
  read: () => {
    throw error;
  },
});

/** Finds the sources of a list, by the instance lists of its regions where it must. */
export class BackupSourceFinder {
  private readonly found: BackupSources = {
    sources: [],
    debtors: [],
    where: new Map(),
    groups: new Map(),
    issues: [],
  };

  constructor(
    private readonly reader: Reader,
    private readonly scope: Scope,
    private readonly walkStart: number,
    /** The instant at which the walk reads first. */
    private readonly instant: number,
  ) {}

  /** Whether `debtors` must be found: a cursor owes something. */
  async find(withDebtors: boolean): Promise<BackupSources> {
    const places = await placesIn(this.reader, this.scope);
    await Promise.all(
      places.map((place) => {
        if (place.region !== null) return this.addRegion(place.runtime, place.region, withDebtors);
        this.addFailing(place.runtime, null, place.error);
        return undefined;
      }),
    );
    return this.found;
  }

  private async addRegion(
    runtime: ProviderRuntime,
    region: Region,
    withDebtors: boolean,
  ): Promise<void> {
    const bound = addressesIn(this.scope) !== null;
    if (!bound && (await this.isWide(runtime, region))) {
      this.add({ name: placeName(runtime, region), runtime, region, instance: null });
      if (withDebtors) await this.addDebtors(runtime, region);
      return;
    }
    const list = await readInstanceList(this.reader, { runtime, region }, this.walkStart);
    if (list instanceof SourceError) {
      this.addFailing(runtime, region, list);
      return;
    }
    this.found.issues.push(...instanceListIssues(placeOf(runtime, region), list));
    for (const instance of this.chosen(runtime, region, list.value))
      this.add({ name: instanceSourceName(instance), runtime, region, instance });
  }

  /** Whether the region's wide list can be read, which is tried once where it is not known. */
  private async isWide(runtime: ProviderRuntime, region: Region): Promise<boolean> {
    const { planner, loadSlice } = this.reader;
    if (!runtime.wide.allows(region.id)) return false;
    const ref = { name: placeName(runtime, region), runtime, region, instance: null };
    const { walkStart, instant } = this;
    const direction = instant === Number.NEGATIVE_INFINITY ? "oldestFirst" : "newestFirst";
    const freshness = freshnessFor(this.reader, walkStart);
    const key = { ref, question: { instant, direction, freshness, walkStart } } as const;
    if (planner.peek(key) === null) await caught(loadSlice(key));
    return runtime.wide.allows(region.id);
  }

  private async addDebtors(runtime: ProviderRuntime, region: Region): Promise<void> {
    const list = await readInstanceList(this.reader, { runtime, region }, this.walkStart);
    if (list instanceof SourceError) return;
    for (const instance of list.value.instances) {
      const ref = { name: instanceSourceName(instance), runtime, region, instance };
      this.found.debtors.push(walkSource(this.reader, ref, this.walkStart));
      this.locate(ref);
    }
  }

  /** The instances whose lists are read one by one. */
  private chosen(runtime: ProviderRuntime, region: Region, list: InstanceList): Instance[] {
    const departed = runtime.product.wide === null ? [] : runtime.departedOf(region.id, list);
    const all = [...list.instances, ...departed];
    const addressed = addressesIn(this.scope);
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

  private addFailing(runtime: ProviderRuntime, region: Region | null, error: SourceError): void {
    const name = placeName(runtime, region);
    this.found.sources.push(failing(name, error));
    this.found.where.set(name, placeOf(runtime, region));
  }

  private add(ref: SourceRef): void {
    this.found.sources.push(walkSource(this.reader, ref, this.walkStart));
    this.locate(ref);
    const { runtime, region, instance, name } = ref;
    for (const group of [placeName(runtime, null), placeName(runtime, region)]) {
      if (group === name && instance === null) continue;
      const members = this.found.groups.get(group);
      if (members === undefined) this.found.groups.set(group, [name]);
      else members.push(name);
    }
  }

  private locate({ name, runtime, region, instance }: SourceRef): void {
    const instanceNativeId = instance?.nativeId ?? null;
    this.found.where.set(name, { ...placeOf(runtime, region), instanceNativeId });
  }
}
