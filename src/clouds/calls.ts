import type { CloudCall, CloudVendor } from "./vendorCloud.js";

/** The result of a call. `broken` is a bug of the simulator itself. */
export type CallOutcome = "answered" | "refused" | "throttled" | "faulty" | "broken";

/** One call that reached a vendor's origin. */
export interface CallEntry {
  readonly vendor: CloudVendor;
  readonly action: string;
  readonly region: string | null;
  readonly instance: string | null;
  readonly page: number;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly outcome: CallOutcome;
  /** The vendor's error code, or the bug. */
  readonly code: string | null;
}

/** The calls since the last reset. */
export interface CallLog {
  /** The number of calls that match all given parts. */
  count(match?: Partial<CallEntry>): number;
  /** The number of calls by vendor and action, for example `ucloud DescribeURedisBackup`. */
  counts(): Readonly<Record<string, number>>;
  /** The newest entries, oldest first. Older entries are only counted, by vendor and action. */
  entries(): readonly CallEntry[];
  /** The largest number of concurrent calls of one vendor. */
  peak(vendor: CloudVendor): number;
  reset(): void;
}

/** The part of the log that origins write to. */
export interface CallRecorder extends CallLog {
  /** Records a request. Call the returned function when the request has ended. */
  arrive(vendor: CloudVendor): () => void;
  note(
    vendor: CloudVendor,
    call: CloudCall | null,
    end: Pick<CallEntry, "at" | "outcome" | "code">,
  ): void;
}

const KEPT = 10_000;

/** Makes an empty log. */
export function makeCallLog(): CallRecorder {
  let entries: CallEntry[] = [];
  let totals = new Map<string, number>();
  let peaks = new Map<CloudVendor, number>();
  const underWay = new Map<CloudVendor, number>();
  return {
    count: (match = {}) => entries.filter((entry) => isMatch(entry, match)).length,
    counts: () => Object.fromEntries(totals),
    entries: () => entries,
    peak: (vendor) => peaks.get(vendor) ?? 0,
    reset() {
      entries = [];
      totals = new Map();
      peaks = new Map();
    },
    arrive(vendor) {
      const now = (underWay.get(vendor) ?? 0) + 1;
      underWay.set(vendor, now);
      peaks.set(vendor, Math.max(peaks.get(vendor) ?? 0, now));
      return () => underWay.set(vendor, (underWay.get(vendor) ?? 1) - 1);
    },
    note(vendor, call, end) {
      const { action, region, instance, page } = call ?? UNREAD;
      const name = `${vendor} ${action}`;
      totals.set(name, (totals.get(name) ?? 0) + 1);
      if (entries.length >= 2 * KEPT) entries = entries.slice(-KEPT);
      entries.push({ vendor, action, region, instance, page, ...end });
    },
  };
}

const UNREAD = { action: "", region: null, instance: null, page: 1 } as const;

const isMatch = (entry: CallEntry, match: Partial<CallEntry>): boolean =>
  (Object.keys(match) as (keyof CallEntry)[]).every((name) => entry[name] === match[name]);
