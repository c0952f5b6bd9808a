import type { Backup } from "../../domain/backup.js";
import type { SourceIssue } from "../../domain/issue.js";
import type { BackupQuery, Reads } from "../../domain/reads.js";
import type { Connection, Edge } from "../../domain/connection.js";
import { Doubts } from "./doubts.js";

/** Waits before what is owed is asked for again; the first may answer already. Milliseconds. */
const WAITS_MS = [0, 1_000, 2_000, 4_000, 8_000];
const LONGEST_WAIT_MS = 30_000;

/** Reads that were ended by their deadline and brought nothing, before a walk is given up. */
const FRUITLESS_READS = 3;

/** What of its surroundings a walk needs. Times are milliseconds. */
export interface WalkPorts {
  open(): Reads;
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
  now(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** A list to walk, without its page arguments. */
export type WalkedList = Pick<BackupQuery, "filter" | "order"> & { readonly pageSize: number };

/** Takes the edges of a page, and knows what the walk still owes. */
export type TakePage = (edges: readonly Edge<Backup>[], issues: readonly SourceIssue[]) => unknown;

/**
 * Walks a list by its own cursors to its end, and asks for what is owed a bounded number of times.
 *
 * Shape:  what is missing at the end; empty where the list is complete.
 * Cost:   one page at a time is held.
 * Errors: the signal's reason, and what `take` throws.
 */
export async function walkBackups(
  ports: WalkPorts,
  list: WalkedList,
  take: TakePage,
): Promise<readonly SourceIssue[]> {
  return new ListWalk(ports, list, take).run();
}

class ListWalk {
  private readonly doubts: Doubts;
  /** Questions for what is owed, and reads ended by their deadline, that brought nothing. */
  private asked = 0;
  private overdue = 0;

  constructor(
    private readonly ports: WalkPorts,
    private readonly list: WalkedList,
    private readonly take: TakePage,
  ) {
    this.doubts = new Doubts(ports, list);
  }

  async run(): Promise<readonly SourceIssue[]> {
    let after: string | null = null;
    for (;;) {
      const began = this.ports.now();
      const page: Connection<Backup> = await this.read(after);
      this.ports.signal.throwIfAborted();
      await this.take(page.edges, page.issues);
      this.doubts.note(page.issues);
      const goesOn = (await page.hasNextPage())
        ? this.getsOn(page, this.ports.now() - began)
        : await this.asksAgain(page);
      after = page.endCursor;
      if (!goesOn || after === null) return this.doubts.left(page);
    }
  }

  private read(after: string | null): Promise<Connection<Backup>> {
    const { pageSize: first, filter, order } = this.list;
    return this.ports.open().backups({
      parent: { type: "Query" },
      page: { first, after, last: null, before: null },
      filter,
      order,
      onSourceError: "PARTIAL",
    });
  }

  /** A page that its own limits ended goes on where it stopped, unless that leads nowhere. */
  private getsOn({ edges }: Connection<Backup>, tookMs: number): boolean {
    const isStuck = edges.length === 0 && tookMs >= this.ports.deadlineMs;
    this.overdue = isStuck ? this.overdue + 1 : 0;
    return this.overdue < FRUITLESS_READS;
  }

  /** Whether what is owed is worth another question, which is waited for. */
  private async asksAgain({ complete, edges, issues }: Connection<Backup>): Promise<boolean> {
    if (complete) return false;
    if (edges.length > 0) this.asked = 0;
    const waitMs = WAITS_MS[this.asked];
    if (waitMs === undefined || issues.every(isForGood)) return false;
    this.asked += 1;
    const wanted = Math.max(waitMs, ...issues.map(({ retryAfterMs }) => retryAfterMs ?? 0));
    const { sleep, signal } = this.ports;
    if (wanted > 0) await sleep(Math.min(wanted, LONGEST_WAIT_MS), signal);
    return true;
  }
}

/** Only a person can change that. */
const isForGood = ({ code }: SourceIssue): boolean =>
  code === "UNAUTHENTICATED" || code === "FORBIDDEN";
