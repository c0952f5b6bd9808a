import { z } from "zod";
import { durationToMs } from "../domain/duration.js";

/**
 * A map that may hold the given keys and no others.
 *
 * Errors: the message for unknown keys is the list of the known ones, from which the fault is made.
 */
export const section = <S extends z.core.$ZodLooseShape>(shape: S) =>
  z.strictObject(shape, {
    error: ({ code }) =>
      code === "unrecognized_keys" ? Object.keys(shape).join(" ") : "must be a map",
  });

/** A text of a form; `right` says which, as the end of "must be …". */
export const textLike = (pattern: RegExp, right: string) =>
  z.string({ error: `must be ${right}` }).regex(pattern, { error: `must be ${right}` });

/** A text that a test tells, where no pattern can. */
export const textThat = (test: (text: string) => boolean, right: string) =>
  z.string({ error: `must be ${right}` }).refine(test, { error: `must be ${right}` });

/** A text that no message, log or schema default may show. */
export const secret = () =>
  textLike(/^[\x21-\x7e]+$/, "text without spaces").meta({ writeOnly: true });

/** A secret that may be left out, also as an empty text. */
export const optionalSecret = () =>
  textLike(/^[\x21-\x7e]*$/, "text without spaces")
    .transform((text) => (text === "" ? null : text))
    .meta({ writeOnly: true });

/** The SHA-256 of a secret; never shown, because the secret itself may stand there by mistake. */
export const sha256 = (form: "required" | "optional") =>
  textLike(
    form === "required" ? /^[0-9a-fA-F]{64}$/ : /^(?:[0-9a-fA-F]{64})?$/,
    "a SHA-256 as 64 hex digits",
  )
    .transform((text) => text.toLowerCase())
    .meta({ writeOnly: true });

/** A whole number within bounds, both inclusive. */
export function whole(min: number, max = Number.MAX_SAFE_INTEGER) {
  const error =
    max === Number.MAX_SAFE_INTEGER
      ? `must be a whole number of at least ${min}`
      : `must be a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

/** A number above `min`, or from it on, up to `max`. */
export function decimal({ above, from, max }: { above?: number; from?: number; max: number }) {
  const error = `must be a number ${above === undefined ? `from ${from}` : `above ${above} and`} ${
    above === undefined ? "to" : "at most"
  } ${max}`;
  const number = z.number({ error }).max(max, { error });
  return above === undefined ? number.min(from ?? 0, { error }) : number.gt(above, { error });
}

/** true or false. */
export const flag = () => z.boolean({ error: "must be true or false" });

/** One of a few words. */
export const oneOf = <const W extends readonly string[]>(words: W) =>
  z.enum(words, {
    error: words.length === 1 ? `must be ${words[0]}` : `must be one of ${words.join(", ")}`,
  });

/** An ISO 8601 duration within bounds, both inclusive; read as milliseconds. */
export function duration(min: string, max: string) {
  const error = `must be an ISO 8601 duration from ${min} to ${max}, such as PT10S or P7D`;
  const least = durationToMs(min) ?? 0;
  const most = durationToMs(max) ?? 0;
  const within = (text: string) => {
    const ms = durationToMs(text);
    return ms !== null && ms >= least && ms <= most;
  };
  return z
    .string({ error })
    .regex(/^P[\dWDTHMS.,]+$/, { error })
    .refine(within, { error })
    .transform((text) => durationToMs(text) ?? 0)
    .meta({ format: "duration" });
}

/** A list without repeats, of at least one entry unless `min` says otherwise. */
export function listOf<T extends z.ZodType>(item: T, right: string, min = 1) {
  const error = `must be ${right}`;
  return z
    .array(item, { error })
    .min(min, { error })
    .refine((entries) => new Set(entries).size === entries.length, {
      error: `${error}, none of them twice`,
    })
    .meta({ uniqueItems: true });
}
