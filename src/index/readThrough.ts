import { asFailure, SourceError } from "../errors.js";
import { Abort, onAbort } from "../http/bounds.js";
import type { ReadingTime } from "../listing/checkpoint.js";
import { cut, type Operation } from "../listing/operation.js";
import { readShared, sharedEntry, type SharedEntry, type SharedValue } from "./replicas.js";
import type { EngineSettings, Freshness } from "./sliceStore.js";

/** What every list that is read and kept works with. */
interface ReadPorts {
  readonly settings: EngineSettings;
  readonly now: () => number;
  readonly pendingReads: PendingReads;
}

/** How reading a list failed. */
interface FailedRead<Question> {
  readonly error: SourceError;
  readonly asked: Question;
  /** Epoch milliseconds. */
  readonly at: number;
}

/**
 * A list that is read from its vendor and kept: the one loop by which the gateway answers every
 * question, whether about regions, instances or backups.
 *
 * - An answer that is kept and fresh enough is returned without a call.
 * - Otherwise the vendor is asked once, however many operations wait for it (single flight), and once
 *   for all replicas where they share a cache.
 * - If that fails, an older answer stands in for up to `staleIfError`.
 * - FORBIDDEN and NOT_FOUND are kept for `ttl` by the clock: until then the vendor is not asked again, by
 *   any replica.
 * - If the limits of an operation leave a list unread that has failed since `failedSince`, it counts as
 *   failed. Otherwise lists that fail could end every operation early.
 *
 * Errors: a failure is a value, `SourceError`. Anything that is thrown is a bug.
 */
export abstract class ReadThrough<Question, Answer extends { readonly asOf: number }> {
  /** How the last attempt to read it failed; null if it did not. */
  private failed: FailedRead<Question> | null = null;
  private refusal: FailedRead<Question> | null = null;
  private pending: PendingRead<Answer | SourceError> | null = null;
  /** What the pending read was begun for. */
  private asked: Question | null = null;

  constructor(protected readonly ports: ReadPorts) {}

  /** The kept answer if it is fresh enough, else null. */
  abstract peek(question: Question): Answer | null;

  /** Asks the vendor. @throws {SourceError} */
  protected abstract fetch(question: Question, operation: Operation): Promise<Answer>;

  protected abstract keep(answer: Answer): void;

  /** Whether an answer that was just read serves this question too. */
  protected abstract serves(answer: Answer, question: Question): boolean;

  /** How old an answer to the question, and a failure to answer it, may be. */
  protected abstract freshnessOf(question: Question): Freshness;

  /** The kept answer that stands in for a failure, if it was read at `notBefore` or later. */
  protected abstract standIn(
    question: Question,
    notBefore: number,
    error: SourceError,
  ): Answer | null;

  /** Where replicas share the answer; null where they share nothing. */
  protected abstract entryFor(question: Question, operation: Operation): SharedEntry<Answer> | null;

  /** Whether a failure to answer `asked` is a failure to answer `question`. */
  protected fails(_error: SourceError, _asked: Question, _question: Question): boolean {
    return true;
  }

  /** Answers from what is kept, else from the vendor. */
  async read(question: Question, operation: Operation): Promise<Answer | SourceError> {
    for (;;) {
      const kept = this.peek(question);
      if (kept !== null) return kept;
      const { refused } = this;
      if (refused !== null) return this.standInFor(question, refused.error);
      if (operation.signal.aborted) return cut("The operation was ended.");
      this.pending ??= this.begin(question, operation);
      const { pending, asked } = this;
      const answer = await pending.join(operation);
      if (!(answer instanceof SourceError)) {
        // The read may have begun earlier, and memory may have had no room for its answer. What was read for
        // this very question is no older than it, also if the clock was set back meanwhile.
        if (asked === question || this.serves(answer, question)) return answer;
        continue;
      }
      // The limits of another operation do not bind this one.
      const isOthersLimit =
        answer.kind === "CUT" && pending.owner !== operation && !operation.signal.aborted;
      if (isOthersLimit || !this.fails(answer, asked as Question, question)) continue;
      return this.standInFor(question, answer);
    }
  }

  /** Forgets what was read, and how reading it failed. */
  forget(): void {
    this.failed = null;
    this.refusal = null;
  }

  /** When the last attempt to read it failed, in epoch milliseconds; null if it did not. */
  get failedAt(): number | null {
    return this.failed?.at ?? null;
  }

  /** When the vendor refused the list; null if it has not within `ttl`. Units: epoch milliseconds. */
  get refusedAt(): number | null {
    return this.refused?.at ?? null;
  }

  private get refused(): FailedRead<Question> | null {
    const { now, settings } = this.ports;
    if (this.refusal !== null && now() - this.refusal.at >= settings.ttlMs) this.refusal = null;
    return this.refusal;
  }

