import { instanceId } from "../../domain/id.js";
import { type Instance, NO_FACTS } from "../../domain/instance.js";
import { getOrMake } from "../../domain/maps.js";
import { caught, SourceError } from "../../errors.js";
import { firstPage } from "../../listing/read/layout.js";
import type { PageAnswer, PageQuestion } from "../../listing/shape.js";
import { shortNotice } from "../../listing/read/counting.js";
import type { Listing, MappedInstance, Region } from "../../listing/declaration.js";
import { askPage, tokenOfPart, type ListItem } from "../../listing/askPage.js";
import type { Operation } from "../../listing/operation.js";
import type { ProviderRuntime } from "../../providers/provider.js";

/** One region of a provider, and the result of a small read. */
export interface RegionProbe {
  readonly runtime: ProviderRuntime;
  /** Null if the provider's regions cannot be read. */
  readonly region: string | null;
  /** The read that failed, or the last one that worked. */
  readonly action: string;
  readonly error: SourceError | null;
  /** A limit of a read that worked. */
  readonly note: string | null;
}

const DAY = 86_400_000;

/** Instances that a note names. */
const MOST_NAMED = 3;

/**
 * Makes a small read in every region of a provider. Failures are part of the result. `counts` says how
 * many lists are read, and how many of them have been.
 */
export async function probeProvider(
  runtime: ProviderRuntime,
  operation: Operation,
  counts: { lists: number; read: number },
): Promise<readonly RegionProbe[]> {
  const regions = await runtime.regions(operation);
  const { regions: listing, instances } = runtime.product;
  if (!(regions instanceof SourceError)) {
    // The lists of instances, and one of backups.
    const lists = instances.length + 1;
    counts.lists += regions.length * lists;
    const probed = regions.map(async (region) => {
      const probes = await probeRegion(runtime, region, operation);
      counts.read += lists;
      return probes;
    });
    return (await Promise.all(probed)).flat();
  }
  const action =
    listing === null ? "" : listing === "instances" ? actionsOf(instances) : listing.action;
  return [{ runtime, region: null, action, error: regions, note: null }];
}

/**
 * Reads the first page of a region's instances, then the first page of its backups. This proves that
 * the credentials and the region are right and that the account may list both. If it may not list
 * instances, the other lists that need none are read too, so that every missing permission is named.
 */
async function probeRegion(
  runtime: ProviderRuntime,
  region: Region,
  operation: Operation,
): Promise<readonly RegionProbe[]> {
  const pages = new FirstPages(runtime, region, operation);
  const { instances, wide } = runtime.product;
  const probe = { runtime, region: region.id, note: null };
  const failed: RegionProbe[] = [];
  const items: ListItem<MappedInstance>[] = [];
  for (const listing of instances) {
    const page = await caught(pages.read<MappedInstance>(listing, null));
    const error = errorOf(page);
    if (error !== null || page instanceof SourceError) {
      failed.push({ ...probe, action: listing.action, error });
      if (error?.kind === "FORBIDDEN") continue;
      return failed;
    }
    const { regionOf } = listing;
    items.push(...page.filter(({ row }) => regionOf === undefined || regionOf(row) === region.id));
  }
  if (failed.length === 0) return [await probeBackups(pages, items)];
  const error = wide === null ? null : errorOf(await caught(pages.read(wide, null)));
  const isMissing = wide !== null && error?.details.permission !== undefined;
  return isMissing ? [...failed, { ...probe, action: wide.action, error }] : failed;
}

const actionsOf = (listings: readonly Listing<unknown>[]): string =>
  listings.map(({ action }) => action).join(", ");

async function probeBackups(
  pages: FirstPages,
  items: readonly ListItem<MappedInstance>[],
): Promise<RegionProbe> {
  const { runtime, region } = pages;
  const { wide, instances, perInstance } = runtime.product;
  const mapped = items.flatMap((item) => (item.mapped === null ? [] : [item.mapped]));
  const instance = mapped.find(({ status }) => status === "RUNNING") ?? mapped[0] ?? null;
  const own = perInstance.find(({ name }) => name === instance?.listing) ?? null;
  const probe = { runtime, region: region.id, error: null, note: null };
  const whole = wide === null ? null : await caught(pages.read(wide, null));
  const isNarrow = wide !== null && whole instanceof SourceError && whole.hasCode(wide.refusedBy);
  if (wide !== null && !isNarrow) {
    const note = instance === null ? null : await pages.factsNote(instance);
    return {
      ...probe,
      action: wide.action,
      error: errorOf(whole),
      note: pages.sharedNote() ?? note,
    };
  }
  const note = isNarrow
    ? "the account may not list a whole region, so backups of deleted instances are missing"
    : null;
  if (own === null || instance === null) {
    const empty = "the region has no instance, so the backup list was not read";
    return { ...probe, action: actionsOf(instances), note: note ?? empty };
  }
  const error = errorOf(await caught(pages.read(own, instance)));
  return { ...probe, action: own.action, error, note: note ?? (await pages.factsNote(instance)) };
}

