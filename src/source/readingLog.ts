import { SourceError } from "../errors.js";
import type { Ask, Item } from "../paging/read/ask.js";
import type { PageAnswer } from "../paging/shape.js";

/** One page that a reading was given. */
interface LoggedPage<R> {
  readonly question: string;
  readonly answer: PageAnswer<R>;
}

/** When a reading is made, and how old its first answer may be; epoch milliseconds. */
export interface ReadingTime {
  readonly now: number;
  readonly notBefore: number;
}

/**
 * Keeps the answers to a reading that an operation's limits cut short, so that the next operation goes on
 * behind them: a list that takes more calls than one operation may make is read all the same.
 *
 * A reading asks by what it was answered, so given the same answers it asks the same again, as far as
 * they reach. Readings survive whatever changes between two calls, so also what changes in a longer pause.
 */
export class ReadingLog<R extends Item> {
  private pages: readonly LoggedPage<R>[] = [];
  private begunAt = Number.NEGATIVE_INFINITY;

  /** Reads from the start, or from where the last reading was cut; `asOf` is when its first call was made. */
  async take<T>(
    ask: Ask<R>,
    { now, notBefore }: ReadingTime,
    read: (ask: Ask<R>, asOf: number) => Promise<T>,
  ): Promise<T> {
    const held = this.begunAt >= notBefore ? this.pages : [];
    const asOf = held.length > 0 ? this.begunAt : now;
    const pages: LoggedPage<R>[] = [];
    let isReplay = true;
    const logged: Ask<R> = async (asked) => {
      const question = JSON.stringify(asked);
      const known = isReplay ? held[pages.length] : undefined;
      isReplay = known?.question === question;
      const answer = isReplay && known !== undefined ? known.answer : await ask(asked);
      pages.push({ question, answer });
      return answer;
    };
    try {
      const result = await read(logged, asOf);
      this.pages = [];
      return result;
    } catch (error) {
      const isCut = error instanceof SourceError && error.kind === "CUT";
      this.pages = isCut ? pages : [];
      this.begunAt = asOf;
      throw error;
    }
  }

  /** Forgets what was kept. */
  clear(): void {
    this.pages = [];
  }
}
