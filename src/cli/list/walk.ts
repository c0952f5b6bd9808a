import type { Backup } from "../../domain/backup.js";
import type { Connection, Edge, SourceIssue } from "../../domain/connection.js";
import type { BackupFilter, BackupOrder } from "../../domain/filter.js";
import { instanceId } from "../../domain/id.js";
import type { Reads } from "../../domain/reads.js";

/** Delays between attempts to read what is missing, in milliseconds. The first attempt may already work. */
const DELAYS_MS = [0, 1_000, 2_000, 4_000, 8_000];
const LONGEST_DELAY_MS = 30_000;

/** Waits between attempts to read what is missing, for a limited time in all, which includes the attempts. */
export class Patience {
  private attempts = 0;
  private leftMs: number;
  private resumedAt: number | null = null;

  constructor(
    private readonly ports: Pick<WalkPorts, "now" | "sleep" | "signal">,
    private readonly mostMs: number,
  ) {
    this.leftMs = mostMs;
  }

  /** Starts again: rows have arrived. */
  renew(): void {
    this.attempts = 0;
    this.leftMs = this.mostMs;
    this.resumedAt = null;
  }

  /** Waits before another attempt. False if none makes sense, or the time does not allow for one. */
  async waitFor(issues: readonly SourceIssue[]): Promise<boolean> {
    const { now, sleep, signal } = this.ports;
    if (issues.every(this.attempts === 0 ? isPermanent : isFinal)) return false;
    const delayMs = DELAYS_MS[this.attempts] ?? DELAYS_MS.at(-1) ?? 0;
    const wanted = Math.max(delayMs, ...issues.map(({ retryAfterMs }) => retryAfterMs ?? 0));
    const ms = Math.min(wanted, LONGEST_DELAY_MS);
    this.leftMs -= ms + Math.max(0, now() - (this.resumedAt ?? now()));
    if (this.leftMs <= 0) return false;
    this.attempts += 1;
    if (ms > 0) await sleep(ms, signal).catch(() => signal.throwIfAborted());
    this.resumedAt = now();
    return true;
  }
}

/** Pages in a row that may reach their deadline without a row, before a walk stops. */
const EMPTY_PAGES = 3;

