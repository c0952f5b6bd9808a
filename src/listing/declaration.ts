import type { Account } from "../domain/account.js";
import type { Backup, BackupDownload, MappedBackup } from "../domain/backup.js";
import type { Fact, Instance, InstanceFacts } from "../domain/instance.js";
import type { PolicyDemand } from "../domain/policy.js";
import type { ProviderCapabilities } from "../domain/provider.js";
import type { Row } from "../domain/row.js";
import type { ProviderProduct, SourceIssueCode, Vendor } from "../domain/words.js";
import type { SourceErrorDetails } from "../errors.js";
import type { Authenticator, UnsignedRequest } from "./authenticator.js";
import type { Decoder } from "./decoder.js";
import type { ListNotice, ListShape } from "./shape.js";

/** Parameters of a call before they are encoded and signed; undefined and null are left out. */
export type Params = Readonly<
  Record<string, string | number | boolean | readonly (string | number)[] | null | undefined>
>;

/** A region, and its host if the vendor's own region list gives one. */
export interface Region {
  readonly id: string;
  readonly endpoint: string | null;
}

/** One call to a vendor. */
export interface VendorCall {
  readonly action: string;
  readonly region: Region | null;
  readonly params: Params;
}

/** What a vendor's error code means for the caller. */
export type Meaning =
  | SourceIssueCode
  | (Pick<
      SourceErrorDetails,
      "clockSkew" | "isOfState" | "permission" | "retryable" | "retryAfterMs"
    > & {
      readonly kind: SourceIssueCode;
      /** The message, if it can say more than the kind does. */
      readonly message?: string;
    });

/** A vendor's error codes. The HTTP status decides what others mean. */
export type CodeTable = Readonly<Record<string, Meaning>>;

/** A code that the table lists: this one, else its part before the first dot; undefined if neither is listed. */
export const listedCode = (table: CodeTable, code: string): string | undefined =>
  [code, code.split(".", 1)[0] ?? code].find((name) => Object.hasOwn(table, name));

/** A short number, or words without digits: no credential looks like either. */
const LOGGED_CODE = /^(?:-?\d{1,6}|[A-Z][A-Za-z]{1,31}(?:[._][A-Z][A-Za-z]{1,31}){0,4})$/;

/** A code as the log may show it: as it is, or the part of it that the table lists. */
export const loggedCode = (table: CodeTable, code: string): string | undefined =>
  LOGGED_CODE.test(code) ? code : listedCode(table, code);

/** A code or a request id as clients may see it: a short word. Anything else in its place is not shown. */
export const shownCode = (code: string | null | undefined): string | undefined =>
  typeof code === "string" && /^[\w.:-]{1,100}$/.test(code) ? code : undefined;

/** The API of one vendor for one account: how a call is written and authenticated, and an answer opened. */
export interface VendorApi {
  /** Writes a call as a request. Pure. */
  request(call: VendorCall): UnsignedRequest;
  readonly authenticator: Authenticator;
  readonly decode: Decoder;
  readonly codes: CodeTable;
  /**
   * Opens a decoded answer and returns the object that holds the action's own fields.
   *
   * Shape:  `body` is null if the answer is not of the vendor's format, so the HTTP status decides.
   *         `call` is the call that it answers, for vendors whose answers do not repeat what was asked.
   * Errors: `SourceError`, its kind taken from the vendor's table of codes, also inside HTTP 200;
   *         BAD_RESPONSE for a body of another shape.
   */
  open(
    body: unknown,
    status: number,
    headers: Readonly<Record<string, string>>,
    call?: VendorCall,
  ): Row;
  /** Calls a second of each action; 20 if the vendor documents none. */
  readonly rate: number;
  /** The actions for which it documents another rate. */
  readonly rates?: Readonly<Record<string, number>>;
  /** What the vendor's policies call the permission for an action, for example `redis:DescribeInstances`. */
  permission(action: string): string;
}

/** What a list is asked for. */
export interface ListScope {
  /** Null for lists of a whole account. */
  readonly region: Region | null;
  /** Set for lists of one instance. */
  readonly instance: Pick<Instance, "nativeId" | "zone" | "shardCount" | "backupsAt"> | null;
}

