import { caught, SourceError } from "../../errors.js";
import { firstPage } from "../../listing/read/page.js";
import type { PageQuestion } from "../../listing/shape.js";
import type { BackupListing, Listing, MappedInstance, Region } from "../../listing/declaration.js";
import type { ListItem } from "../../listing/item.js";
import { askPage } from "../../listing/askPage.js";
import type { Operation } from "../../listing/operation.js";
import type { ProviderRuntime } from "../../providers/provider.js";

/** One provider region, and what a cheap read of it gave. */
export interface Probe {
  readonly runtime: ProviderRuntime;
  /** Null where the provider's regions cannot be told. */
  readonly region: string | null;
  /** The read that failed, or the last one that worked. */
  readonly action: string;
  readonly error: SourceError | null;
  /** What works, though less well than it might. */
  readonly note: string | null;
}

const DAY = 86_400_000;

/** Reads a little in every region of a provider. Errors: none of a source; they are in the probes. */
export async function probeProvider(
  runtime: ProviderRuntime,
  operation: Operation,
): Promise<readonly Probe[]> {
  const regions = await runtime.regions(operation);
  if (!(regions instanceof SourceError))
    return Promise.all(regions.map((region) => probeRegion(runtime, region, operation)));
  const { regions: listing, instances } = runtime.product;
  const action =
    listing === null ? "" : listing === "instances" ? actionsOf(instances) : listing.action;
  return [{ runtime, region: null, action, error: regions, note: null }];
}

/**
 * The first page of the region's instances, which proves credentials, region and the right to list
 * instances; then the first page of the newest backups, which proves the right to list those.
 */
async function probeRegion(
  runtime: ProviderRuntime,
  region: Region,
  operation: Operation,
): Promise<Probe> {
  const ask = new Asking(runtime, region, operation);
  const { instances } = runtime.product;
  const probe = { runtime, region: region.id, note: null };
  const items: ListItem<MappedInstance>[] = [];
  for (const listing of instances) {
    const page = await caught(ask.page<MappedInstance>(listing, null));
    const error = errorOf(page);
    if (error !== null || page instanceof SourceError)
      return { ...probe, action: listing.action, error };
    const { regionOf } = listing;
    items.push(...page.filter(({ row }) => regionOf === undefined || regionOf(row) === region.id));
  }
  return probeBackups(ask, items);
}

const actionsOf = (listings: readonly Listing<unknown>[]): string =>
  listings.map(({ action }) => action).join(", ");

async function probeBackups(
  ask: Asking,
  items: readonly ListItem<MappedInstance>[],
): Promise<Probe> {
  const { runtime, region } = ask;
  const { wide, instances, perInstance } = runtime.product;
  const mapped = items.flatMap((item) => (item.mapped === null ? [] : [item.mapped]));
  const instance = mapped.find(({ status }) => status === "RUNNING") ?? mapped[0] ?? null;
  const own = perInstance.find(({ name }) => name === instance?.listing) ?? null;
  const probe = { runtime, region: region.id, error: null, note: null };
  const whole = wide === null ? null : await caught(ask.page(wide, null));
  const isNarrow = wide !== null && whole instanceof SourceError && isRefused(wide, whole);
  if (wide !== null && !isNarrow) return { ...probe, action: wide.action, error: errorOf(whole) };
  const note = isNarrow
    ? "a whole region may not be listed: deleted instances are not shown"
    : null;
  if (own === null || instance === null) {
    const empty = "no instance to try the backup list on";
    return { ...probe, action: actionsOf(instances), note: note ?? empty };
  }
  const found = await caught(ask.page(own, instance));
  return { ...probe, action: own.action, error: errorOf(found), note };
}

const isRefused = ({ refusedBy }: BackupListing, { details }: SourceError): boolean =>
  refusedBy.includes(details.code ?? "");

const errorOf = (found: readonly ListItem<object>[] | SourceError | null): SourceError | null =>
  found instanceof SourceError ? found : unreadable(found ?? []);

/** Rows that do not decode would be missing from every list. */
function unreadable(items: readonly ListItem<object>[]): SourceError | null {
  const faults = items.flatMap(({ fault }) => (fault === null ? [] : [fault]));
  if (faults.length === 0) return null;
  const text = `${faults.length} of ${items.length} rows cannot be read: ${faults[0] ?? ""}`;
  return new SourceError("BAD_RESPONSE", text);
}

/** Asks first pages in one region. */
class Asking {
  constructor(
    readonly runtime: ProviderRuntime,
    readonly region: Region,
    private readonly operation: Operation,
  ) {}

  async page<T extends object>(
    listing: Listing<T>,
    instance: MappedInstance | null,
  ): Promise<readonly ListItem<T>[]> {
    const { runtime, region, operation } = this;
    const form = runtime.formOf(listing.name);
    const scope = { region: listing.scope === "account" ? null : region, instance };
    const { scanRows } = runtime.ports.settings;
    const context = { listing, scope, form, call: runtime.call, scanRows };
    return (await askPage(context, this.question(listing), operation)).rows;
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
