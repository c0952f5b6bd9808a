import type { Vendor } from "../../domain/words.js";
import type { Principal } from "../../domain/principal.js";

/** What one operation may hold; the config's `limits` is one. */
export interface OperationLimits {
  /** Rows of one page. */
  readonly first: number;
  /** Levels of fields. */
  readonly depth: number;
  readonly aliases: number;
  readonly rootFields: number;
  readonly directives: number;
  /** Lexical tokens of the document. */
  readonly tokens: number;
  /** Objects that the answer may hold at worst. */
  readonly cost: number;
  /** Distinct sources times one page. */
  readonly vendorCalls: number;
  /** Representations of one `_entities` question. */
  readonly entities: number;
}

/** A region of a provider, as far as it is known without asking. */
export interface KnownPlace {
  /** Provider key. */
  readonly provider: string;
  readonly vendor: Vendor;
  /** Null while the provider's regions are not known: then this is all of it. */
  readonly region: string | null;
  /** Instances when their list was last read; null where it was not. */
  readonly instances: number | null;
  /** Whether one list shows the backups of all of them. */
  readonly wide: boolean;
}

/** The places that a caller may see. The same array while they are the same. */
export type PlacesOf = (principal: Principal) => readonly KnownPlace[];
