import { setImmediate } from "node:timers/promises";
import { SourceError } from "../errors.js";
import type { CallVendor } from "./callVendor.js";
import type { BackupListing, Listing, ListScope, Params } from "./declaration.js";
import { itemOf, type KnownRows, type ListItem } from "./item.js";
import type { Operation } from "./operation.js";
import type { PageAnswer, PageQuestion } from "./shape.js";

/** The form in which an account may ask a listing: some accounts accept only weaker parameters. */
export interface ListingForm {
  /** Index of the alternative in use; -1 for the declared parameters. */
  alternative: number;
}

/** The parts of a backup listing that other listings lack. */
type BackupParts = Partial<Pick<BackupListing, "alternatives" | "alternativesOn" | "withoutLinks">>;

/** Everything that turns a page question into a vendor call. */
export interface ListContext<T> {
  readonly listing: Listing<T> & BackupParts;
  readonly scope: ListScope;
  readonly form: ListingForm;
  readonly call: CallVendor;
  /** The most rows that are read of a list; an answer with more is not decoded. */
  readonly scanRows: number;
  /** The backups that rows were decoded to before. */
  readonly known?: KnownRows;
}

/**
 * Asks for one page of a list.
 *
 * Shape:  an item for every wire row, in the vendor's order.
 * Errors: `SourceError`. A row that cannot be decoded is not an error: its item says so.
 */
export async function askPage<T extends object>(
  context: ListContext<T>,
  question: PageQuestion,
  operation: Operation,
): Promise<PageAnswer<ListItem<T>>> {
  const { listing, scope, form, call } = context;
  for (;;) {
    const used = form.alternative;
    const params = { ...listing.params(scope), ...listing.alternatives?.[used]?.params };
    try {
      const payload = await call(
        {
          action: listing.action,
          region: scope.region,
          params: { ...params, ...pageParams(listing, question) },
        },
        operation,
      );
      return {
        rows: await itemsOf(context, listing.rows(payload)),
        total: listing.total(payload),
        next: listing.nextToken?.(payload) ?? null,
        notices: listing.notices?.(payload) ?? [],
      };
    } catch (error) {
      if (!hasWeakerForm(listing, used, error)) throw error;
      // Another page of the same list may have found out meanwhile.
      form.alternative = Math.max(form.alternative, used + 1);
    }
  }
}

/** Rows that are decoded before other work gets its turn. */
const CHUNK = 1_000;

/** Rows of one answer that may fail to decode before the whole answer counts as broken. */
const MOST_FAULTS = 1_000;

async function itemsOf<T extends object>(
  { listing, scope, known, scanRows }: ListContext<T>,
  rows: readonly unknown[],
): Promise<ListItem<T>[]> {
  if (rows.length > scanRows) {
    const message = `The vendor's answer has more than ${scanRows} rows.`;
    throw new SourceError("SCAN_LIMIT", message, { retryable: false });
  }
  const items: ListItem<T>[] = [];
  let faults = 0;
  for (const row of rows) {
    const item = itemOf(listing, row, scope, known);
    if (item.fault !== null) faults += 1;
    if (faults > MOST_FAULTS)
      throw new SourceError("BAD_RESPONSE", "The rows of the vendor's answer cannot be decoded.");
    items.push(item);
    if (items.length % CHUNK === 0) await setImmediate();
  }
  return items;
}

function hasWeakerForm(
  { alternatives = [], alternativesOn = [] }: BackupParts,
  used: number,
  error: unknown,
) {
  if (!(error instanceof SourceError) || used + 1 >= alternatives.length) return false;
  return error.details.code !== undefined && alternativesOn.includes(error.details.code);
}

function pageParams<T>(
  { shape, formatInstant = String }: Listing<T>,
  { window, size, at }: PageQuestion,
): Params {
  const { page } = shape;
  const paged: Params =
    page.style === "offset"
      ? { [page.offset]: at, [page.limit]: size }
      : page.style === "pageNumber"
        ? { [page.page]: at, [page.size]: size }
        : { [page.token]: at, [page.size]: size };
  if (window === null || shape.window === null) return paged;
  return {
    ...paged,
    [shape.window.since]: formatInstant(window.since),
    [shape.window.until]: formatInstant(window.until),
  };
}
