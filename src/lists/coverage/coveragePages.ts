import type { CoverageReport, CoverageState } from "../../domain/coverage.js";
import type { Instance } from "../../domain/instance.js";
import { fingerprintOf } from "../../paging/cursor.js";
import type { Connection, PageArgs } from "../../domain/connection.js";
import { takePage } from "../../paging/page.js";
import { checkPageArgs } from "../../paging/pageArgs.js";
import type { MergeSource } from "../../paging/mergeSource.js";
import { connectionOf } from "../connection.js";
import { NO_SOURCES, walkOf } from "../walk.js";
import { instanceBinding } from "../instances/instanceFilter.js";
import { rowOf, type InstanceRow } from "../instances/instanceSources.js";
import type { Reader } from "../readContext.js";

/** One page of a report's instances, in the order of instance lists. */
export async function pageOfReport(
  { cursors, limits, startedAt }: Reader,
  report: CoverageReport,
  state: CoverageState | null,
  args: PageArgs,
): Promise<Connection<Instance>> {
  const { rpoMs, filter, entries } = report;
  const parent = ["CoverageReport", String(rpoMs), state ?? ""];
  const binding = instanceBinding({ parent, filter });
  const walk = walkOf(checkPageArgs(args, limits), {
    cursors,
    order: "oldestFirst",
    fingerprint: fingerprintOf(binding),
    range: { low: null, high: null },
    now: startedAt,
  });
  const rows = entries
    .filter(({ coverage }) => state === null || coverage.state === state)
    .map(({ instance }) => rowOf(instance))
    .sort((a, b) => (a.id < b.id ? 1 : -1));
  const sources = [sourceOf(rows, startedAt)];
  const found = { ...NO_SOURCES, sources };
  const matches = () => true;
  const page = await takePage<InstanceRow>({
    direction: walk.direction,
    sources: found.sources,
    state: { position: walk.position, debts: [] },
    end: walk.end,
    limit: walk.size,
    matches,
    lookAhead: true,
    scanLimit: Number.POSITIVE_INFINITY,
    policy: "each",
  });
  const nodeOf = ({ instance }: InstanceRow) => instance;
  // What the report could not read is told by the report, and again by each of its pages.
  const { issues, complete } = report;
  const count = async () => (complete ? rows.length : null);
  return connectionOf({ walk, found, page, issues, cursors, matches, nodeOf, count });
}

const sourceOf = (rows: readonly InstanceRow[], asOf: number): MergeSource<InstanceRow> => ({
  name: "report",
  low: null,
  high: null,
  read: () => ({
    since: Number.NEGATIVE_INFINITY,
    until: Number.POSITIVE_INFINITY,
    rows,
    asOf,
    notices: [],
    stale: null,
  }),
});
