import { isIP } from "node:net";
import { z } from "zod";
import { durationToMs } from "../domain/duration.js";
import { isLoopback } from "../domain/loopback.js";

/**
 * A map with the given keys and no others.
 *
 * For unknown keys, the message of the error is the list of known keys. The fault is made from it.
 */
export const section = <S extends z.core.$ZodLooseShape>(shape: S) =>
  z.strictObject(shape, {
    error: ({ code }) =>
      code === "unrecognized_keys" ? Object.keys(shape).join(" ") : "must be a map",
  });

/** The error of a value: "must be <expected>". */
const must = (expected: string) => ({ error: `must be ${expected}` });

/** Text that matches a pattern. `expected` describes it, as in "must be <expected>". */
export const textLike = (pattern: RegExp, expected: string) =>
  z.string(must(expected)).regex(pattern, must(expected));

/** Text that passes a test. */
export const textThat = (test: (text: string) => boolean, expected: string) =>
  z.string(must(expected)).refine(test, must(expected));

/** The path of a file. */
export const filePath = () => textThat((text) => !text.includes("\0"), "the path of a file");

/** A value that may be left out. What is left out, and empty text, is null. */
export const optional = <S extends z.ZodType>(schema: S) =>
  schema
    .optional()
    .transform((value) => (value === undefined || value === "" ? null : (value as z.output<S>)));

/** Text that must not appear in messages, logs or schema defaults. */
export const secret = () =>
  textLike(/^[\x21-\x7e]+$/, "text without spaces").meta({ writeOnly: true });

/** The SHA-256 of a secret. It is never shown, because it might be the secret itself by mistake. */
export const sha256 = (pattern = /^[0-9a-fA-F]{64}$/) =>
  textLike(pattern, "a SHA-256 as 64 hex digits")
    .transform((text) => text.toLowerCase())
    .meta({ writeOnly: true });

/** A whole number between two bounds, inclusive. */
export function whole(min: number, max = Number.MAX_SAFE_INTEGER) {
  const bounds = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  const error = must(`a whole number ${bounds}`);
  return z.int(error).min(min, error).max(max, error);
}

/** A number above 0, up to `max`. */
export function positive(max: number) {
  const error = must(`a number above 0 and at most ${max}`);
  return z.number(error).gt(0, error).max(max, error);
}

/** A number from 0 to 1. */
export function share() {
  const error = must("a number from 0 to 1");
  return z.number(error).min(0, error).max(1, error);
}

/** true or false. */
export const flag = () => z.boolean(must("true or false"));

/** One of some words. */
export const oneOf = <const W extends readonly string[]>(words: W) =>
  z.enum(words, must(`one of ${words.join(", ")}`));

/** An ISO 8601 duration between two bounds, inclusive. It is parsed to milliseconds. */
export function duration(min: string, max: string) {
  const error = must(`an ISO 8601 duration from ${min} to ${max}, such as PT10S or P7D`);
  const [least, most] = [min, max].map(durationToMs) as [number, number];
  const within = (text: string) => {
    const ms = durationToMs(text);
    return ms !== null && ms >= least && ms <= most;
  };
  return z
    .string(error)
    .regex(/^P[\dWDTHMS.,]+$/, error)
    .refine(within, error)
    .transform((text) => durationToMs(text) ?? 0)
    .meta({ format: "duration" });
}

/** A list of at least `min` entries. */
export const arrayOf = <T extends z.ZodType>(item: T, expected: string, min = 1) =>
  z.array(item, must(expected)).min(min, must(expected));

/** A list of distinct entries, at least one by default. */
export const listOf = <T extends z.ZodType>(item: T, expected: string, min = 1) =>
  arrayOf(item, expected, min)
    .refine(
      (entries) => new Set(entries).size === entries.length,
      must(`${expected} without duplicates`),
    )
    .meta({ uniqueItems: true });

/** An origin exactly as browsers send it, because any other text would never match. */
export const origin = () => {
  const error = "must be an origin, such as https://app.example.com";
  return z.string({ error }).check((context) => {
    const text = context.value;
    const url = parseUrl(text);
    if (url?.origin === text && !text.includes("*")) return;
    const message = text.includes("*") ? `${error}; wildcards do not work` : error;
    const suggestion = url === null || text.includes("*") ? null : url.origin;
    context.issues.push({ code: "custom", input: text, message, params: { suggestion } });
  });
};

/** Whether text is an IP address or a host name. */
export const isHost = (text: string): boolean =>
  isIP(text) !== 0 || /^(?=.{1,253}$)[a-z\d](?:[a-z\d.-]*[a-z\d])?$/i.test(text);

/** Whether text is an https URL without credentials. Plain http is allowed for loopback hosts and those given. */
export function isSecureUrl(text: string, plainHosts: readonly string[] = []): boolean {
  const url = parseUrl(text);
  if (url === null || url.username !== "" || url.password !== "") return false;
  return url.protocol === "https:" || isLoopback(url.hostname) || plainHosts.includes(url.hostname);
}

/** Whether text is such a URL, without a path. */
export const isOrigin = (text: string, plainHosts: readonly string[] = []): boolean =>
  isSecureUrl(text, plainHosts) && isProxyUrl(text);

/** Whether text is the URL of an HTTP proxy: without a path, and possibly with a password. */
export const isProxyUrl = (text: string): boolean =>
  parseUrl(text)?.pathname === "/" && !text.includes("?") && !text.includes("#");

/** Whether text is the URL of a Redis or Valkey server. */
export const isRedisUrl = (text: string): boolean =>
  parseUrl(text, ["redis:", "rediss:"])?.hostname ? true : false;

function parseUrl(text: string, protocols: readonly string[] = ["https:", "http:"]): URL | null {
  if (/\s/.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  return protocols.includes(url.protocol) ? url : null;
}
