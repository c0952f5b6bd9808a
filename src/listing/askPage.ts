import { SourceError } from "../errors.js";
import type { PageAnswer, PageQuestion } from "./shape.js";
import type { CallVendor } from "./callVendor.js";
import type { BackupListing, Listing, ListScope, Params } from "./declaration.js";
import { itemOf, type ListItem } from "./item.js";
import type { KnownRows } from "./knownRows.js";
import type { Operation } from "./operation.js";

/** A listing as it is asked now: some accounts take only a weaker form of its parameters. */
export interface ListingForm {
  /** Index of the alternative in use; -1 for the declared parameters. */
  alternative: number;
}

/** The parts of a backup listing that a list of other things lacks. */
type BackupParts = Partial<Pick<BackupListing, "alternatives" | "alternativesOn" | "withoutLinks">>;

/** Everything that turns a page question into a vendor call. */
export interface ListContext<T> {
  readonly listing: Listing<T> & BackupParts;
  readonly scope: ListScope;
  readonly form: ListingForm;
  readonly call: CallVendor;
  /** What rows were made into when they were read before. */
  readonly known?: KnownRows;
}

/**
 * Asks one page of a list.
 *
 * Shape:  an item for every wire row, in the vendor's order.
 * Errors: `SourceError`; a row that does not decode is no error, its item says so.
 */
export async function askPage<T extends object>(
  context: ListContext<T>,
  question: PageQuestion,
  operation: Operation,
): Promise<PageAnswer<ListItem<T>>> {
  const { listing, scope, form, call, known } = context;
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
        rows: listing.rows(payload).map((row) => itemOf(listing, row, scope, known)),
        total: listing.total(payload),
        next: listing.nextToken?.(payload) ?? null,
      };
    } catch (error) {
      if (!hasWeakerForm(listing, used, error)) throw error;
      // Another page of the same list may have found out meanwhile.
      form.alternative = Math.max(form.alternative, used + 1);
    }
  }
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