  private begin(question: Question, operation: Operation): PendingRead<Answer | SourceError> {
    const { now, settings } = this.ports;
    this.asked = question;
    return new PendingRead(operation, this.ports, async (joint) => {
      try {
        const entry = settings.ttlMs === 0 ? null : this.entryFor(question, joint);
        const answer =
          entry === null
            ? await this.fetch(question, joint)
            : await readShared(entry, { operation: joint, now, ttlMs: settings.ttlMs }, () =>
                this.fetch(question, joint),
              );
        this.failed = null;
        this.refusal = null;
        // If the clock was set back while it was read, nobody could say later how old it is.
        if (answer.asOf <= now()) this.keep(answer);
        return answer;
      } catch (thrown) {
        const error = asFailure(thrown);
        // What an operation's own limits ended says nothing about the vendor.
        const at = error.details.refusedAt ?? now();
        const failed = { error, asked: question, at };
        if (error.kind !== "CUT") this.failed = failed;
        if (error.isRefusal) this.refusal = failed;
        return error;
      } finally {
        this.pending = null;
      }
    });
  }

  private standInFor(question: Question, met: SourceError): Answer | SourceError {
    const { now, settings } = this.ports;
    const error = met.kind === "CUT" ? (this.failureSince(question) ?? met) : met;
    if (error.kind === "CUT" || settings.ttlMs === 0) return error;
    return this.standIn(question, now() - settings.staleIfErrorMs, error) ?? error;
  }

  private failureSince(question: Question): SourceError | null {
    const { failed } = this;
    const { notBefore, failedSince = notBefore } = this.freshnessOf(question);
    if (failed === null || failed.at < failedSince) return null;
    return this.fails(failed.error, failed.asked, question) ? failed.error : null;
  }
}

/** A value that is read as a whole, and when. */
export interface Dated<T> {
  readonly value: T;
  /** Epoch milliseconds before the first call. */
  readonly asOf: number;
  /** Why an old value is shown; null for a fresh one. */
  readonly stale: SourceError | null;
}

/** Reads a value as a whole; it may continue a reading that began at `time.notBefore` or later. */
export type ReadWhole<T> = (
  operation: Operation,
  time: ReadingTime,
) => Promise<{ readonly value: T; readonly asOf: number }>;

/** A list that is small enough to be read and kept as one value: regions, or the instances of a region. */
export class CachedValue<T> extends ReadThrough<Freshness, Dated<T>> {
  private held: Dated<T> | null = null;

  constructor(
    private readonly readWhole: ReadWhole<T>,
    ports: ReadPorts,
    private readonly shared: SharedValue<T> | null = null,
  ) {
    super(ports);
  }

  peek({ notBefore }: Freshness): Dated<T> | null {
    return this.held !== null && this.held.asOf >= notBefore ? this.held : null;
  }

  override forget(): void {
    super.forget();
    this.held = null;
  }

  protected async fetch({ notBefore }: Freshness, operation: Operation): Promise<Dated<T>> {
    const time = { now: this.ports.now(), notBefore };
    const { value, asOf } = await this.readWhole(operation, time);
    return { value, asOf, stale: null };
  }

  protected keep(answer: Dated<T>): void {
    this.held = answer;
  }

  protected serves({ asOf }: Dated<T>, { notBefore }: Freshness): boolean {
    return asOf >= notBefore;
  }

  protected freshnessOf(freshness: Freshness): Freshness {
    return freshness;
  }

  protected standIn(_: Freshness, notBefore: number, error: SourceError): Dated<T> | null {
    const old = this.peek({ notBefore });
    return old === null ? null : { ...old, stale: error };
  }

  protected entryFor({ notBefore }: Freshness): SharedEntry<Dated<T>> | null {
    return this.shared === null ? null : sharedEntry(this.shared, notBefore, this.ports.now);
  }
}

/**
 * A read that is under way, and that many operations may wait for (single flight).
 *
 * The operation that began it lends its deadline. It is aborted only when no operation waits for it.
 */
class PendingRead<T> {
  private readonly unattended = new Abort();
  private waiting = 0;
  private underWay = true;
  private readonly result: Promise<T>;

  constructor(
    readonly owner: Operation,
    private readonly ports: ReadPorts,
    begin: (operation: Operation) => Promise<T>,
  ) {
    const { calls, deadline, budget, isEarly = false } = owner;
    const own = { calls, deadline, budget, isEarly, signal: this.unattended };
    this.result = begin(own satisfies Required<Operation>);
    const end = (): void => void (this.underWay = false);
    // Those who wait see a rejection; without them it must not end the process.
    this.result.then(end, end);
  }

  /** Waits for the result; a CUT once the operation itself is aborted. */
  join(operation: Operation): Promise<T | SourceError> {
    // An operation and its own early reads count as one.
    const { pendingReads, now } = this.ports;
    if (operation.calls !== this.owner.calls) pendingReads.sharedAt = now();
    this.waiting += 1;
    return new Promise((resolve, reject) => {
      const forget = onAbort(operation.signal, () => {
        this.waiting -= 1;
        resolve(cut("The operation was ended."));
        if (this.waiting === 0 && this.underWay) this.unattended.abort();
      });
      void this.result.then(resolve, reject).then(forget);
    });
  }
}

/** What is noted of the reads of an engine that operations share. */
export interface PendingReads {
  /** When an operation last waited for a reading that another had begun; epoch milliseconds. */
  sharedAt: number;
}
