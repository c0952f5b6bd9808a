import { isDeepStrictEqual } from "node:util";
import { LRUCache } from "lru-cache";
import { instanceId } from "../domain/id.js";
import { type Instance, NO_FACTS } from "../domain/instance.js";
import { getOrMake } from "../domain/maps.js";
import { isRow } from "../domain/row.js";
import { SOURCE_ISSUE_CODES } from "../domain/words.js";
import { SourceError } from "../errors.js";
import type { Codec } from "../index/replicas.js";
import { askPage, type ListItem } from "../listing/askPage.js";
import type { ReadingLog, ReadingTime } from "../listing/checkpoint.js";
import type { InstanceListing, MappedInstance, Region } from "../listing/declaration.js";
import type { Operation } from "../listing/operation.js";
import { readSpan } from "../listing/read/readSpan.js";
import { newSourceMemory } from "../listing/read/evidence.js";
import type { ListNotice } from "../listing/shape.js";
import type { Notice } from "../paging/slice.js";
import type { ProviderContext } from "./context.js";

/** The instances of one region, and what their lists lack. */
interface ListedInstances {
  /** Sorted by native id. */
  readonly instances: readonly Instance[];
  /** Rows that could not be decoded, and lists that show fewer rows than the vendor counts. */
  readonly notices: readonly Notice[];
}

/** Whether the vendor counts instances that it does not show. */
export const isShort = ({ notices }: ListedInstances): boolean =>
  notices.some(({ code }) => code === "SHORT");

/** The same, with an index of the instances. */
export interface InstanceList extends ListedInstances {
  readonly byNativeId: ReadonlyMap<string, Instance>;
  /** By `Instance.members`. */
  readonly byMember: ReadonlyMap<string, Instance>;
}

/** Indexes a list of instances. */
export function indexed(instances: readonly Instance[], notices: readonly Notice[]): InstanceList {
  const byNativeId = new Map<string, Instance>();
  const byMember = new Map<string, Instance>();
  for (const instance of instances) {
    byNativeId.set(instance.nativeId, instance);
    for (const member of instance.members ?? []) byMember.set(member, instance);
  }
  return { instances, byNativeId, byMember, notices };
}

/** A row of an instance list, and the region that it belongs to; null if it cannot be decoded. */
interface ListedRow extends Pick<ListItem<MappedInstance>, "mapped" | "fault"> {
  readonly region: string | null;
}

/** One instance list as it was read: of a region, or of all regions of the account. */
export interface ListedRows {
  readonly rows: readonly ListedRow[];
  /** What the vendor says is missing from it. */
  readonly notices: readonly ListNotice[];
  readonly asOf: number;
}

/** When a list is read, and the answers to a reading of it that was cut. */
interface ListReadingTime {
  readonly time: ReadingTime;
  readonly log: ReadingLog<ListItem<MappedInstance>>;
}

/** How the lists of a region are read. */
interface InstanceReading extends ListReadingTime {
  /** Reads a list of the whole account, once for all its regions. Errors: a value. */
  readonly ofAccount: (listing: InstanceListing) => Promise<ListedRows | SourceError>;
  /**
   * Those of the region's lists that were read while another one failed, at the places of their listings. An
   * array: V8 keeps what a long-lived map held before `clear` until the next full garbage collection.
   */
  readonly kept: ListedRows[];
}

/**
 * Reads all instances of a region from every list of the product.
 *
 * Errors: `SourceError`. A list from which the vendor says that something of the region is missing counts
 *         as failed, because an instance that is not listed would look deleted. A list that is SHORT is
 *         read as far as it goes.
 */
export async function readInstances(
  provider: ProviderContext,
  region: Region,
  operation: Operation,
  reading: InstanceReading,
): Promise<{ readonly value: ListedInstances; readonly asOf: number }> {
  const { time, kept, ofAccount } = reading;
  const read = await Promise.all(
    provider.product.instances.map(async (listing, place) => {
      if (listing.scope === "account") return ownPart(await ofAccount(listing), region.id);
      const known = kept[place];
      if (known !== undefined && known.asOf >= time.notBefore) return known;
      const rows = await readListedRows(provider, { listing, region }, operation, reading);
      const own = ownPart(rows, region.id);
      // An operation that may make fewer calls than there are lists reads them one after the other.
      kept[place] = own;
      return own;
    }),
  );
  kept.length = 0;
  const asOf = Math.min(...read.map((list) => list.asOf));
  return { value: listOf(provider.key, region.id, read), asOf };
}

