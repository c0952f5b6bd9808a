import type { Backup } from "../../domain/backup.js";
import { EVERY_BACKUP } from "../../domain/filter.js";
import { instanceId } from "../../domain/id.js";
import type { SourceIssue } from "../../domain/issue.js";
import type { Connection } from "../../domain/connection.js";
import type { WalkedList, WalkPorts } from "./walk.js";

/**
 * What pages reported that a complete last page does not settle.
 *
 * A source that failed is owed, and the end of the walk tells whether it came after all. A row that
 * could not be read is owed by nobody; only its source, asked to count its rows, tells if it is whole.
 */
export class Doubts {
  /** The first issue of each place. */
  private readonly issues = new Map<string, SourceIssue>();

  constructor(
    private readonly ports: Pick<WalkPorts, "open" | "signal">,
    private readonly list: WalkedList,
  ) {}

  note(issues: readonly SourceIssue[]): void {
    for (const issue of issues) {
      const name = placeOf(issue);
      if (issue.retryable || issue.code === "CUT" || this.issues.has(name)) continue;
      this.issues.set(name, issue);
    }
  }

  /** What is missing from a walk that ended with this page. */
  async left(last: Connection<Backup>): Promise<readonly SourceIssue[]> {
    const named = new Set(last.issues.map(placeOf));
    const others = [...this.issues].filter(([name]) => !named.has(name)).map(([, issue]) => issue);
    if (!last.complete) return [...last.issues, ...others];
    const whole = await Promise.all(others.map((issue) => this.isWhole(issue)));
    this.ports.signal.throwIfAborted();
    return others.filter((_, index) => !whole[index]);
  }

  /** A list is counted only where nothing is missing from it. */
  private async isWhole({ provider, region, instanceNativeId }: SourceIssue): Promise<boolean> {
    const { filter, order } = this.list;
    const instanceIds =
      region === null || instanceNativeId === null
        ? (filter?.instanceIds ?? null)
        : [instanceId(provider, region, instanceNativeId)];
    const page = await this.ports.open().backups({
      parent: { type: "Query" },
      page: { first: 0, after: null, last: null, before: null },
      filter: {
        ...(filter ?? EVERY_BACKUP),
        providers: [provider],
        regions: region === null ? (filter?.regions ?? null) : [region],
        instanceIds,
      },
      order,
      onSourceError: "PARTIAL",
    });
    return (await page.totalCount()) !== null;
  }
}

const placeOf = ({ provider, region, instanceNativeId }: SourceIssue): string =>
  JSON.stringify([provider, region, instanceNativeId]);
