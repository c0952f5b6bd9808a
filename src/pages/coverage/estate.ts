import { AskError, type Ask } from "./ask.js";
import { Calendar } from "./calendar.js";
import { lastDays } from "./days.js";
import type { Entry, Provider } from "./entries.js";
import { EstateProvidersDocument } from "./generated/graphql.js";
import type { Issue } from "./issues.js";
import { inLanes } from "./lanes.js";
import { readBackups } from "./readBackups.js";
import { readCoverage } from "./readCoverage.js";
import { readDays } from "./readDays.js";
import { beginning, covered, uncovered, type Reading } from "./reading.js";
import { Store } from "./store.js";

/** Everything that the page has read. */
export interface EstateView {
  /** `locked`: the gateway needs a key or does not accept it. `failed`: the gateway did not answer. */
  readonly phase: "reading" | "locked" | "refused" | "failed";
  /** The reason of the failure. */
  readonly message: string | null;
  /** ISO 8601 duration. Empty: by each instance's policy. */
  readonly rpo: string;
  /** Midnights in UTC, oldest first, in epoch milliseconds. */
  readonly days: readonly number[];
  readonly readings: readonly Reading[];
  /** The entries of all readings. The same list until one of them changes. */
  readonly entries: readonly Entry[];
}

/** What reading needs. */
export interface EstateParts {
  readonly makeAsk: (key: string | null) => Ask;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** The largest page that the gateway allows. */
  readonly first: number;
  /** ISO 8601 duration. Empty: by each instance's policy. */
  readonly rpo: string;
}

/** A browser opens six connections to a host. This leaves some for requests of the user. */
const LANES = 2;

/** How often a walk shows what it has read, because its pages arrive faster than the rows can be drawn. */
const SHOWN_EVERY_MS = 500;

/** The data read so far. Each provider is read separately, so that none waits for another. */
export class Estate {
  readonly store: Store<EstateView>;
  /** Sends requests with the most recent key. */
  ask: Ask;
  #hasKey = false;
  #reading = new AbortController();
  #checking = new AbortController();

  constructor(readonly parts: EstateParts) {
    const days = lastDays(parts.now());
    this.ask = parts.makeAsk(null);
    this.store = new Store<EstateView>({
      phase: "reading",
      message: null,
      rpo: parts.rpo,
      days,
      readings: [],
      entries: [],
    });
  }

