import type { Connection, WantedPage } from "../domain/connection.js";
import type { CoverageEntry, CoverageReport, ReportSelection } from "../domain/coverage.js";
import { compareKeys } from "../domain/id.js";
import type { Instance } from "../domain/instance.js";
import { isGood } from "../domain/judge.js";
import { fingerprintOf } from "../paging/cursor.js";
import { PageTaker } from "../paging/page.js";
import { fixedSource, wholeSlice } from "../paging/slice.js";
import { PageConnection } from "./connection.js";
import { instanceBinding, instanceScope } from "./filters.js";
import { inTurns, newestOf } from "./find.js";
import { INSTANCE_ORDER, pageRequest } from "./instances.js";
import { rowOf, type InstanceRow } from "./instanceRows.js";
import type { ReadContext } from "./readContext.js";
import { NO_SOURCES, walkOf } from "./walk.js";

/**
 * One page of a report's instances.
 *
 * Cost: for the order by age, the newest good backup of each instance that has none within its RPO.
 */
export async function pageOfReport(
  context: ReadContext,
  report: CoverageReport,
  { state, order }: ReportSelection,
  wanted: WantedPage,
): Promise<Connection<Instance>> {
  const { cursors } = context.parts;
  const { rpoMs, filter, entries, issues, complete } = report;
  const parent = ["CoverageReport", String(rpoMs ?? "policy"), state ?? ""];
  const binding = order === "INSTANCE" ? parent : [...parent, order];
  const walk = walkOf(wanted, {
    ...INSTANCE_ORDER,
    cursors,
    fingerprint: fingerprintOf(
      instanceBinding({ parent: binding, scope: instanceScope(filter), filter }),
    ),
    // Each request makes a report of its own, so its pages do not depend on when a walk began.
    now: 0,
  });
  const chosen = entries.filter(({ coverage }) => state === null || coverage.state === state);
  const rows =
    order === "AGE_DESC"
      ? await inTurns(context, chosen, (entry) => rowByAge(context, entry))
      : chosen.map(({ instance }) => (order === "NAME" ? rowByName(instance) : rowOf(instance)));
  rows.sort((a, b) => compareKeys(b, a));
  const place = { provider: "", region: null, instanceNativeId: null };
  const source = fixedSource({ name: "report", place }, wholeSlice(rows));
  const found = { ...NO_SOURCES, sources: [source] };
  const matches = () => true;
  const sources = { ...found, state: { position: walk.position, debts: [] } };
  const page = new PageTaker(pageRequest(walk, matches, sources)).peek();
  if (page === null) throw new RangeError("A report is read as a whole.");
  return new PageConnection({
    walk,
    found,
    page,
    // Each page repeats what the report has to report.
    issues,
    cursors,
    matches,
    nodeOf: ({ instance }: InstanceRow) => instance,
    count: async () => (complete ? rows.length : null),
  });
}

/** The same text after a cursor has carried it: half of a surrogate pair becomes U+FFFD. */
const wellFormed = (text: string): string => Buffer.from(text, "utf8").toString("utf8");

/** Characters of a name that decide its place. */
const NAME_LENGTH = 100;

function rowByName(instance: Instance): InstanceRow {
  const row = rowOf(instance);
  const name = wellFormed((instance.name ?? "").toLowerCase().slice(0, NAME_LENGTH));
  return { ...row, id: `${name}\0${row.id}` };
}

/** Its key is the start of the newest good backup, however old. */
async function rowByAge(
  context: ReadContext,
  { instance, coverage }: CoverageEntry,
): Promise<InstanceRow> {
  const newest =
    coverage.lastSuccess ??
    (await newestOf(context, instance, { matches: isGood })).rows[0]?.row ??
    null;
  return { ...rowOf(instance), startedAt: newest?.startedAt ?? 0 };
}
