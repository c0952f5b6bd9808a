import type { Backup } from "../../domain/backup.js";
import type { CoverageReport } from "../../domain/coverage.js";
import type { InstanceFilter } from "../../domain/filter.js";
import type { Instance } from "../../domain/instance.js";
import type { SourceIssue } from "../../domain/issue.js";
import { PassedReads } from "../../loaders/passedReads.js";
import type { BackupQuery, InstanceQuery, Reads } from "../../domain/reads.js";
import type { Connection } from "../../domain/connection.js";

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

/** Reads that count what they give, before whoever asked gets it; nobody waits for the counting. */
class TalliedReads extends PassedReads {
  constructor(
    reads: Reads,
    private readonly tally: Tally,
  ) {
    super(reads);
  }

  override backups(query: BackupQuery): Promise<Connection<Backup>> {
    return noted(super.backups(query), (page) => {
      this.tally.add(page);
      this.tally.addLate(page);
    });
  }

  override instances(query: InstanceQuery): Promise<Connection<Instance>> {
    return noted(super.instances(query), (page) => this.tally.add(page));
  }

  override coverage(rpoMs: number, filter: InstanceFilter | null): Promise<CoverageReport> {
    return noted(super.coverage(rpoMs, filter), (report) => this.tally.add(report));
  }
}

/** Counts what an operation's reads give. */
export const tallied = (reads: Reads, tally: Tally): Reads => new TalliedReads(reads, tally);

function noted<T>(result: Promise<T>, note: (value: T) => void): Promise<T> {
  // A failure is told by whoever asked.
  result.then(note, () => undefined);
  return result;
}
