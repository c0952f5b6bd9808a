import { isUtf8 } from "node:buffer";
import type { S3Bucket } from "../../domain/account.js";
import { readKeyTemplate, type KeyTemplate } from "../../domain/keyTemplate.js";
import { percentEncode } from "../../http/sign/encode.js";
import { wallClock, zoneClock } from "../kit/instant.js";

/** The greatest character: it sorts behind every other one in UTF-8, which is the order of keys. */
export const GREATEST = "\u{10FFFF}";

/** A bucket, and what its keys say. */
export interface Layout extends Pick<S3Bucket, "name" | "shards" | "addressing"> {
  readonly template: KeyTemplate;
  /** The instant of a start as a key writes it, read as if in UTC. */
  toInstant(start: number): number;
  /** The reverse of it. */
  toStart(instant: number): number;
  /** How far the starts of keys may be out of order where a clock is put back. Units: milliseconds. */
  readonly slackMs: number;
}

/** Clocks are put back by two hours at most. */
const SLACK_MS = 2 * 3_600_000;

/** The layouts of an account's buckets, whose templates the config has checked. */
export const layoutsOf = (buckets: readonly S3Bucket[]): readonly Layout[] =>
  buckets.map(({ name, key, shards, timeZone, addressing }) => {
    const template = readKeyTemplate(key);
    const isZoned = template.startForm === "wallClock" && timeZone !== "UTC";
    const clock = zoneClock(timeZone);
    return {
      name,
      shards,
      addressing,
      template,
      toInstant: isZoned ? (start) => clock.toInstant(start) : (start) => start,
      toStart: isZoned
        ? (instant) => wallClock(clock.format(instant)) ?? instant
        : (instant) => instant,
      slackMs: isZoned ? SLACK_MS : 0,
    };
  });

/** A key or prefix of an answer, decoded. */
interface KeyText {
  readonly text: string;
  /** False if bytes were replaced with U+FFFD, because they are not UTF-8. */
  readonly isUtf8: boolean;
}

/**
 * Decodes a key of an answer with `encoding-type=url`: percent-encoding, and `+` for a space.
 *
 * Stores that do not know the parameter send keys as they are, and do not repeat it in their answers.
 */
export function keyText(sent: string, isEncoded: boolean): KeyText {
  if (!isEncoded || !/[%+]/.test(sent)) return { text: sent, isUtf8: !sent.includes("\uFFFD") };
  const spaced = sent.replaceAll("+", " ");
  try {
    return { text: decodeURIComponent(spaced), isUtf8: true };
  } catch {
    const bytes = Buffer.from(
      Buffer.from(spaced, "utf8")
        .toString("latin1")
        .replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
      "latin1",
    );
    return { text: bytes.toString("utf8"), isUtf8: isUtf8(bytes) };
  }
}

/** Characters that ids do not have, and percent signs that would read as such a character. */
const HIDDEN = /[\p{Cc}\uFFFD]|%(?=[0-9A-F]{2})/gu;

/** A key, or a part of one, as ids show it: control characters are percent-encoded. */
export const shownKey = (text: string): string => text.replace(HIDDEN, percentEncode);

/** The reverse of `shownKey`. */
export const hiddenKey = (shown: string): string =>
  shown.replace(/(?:%[0-9A-F]{2})+/g, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded;
    }
  });

/** Whether parsers of URLs would rewrite a path with this key. */
export const hasDotSegment = (key: string): boolean =>
  key.split("/").some((segment) => segment === "." || segment === "..");

/** A key as a path: each character is encoded once, and slashes stay. */
export const pathOf = (key: string): string => key.split("/").map(percentEncode).join("/");

/** Order of keys: by their bytes in UTF-8, which is that of their characters unless one takes four bytes. */
export const compareObjectKeys = (a: string, b: string): number =>
  SURROGATE.test(a + b)
    ? Buffer.compare(Buffer.from(a, "utf8"), Buffer.from(b, "utf8"))
    : a < b
      ? -1
      : Number(a > b);

const SURROGATE = /[\uD800-\uDFFF]/;
