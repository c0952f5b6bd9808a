import type { BackupStatus, BackupTrigger, CoverageState, Vendor } from "./generated/graphql.js";
import type { DayCell } from "./calendar.js";
import { DAY_MS, wordsOfTally } from "./days.js";

const UTC = { timeZone: "UTC" } as const;
const DAY = new Intl.DateTimeFormat("en-GB", { ...UTC, day: "numeric", month: "short" });
const MINUTE = new Intl.DateTimeFormat("en-GB", {
  ...UTC,
  dateStyle: "medium",
  timeStyle: "short",
});

/** `9 Jun`, of an instant in UTC. */
export const dayText = (instant: number): string => DAY.format(instant);

/** `9 Jun 2026, 04:00`, of an instant in UTC. */
export const instantText = (instant: number | string): string => MINUTE.format(new Date(instant));

/** The companies' own spelling. */
export const VENDOR_TEXTS: Readonly<Record<Vendor, string>> = {
  ALIBABA: "Alibaba Cloud",
  TENCENT: "Tencent Cloud",
  UCLOUD: "UCloud",
};

/** A vendor's name; one that came later than this page keeps the schema's word. */
export const vendorText = (vendor: string): string =>
  Object.hasOwn(VENDOR_TEXTS, vendor) ? VENDOR_TEXTS[vendor as Vendor] : vendor;

/** States of coverage in words. */
export const STATE_TEXTS: Readonly<Record<CoverageState, string>> = {
  PROTECTED: "Protected",
  VIOLATING: "Violating",
  UNKNOWN: "Unknown",
};

/** Outcomes of days in words, as the legend has them. */
export const OUTCOME_TEXTS: Readonly<Record<DayCell["outcome"], string>> = {
  good: "Good",
  running: "Running",
  unknown: "Unknown",
  failed: "Failed",
  none: "None",
  pending: "Being read",
};

/** Whether a day was over before the instance was created; epoch milliseconds, null for not known. */
export const isEarly = ({ day, outcome, tally }: DayCell, createdAt: number | null): boolean =>
  outcome === "none" && wordsOfTally(tally) === "" && (createdAt ?? 0) >= day + DAY_MS;

/** One day of one instance in words: `9 Jun: good (2 good, 1 failed)`. */
export function cellText(cell: DayCell, createdAt: number | null): string {
  const { day, outcome, tally } = cell;
  const more = isEarly(cell, createdAt) ? "created later" : wordsOfTally(tally);
  return `${dayText(day)}: ${OUTCOME_TEXTS[outcome].toLowerCase()}${more && ` (${more})`}`;
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** `1.5 GiB`. */
export function sizeText(bytes: number | null): string {
  if (bytes === null) return "–";
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const size = bytes / 1024 ** power;
  return `${power > 0 && size < 100 ? size.toFixed(1) : Math.round(size)} ${UNITS[power]}`;
}

/** `1 h 5 min`, of an ISO 8601 duration such as `PT1H5M10S`; seconds only below an hour. */
export function durationText(duration: string | null): string {
  const parts = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?)?$/.exec(
    duration ?? "",
  );
  if (parts === null) return duration ?? "–";
  const [days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0));
  const texts = [
    days ? `${days} d` : "",
    hours ? `${hours} h` : "",
    minutes ? `${minutes} min` : "",
    seconds && !days && !hours ? `${seconds} s` : "",
  ];
  return texts.filter(Boolean).join(" ") || "0 s";
}

/** `1 instance`, `2 instances`. */
export const counted = (count: number, noun: string): string =>
  `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

/** States of backups in words. */
export const STATUS_TEXTS: Readonly<Record<BackupStatus, string>> = {
  SUCCEEDED: "Good",
  RUNNING: "Running",
  FAILED: "Failed",
  LOCKED: "Locked",
  EXPIRED: "Expired",
  DELETED: "Deleted",
  UNKNOWN: "Unknown",
};

/** What started a backup, in words. */
export const TRIGGER_TEXTS: Readonly<Record<BackupTrigger, string>> = {
  AUTOMATIC: "automatic",
  MANUAL: "manual",
  OTHER: "other trigger",
  UNKNOWN: "",
};
