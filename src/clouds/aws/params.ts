import type { Row } from "../../domain/row.js";
import { CloudRefusal } from "../vendorCloud.js";
import type { CloudCall, CloudContext } from "../vendorCloud.js";
import { refusal } from "../verify/request.js";
import { markedPage, MarkerRefused } from "./markers.js";
import type { Ordered } from "./markers.js";

/** The account that owns everything here. */
export const ACCOUNT = "111122223333";

/** The words of one of the two protocols. */
export interface Protocol {
  /** The parameters that page a list. They are not part of what a marker is bound to. */
  readonly paging: { readonly marker: string; readonly size: string };
  readonly invalidValue: string;
  readonly invalidCombination: string;
}

/** The Query protocol of ElastiCache, whose older lists page by `Marker`. */
export const MARKER_PAGES: Protocol = {
  paging: { marker: "Marker", size: "MaxRecords" },
  invalidValue: "InvalidParameterValue",
  invalidCombination: "InvalidParameterCombination",
};

/** The Query protocol of ElastiCache, whose newer lists page by `NextToken`. */
export const TOKEN_PAGES: Protocol = {
  ...MARKER_PAGES,
  paging: { marker: "NextToken", size: "MaxResults" },
};

/** MemoryDB's JSON protocol. */
export const JSON_PAGES: Protocol = {
  paging: { marker: "NextToken", size: "MaxResults" },
  invalidValue: "InvalidParameterValueException",
  invalidCombination: "InvalidParameterCombinationException",
};

/** A refusal of what a caller sent. */
export const refused = (code: string, message: string, status = 400): CloudRefusal =>
  new CloudRefusal(refusal(status, code, message));

/** A parameter as text. Null if it is absent. */
export function textOf(params: Row, name: string): string | null {
  const value = params[name];
  return value === undefined ? null : String(value);
}

/** Refuses misspelt parameters, which the vendor ignores. */
export function checkNames(params: Row, names: readonly string[]): void {
  const unknown = Object.keys(params).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw refused("ValidationError", `This embedded cloud does not know the parameter ${unknown}.`);
}

/** A flag of a parameter. */
export function flagOf(params: Row, name: string, { invalidValue }: Protocol): boolean {
  const text = textOf(params, name) ?? "false";
  if (text === "true" || text === "false") return text === "true";
  throw refused(invalidValue, `Invalid value ${text} for ${name}. Must be true or false.`);
}

/** The source of snapshots that a parameter asks for, as their rows call it. Null for both. */
export function sourceOf(params: Row, name: string, { invalidValue }: Protocol): string | null {
  const text = textOf(params, name);
  if (text === null) return null;
  if (text === "system") return "automated";
  if (text === "user") return "manual";
  throw refused(invalidValue, `Invalid ${name}: ${text}. Must be system or user.`);
}

/** The sizes of a page that a list takes. */
export interface PageSizes {
  readonly least: number;
  readonly most: number;
  readonly usual: number;
}

/** The page of a list that a call asks for. @throws {CloudRefusal} for a size or marker that it refuses. */
export function askedPage<T>(
  { action, params, region }: CloudCall,
  {
    list,
    sizes,
    protocol,
  }: {
    readonly list: Ordered<T>;
    readonly sizes: PageSizes;
    readonly protocol: Protocol;
  },
  { knobs, now }: CloudContext,
): { readonly rows: readonly T[]; readonly next: string | undefined } {
  const { marker, size } = protocol.paging;
  const rest = Object.entries(params).filter(([name]) => name !== marker && name !== size);
  const binding = JSON.stringify([region, action, rest.sort()]);
  const asked = {
    size: sizeOf(params, size, sizes, protocol),
    marker: textOf(params, marker),
    binding,
  };
  try {
    return markedPage(list, asked, { knobs: knobs.aws, now });
  } catch (error) {
    if (error instanceof MarkerRefused) throw refused(protocol.invalidValue, error.message);
    throw error;
  }
}

function sizeOf(
  params: Row,
  name: string,
  { least, most, usual }: PageSizes,
  { invalidValue }: Protocol,
): number {
  const text = textOf(params, name);
  if (text === null) return usual;
  const size = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (size >= least && size <= most) return size;
  throw refused(
    invalidValue,
    `Invalid value ${text} for ${name}. Must be between ${least} and ${most}.`,
  );
}

/** An instant in ISO 8601, with fractions of a second only where there are any. */
export const isoOf = (at: number): string => new Date(at).toISOString().replace(".000Z", "Z");