/** What a walk needs. Times are in milliseconds. */
interface WalkPorts {
  open(): Reads;
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
  now(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** A list to walk, without its page arguments. */
export interface WalkedList {
  readonly filter: BackupFilter;
  readonly order: BackupOrder;
  readonly pageSize: number;
  /** How long to wait for pending rows at the end. */
  readonly waitMs: number;
}

type Edges = readonly Edge<Backup>[];

/** Receives the edges of a page, and the issues of the walk so far. */
export type TakePage = (edges: Edges, issues: readonly SourceIssue[]) => unknown;

/**
 * Walks a list to its end by its cursors, and requests pending rows again for a limited time.
 *
 * Shape:  the issues that remain at the end. Empty if the list is complete.
 * Cost:   holds one page at a time.
 * Errors: the reason of the signal, and what `take` throws.
 */
export async function walkBackups(
  ports: WalkPorts,
  list: WalkedList,
  take: TakePage,
): Promise<readonly SourceIssue[]> {
  return (await new ListWalk(ports, list, take).run(null)).issues;
}

const HOUR_MS = 3_600_000;
/** How long after its start a backup may match for the first time: listed late, or changed its state. */
const LOOKBACK_HOURS = 24;

/** What following a list needs besides what a walk does. */
interface Following {
  /** The list in its order by start, oldest first. */
  readonly list: WalkedList;
  readonly take: TakePage;
  /** Receives what is missing after each round. */
  readonly onRound: (issues: readonly SourceIssue[]) => void;
  readonly pollMs: number;
}

/**
 * Walks a list to its end, and then reads what is new, again and again.
 *
 * The cursor brings newer and pending rows. The last hours are read as well, because it brings no row that
 * starts before it and is listed later. No row comes twice.
 *
 * Cost:   remembers the ids of the last day.
 * Errors: the reason of the signal, and what `take` throws.
 */
export async function followBackups(ports: WalkPorts, following: Following): Promise<never> {
  const { list, take, onRound, pollMs } = following;
  const seen = new Map<string, number>();
  const recentSince = (): number => (Math.floor(ports.now() / HOUR_MS) - LOOKBACK_HOURS) * HOUR_MS;
  const takeNew =
    (late: boolean): TakePage =>
    async (edges, issues) => {
      const fresh = edges.filter(({ node }) => !seen.has(node.id));
      for (const { node } of fresh) seen.set(node.id, node.startedAt);
      await take(late ? fresh.map((edge) => ({ ...edge, late })) : fresh, issues);
    };
  let cursor: string | null = null;
  for (;;) {
    const walked: WalkEnd = await new ListWalk(ports, list, takeNew(false)).run(cursor);
    cursor = walked.cursor;
    const since = recentSince();
    await new ListWalk(ports, startingFrom(list, since), takeNew(true)).run(null);
    onRound(walked.issues);
    for (const [id, startedAt] of seen) if (startedAt < since) seen.delete(id);
    await ports.sleep(pollMs, ports.signal).catch(() => ports.signal.throwIfAborted());
  }
}

const startingFrom = (list: WalkedList, since: number): WalkedList => {
  const startedAfter = Math.max(since, list.filter.startedAfter ?? since);
  return { ...list, filter: { ...list.filter, startedAfter } };
};

/** Where a walk ended. */
interface WalkEnd {
  readonly issues: readonly SourceIssue[];
  /** Continues the walk; null if the list was empty. */
  readonly cursor: string | null;
}

class ListWalk {
  /** By place, the first issue that a complete last page would not settle. */
  private readonly unsettled = new Map<string, SourceIssue>();
  private readonly patience: Patience;
  /** Pages that reached their deadline without any row. */
  private emptyPages = 0;

  constructor(
    private readonly ports: WalkPorts,
    private readonly list: WalkedList,
    private readonly take: TakePage,
  ) {
    this.patience = new Patience(ports, list.waitMs);
  }

  async run(from: string | null): Promise<WalkEnd> {
    let after = from;
    for (;;) {
      const began = this.ports.now();
      const page: Connection<Backup> = await this.read(this.list.filter, this.list.pageSize, after);
      this.ports.signal.throwIfAborted();
      await this.take(page.edges, page.issues);
      this.note(page.issues);
      const hasMore = (await page.hasNextPage())
        ? this.makesProgress(page, this.ports.now() - began)
        : await this.waitForPending(page);
      after = page.endCursor ?? after;
      if (!hasMore || page.endCursor === null)
        return { issues: await this.remaining(page), cursor: after };
    }
  }

  private read(
    filter: BackupFilter,
    first: number,
    after: string | null,
  ): Promise<Connection<Backup>> {
    return this.ports.open().backups({
      parent: { type: "Query" },
      page: { backwards: false, size: first, after, before: null },
      filter,
      order: this.list.order,
      onSourceError: "PARTIAL",
    });
  }

  /** Whether to continue after a page. A page that reached its deadline without rows may be stuck. */
  private makesProgress({ edges }: Connection<Backup>, tookMs: number): boolean {
    const isStuck = edges.length === 0 && tookMs >= this.ports.deadlineMs;
    this.emptyPages = isStuck ? this.emptyPages + 1 : 0;
    return this.emptyPages < EMPTY_PAGES;
  }

  /** Waits before the next attempt to read pending rows. False if no attempt makes sense. */
  private async waitForPending({ complete, edges, issues }: Connection<Backup>): Promise<boolean> {
    if (complete) return false;
    if (edges.length > 0) this.patience.renew();
    return this.patience.waitFor(issues);
  }

  /**
   * Keeps the issues of rows that are not pending, such as a row that could not be decoded. The end of
   * the walk shows whether pending rows arrived, but not whether these did.
   */
  private note(issues: readonly SourceIssue[]): void {
    for (const issue of issues) {
      const place = placeOf(issue);
      if (issue.retryable || issue.code === "CUT" || this.unsettled.has(place)) continue;
      this.unsettled.set(place, issue);
    }
  }

  /** The issues that remain after the last page. */
  private async remaining(last: Connection<Backup>): Promise<readonly SourceIssue[]> {
    const named = new Set(last.issues.map(placeOf));
    const others = [...this.unsettled]
      .filter(([place]) => !named.has(place))
      .map(([, issue]) => issue);
    if (!last.complete) return [...last.issues, ...others];
    const whole = await Promise.all(others.map((issue) => this.isWhole(issue)));
    this.ports.signal.throwIfAborted();
    return others.filter((_, index) => !whole[index]);
  }

  /** Whether a source can now be counted, which works only if nothing is missing from it. */
  private async isWhole(issue: SourceIssue): Promise<boolean> {
    const { provider, region, instanceNativeIds, count } = issue;
    const { filter } = this.list;
    const instanceIds =
      region === null || instanceNativeIds.length < count
        ? filter.instanceIds
        : instanceNativeIds.map((nativeId) => instanceId(provider, region, nativeId));
    const regions = region === null ? filter.regions : [region];
    const source = { ...filter, providers: [provider], regions, instanceIds };
    return (await (await this.read(source, 0, null)).totalCount()) !== null;
  }
}

/** Only a person can fix these. */
const isPermanent = ({ code }: SourceIssue): boolean =>
  code === "UNAUTHENTICATED" || code === "FORBIDDEN" || code === "SHORT";

/** What a second attempt did not change will not change within seconds either. */
const isFinal = (issue: SourceIssue): boolean =>
  isPermanent(issue) ||
  (!issue.retryable && (issue.code === "BAD_RESPONSE" || issue.code === "SCAN_LIMIT"));

const placeOf = ({ provider, region, instanceNativeIds }: SourceIssue): string =>
  JSON.stringify([provider, region, instanceNativeIds]);
