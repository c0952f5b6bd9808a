import type { SourceIssue } from "../domain/connection.js";
import { groupBy } from "../domain/maps.js";
import { safeLines } from "./rows.js";

/** The largest number of lines. Issues on further lines are only counted. */
const LINES = 20;
/** The number of instances named on one line. */
const NAMED = 3;

/**
 * Issues as lines for people, each with its place, code, reason and the vendor's code. Instances of a region that fail in
 * the same way share a line, so that one failing region does not hide the others.
 */
export function issueText(issues: readonly SourceIssue[]): string {
  const alike = groupBy(issues, ({ provider, region, instanceNativeIds, code, ...reason }) =>
    JSON.stringify([
      provider,
      region,
      instanceNativeIds.length === 0,
      code,
      reason.vendorCode,
      reason.message,
    ]),
  );
  const groups = [...alike.values()];
  const shown = groups.slice(0, LINES);
  const rest = groups.slice(LINES).reduce((sum, group) => sum + countOf(group), 0);
  return shown.map(lineOf).join("") + (rest > 0 ? `  … and ${rest} more\n` : "");
}

function lineOf(group: readonly SourceIssue[]): string {
  const [{ provider, region, code, message, vendorCode }] = group as [SourceIssue];
  const instances = group.flatMap(({ instanceNativeIds }) => instanceNativeIds);
  const named = instances.slice(0, NAMED).join(", ");
  const others = instances.length === 0 ? 0 : countOf(group) - NAMED;
  const more = others > 0 ? ` and ${others} more` : "";
  const place = [provider, region, named].filter((part) => part !== null && part !== "").join(" ");
  const vendor = vendorCode === null ? "" : ` (code ${vendorCode})`;
  return safeLines(`  ${place}${more}: ${code}: ${message}${vendor}\n`);
}

const countOf = (group: readonly SourceIssue[]): number =>
  group.reduce((sum, { count }) => sum + count, 0);
