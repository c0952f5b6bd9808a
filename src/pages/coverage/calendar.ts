import { DAY_MS, dayIndexOf, outcomeOf, type DayOutcome, type DayCounts } from "./days.js";
import { doubtfulSince, doubtsOf, type Doubt, type Issue } from "./issues.js";
import type { BackupStep, DayBackup } from "./readBackups.js";

/** The instance that backups belong to, within a provider. */
export interface Place {
  readonly region: string | null;
  /** Null for a region whose instances cannot be listed. */
  readonly nativeId: string | null;
}

/** One day of one instance. It is `pending` until the walk reaches it. */
export interface DayCell {
  /** Midnight in UTC, in epoch milliseconds. */
  readonly day: number;
  readonly outcome: DayOutcome | "pending";
  readonly counts: DayCounts;
}

const NOTHING: DayCounts = {};

/** The backups of one provider by instance and day. It fills while the list is walked. */
export class Calendar {
  readonly #counts = new Map<string, Map<number, DayCounts>>();
  #doubts: readonly Doubt[] = [];
  #oldest = Number.POSITIVE_INFINITY;
  #ended = false;

  /** `days` are midnights in UTC, oldest first, in epoch milliseconds. */
  constructor(readonly days: readonly number[]) {}

  /** Whether the list was read to its end. */
  get isWhole(): boolean {
    return this.#ended;
  }

  /** Adds a step of the walk, which goes from new to old. */
  add({ backups, issues, ended }: BackupStep): void {
    for (const backup of backups) this.#count(backup);
    this.#ended = ended;
    this.#doubts = issues.flatMap(doubtsOf);
  }

  /** Ends the walk early. Everything that was not read is uncertain. */
  breakOff(issue: Issue): void {
    this.add({ backups: [], issues: [issue], ended: true });
  }

  /** The start of the oldest backup so far in epoch milliseconds, or -Infinity at the end of the walk. */
  get readTo(): number {
    return this.#ended ? Number.NEGATIVE_INFINITY : this.#oldest;
  }

  /** Some days of one instance. A day after the calendar's last is a day that has started since. */
  cellsOf(place: Place, days: readonly number[] = this.days): DayCell[] {
    const ofPlace = this.#counts.get(keyOf(place));
    // The instances of a region that cannot be listed are unknown.
    const since =
      place.nativeId === null ? Number.NEGATIVE_INFINITY : doubtfulSince(this.#doubts, place);
    const today = this.days.at(-1) ?? 0;
    return days.map((day) => {
      const counts = ofPlace?.get(day) ?? NOTHING;
      const found = outcomeOf(counts, day + DAY_MS > since);
      // A good backup may still be made.
      const isOpen = day >= today && (found === "failed" || found === "none");
      const outcome = isOpen ? "open" : found;
      const isRead = outcome === "good" || (day >= this.readTo && day <= today);
      const isPending = !isRead && place.nativeId !== null;
      return { day, counts, outcome: isPending ? "pending" : outcome };
    });
  }

  #count({ startedAt, status, region, instanceNativeId }: DayBackup): void {
    const instant = Date.parse(startedAt);
    this.#oldest = Math.min(this.#oldest, instant);
    const index = dayIndexOf(this.days, instant);
    const day = index === null ? undefined : this.days[index];
    if (day === undefined) return;
    const key = keyOf({ region, nativeId: instanceNativeId });
    const ofPlace = this.#counts.get(key) ?? new Map<number, DayCounts>();
    const counts = ofPlace.get(day) ?? {};
    this.#counts.set(key, ofPlace.set(day, { ...counts, [status]: (counts[status] ?? 0) + 1 }));
  }
}

const keyOf = ({ region, nativeId }: Place): string => JSON.stringify([region, nativeId]);
