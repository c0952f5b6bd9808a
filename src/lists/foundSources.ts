import type { Backup } from "../domain/backup.js";
import type { SourceIssue } from "../domain/issue.js";
import type { SourceError } from "../errors.js";
import type { MergeSource } from "../paging/mergeSource.js";
import type { Dated } from "../index/readThrough.js";
import type { Region } from "../listing/declaration.js";
import type { InstanceList } from "../providers/instanceList.js";
import type { ProviderRuntime } from "../providers/provider.js";
import type { SourceRef } from "../engine/sourceRef.js";
import type { Whereabouts } from "./issues.js";
import { placeName, placeOf } from "./scope.js";

/** The sources of one list of backups, and how cursors name them. */
export interface BackupSources {
  readonly sources: readonly MergeSource<Backup>[];
  /** Instances of wide sources, which an older cursor may name. */
  readonly debtors: readonly MergeSource<Backup>[];
  readonly where: ReadonlyMap<string, Whereabouts>;
  /** Places and stale instance lists that a cursor may name, with the sources that replace them now. */
  readonly aliases: ReadonlyMap<string, readonly string[]>;
  readonly issues: readonly SourceIssue[];
  /** Whether some sources cannot be told, because a list of them failed. */
  readonly unsure: boolean;
  /** What named the sources, where they can be told. */
  readonly namings: readonly Naming[];
  /** First questions of sources that are under way; none rejects. */
  readonly begun: readonly Promise<void>[];
}

/** What named the sources of a region. */
export interface Naming {
  readonly runtime: ProviderRuntime;
  readonly region: Region;
  /** The list of its instances; null where the region is read as a whole. */
  readonly list: Dated<InstanceList> | null;
  readonly refs: readonly SourceRef[];
}

/** Gathers the sources of a list. */
export class FoundSources implements BackupSources {
  readonly sources: MergeSource<Backup>[] = [];
  readonly debtors: MergeSource<Backup>[] = [];
  readonly where = new Map<string, Whereabouts>();
  readonly aliases = new Map<string, string[]>();
  readonly issues: SourceIssue[] = [];
  readonly namings: Naming[] = [];
  readonly begun: Promise<void>[] = [];
  unsure = false;

  add(ref: SourceRef, source: MergeSource<Backup>): void {
    const { name, runtime, region, instance } = ref;
    this.sources.push(source);
    this.locate(ref);
    this.addAlias(placeName(runtime, null), name);
    if (instance !== null) this.addAlias(placeName(runtime, region), name);
  }

  /** A source that cannot be told from others of its place: it fails, and so is owed as a whole. */
  addFailing(runtime: ProviderRuntime, region: Region | null, error: SourceError): void {
    const name = placeName(runtime, region);
    this.fail(name, placeOf(runtime, region), error);
    this.unsure = true;
    if (region !== null) this.addAlias(placeName(runtime, null), name);
  }

  /** What an old list of instances does not show: it owes under a name of its own. */
  addUnseen(name: string, runtime: ProviderRuntime, region: Region, error: SourceError): void {
    this.fail(name, placeOf(runtime, region), error);
    this.addAlias(placeName(runtime, null), name);
    this.addAlias(placeName(runtime, region), name);
  }

  private fail(name: string, where: Whereabouts, error: SourceError): void {
    const read = () => {
      throw error;
    };
    this.sources.push({ name, low: null, high: null, read });
    this.where.set(name, where);
  }

  addDebtor(ref: SourceRef, source: MergeSource<Backup>): void {
    this.debtors.push(source);
    this.locate(ref);
  }

  private addAlias(alias: string, member: string): void {
    const members = this.aliases.get(alias);
    if (members === undefined) this.aliases.set(alias, [member]);
    else members.push(member);
  }

  private locate({ name, runtime, region, instance }: SourceRef): void {
    const instanceNativeId = instance?.nativeId ?? null;
    this.where.set(name, { ...placeOf(runtime, region), instanceNativeId });
  }
}
