import type { BackupStatus, BackupTrigger, CoverageState, Vendor } from "./generated/graphql.js";
import type { DayCell } from "./calendar.js";
import { DAY_MS, wordsOfCounts } from "./days.js";

const UTC = { timeZone: "UTC" } as const;
const DAY = new Intl.DateTimeFormat("en-GB", { ...UTC, day: "numeric", month: "short" });
const MINUTE = new Intl.DateTimeFormat("en-GB", {
  ...UTC,
  dateStyle: "medium",
  timeStyle: "short",
});

/** The date of an instant in UTC, such as `9 Jun`. */
export const dayText = (instant: number): string => DAY.format(instant);

/** An instant in UTC, such as `9 Jun 2026, 04:00`. */
export const instantText = (instant: number | string): string => MINUTE.format(new Date(instant));

/** Names in the spelling of the companies. */
export const VENDOR_TEXTS: Readonly<Record<Vendor, string>> = {
  ALIBABA: "Alibaba Cloud",
  AWS: "AWS",
  S3: "S3 bucket",
  TENCENT: "Tencent Cloud",
  UCLOUD: "UCloud",
};

/** A vendor's name. A vendor that this page does not know keeps its name in the schema. */
export const vendorText = (vendor: string): string =>
  Object.hasOwn(VENDOR_TEXTS, vendor) ? VENDOR_TEXTS[vendor as Vendor] : vendor;

/** Names of the states of coverage. */
export const STATE_TEXTS: Readonly<Record<CoverageState, string>> = {
  PROTECTED: "Protected",
  VIOLATING: "Violating",
  UNKNOWN: "Unknown",
};

/** Names of the outcomes of days, as in the legend. */
export const OUTCOME_TEXTS: Readonly<Record<DayCell["outcome"], string>> = {
  good: "Good",
  running: "Running",
  unknown: "Unknown",
  failed: "Failed",
  none: "None",
  open: "Today, none yet",
  pending: "Being read",
};

/** Whether a day ended before the instance was created (epoch milliseconds, null if unknown). */
export const isEarly = ({ day, outcome, counts }: DayCell, createdAt: number | null): boolean =>
  outcome === "none" && wordsOfCounts(counts) === "" && (createdAt ?? 0) >= day + DAY_MS;

/** One day of one instance as text, such as `9 Jun: good (2 good, 1 failed)`. */
export function cellText(cell: DayCell, createdAt: number | null): string {
  const { day, outcome, counts } = cell;
  const more = isEarly(cell, createdAt) ? "created later" : wordsOfCounts(counts);
  return `${dayText(day)}: ${OUTCOME_TEXTS[outcome].toLowerCase()}${more && ` (${more})`}`;
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** A number of bytes, such as `1.5 GiB`. */
export function sizeText(bytes: number | null): string {
  if (bytes === null) return "–";
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const size = bytes / 1024 ** power;
  return `${power > 0 && size < 100 ? size.toFixed(1) : Math.round(size)} ${UNITS[power]}`;
}

const DURATION = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?)?$/;

/** The milliseconds of an ISO 8601 duration, without fractions of a second; null for other text. */
export function msOf(duration: string | null): number | null {
  const parts = DURATION.exec(duration ?? "");
  if (parts === null) return null;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = parts
    .slice(1)
    .map((part) => Number(part ?? 0));
  return 1000 * (seconds + 60 * (minutes + 60 * (hours + 24 * days)));
}

/** The age of the newest good backup, in its two largest units. */
export const ageText = (age: string | null): string =>
  age === null
    ? "No good backup"
    : `Last good ${durationText(age).split(" ").slice(0, 4).join(" ")} ago`;

/** An ISO 8601 duration as text, such as `1 h 5 min`, with seconds only below an hour. */
export function durationText(duration: string | null): string {
  const parts = DURATION.exec(duration ?? "");
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

/** A count with its noun, such as `2 instances`. */
export const counted = (count: number, noun: string): string =>
  `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

/** Names of the states of backups. */
export const STATUS_TEXTS: Readonly<Record<BackupStatus, string>> = {
  SUCCEEDED: "Good",
  RUNNING: "Running",
  FAILED: "Failed",
  LOCKED: "Locked",
  EXPIRED: "Expired",
  DELETED: "Deleted",
  UNKNOWN: "Unknown",
};

/** Names of what started a backup. */
export const TRIGGER_TEXTS: Readonly<Record<BackupTrigger, string>> = {
  AUTOMATIC: "automatic",
  MANUAL: "manual",
  OTHER: "other trigger",
  UNKNOWN: "",
};
