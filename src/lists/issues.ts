import type { Key } from "../domain/key.js";
import type { SourceIssue } from "../domain/issue.js";
import { ClientError, type SourceError } from "../errors.js";
import type { Page } from "../paging/takenPage.js";
import type { Notice } from "../paging/slice.js";

/** Where a source, or a part of one, belongs. */
export interface Whereabouts {
  readonly provider: string;
  readonly region: string | null;
  readonly instanceNativeId: string | null;
}

/** The issue that a failed read makes. */
export const issueOf = (where: Whereabouts, error: SourceError): SourceIssue => ({
  ...where,
  code: error.kind,
  message: error.message,
  retryable: error.retryable,
  retryAfterMs: error.details.retryAfterMs ?? null,
  asOf: null,
});

/** The issue that old data makes. */
export const staleIssue = (
  where: Whereabouts,
  reason: { readonly message: string },
  asOf: number,
): SourceIssue => ({
  ...where,
  code: "STALE",
  message: `Shown as it was read before, because reading it anew failed: ${reason.message}`,
  retryable: true,
  retryAfterMs: null,
  asOf,
});

/** The issue that something noticed while reading makes. */
export const noticeIssue = (where: Whereabouts, { code, message }: Notice): SourceIssue => ({
  ...where,
  code,
  message,
  retryable: false,
  retryAfterMs: null,
  asOf: null,
});

const NO_ISSUES: readonly SourceIssue[] = [];

const isWhole = ({ failures, cuts, stales, notices }: Page<Key>): boolean =>
  failures.length + cuts.length + stales.length + notices.length === 0;

/** Everything that a page has to report, each matter once; what was cut is told by provider. */
export function issuesOf<T extends Key>(
  page: Page<T>,
  whereabouts: (source: string) => Whereabouts,
): readonly SourceIssue[] {
  if (isWhole(page)) return NO_ISSUES;
  const of = (item: { readonly source: { readonly name: string } }) =>
    whereabouts(item.source.name);
  const cutOf = (item: { readonly source: { readonly name: string } }): Whereabouts => ({
    provider: of(item).provider,
    region: null,
    instanceNativeId: null,
  });
  return distinct([
    ...page.failures.map((failure) =>
      issueOf(failure.error.kind === "CUT" ? cutOf(failure) : of(failure), failure.error),
    ),
    ...page.cuts.map((failure) =>
      issueOf(failure.error.kind === "CUT" ? cutOf(failure) : of(failure), failure.error),
    ),
    ...page.stales.map((stale) =>
      staleIssue(of(stale), stale.slice.stale ?? { message: "" }, stale.slice.asOf),
    ),
    ...page.notices.map((item) => noticeIssue(of(item), item.notice)),
  ]);
}

/** Issues without repetitions. */
export function distinct(issues: readonly SourceIssue[]): readonly SourceIssue[] {
  if (issues.length < 2) return issues;
  const byMatter = new Map<string, SourceIssue>();
  for (const issue of issues) {
    const { provider, region, instanceNativeId, code, message } = issue;
    const matter = JSON.stringify([provider, region, instanceNativeId, code, message]);
    if (!byMatter.has(matter)) byMatter.set(matter, issue);
  }
  return [...byMatter.values()];
}

/** The error that a field gives where its caller wants all or nothing. */
export function failOn(issues: readonly SourceIssue[]): void {
  const [first] = issues;
  if (first === undefined) return;
  const { provider, code } = first;
  const message = `The list is not complete: ${provider}: ${first.message}`;
  throw new ClientError("UPSTREAM_FAILED", message, { issue: code, provider });
}
