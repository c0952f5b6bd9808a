import { InvalidArgumentError, Option, type Command } from "commander";
import { noZoneText, zoneNamed } from "../domain/calendar.js";
import { durationToMs, isDay, leapSecondToMs, LONGEST_DURATION } from "../domain/duration.js";
import type { BackupOrder, TagFilter } from "../domain/filter.js";
import { nearest } from "../domain/nearest.js";
import {
  BACKUP_STATUSES,
  BACKUP_TRIGGERS,
  VENDORS,
  type BackupStatus,
  type BackupTrigger,
  type Vendor,
} from "../domain/words.js";
import { UsageError } from "./context.js";
import { FORMATS, type Format } from "./rows.js";
import type { SetupFlags } from "./setup.js";

/** Which providers, regions and instances a command reads. Without a flag, all of them. */
export interface ScopeFlags {
  readonly vendor?: readonly Vendor[];
  readonly provider?: readonly string[];
  readonly region?: readonly string[];
  readonly instance?: readonly string[];
  /** The instance must pass all of them. */
  readonly tag?: readonly TagFilter[];
}

/** The flags of every command that reads. */
export interface ReadFlags extends SetupFlags, ScopeFlags {
  readonly format: Format;
}

/** The flags of commands that read backups. Instants are epoch milliseconds. */
export interface BackupFlags extends ReadFlags {
  readonly status?: readonly BackupStatus[];
  readonly trigger?: readonly BackupTrigger[];
  readonly since?: number;
  readonly until?: number;
  /** How long to wait for what is missing, in milliseconds. */
  readonly wait: number;
}

/** Adds the flags that choose the accounts. */
export const withSetup = (command: Command): Command =>
  command
    .option("-c, --config <file>", "the config file (default: $GATEWAY_CONFIG or ./gateway.yaml)")
    .option("--demo", "read the embedded demo clouds instead of real accounts")
    .option("--clouds", "read the embedded clouds with the accounts of the config file");

/** Adds `--format`. */
export const withFormat = (command: Command): Command =>
  command.addOption(
    new Option("-f, --format <format>", "output format").choices(FORMATS).default("table"),
  );

/** Adds the flags that choose what is read. */
export const withScope = (command: Command): Command =>
  command
    .addOption(wordsOption("--vendor <vendors>", "only these vendors", VENDORS))
    .option("--provider <keys>", "only these providers, such as ops-ucloud/uredis", textsOf)
    .option("--region <regions>", "only these regions", textsOf)
    .option(
      "--instance <instances>",
      "only these instances, by name, by the vendor's id or by global id",
      textsOf,
    )
    .option(
      "--tag <tag>",
      "only instances with this tag: key=value, or a key for any value; can be repeated",
      tagOf,
    );

/** How long a command tries to read what is missing, unless `--wait` says otherwise. */
export const WAIT_MS = 20_000;

/** Adds the flags that choose backups. */
export const withBackups = (command: Command, now: () => number): Command =>
  withScope(command)
    .addOption(wordsOption("--status <states>", "only backups in these states", BACKUP_STATUSES))
    .addOption(
      wordsOption("--trigger <triggers>", "only backups started this way", BACKUP_TRIGGERS),
    )
    .option(
      "--since <when>",
      "only backups started at this time or later: a date, an instant, or a duration before now, such as 7d",
      instantFrom(now),
    )
    .option(
      "--until <when>",
      "only backups started before this time, which is written as for --since",
      instantFrom(now),
    )
    .addOption(
      new Option(
        "--wait <duration>",
        "how long to request again what is missing; 0s ends with what is there",
      )
        .argParser(waitOf)
        .conflicts("follow")
        .default(WAIT_MS, "20s"),
    );

/** An option that takes some of the given words. Help and completion list them. */
export const wordsOption = (flags: string, text: string, words: readonly string[]): Option => {
  const option = new Option(flags, text).choices(words);
  return option.argParser(wordsOf(words));
};

/** A parser for an option that can be repeated. Commander passes the text and the values so far. */
type ListParser<T> = (text: string, before: readonly T[] | undefined) => readonly T[];

/** Parses words of a list, in any case, separated by commas. */
export const wordsOf =
  <T extends string>(known: readonly T[]): ListParser<T> =>
  (text, before = []) => [...before, ...partsOf(text).map((part) => wordOf(part, known))];

function wordOf<T extends string>(part: string, known: readonly T[]): T {
  const word = part.toUpperCase().replaceAll("-", "_");
  const found = known.find((each) => each === word);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`Expected one of ${nearest(word, known).join(", ")}.`);
}