/** A vendor's list action: its pages, window, scope and mapping. */
export interface Listing<T> {
  /** Unique within the product, for example `uredis-region`; ids of backups contain it. */
  readonly name: string;
  readonly action: string;
  /** What one list shows: all regions of the account, one region, or one instance. */
  readonly scope: "account" | "region" | "instance";
  readonly shape: ListShape;
  /** Parameters other than those of page and window. */
  params(scope: ListScope): Params;
  /**
   * Further parameters of each part of a list that the vendor keeps in several places, such as buckets. The
   * parts are read one after the other, and are one list. Only for pages by tokens that are keyed.
   */
  parts?(scope: ListScope): readonly Params[];
  /** A bound of the window as the vendor writes instants. */
  formatInstant?(instant: number): string;
  /** @throws {SourceError} BAD_RESPONSE if the rows are absent or not a list. */
  rows(payload: Row): readonly unknown[];
  total(payload: Row): number | null;
  nextToken?(payload: Row): string | null;
  /**
   * Vendor codes for a token that is not accepted any more. They are read so on later pages only, because the
   * first page has the same parameters; the list is then read again from its start.
   */
  readonly tokenRefusedOn?: readonly string[];
  /** What the answer says is missing from it, such as regions that the vendor could not reach. */
  notices?(payload: Row): readonly ListNotice[];
  /**
   * Identity of a wire row: the same row seen twice has the same key.
   * @throws {SourceError} BAD_RESPONSE for a row without its id.
   */
  keyOf(row: Row): string;
  /**
   * Null leaves out a row that is not ours (another product, or a placeholder that `notices` reports).
   *
   * Pure: the same row in the same scope gives the same value, so an unchanged row is not mapped again.
   */
  map(row: Row, scope: ListScope): T | null;
}

/** A list that one answer holds whole: it has neither pages nor a window. */
export type WholeListing<T> = Pick<
  Listing<T>,
  "name" | "action" | "params" | "rows" | "keyOf" | "map"
>;

/**
 * The vendor's words, in lower case, for the values of our fields; a word that is missing says nothing. Without
 * `status` if rows have no state.
 */
export type WordTables<T> = {
  readonly [Name in keyof T]?: Readonly<Record<string, NonNullable<T[Name]>>>;
};

/** A weaker form of a list's parameters. */
interface Alternative {
  /** Overrides `Listing.params`; null removes a parameter. */
  readonly params: Params;
  /** What this form cannot show, for `Provider.capabilities.notes`. */
  readonly note: string;
}

/** When rows of different shards are one backup. Units: milliseconds. */
export interface ShardRule {
  /** They start within this time of the first one. */
  readonly withinMs: number;
  /** After this time a backup that lacks rows is not going to get them. */
  readonly settlesMs: number;
}

/** A list of backups. */
export interface BackupListing extends Listing<MappedBackup> {
  readonly scope: "region" | "instance";
  readonly words: WordTables<MappedBackup>;
  /** Vendor codes that say that the account may not ask for this list in this form. */
  readonly refusedBy: readonly string[];
  /** Vendor codes on which the first alternative replaces `params`, then the next. */
  readonly alternativesOn?: readonly string[];
  readonly alternatives?: readonly Alternative[];
  /** Vendor codes that may mean that the window is too wide. */
  readonly windowTooWideOn?: readonly string[];
  /** Rows may be shards, which are folded into backups by this rule. */
  readonly shards?: ShardRule;
  /**
   * Whether a row of the wide list names a part of an instance (`Instance.members`) instead of the instance. The
   * gateway then looks the instance up in the region's list of instances; ids keep the name in the row.
   */
  ownedByMember?(row: Row): boolean;
  /**
   * How many rows an instance has in the wide list, as far as its facts say: schedule, retention and age, say.
   * Null if they do not. With it, a list that is too long is not begun. `now` is epoch milliseconds.
   */
  expectedRows?(instance: Instance, now: number): number | null;
  /** Whether rows have sizes in exact bytes; other sizes stay in `Backup.raw`, and `sizeBytes` is null. */
  readonly sizes: "exact" | "inexact" | "none";
  /** Rows that the list shows besides backups, and the note that counts them in `Provider.capabilities`. */
  readonly strays?: {
    /** Whether a row for which `map` returns null is one of them. */
    isStray(row: Row): boolean;
    note(count: number): string;
  };
  /** The vendor's row without download links, for `Backup.raw`; `keyOf` and `map` read none of them. */
  withoutLinks(row: Row): Row;
}