/** The part of a list that belongs to a region; of its notices, those that it is short. */
function ownPart(list: ListedRows | SourceError, region: string): ListedRows {
  if (list instanceof SourceError) throw list;
  const notices = list.notices.filter((notice) => (notice.region ?? region) === region);
  const missing = notices.find(({ code }) => code !== "SHORT");
  if (missing !== undefined)
    throw new SourceError(missing.code, missing.message, { retryable: true });
  return { ...list, notices, rows: list.rows.filter((row) => (row.region ?? region) === region) };
}

/**
 * Reads one instance list whole, by the rules of `readSpan`; `region` is null for a list of the whole
 * account. Errors: `SourceError`.
 */
export function readListedRows(
  provider: ProviderContext,
  { listing, region }: { readonly listing: InstanceListing; readonly region: Region | null },
  operation: Operation,
  { time, log }: ListReadingTime,
): Promise<ListedRows> {
  const { call, account, ports } = provider;
  const { scanRows } = ports.settings;
  const memory = provider.memoryOf(listing.name);
  const context = { listing, scope: { region, instance: null }, memory, call, scanRows };
  return log.take(
    (page) => askPage(context, page, operation),
    { name: listing.name, ...time },
    async (ask, asOf) => {
      const { items, notices } = await readSpan<ListItem<MappedInstance>>({
        ask,
        // Instances have no place in time, whatever the order of their rows.
        shape: { ...listing.shape, order: "unknown" },
        memory,
        trustTotals: account.upstream.trustTotals,
        scanRows,
        source: newSourceMemory(),
        name: region?.id ?? "",
        instant: Number.POSITIVE_INFINITY,
        direction: "newestFirst",
        bounds: { lowest: 0, newest: Number.POSITIVE_INFINITY },
        groupMs: 0,
        isTooWide: () => false,
        onBroken: (message) => provider.tell(listing.name, message),
      });
      return { rows: items.map((item) => listedRow(listing, item)), notices, asOf };
    },
  );
}

function listedRow({ regionOf }: InstanceListing, item: ListItem<MappedInstance>): ListedRow {
  const { row, mapped, fault } = item;
  if (regionOf === undefined || mapped === null) return { mapped, fault, region: null };
  try {
    return { mapped, fault, region: regionOf(row) };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return { mapped: null, fault: error.message, region: null };
  }
}

/**
 * Gives the rows of a region their addresses; an instance that several lists show is shown once. Different
 * instances with one id, such as a group and a cluster, cannot be told apart by those who ask for it: one of
 * them is shown, and the other is named.
 */
function listOf(provider: string, region: string, lists: readonly ListedRows[]): ListedInstances {
  const byNativeId = new Map<string, Instance>();
  const notices: Notice[] = [];
  for (const list of lists) {
    notices.push(...list.notices);
    for (const { mapped, fault } of list.rows) {
      if (fault !== null) notices.push(faultNotice(fault));
      if (mapped === null) continue;
      const { nativeId, listing } = mapped;
      const id = instanceId(provider, region, nativeId);
      if ((byNativeId.get(nativeId)?.listing ?? listing) !== listing)
        notices.push(faultNotice(`Another instance has the id ${nativeId} too.`));
      byNativeId.set(nativeId, { provider, region, id, ...NO_FACTS, ...mapped });
    }
  }
  return { instances: [...byNativeId.values()].sort(inOrder), notices };
}

const inOrder = (a: Instance, b: Instance): number =>
  a.nativeId < b.nativeId ? -1 : a.nativeId > b.nativeId ? 1 : 0;

const faultNotice = (fault: string): Notice => ({
  code: "BAD_RESPONSE",
  message: `An instance was left out. ${fault}`,
});

/** Encodes a region's instances for other replicas; `note` receives those that another replica read. */
export const instanceCodec = (
  note: (listed: ListedInstances) => InstanceList,
): Codec<InstanceList> => ({
  encode: ({ instances, notices }) => ({ instances, notices }),
  decode(value) {
    if (!isRow(value)) return null;
    const { instances, notices } = value;
    const isList = Array.isArray(instances) && instances.every(isInstance);
    const isNoted = Array.isArray(notices) && notices.every(isNotice);
    return isList && isNoted ? note({ instances, notices }) : null;
  },
});

const isNotice = (value: unknown): value is Notice =>
  isRow(value) &&
  typeof value["message"] === "string" &&
  SOURCE_ISSUE_CODES.some((code) => code === value["code"]);