  /** Reads everything again. */
  async refresh(): Promise<void> {
    this.stop();
    this.#reading = new AbortController();
    const { signal } = this.#reading;
    this.#set({ phase: "reading", message: null, days: lastDays(this.parts.now()) });
    await this.#whileOpen(signal, async () => {
      const { providers } = await this.ask(EstateProvidersDocument, {}, signal);
      if (signal.aborted) return;
      const { days, readings } = this.store.get();
      const earlier = new Map(readings.map((reading) => [reading.provider.key, reading]));
      const begun = providers.map((each) => beginning(each, days, earlier.get(each.key)));
      this.#set({ readings: begun, entries: entriesOf(begun) });
      const walks = inLanes(providers, LANES, (provider) => this.#walk(provider, days, signal));
      const counts = inLanes(providers, 1, (provider) => this.#count(provider, days, signal));
      await Promise.all([this.#check(providers), walks, counts]);
    });
  }

  /** Whether something is being read, or nothing can be. */
  get isBusy(): boolean {
    const { phase, readings } = this.store.get();
    const isReading = readings.some((one) => one.isChecking || one.isWalking || one.isCounting);
    return phase === "locked" || phase === "refused" || isReading;
  }

  /** Changes the recovery point objective. The backups are not read again. */
  async setRpo(rpo: string): Promise<void> {
    if (rpo === this.store.get().rpo) return;
    const { readings } = this.store.get();
    this.#set({ rpo, readings: readings.map((reading) => ({ ...reading, isPartial: true })) });
    const providers = this.store.get().readings.map(({ provider }) => provider);
    await this.#whileOpen(this.#reading.signal, () => this.#check(providers));
  }

  /** Reads with a key, which is kept only here. */
  unlock(key: string): Promise<void> {
    this.#hasKey = true;
    this.ask = this.parts.makeAsk(key);
    return this.refresh();
  }

  /** Stops reading. */
  stop(): void {
    this.#reading.abort();
    this.#checking.abort();
  }

  async #check(providers: readonly Provider[]): Promise<void> {
    this.#checking.abort();
    this.#checking = new AbortController();
    const { signal } = this.#checking;
    const asked = { first: this.parts.first, rpo: this.store.get().rpo, signal };
    for (const provider of providers) this.#change(provider, { isChecking: true });
    await inLanes(providers, LANES, async (provider) => {
      const isNew = this.#readingOf(provider)?.checkedAt === null;
      const issue = await attempt(signal, async () => {
        for await (const coverage of readCoverage(this.ask, { ...asked, provider, isNew }))
          this.#change(provider, covered(coverage));
      });
      if (signal.aborted) return;
      const outcome = issue === null ? {} : uncovered(provider, issue);
      this.#change(provider, { ...outcome, isChecking: false, isPartial: false });
    });
  }

  async #walk(provider: Provider, days: readonly number[], signal: AbortSignal): Promise<void> {
    const calendar = new Calendar(days);
    const question = {
      provider: provider.key,
      since: days[0] ?? 0,
      first: this.parts.first,
      signal,
    };
    const isFirst = !this.#readingOf(provider)?.calendar.isWhole;
    let shownAt = Number.NEGATIVE_INFINITY;
    const isDue = (): boolean => isFirst && this.parts.now() - shownAt >= SHOWN_EVERY_MS;
    const issue = await attempt(signal, async () => {
      for await (const step of readBackups(this.ask, question)) {
        calendar.add(step);
        // A complete older result stays visible until the new one is complete too.
        if (!step.ended && !isDue()) continue;
        shownAt = this.parts.now();
        this.#change(provider, { calendar, backupIssues: step.issues });
      }
    });
    if (signal.aborted) return;
    if (issue !== null) calendar.breakOff(issue);
    const broken = issue === null ? {} : { calendar, backupIssues: [issue] };
    this.#change(provider, { ...broken, isWalking: false });
  }

  async #count(provider: Provider, days: readonly number[], signal: AbortSignal): Promise<void> {
    const isFirst = this.#readingOf(provider)?.daily?.isComplete !== true;
    const question = { provider: provider.key, days, signal };
    const issue = await attempt(signal, async () => {
      for await (const daily of readDays(this.ask, question))
        // Complete older figures stay visible until the new ones are complete too.
        if (isFirst || !daily.isReading) this.#change(provider, { daily });
    });
    if (signal.aborted) return;
    const known = this.#readingOf(provider)?.daily?.days ?? [];
    const failed = { days: known, isComplete: false, isReading: false, isCut: false };
    this.#change(provider, { ...(issue && { daily: failed }), isCounting: false });
  }

  async #whileOpen(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof AskError)) throw error;
      this.stop();
      const locked = this.#hasKey ? "refused" : "locked";
      const phase = error.code === LOCKED ? locked : "failed";
      this.#set({ phase, message: error.message });
    }
  }

  #readingOf({ key }: Provider): Reading | undefined {
    return this.store.get().readings.find(({ provider }) => provider.key === key);
  }

  #change({ key }: Provider, change: Partial<Reading>): void {
    const readings = this.store
      .get()
      .readings.map((reading) =>
        reading.provider.key === key ? { ...reading, ...change } : reading,
      );
    this.#set(change.entries ? { readings, entries: entriesOf(readings) } : { readings });
  }

  #set(change: Partial<EstateView>): void {
    this.store.set({ ...this.store.get(), ...change });
  }
}

const entriesOf = (readings: readonly Reading[]): readonly Entry[] =>
  readings.flatMap(({ entries }) => entries);

/** The error code of a request without a key, or with a wrong one. */
const LOCKED = "UNAUTHENTICATED";

/** A failed request is an issue of its provider. A missing key stops everything. */
async function attempt(signal: AbortSignal, work: () => Promise<void>): Promise<Issue | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (signal.aborted) return null;
    if (!(error instanceof AskError) || error.code === LOCKED) throw error;
    const { code, message } = error;
    const place = { region: null, count: 1, instanceNativeIds: [], vendorCode: null };
    return { ...place, code, message, retryable: true, asOf: null };
  }
}