/** What the mapping of an instance list returns; facts that the list does not show are left out. */
export type MappedInstance = Omit<Instance, "id" | "provider" | "region" | keyof InstanceFacts> &
  Partial<InstanceFacts>;

/** A list of instances. */
export interface InstanceListing extends Listing<MappedInstance> {
  readonly scope: "account" | "region";
  readonly words: WordTables<MappedInstance>;
  /**
   * The region of a row, in a list of the whole account.
   * @throws {SourceError} BAD_RESPONSE for a row without its region.
   */
  regionOf?(row: Row): string;
}

/**
 * A call that shows facts of instances which no list shows. The gateway makes it only if a fact is
 * needed, for many instances together if the vendor allows that, and keeps the answer for `ttl`.
 */
export interface FactsDeclaration {
  /** Unique within the product. */
  readonly name: string;
  readonly action: string;
  /** The facts that the answer shows. What the instance's own list shows is not replaced. */
  readonly shows: readonly Fact[];
  /** The most instances of one call. */
  readonly most: number;
  /** Whether the vendor has the call for an instance; by default, for all. */
  appliesTo?(instance: Instance): boolean;
  params(instances: readonly Instance[], region: Region): Params;
  /**
   * The facts of each instance, by native id. An instance that is missing counts as not read.
   * @throws {SourceError} BAD_RESPONSE for an answer of another shape, because nothing is guessed.
   */
  map(payload: Row, instances: readonly Instance[]): ReadonlyMap<string, Partial<InstanceFacts>>;
}

/** How to get the links to a backup's files. */
export interface DownloadsDeclaration {
  /**
   * Links that the gateway signs itself, without a call; `now` is epoch milliseconds. It may use the
   * credentials of the account: products are declared again for links if credentials were read again.
   */
  signed?(backup: Backup, region: Region, now: number): readonly BackupDownload[];
  /** How many calls the links of one backup take at most, for the limits of operations. By default, 1. */
  readonly mostCalls?: number;
  calls(backup: Backup, region: Region): readonly VendorCall[];
  /**
   * The links of one answer. `now` is epoch milliseconds, from which documented lifetimes count.
   * @throws {SourceError} BAD_RESPONSE for a link that is neither https nor the documented internal form.
   */
  map(payload: Row, backup: Backup, now: number): readonly BackupDownload[];
}

/** One product: its instances, and the lists that show their backups. */
export interface ProductDeclaration {
  readonly vendor: Vendor;
  readonly product: ProviderProduct;
  /** The product in the config's words; the second part of provider keys. */
  readonly word: string;
  /** What it can and cannot do, besides what the shapes of its lists say. */
  readonly capabilities: Pick<ProviderCapabilities, "reach" | "notes">;
  /**
   * The demands of policies that its answers never show to be broken: `encrypted` if no backup says whether it is,
   * `maxSizeDrop` if no list has exact sizes, `retention` if neither the creation of an instance nor how long its
   * backups are kept is known.
   */
  readonly undecided: readonly PolicyDemand[];
  /**
   * The list of regions; `instances` if the regions are those of the instances in a list of the whole
   * account; null if the API lists none, and `account.regions` must name them.
   */
  readonly regions: WholeListing<Region> | "instances" | null;
  /** The lists that together show all instances. */
  readonly instances: readonly InstanceListing[];
  /** Calls that show more facts of the instances. */
  readonly facts?: readonly FactsDeclaration[];
  /**
   * Lists of one instance's backups; `Instance.listing` names the one that shows it, or the wide list if none
   * does.
   */
  readonly perInstance: readonly BackupListing[];
  /** The list of a region and of all instances that ever lived in it, if the vendor has one. */
  readonly wide: BackupListing | null;
  readonly downloads: DownloadsDeclaration;
  /** How far back lists go, in milliseconds; null is the creation of the instance. */
  readonly lookbackMs: number | null;
  /** How long lists are fresh at least, in milliseconds, for a vendor whose calls cost money. */
  readonly leastTtlMs?: number;
}

/** A vendor: one frozen value. */
export interface VendorDeclaration<A extends Account = Account> {
  readonly vendor: Vendor;
  readonly account: A["vendor"];
  api(account: A): VendorApi;
  products(account: A): readonly ProductDeclaration[];
}