const isInstance = (value: unknown): value is Instance =>
  isRow(value) && typeof value["id"] === "string" && typeof value["nativeId"] === "string";

/** How long an instance that left its list may still have backups. Units: milliseconds. */
const DEPARTED_MS = 8 * 86_400_000;

interface SeenInstance {
  readonly instance: Instance;
  /** When a list last showed it; epoch milliseconds. */
  readonly seenAt: number;
}

/** Most members are plain values, which need no deep comparison. */
function isUnchanged(instance: Instance, before: Instance): boolean {
  const names = Object.keys(instance) as (keyof Instance)[];
  return (
    names.length === Object.keys(before).length &&
    names.every(
      (name) => instance[name] === before[name] || isDeepStrictEqual(instance[name], before[name]),
    )
  );
}

/** Remembers the instances of a provider, because those that leave their list may still have backups. */
export class SeenInstances {
  /** By region, then by native id. */
  private readonly regions = new Map<string, Map<string, SeenInstance>>();

  /** The latest list, by region. */
  private readonly latest = new Map<string, InstanceList>();

  constructor(private readonly now: () => number) {}

  /**
   * Notes the current list of a region and forgets instances that left it too long ago. A list that is
   * SHORT says nothing about the instances that it lacks: those of the list before it stay.
   *
   * Shape: an unchanged instance is the same object as before, so that what was derived from it is reused.
   */
  note(region: string, list: ListedInstances): InstanceList {
    const listed = isShort(list) ? this.withEarlier(region, list) : list.instances;
    const seenAt = this.now();
    const seen = getOrMake(this.regions, region, () => new Map<string, SeenInstance>());
    const instances = listed.map((instance) => {
      const before = seen.get(instance.nativeId)?.instance;
      return before !== undefined && isUnchanged(instance, before) ? before : instance;
    });
    for (const instance of instances) seen.set(instance.nativeId, { instance, seenAt });
    for (const [nativeId, one] of seen)
      if (one.seenAt < seenAt - DEPARTED_MS) seen.delete(nativeId);
    const noted = indexed(instances, list.notices);
    this.latest.set(region, noted);
    return noted;
  }

  private withEarlier(region: string, { instances }: ListedInstances): readonly Instance[] {
    const shown = new Set(instances.map(({ nativeId }) => nativeId));
    const earlier = this.latest.get(region)?.instances ?? [];
    const missing = earlier.filter(({ nativeId }) => !shown.has(nativeId));
    return [...instances, ...missing].sort(inOrder);
  }

  /** The instances that left a region's list recently enough to have backups. */
  departedOf(region: string, list: InstanceList): Instance[] {
    const seen = [...(this.regions.get(region)?.values() ?? [])];
    return seen.flatMap((one) => this.departed(one, list) ?? []);
  }

  /** One such instance; null if it is listed, was never seen, or left too long ago. */
  departedOne(region: string, nativeId: string, list: InstanceList): Instance | null {
    return this.departed(this.regions.get(region)?.get(nativeId), list);
  }

  private departed(seen: SeenInstance | undefined, list: InstanceList): Instance | null {
    if (seen === undefined || seen.seenAt < this.now() - DEPARTED_MS) return null;
    return list.byNativeId.has(seen.instance.nativeId) ? null : seen.instance;
  }
}

/** Stale lists that are remembered for one provider. */
const KEPT_LISTS = 256;

/** An instance list that was shown although it was stale. */
interface StaleList {
  /** The name under which a cursor owes the instances that the list lacks. */
  readonly name: string;
  readonly region: string;
  readonly list: InstanceList;
  /** The sources, by name, that were read although the list lacks their instances: whether by the wide list. */
  readonly read: ReadonlyMap<string, boolean>;
}

const NONE: readonly StaleList[] = [];

/**
 * Remembers the stale instance lists that were shown, so that a walk which met one can be given the
 * instances that the list lacked.
 */
export class StaleLists {
  private readonly kept = new LRUCache<string, StaleList>({ max: KEPT_LISTS });

  remember(list: StaleList): void {
    const before = this.kept.get(list.name)?.read ?? [];
    this.kept.set(list.name, { ...list, read: new Map([...before, ...list.read]) });
  }

  /** The stale lists of a region. */
  of(region: string): readonly StaleList[] {
    if (this.kept.size === 0) return NONE;
    return [...this.kept.values()].filter((list) => list.region === region);
  }
}
