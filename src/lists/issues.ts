import type { Key } from "../domain/id.js";
import type { SourceIssue, SourcePlace } from "../domain/connection.js";
import type { InstanceRef } from "../domain/instance.js";
import { groupBy } from "../domain/maps.js";
import { ClientError, SourceError } from "../errors.js";
import type { Dated } from "../index/readThrough.js";
import type { Progress } from "../domain/provider.js";
import type { Page } from "../paging/page.js";
import type { Notice } from "../paging/slice.js";
import type { InstanceList } from "../providers/instanceList.js";
import type { ProviderRuntime } from "../providers/provider.js";

/** Instances that one issue names. */
const NAMED = 20;

/** The issue for a list that could not be read. Lists that were not read in time count by provider. */
export const issueOf = (place: SourcePlace, error: SourceError): SourceIssue =>
  issueAt(error.kind === "CUT" ? ofProvider(place) : place, error.kind, error.message, {
    vendorCode: error.details.code ?? null,
    retryable: error.retryable,
    retryAfterMs: error.details.retryAfterMs ?? null,
  });

/** The failure that an issue reports. */
export const errorOf = (issue: SourceIssue): SourceError =>
  new SourceError(issue.code, issue.message, {
    code: issue.vendorCode ?? undefined,
    retryable: issue.retryable,
    retryAfterMs: issue.retryAfterMs ?? undefined,
  });

const ofProvider = ({ provider, instanceNativeId }: SourcePlace): SourcePlace => ({
  provider,
  region: null,
  instanceNativeId,
});

/** The issue for an old list that is shown because reading it again failed. */
const staleIssue = (
  place: SourcePlace,
  reason: { readonly message: string },
  asOf: number,
): SourceIssue => issueAt(place, "STALE", staleMessage(reason), { retryable: true, asOf });

export const staleMessage = ({ message }: { readonly message: string }): string =>
  `An earlier reading is shown because reading the list again failed: ${message}`;

/** The issue for an instance whose tags decide something, and which its vendor's list does not show. */
export const unknownTagsIssue = ({ provider, region, nativeId }: InstanceRef): SourceIssue =>
  issueAt(
    { provider, region, instanceNativeId: nativeId, list: "facts" },
    "BAD_RESPONSE",
    "The tags of the instance are unknown, because the vendor's list does not show them.",
  );

/** The issue for facts of an instance that could not be read, or are old. */
export const factsIssue = (
  place: SourcePlace,
  answer: SourceError | Dated<unknown>,
): SourceIssue | null => {
  if ("value" in answer)
    return answer.stale === null ? null : staleIssue(place, answer.stale, answer.asOf);
  const issue = issueOf(place, answer);
  return { ...issue, message: `Facts of the instance are unknown: ${issue.message}` };
};

const noticeIssue = (place: SourcePlace, { code, message }: Notice): SourceIssue =>
  issueAt(place, code, message);

/** The one place where issues are made: an issue of one list. */
const issueAt = (
  place: SourcePlace,
  code: SourceIssue["code"],
  message: string,
  more: Partial<SourceIssue> = {},
): SourceIssue => ({
  ...place,
  count: 1,
  instanceNativeIds: place.instanceNativeId === null ? [] : [place.instanceNativeId],
  code,
  vendorCode: null,
  message,
  retryable: false,
  retryAfterMs: null,
  asOf: null,
  ...more,
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
  [...new Set(providers)].map((provider) =>
    issueAt(
      { provider, region: null, instanceNativeId: null },
      "CUT",
      `The page ended after ${scanRows} backups that do not match the filter.`,
      { retryable: true },
    ),
  );

const NO_ISSUES: readonly SourceIssue[] = [];

/** What reading lists has to report, besides rows. */
type Report = Pick<Page<Key>, "failures" | "cuts" | "stales" | "notices">;

/** Whether nothing is missing from what was read. */
export const isWhole = ({ failures, cuts, stales, notices }: Report): boolean =>
  failures.length + cuts.length + stales.length + notices.length === 0;

/** Everything that a page has to report, for each list alone. */
export function issuesOf(page: Report): readonly SourceIssue[] {
  if (isWhole(page)) return NO_ISSUES;
  return [
    ...[...page.failures, ...page.cuts].map(({ source, error }) => issueOf(source.place, error)),
    ...page.stales.map(({ source, slice }) =>
      staleIssue(source.place, slice.stale ?? { message: "" }, slice.asOf),
    ),
    ...page.notices.map(({ source, notice }) => noticeIssue(source.place, notice)),
  ];
}

/** Lists of a provider that an answer needs first, and how many of them have been read. */
export interface CountedLists extends Pick<Progress, "lists" | "read"> {
  readonly runtime: ProviderRuntime;
}

/**
 * The issues; those for lists that limits or the account's own quota left unread say how far each
 * provider was read, and when the rest will be. `count` is called only if there is one.
 */
export function withProgress(
  issues: readonly SourceIssue[],
  count: () => readonly CountedLists[],
): readonly SourceIssue[] {
  if (!issues.some(isUnread)) return issues;
  const counted = groupBy(count(), ({ runtime }) => runtime.key);
  return issues.map((issue) => {
    const known = isUnread(issue) ? counted.get(issue.provider) : undefined;
    const [first] = known ?? [];
    if (known === undefined || first === undefined) return issue;
    const lists = known.reduce((sum, one) => sum + one.lists, 0);
    const read = known.reduce((sum, one) => sum + one.read, 0);
    const message = `${issue.message} ${read} of ${lists} lists have been read.`;
    return { ...issue, message, retryAfterMs: first.runtime.msFor(lists - read) };
  });
}

/** A vendor that throttles gives a code of its own; the account's own quota has none. */
const isUnread = ({ code, vendorCode }: SourceIssue): boolean =>
  code === "CUT" || (code === "THROTTLED" && vendorCode === null);

/**
 * Groups the issues of single lists: one for each provider, region, kind of list and code. It has the
 * first message, the shortest time to wait and the time of the oldest data.
 */
export function grouped(issues: readonly SourceIssue[]): readonly SourceIssue[] {
  if (issues.length < 2) return issues;
  const groups = groupBy(issues, ({ provider, region, list, code, vendorCode }) =>
    JSON.stringify([provider, region, list, code, vendorCode]),
  );
  return [...groups.values()].map(joined);
}

function joined(issues: readonly SourceIssue[]): SourceIssue {
  const [first] = issues as [SourceIssue];
  if (issues.length === 1) return first;
  const lists = new Set(issues.map(({ instanceNativeId }) => instanceNativeId));
  const ids = [...lists].filter((id) => id !== null).sort();
  return {
    ...first,
    instanceNativeId: lists.size === 1 ? first.instanceNativeId : null,
    count: lists.size,
    instanceNativeIds: ids.slice(0, NAMED),
    retryAfterMs: leastOf(issues.map(({ retryAfterMs }) => retryAfterMs)),
    asOf: leastOf(issues.map(({ asOf }) => asOf)),
  };
}

function leastOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.min(...known);
}

/** @throws {ClientError} UPSTREAM_FAILED if there is an issue, for a caller that wants all or nothing. */
export function failOn(issues: readonly SourceIssue[]): void {
  const [first] = issues;
  if (first === undefined) return;
  const { provider, code } = first;
  const message = `The list is incomplete: ${provider}: ${first.message}`;
  throw new ClientError("UPSTREAM_FAILED", message, { issue: code, provider });
}
