import type { SourceIssue } from "../domain/issue.js";

/** Issues that are named one by one; the others are counted. */
const NAMED = 20;

/** Issues as lines for people, each with its place, code and reason. */
export function issueText(issues: readonly SourceIssue[]): string {
  const lines = issues.slice(0, NAMED).map((issue) => `  ${placeText(issue)}: ${reason(issue)}\n`);
  const rest = issues.length - lines.length;
  return lines.join("") + (rest > 0 ? `  … and ${rest} more\n` : "");
}

const placeText = ({ provider, region, instanceNativeId }: SourceIssue): string =>
  [provider, region, instanceNativeId].filter((part) => part !== null).join(" ");

const reason = ({ code, message }: SourceIssue): string => `${code}: ${message}`;