/** Parses texts, separated by commas. */
export const textsOf: ListParser<string> = (text, before = []) => [...before, ...partsOf(text)];

/** Parses a tag. Several values of one key are alternatives. */
export const tagOf: ListParser<TagFilter> = (text, before = []) => {
  const end = text.indexOf("=");
  const key = (end < 0 ? text : text.slice(0, end)).trim();
  if (key === "")
    throw new InvalidArgumentError("Expected a tag, such as team=payments, or the key of one.");
  if (end < 0) return [...before, { key, values: null }];
  const isSame = (tag: TagFilter): boolean => tag.key === key && tag.values !== null;
  const values = [...(before.find(isSame)?.values ?? []), text.slice(end + 1)];
  return [...before.filter((tag) => !isSame(tag)), { key, values }];
};

function partsOf(text: string): string[] {
  const parts = text.split(",").map((part) => part.trim());
  if (parts.includes(""))
    throw new InvalidArgumentError("Expected a value, or several values separated by commas.");
  return parts;
}

const SHORT_DURATION = /^(?=\d)(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/i;

/** Milliseconds of an ISO 8601 duration, or of a short form such as 24h or 1d12h; null for other text. */
function durationIn(text: string): number | null {
  const parts = SHORT_DURATION.exec(text)?.slice(1) as (string | undefined)[] | undefined;
  if (parts === undefined) return durationToMs(text);
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = parts;
  return durationToMs(`P${weeks}W${days}DT${hours}H${minutes}M${seconds}S`);
}

/** Parses a duration above zero. Returns milliseconds. */
export function spanOf(text: string): number {
  const ms = durationIn(text);
  if (ms !== null && ms > 0) return ms;
  throw new InvalidArgumentError(
    `Expected a duration above zero and at most ${LONGEST_DURATION}, such as 24h, 7d, 1d12h or PT24H.`,
  );
}

/** Parses a duration from zero. Returns milliseconds. */
function waitOf(text: string): number {
  const ms = durationIn(text);
  if (ms !== null) return ms;
  throw new InvalidArgumentError("Expected a duration, such as 0s, 20s, 5m or PT5M.");
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** Parses a date, an instant, or a duration before `now`. Returns epoch milliseconds. */
export const instantFrom =
  (now: () => number) =>
  (text: string): number => {
    const span = durationIn(text);
    if (span !== null) return now() - span;
    const leapSecond = leapSecondToMs(text);
    if (leapSecond !== null) return leapSecond;
    const date = DATE.test(text) ? text : INSTANT.exec(text.toUpperCase())?.[1];
    const instant = Date.parse(text);
    if (date !== undefined && isDay(date) && !Number.isNaN(instant)) return instant;
    throw new InvalidArgumentError(
      "Expected a date (2026-11-01, midnight UTC), an instant with its time zone " +
        "(2026-11-01T08:00:00Z), or a duration before now (7d, P7D).",
    );
  };

/**
 * Refuses a range that no backup can be in, because its empty result would look like an answer.
 * @throws {UsageError}
 */
export function checkRange({ since, until }: BackupFlags, now: number): void {
  const text = (at: number): string => new Date(at).toISOString().replace(".000Z", "Z");
  if (since === undefined) return;
  if (since > now)
    throw new UsageError(
      `--since is ${text(since)}, but it is only ${text(now)}: no backup has started since then. ` +
        "Times are UTC unless they have another zone.",
    );
  if (until !== undefined && since >= until)
    throw new UsageError(
      `Expected --since before --until, but --since is ${text(since)} and --until is ${text(until)}: ` +
        "no backup can match.",
    );
}

/** The shells that `completion` prints a script for. */
export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;
export type Shell = (typeof SHELLS)[number];

/** The values of `--order`. The names of the GraphQL schema work too. */
export const ORDERS: readonly string[] = ["desc", "asc"];

/** Parses an order. */
export function orderOf(text: string): BackupOrder {
  const word = text.toUpperCase().replace(/^STARTED_AT_/, "");
  if (word === "DESC") return "STARTED_AT_DESC";
  if (word === "ASC") return "STARTED_AT_ASC";
  throw new InvalidArgumentError("Expected desc (newest first) or asc (oldest first).");
}

/** Parses the name of a time zone. */
export function zoneOf(text: string): string {
  const zone = zoneNamed(text);
  if (zone !== null) return zone;
  throw new InvalidArgumentError(`T${noZoneText(text).slice(1)}`);
}