const errorOf = (found: readonly ListItem<object>[] | SourceError | null): SourceError | null =>
  found instanceof SourceError ? found : unreadable(found ?? []);

/** A row that cannot be decoded would be missing from every list. */
function unreadable(items: readonly ListItem<object>[]): SourceError | null {
  const faults = items.flatMap(({ fault }) => (fault === null ? [] : [fault]));
  if (faults.length === 0) return null;
  const text = `${faults.length} of ${items.length} rows cannot be read: ${faults[0] ?? ""}`;
  return new SourceError("BAD_RESPONSE", text);
}

/** Reads first pages in one region. */
class FirstPages {
  /** The parts of a list that show an instance, by its native id. */
  private readonly partsOf = new Map<string, Set<number>>();

  constructor(
    readonly runtime: ProviderRuntime,
    readonly region: Region,
    private readonly operation: Operation,
  ) {}

  async read<T extends object>(
    listing: Listing<T>,
    instance: MappedInstance | null,
  ): Promise<readonly ListItem<T>[]> {
    const { runtime, region, operation } = this;
    const memory = runtime.memoryOf(listing.name);
    const scope = { region: listing.scope === "account" ? null : region, instance };
    const { scanRows } = runtime.ports.settings;
    const context = { listing, scope, memory, call: runtime.call, scanRows };
    const found: ListItem<T>[][] = [];
    for (let part = 0; part < (listing.parts?.(scope).length ?? 1); part += 1) {
      const question = this.question(listing);
      const at = part === 0 ? question.at : tokenOfPart(part);
      const ask = () => askPage(context, { ...question, at }, operation);
      const first = await ask();
      // Lists are asked again, too, before an empty page counts as less than the vendor has.
      const { rows, total } = this.isShort(listing, first) ? await ask() : first;
      if (this.isShort(listing, { rows, total }))
        throw new SourceError("SHORT", shortNotice({ shown: 0, counted: total ?? 0 }).message);
      found.push([...rows]);
      if (runtime.product.instances.some((each) => each.name === listing.name))
        this.notePart(rows as readonly ListItem<object>[], part);
    }
    return found.flat();
  }

  /** Says which instances are in several parts of a list, such as buckets; null if none is. */
  sharedNote(): string | null {
    const shared = [...this.partsOf].filter(([, parts]) => parts.size > 1).map(([name]) => name);
    if (shared.length === 0) return null;
    const names = shared
      .slice(0, MOST_NAMED)
      .map((name) => JSON.stringify(name))
      .join(", ");
    const more = shared.length > MOST_NAMED ? ` and ${shared.length - MOST_NAMED} more` : "";
    return `several buckets have ${names}${more}: each is one instance`;
  }

  /** Notes which part of a list shows an instance. */
  private notePart(rows: readonly ListItem<object>[], part: number): void {
    for (const { mapped } of rows as readonly ListItem<MappedInstance>[])
      if (mapped !== null)
        getOrMake(this.partsOf, mapped.nativeId, () => new Set<number>()).add(part);
  }

  /** Whether a page shows nothing although the vendor counts rows. */
  private isShort(
    { shape }: Listing<object>,
    page: Pick<PageAnswer<object>, "rows" | "total">,
  ): boolean {
    const { trustTotals } = this.runtime.account.upstream;
    return (
      trustTotals && shape.counts === "rows" && page.rows.length === 0 && (page.total ?? 0) > 0
    );
  }

  /** Says which permissions for facts of an instance are missing; null if none is. */
  async factsNote(mapped: MappedInstance): Promise<string | null> {
    const { runtime, region, operation } = this;
    const address = { provider: runtime.key, region: region.id };
    const id = instanceId(runtime.key, region.id, mapped.nativeId);
    const instance: Instance = { ...NO_FACTS, ...mapped, ...address, id };
    const facts = (runtime.product.facts ?? []).filter(
      ({ appliesTo }) => appliesTo?.(instance) !== false,
    );
    const calls = facts.map(({ action, params }) =>
      caught(runtime.call({ action, region, params: params([instance], region) }, operation)),
    );
    const missing = (await Promise.all(calls)).flatMap((answer) =>
      answer instanceof SourceError ? (answer.details.permission ?? []) : [],
    );
    if (missing.length === 0) return null;
    return `some facts of instances are unknown without ${missing.join(", ")}`;
  }

  private question({ shape }: Listing<object>): PageQuestion {
    const { window, defaultSize } = shape;
    const at = firstPage(shape);
    if (window?.mandatory !== true) return { window: null, size: defaultSize, at };
    const rounded = (instant: number) => instant - (instant % window.precisionMs);
    const now = this.runtime.ports.now();
    return { window: { since: rounded(now - DAY), until: rounded(now) }, size: defaultSize, at };
  }
}
