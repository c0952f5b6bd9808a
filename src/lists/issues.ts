import type { Key } from "../domain/key.js";
import type { SourceIssue, SourcePlace } from "../domain/issue.js";
import { ClientError, type SourceError } from "../errors.js";
import type { Dated } from "../index/readThrough.js";
import type { Page } from "../paging/page.js";
import type { Notice } from "../paging/slice.js";
import type { InstanceList } from "../providers/instanceList.js";

/** The issue for a list that could not be read. A list that was not requested in time counts by provider. */
export const issueOf = (place: SourcePlace, error: SourceError): SourceIssue => ({
  ...(error.kind === "CUT" ? wholeProvider(place) : place),
  code: error.kind,
  message: error.message,
  retryable: error.retryable,
  retryAfterMs: error.details.retryAfterMs ?? null,
  asOf: null,
});

const wholeProvider = ({ provider }: SourcePlace): SourcePlace => ({
  provider,
  region: null,
  instanceNativeId: null,
});

/** The issue for an old list that is shown because reading it again failed. */
const staleIssue = (
  place: SourcePlace,
  reason: { readonly message: string },
  asOf: number,
): SourceIssue => ({
  ...place,
  code: "STALE",
  message: staleMessage(reason),
  retryable: true,
  retryAfterMs: null,
  asOf,
});

export const staleMessage = ({ message }: { readonly message: string }): string =>
  `An earlier reading is shown because reading the list again failed: ${message}`;

const noticeIssue = (place: SourcePlace, { code, message }: Notice): SourceIssue => ({
  ...place,
  code,
  message,
  retryable: false,
  retryAfterMs: null,
  asOf: null,
});

/** What an instance list that was read has to report. */
export function instanceListIssues(
  place: SourcePlace,
  { value, stale, asOf }: Dated<InstanceList>,
): SourceIssue[] {
  const notices = value.notices.map((notice) => noticeIssue(place, notice));
  return stale === null ? notices : [...notices, staleIssue(place, stale, asOf)];
}

/** The issues for a page that ended after it passed over too many rows: one for each provider. */
export const scanIssues = (providers: readonly string[], scanRows: number): SourceIssue[] =>
  [...new Set(providers)].map((provider) => ({
    provider,
    region: null,
    instanceNativeId: null,
    code: "CUT",
    message: `The page ended after ${scanRows} backups that do not match the filter.`,
    retryable: true,
    retryAfterMs: null,
    asOf: null,
  }));

const NO_ISSUES: readonly SourceIssue[] = [];

const isWhole = ({ failures, cuts, stales, notices }: Page<Key>): boolean =>
  failures.length + cuts.length + stales.length + notices.length === 0;

/** Everything that a page has to report, without repeats. */
export function issuesOf(page: Page<Key>): readonly SourceIssue[] {
  if (isWhole(page)) return NO_ISSUES;
  return distinct([
    ...[...page.failures, ...page.cuts].map(({ source, error }) => issueOf(source.place, error)),
    ...page.stales.map(({ source, slice }) =>
      staleIssue(source.place, slice.stale ?? { message: "" }, slice.asOf),
    ),
    ...page.notices.map(({ source, notice }) => noticeIssue(source.place, notice)),
  ]);
}

/** How far a page that was cut has read the lists of a provider. */
export interface Progress {
  readonly lists: number;
  readonly read: number;
  /** When the rest can be read within the provider's quota. Units: milliseconds. */
  readonly retryAfterMs: number;
}

/** The issues, of which those for cut lists say how far each provider was read. */
export const withProgress = (
  issues: readonly SourceIssue[],
  progress: ReadonlyMap<string, Progress>,
): readonly SourceIssue[] =>
  issues.map((issue) => {
    const known = issue.code === "CUT" ? progress.get(issue.provider) : undefined;
    if (known === undefined) return issue;
    const { lists, read, retryAfterMs } = known;
    const message = `${issue.message} ${read} of ${lists} lists have been read.`;
    return { ...issue, message, retryAfterMs };
  });

/** Issues without repeats. */
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

/** @throws {ClientError} UPSTREAM_FAILED if there is an issue, for a caller that wants all or nothing. */
export function failOn(issues: readonly SourceIssue[]): void {
  const [first] = issues;
  if (first === undefined) return;
  const { provider, code } = first;
  const message = `The list is incomplete: ${provider}: ${first.message}`;
  throw new ClientError("UPSTREAM_FAILED", message, { issue: code, provider });
}
