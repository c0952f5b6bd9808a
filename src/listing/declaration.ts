import type { Account } from "../domain/account.js";
import type { Backup, BackupDownload, MappedBackup } from "../domain/backup.js";
import type { Instance } from "../domain/instance.js";
import type { ProviderCapabilities } from "../domain/provider.js";
import type { Row } from "../domain/row.js";
import type { ProviderProduct, Vendor } from "../domain/words.js";
import type { HttpRequest } from "../http/message.js";
import type { ListShape } from "./shape.js";

/** Parameters of a call before they are encoded and signed; undefined and null are left out. */
export type Params = Readonly<
  Record<string, string | number | boolean | readonly (string | number)[] | null | undefined>
>;

/** A region, and the host that the vendor's own region list gives for it. */
export interface Region {
  readonly id: string;
  readonly endpoint: string | null;
}

/** One question to a vendor, unsigned. */
export interface VendorCall {
  readonly action: string;
  readonly region: Region | null;
  readonly params: Params;
}

/** What makes each attempt a new one. */
export interface Moment {
  /** Epoch milliseconds, corrected by what is known of the vendor's clock. */
  readonly now: number;
  /** Unique text of 32 hex digits. */
  readonly nonce: string;
}

/** The dialect of one vendor API for one account: how a call is signed and an answer opened. */
export interface VendorApi {
  /** Builds the signed request. Pure: the same call and moment give the same bytes. */
  request(call: VendorCall, moment: Moment): HttpRequest;
  /**
   * Opens a decoded answer and returns the object that holds the action's own fields.
   *
   * Shape:  `body` is null where the answer is no JSON, so that the HTTP status still tells.
   * Errors: `SourceError`, its kind taken from the vendor's table of codes, also inside HTTP 200;
   * BAD_RESPONSE for a body of another shape.
   */
  open(body: unknown, status: number, headers: Readonly<Record<string, string>>): Row;
  /** Calls a second that the vendor documents for an action, else 20. */
  rate(action: string): number;
}

/** What a list is asked for. */
export interface ListScope {
  readonly region: Region | null;
  /** Set for lists of one instance. */
  readonly instance: Pick<Instance, "nativeId" | "zone" | "shardCount"> | null;
}

/** A vendor's list action: its pages, window, scope and mapping. */
export interface Listing<T> {
  /** Unique within the product, for example `uredis-region`; it is kept in ids. */
  readonly name: string;
  readonly action: string;
  readonly scope: "account" | "region" | "instance";
  readonly shape: ListShape;
  /** Parameters other than those of page and window. */
  params(scope: ListScope): Params;
  /** The window's bounds as the vendor writes instants. */
  formatInstant?(instant: number): string;
  /** @throws {SourceError} BAD_RESPONSE where the rows are absent or no list. */
  rows(payload: Row): readonly unknown[];
  total(payload: Row): number | null;
  nextToken?(payload: Row): string | null;
  /**
   * Identity of a wire row: the same row seen twice has the same key.
   * @throws {SourceError} BAD_RESPONSE for a row without its id.
   */
  keyOf(row: Row): string;
  /**
   * Null leaves a row out that is not ours (another product in the same list).
   *
   * Pure: the same row in the same scope gives the same, so that it need not be mapped again.
   */
  map(row: Row, scope: ListScope): T | null;
}

/** A list that one answer holds whole: it has neither pages nor a window. */
export type WholeListing<T> = Pick<
  Listing<T>,
  "name" | "action" | "params" | "rows" | "keyOf" | "map"
>;

/** A weaker form of a list's question. */
export interface Alternative {
  /** Put over `Listing.params`; null takes a parameter out. */
  readonly params: Params;
  /** What this form cannot show, in words, for `Provider.capabilities.notes`. */
  readonly note: string;
}

/** A list of backups. */
export interface BackupListing extends Listing<MappedBackup> {
  /** Vendor codes that say the account may not ask this list in this form. */
  readonly refusedBy: readonly string[];
  /** Vendor codes on which the first alternative takes the place of `params`, then the next. */
  readonly alternativesOn?: readonly string[];
  readonly alternatives?: readonly Alternative[];
  /** Vendor codes that may mean the window is wider than the vendor allows. */
  readonly windowTooWideOn?: readonly string[];
  /** Rows may be shards, which are folded into backups. */
  readonly sharded?: boolean;
  /** The vendor's row without download links, for `Backup.raw`; `keyOf` and `map` read none of them. */
  withoutLinks(row: Row): Row;
}

export type MappedInstance = Omit<Instance, "id" | "provider" | "region">;

/** How links to a backup's files are got. */
export interface DownloadsDeclaration {
  calls(backup: Backup, region: Region): readonly VendorCall[];
  /**
   * Links of one answer; `now` is epoch milliseconds, from which documented lifetimes count.
   * @throws {SourceError} BAD_RESPONSE for a link that is not https or the documented internal form.
   */
  map(payload: Row, backup: Backup, now: number): readonly BackupDownload[];
}

/** One product: its instances, and the lists that show their backups. */
export interface ProductDeclaration {
  readonly vendor: Vendor;
  readonly product: ProviderProduct;
  /** The product in the config's words; the second part of provider keys. */
  readonly word: string;
  readonly capabilities: ProviderCapabilities;
  /** Null where the API lists no regions: `account.regions` must then name those to read. */
  readonly regions: WholeListing<Region> | null;
  readonly instances: Listing<MappedInstance>;
  /** Lists of one instance's backups; `Instance.listing` names the one that shows it. */
  readonly perInstance: readonly BackupListing[];
  /** The list of a region and all that ever lived in it, where the vendor has one. */
  readonly wide: BackupListing | null;
  readonly downloads: DownloadsDeclaration;
  /** Milliseconds that lists go back; null reaches back to the instance's creation. */
  readonly lookbackMs: number | null;
}

/** A vendor: one frozen value. */
export interface VendorDeclaration<A extends Account = Account> {
  readonly vendor: Vendor;
  readonly account: A["vendor"];
  api(account: A): VendorApi;
  products(account: A): readonly ProductDeclaration[];
}
