import { SourceError } from "../errors.js";
import type { Ask, Item } from "./read/page.js";
import type { PageAnswer } from "./shape.js";

/** One page that a reading was given. */
interface LoggedPage<R> {
  readonly question: string;
  readonly answer: PageAnswer<R>;
}

/** A reading that was cut short. */
interface CutReading<R> {
  readonly pages: readonly LoggedPage<R>[];
  /** When its first call was made; epoch milliseconds. */
  readonly begunAt: number;
}

/** When a reading is made, and how old its first answer may be; epoch milliseconds. */
export interface ReadingTime {
  readonly now: number;
  readonly notBefore: number;
}

/** Readings of one source that are kept at most: both ways from a page's edges, for a few fields. */
const MOST_KEPT = 8;

/** What ends a reading though the vendor answers: the operation's own limits, or the account's quota. */
const ENDED_BY_LIMITS: readonly string[] = ["CUT", "THROTTLED"];

/**
 * Keeps the answers to readings that an operation's limits or a quota cut short, so that the next
 * operation goes on behind them: a list that takes more calls than one may make is read all the same.
 *
 * A reading asks by what it was answered, so given the same answers it asks the same again, as far as
 * they reach. Readings survive whatever changes between two calls, so also what changes in a longer pause.
 */
export class ReadingLog<R extends Item> {
  private readonly readings = new Map<string, CutReading<R>>();

  /**
   * Reads from the start, or from where the last reading of that name was cut; `asOf` is when its first
   * call was made.
   */
  async take<T>(
    ask: Ask<R>,
    { name, now, notBefore }: ReadingTime & { readonly name: string },
    read: (ask: Ask<R>, asOf: number) => Promise<T>,
  ): Promise<T> {
    const cut = this.readings.get(name);
    const held = cut !== undefined && cut.begunAt >= notBefore ? cut : { pages: [], begunAt: now };
    const pages: LoggedPage<R>[] = [];
    let isReplay = true;
    const logged: Ask<R> = async (asked) => {
      const question = JSON.stringify(asked);
      const known = isReplay ? held.pages[pages.length] : undefined;
      isReplay = known?.question === question;
      const answer = isReplay && known !== undefined ? known.answer : await ask(asked);
      pages.push({ question, answer });
      return answer;
    };
    this.readings.delete(name);
    try {
      return await read(logged, held.begunAt);
    } catch (error) {
      const goesOn = error instanceof SourceError && ENDED_BY_LIMITS.includes(error.kind);
      if (goesOn && pages.length > 0) this.keep(name, { pages, begunAt: held.begunAt });
      throw error;
    }
  }

  /** Forgets what was kept. */
  clear(): void {
    this.readings.clear();
  }

  private keep(name: string, reading: CutReading<R>): void {
    const [oldest] = this.readings.keys();
    if (this.readings.size >= MOST_KEPT && oldest !== undefined) this.readings.delete(oldest);
    this.readings.set(name, reading);
  }
}
