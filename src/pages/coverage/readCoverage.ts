import type { Ask } from "./ask.js";
import { entryOf, unreadableEntries, type Entry, type Provider } from "./entries.js";
import { ProviderCoverageDocument, type ProviderCoverageQuery } from "./generated/graphql.js";
import type { Issue } from "./issues.js";

type Report = NonNullable<ProviderCoverageQuery["coverage"]>;

/** Which coverage to read. */
export interface CoverageQuestion {
  readonly provider: Provider;
  /** ISO 8601 duration. Empty: by each instance's policy. */
  readonly rpo: string;
  /** The largest page that the gateway allows. */
  readonly first: number;
  /** Whether nothing is known yet, so that a partial result is useful. */
  readonly isNew: boolean;
  readonly signal: AbortSignal;
}

/** The coverage of one provider. */
export interface Coverage {
  readonly entries: readonly Entry[];
  readonly issues: readonly Issue[];
  /** Epoch milliseconds. */
  readonly checkedAt: number;
}

/**
 * Reads a provider's coverage. It repeats the request while the limits of one operation or the vendor's
 * quota cut the result short, and while each result is longer than the one before. The next operation
 * finds in the cache what the last one read.
 */
export async function* readCoverage(
  ask: Ask,
  question: CoverageQuestion,
): AsyncGenerator<Coverage> {
  let isNew = question.isNew;
  for (let unknown = Number.POSITIVE_INFINITY; ;) {
    const reports: Report[] = [];
    for await (const report of pagesOf(ask, question)) {
      reports.push(report);
      if (isNew && report.instances.pageInfo.hasNextPage)
        yield listedBy(question.provider, reports);
    }
    isNew = false;
    const { coverage, left } = joined(question.provider, reports);
    yield coverage;
    if (!reports.some(isCut) || left >= unknown) return;
    unknown = left;
  }
}

const isCut = ({ issues }: Report): boolean =>
  issues.some(({ code }) => code === "CUT" || code === "THROTTLED");

async function* pagesOf(ask: Ask, question: CoverageQuestion): AsyncGenerator<Report> {
  for (let after: string | null = null; ;) {
    const report: Report | null = await reportAfter(ask, question, after);
    if (report === null) return;
    yield report;
    const { hasNextPage, endCursor } = report.instances.pageInfo;
    if (!hasNextPage || endCursor === after) return;
    after = endCursor;
  }
}

async function reportAfter(
  ask: Ask,
  { provider, rpo, first, signal }: CoverageQuestion,
  after: string | null,
): Promise<Report | null> {
  const variables = { provider: provider.key, rpo: rpo || null, first, after };
  return (await ask(ProviderCoverageDocument, variables, signal)).coverage;
}

/** The result of some pages. What is missing is known after the last page. */
function listedBy(provider: Provider, reports: readonly Report[]): Coverage {
  const entries = reports.flatMap(({ instances }) =>
    instances.nodes.map((instance) => entryOf(provider, instance)),
  );
  const checkedAt = Math.min(...reports.map((report) => Date.parse(report.checkedAt)));
  return { entries, issues: [], checkedAt };
}

function joined(provider: Provider, reports: readonly Report[]) {
  const { entries: listed, checkedAt } = listedBy(provider, reports);
  // Every page describes the whole report. The last page has read the most.
  const last = reports.at(-1) ?? { unknownCount: 0, issues: [], checkedAt: "" };
  const entries = [...listed, ...unreadableEntries(provider, listed, last)];
  const left = entries.filter(({ state }) => state === "UNKNOWN").length;
  return { coverage: { entries, issues: last.issues, checkedAt }, left };
}
