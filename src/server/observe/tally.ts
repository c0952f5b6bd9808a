import type { Backup } from "../../domain/backup.js";
import type { SourceIssue } from "../../domain/issue.js";
import type { Reads } from "../../loaders/reads.js";
import type { Connection } from "../../paging/connection.js";

/** What is counted of one operation's lists. */
export class Tally {
  complete = true;
  issues = 0;
  /** Late rows by provider key. */
  readonly late = new Map<string, number>();

  /** Counts one list of the answer. */
  add({ complete, issues }: Listed): void {
    if (!complete) this.complete = false;
    this.issues += issues.length;
  }

  /** Counts the rows that come after their place had passed. */
  addLate({ edges }: Connection<Backup>): void {
    for (const { late, node } of edges)
      if (late) this.late.set(node.provider, (this.late.get(node.provider) ?? 0) + 1);
  }
}

interface Listed {
  readonly complete: boolean;
  readonly issues: readonly SourceIssue[];
}

/**
 * Counts what an operation's reads give.
 *
 * The methods are replaced in place: reads belong to one operation, and the rest of the object keeps its
 * `this`. Nobody waits for the counting, which comes before whoever asked gets the list.
 */
export function tallied(reads: Reads, tally: Tally): Reads {
  const { backups, instances, coverage } = reads;
  const add = (listed: Listed): void => tally.add(listed);
  const addAll = (page: Connection<Backup>): void => {
    tally.add(page);
    tally.addLate(page);
  };
  reads.backups = (query) => noted(backups.call(reads, query), addAll);
  reads.instances = (query) => noted(instances.call(reads, query), add);
  reads.coverage = (rpoMs, filter) => noted(coverage.call(reads, rpoMs, filter), add);
  return reads;
}

function noted<T>(result: Promise<T>, note: (value: T) => void): Promise<T> {
  // A failure is told by whoever asked.
  result.then(note, () => undefined);
  return result;
}
