import { createHmac, type KeyObject } from "node:crypto";

/** Names and texts of a request, before they are put in order. */
export type Fields = Readonly<Record<string, string>>;

/** Percent-encodes UTF-8 text as RFC 3986 does: all but `A-Z a-z 0-9 - _ . ~`. */
export const percentEncode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => "%" + character.charCodeAt(0).toString(16).toUpperCase(),
  );

/**
 * The fields in ascending order of their names.
 *
 * Order: by UTF-16 code units, which for the ASCII names of every vendor is byte order.
 */
export const sortedFields = (fields: Fields): (readonly [string, string])[] =>
  Object.keys(fields)
    .sort()
    .map((name) => [name, fields[name] as string]);

/** `name=value` joined by `&` in order of names, each percent-encoded. */
export const sortedQuery = (fields: Fields): string =>
  sortedFields(fields)
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join("&");

/** `name=value` joined by `&` in order of names, nothing encoded. */
export const sortedPairs = (fields: Fields): string =>
  sortedFields(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join("&");

/** The names joined by `;` in order, as the newer schemes list the headers that they sign. */
export const sortedNames = (fields: Fields): string => Object.keys(fields).sort().join(";");

/** HMAC of UTF-8 text. */
export const hmac = (
  algorithm: "sha1" | "sha256",
  key: string | Buffer | KeyObject,
  text: string,
): Buffer => createHmac(algorithm, key).update(text).digest();
