import { InvalidArgumentError } from "commander";
import { closest } from "../domain/nearest.js";
import { durationToMs } from "../domain/duration.js";
import type { BackupOrder } from "../domain/filter.js";

/** The words that a flag takes, as commander hands them on: one text and what came before it. */
type Gather<T> = (text: string, before: readonly T[] | undefined) => readonly T[];

/** Takes words of a list, in any case, separated by commas or given again. */
export const wordsOf =
  <T extends string>(known: readonly T[]): Gather<T> =>
  (text, before = []) => [...before, ...partsOf(text).map((part) => wordOf(part, known))];

function wordOf<T extends string>(part: string, known: readonly T[]): T {
  const word = part.toUpperCase().replaceAll("-", "_");
  const found = known.find((each) => each === word);
  if (found !== undefined) return found;
  const guess = closest(word, known);
  const right = guess === null ? "" : ` Did you mean ${guess}?`;
  throw new InvalidArgumentError(`Expected ${known.join(", ")}.${right}`);
}

/** Takes texts, separated by commas or given again. */
export const textsOf: Gather<string> = (text, before = []) => [...before, ...partsOf(text)];

function partsOf(text: string): string[] {
  const parts = text.split(",").map((part) => part.trim());
  if (parts.includes(""))
    throw new InvalidArgumentError("Expected a value, or several with commas.");
  return parts;
}

/** Takes a length of time above zero; milliseconds. */
export function spanOf(text: string): number {
  const ms = durationToMs(text);
  if (ms !== null && ms > 0) return ms;
  throw new InvalidArgumentError(
    "Expected an ISO 8601 duration above zero in weeks, days, hours, minutes or seconds, such as PT24H or P7D.",
  );
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** Takes a date, an instant, or a duration that is counted back from `now`; epoch milliseconds. */
export const instantFrom =
  (now: () => number) =>
  (text: string): number => {
    const span = durationToMs(text);
    if (span !== null) return now() - span;
    const date = DATE.test(text) ? text : INSTANT.exec(text.toUpperCase())?.[1];
    const instant = Date.parse(text);
    if (date !== undefined && isDay(date) && !Number.isNaN(instant)) return instant;
    throw new InvalidArgumentError(
      "Expected a date (2026-11-01, from midnight UTC), an instant with its zone " +
        "(2026-11-01T08:00:00Z), or a duration back from now (P7D).",
    );
  };

/** Whether the month has that day: parsers go on into the next month. */
function isDay(date: string): boolean {
  const midnight = Date.parse(date);
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(date);
}

/** What `--order` takes: GraphQL's words, or the part of them that differs. */
export const ORDERS: readonly string[] = ["desc", "asc"];

/** Takes an order by start. */
export function orderOf(text: string): BackupOrder {
  const word = text.toUpperCase().replace(/^STARTED_AT_/, "");
  if (word === "DESC") return "STARTED_AT_DESC";
  if (word === "ASC") return "STARTED_AT_ASC";
  throw new InvalidArgumentError("Expected desc (newest first) or asc.");
}
