import { createSecretKey, type KeyObject } from "node:crypto";
import { LRUCache } from "lru-cache";
import { getOrMake } from "../../domain/maps.js";
import { hmac } from "../../http/sign/encode.js";
import type { UnsignedRequest } from "../../listing/authenticator.js";
import type { Params } from "../../listing/declaration.js";

/** Where an account's calls go: the configured base URL, else the vendor's own. */
export function baseOf(endpoint: string | null, vendorsOwn: string, path = "/"): URL {
  const base = new URL(endpoint ?? vendorsOwn);
  // Setting them at all would make the URL be parsed again at each call.
  if (/[?#]/.test(base.href)) {
    base.search = "";
    base.hash = "";
  }
  if (base.pathname === "/") base.pathname = path;
  return base;
}

/**
 * The ends of AWS's host names by the beginning of a region's id; other regions have the first.
 *
 * Source: partitions.json of the AWS SDKs, read 2026-11-29.
 */
const AWS_SUFFIXES: readonly (readonly [string, string])[] = [
  ["cn-", "amazonaws.com.cn"],
  ["eusc-", "amazonaws.eu"],
  ["us-iso-", "c2s.ic.gov"],
  ["us-isob-", "sc2s.sgov.gov"],
  ["us-isof-", "csp.hci.ic.gov"],
  ["eu-isoe-", "cloud.adc-e.uk"],
];

/** The end of AWS's host names in a region. */
export const awsSuffixOf = (region: string): string =>
  AWS_SUFFIXES.find(([beginning]) => region.startsWith(beginning))?.[1] ?? "amazonaws.com";

/** A POST of a form. */
export const formRequest = (url: URL, form: Record<string, string>): UnsignedRequest => ({
  method: "POST",
  url,
  headers: {
    accept: "application/json",
    "content-type": "application/x-www-form-urlencoded; charset=utf-8",
  },
  form,
});

/** The parameters of a call that are sent: no action here distinguishes an empty parameter from an absent one. */
export const sentParams = (params: Params): [string, NonNullable<Params[string]>][] =>
  Object.entries(params).filter(
    (entry): entry is [string, NonNullable<Params[string]>] => (entry[1] ?? "") !== "",
  );

/**
 * The parameters of a call as names and texts, ready for a form or a query.
 *
 * Shape: a list becomes `Name.<first>`, `Name.<first + 1>` and so on. Null, undefined and empty text are
 *        left out.
 */
export function flatParams(params: Params, first: 0 | 1): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of sentParams(params)) {
    if (!Array.isArray(value)) flat[name] = String(value);
    else
      for (const [index, item] of value.entries()) flat[`${name}.${first + index}`] = String(item);
  }
  return flat;
}

/** For each scope of an account: a service, a region and a day. */
const MOST_KEYS = 100;
const keys = new WeakMap<object, LRUCache<string, KeyObject>>();

/**
 * The key that signs for a scope, such as `20261129/redis/tc3_request`: the HMAC of each of its parts with the key
 * before, beginning with the secret. Without a scope it is the secret. Keys are kept as long as the credentials that
 * the secret belongs to.
 */
export function signingKey(credentials: object, secret: string, scope = ""): KeyObject {
  const known = getOrMake(
    keys,
    credentials,
    () => new LRUCache<string, KeyObject>({ max: MOST_KEYS }),
  );
  return getOrMake<string, KeyObject>(known, scope, () => {
    const parts = scope.split("/").filter((part) => part !== "");
    return parts.reduce<KeyObject>(
      (key, part) => createSecretKey(hmac("sha256", key, part)),
      createSecretKey(Buffer.from(secret)),
    );
  });
}
