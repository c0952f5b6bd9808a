import { isDeepStrictEqual } from "node:util";
import { SourceError } from "../errors.js";
import type { Ask, Item, PageAnswer, PageQuestion } from "./shape.js";

/** One page that a reading received. */
interface LoggedPage<R> {
  readonly question: PageQuestion;
  readonly answer: PageAnswer<R>;
}

/** A reading that was cut short. */
interface CutReading<R> {
  readonly pages: readonly LoggedPage<R>[];
  /** When its first call was made; epoch milliseconds. */
  readonly begunAt: number;
  /** The start of the walk that it was begun for; its windows look back from there. Epoch milliseconds. */
  readonly walkStart: number;
}

/** The time of a reading, and how old its first answer may be; epoch milliseconds. */
export interface ReadingTime {
  readonly now: number;
  readonly notBefore: number;
}

/** The most readings that are kept for one source: both directions from the edges of a page, for a few fields. */
const MOST_KEPT = 8;

/** Errors that end a reading although the vendor answers: the limits of the operation, or the account's quota. */
const ENDED_BY_LIMITS: readonly string[] = ["CUT", "THROTTLED"];

/** How often a reading begins again because a token was refused. */
const MOST_RESTARTS = 2;

/**
 * Keeps the answers to readings that the limits of an operation or a quota cut short, so that the next
 * operation continues after them: a list that takes more calls than one operation may make is still read.
 *
 * A reading depends only on the answers that it receives, so the same answers lead to the same questions,
 * as far as they reach. Readings survive rows that change between two calls, and so also in a longer pause.
 */
export class ReadingLog<R extends Item> {
  private readonly readings = new Map<string, CutReading<R>>();

  /**
   * Reads from the start, or from where the last reading of that name was cut. `asOf` is the time of its
   * first call, and `walkStart` that of the earliest walk that it serves: a later one must ask the same
   * questions. If the vendor refuses the token of a page, the reading begins again.
   */
  async take<T>(
    ask: Ask<R>,
    {
      name,
      now,
      notBefore,
      walkStart = now,
    }: ReadingTime & { readonly name: string; readonly walkStart?: number },
    read: (ask: Ask<R>, asOf: number, walkStart: number) => Promise<T>,
  ): Promise<T> {
    const cut = this.readings.get(name);
    this.readings.delete(name);
    // The clock may have been set back since.
    const isHeld = cut !== undefined && cut.begunAt >= notBefore && cut.begunAt <= now;
    let held: CutReading<R> = isHeld
      ? { ...cut, walkStart: Math.min(cut.walkStart, walkStart) }
      : { pages: [], begunAt: now, walkStart };
    for (let restarts = 0; ; restarts += 1) {
      const pages: LoggedPage<R>[] = [];
      try {
        return await read(logged(ask, held.pages, pages), held.begunAt, held.walkStart);
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        const isCut = ENDED_BY_LIMITS.includes(error.kind);
        if (isCut && pages.length > 0) this.keep(name, { ...held, pages });
        if (error.details.tokenRefused !== true || restarts === MOST_RESTARTS) throw error;
        held = { pages: [], begunAt: now, walkStart };
      }
    }
  }

  /** Drops all kept answers. */
  clear(): void {
    this.readings.clear();
  }

  private keep(name: string, reading: CutReading<R>): void {
    const [oldest] = this.readings.keys();
    if (this.readings.size >= MOST_KEPT && oldest !== undefined) this.readings.delete(oldest);
    this.readings.set(name, reading);
  }
}

/** Answers from the known pages as long as the questions are the same, then asks; adds every answer to `pages`. */
function logged<R extends Item>(
  ask: Ask<R>,
  known: readonly LoggedPage<R>[],
  pages: LoggedPage<R>[],
): Ask<R> {
  let isReplay = true;
  return async (question) => {
    const held = isReplay ? known[pages.length] : undefined;
    isReplay = held !== undefined && isDeepStrictEqual(held.question, question);
    const answer = isReplay && held !== undefined ? held.answer : await ask(question);
    pages.push({ question, answer });
    return answer;
  };
}
