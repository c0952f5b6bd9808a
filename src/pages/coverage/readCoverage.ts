import type { Ask } from "./ask.js";
import { entryOf, unreadableEntries, type Entry, type Provider } from "./entries.js";
import { ProviderCoverageDocument, type ProviderCoverageQuery } from "./generated/graphql.js";
import type { Issue } from "./issues.js";

type Report = NonNullable<ProviderCoverageQuery["coverage"]>;

/** What is asked about the coverage of one provider. */
export interface CoverageQuestion {
  readonly provider: Provider;
  /** ISO 8601 duration. */
  readonly rpo: string;
  /** The largest page that the gateway gives. */
  readonly first: number;
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
 * Reads a provider's coverage, and again as long as the gateway's own bounds on one operation cut it
 * short and each reading gets further: what one operation has read, the next finds in the cache.
 */
export async function* readCoverage(
  ask: Ask,
  question: CoverageQuestion,
): AsyncGenerator<Coverage> {
  for (let unknown = Number.POSITIVE_INFINITY; ;) {
    const reports = await allPages(ask, question);
    const { coverage, left } = joined(question.provider, reports);
    yield coverage;
    if (!reports.some(isCut) || left >= unknown) return;
    unknown = left;
  }
}

const isCut = ({ issues }: Report): boolean => issues.some(({ code }) => code === "CUT");

async function allPages(ask: Ask, question: CoverageQuestion): Promise<Report[]> {
  const reports: Report[] = [];
  for (let after: string | null = null; ;) {
    const report: Report | null = await reportAfter(ask, question, after);
    if (report === null) return reports;
    reports.push(report);
    const { hasNextPage, endCursor } = report.instances.pageInfo;
    if (!hasNextPage || endCursor === after) return reports;
    after = endCursor;
  }
}

async function reportAfter(
  ask: Ask,
  { provider, rpo, first, signal }: CoverageQuestion,
  after: string | null,
): Promise<Report | null> {
  const variables = { provider: provider.key, rpo, first, after };
  return (await ask(ProviderCoverageDocument, variables, signal)).coverage;
}

function joined(provider: Provider, reports: readonly Report[]) {
  const listed = reports.flatMap(({ instances }) =>
    instances.nodes.map((instance) => entryOf(provider, instance)),
  );
  // Every page tells of the whole report, the last one with the most behind it.
  const last = reports.at(-1) ?? { unknownCount: 0, issues: [], checkedAt: "" };
  const entries = [...listed, ...unreadableEntries(provider, listed, last)];
  const left = entries.filter(({ state }) => state === "UNKNOWN").length;
  const checkedAt = Math.min(...reports.map((report) => Date.parse(report.checkedAt)));
  return { coverage: { entries, issues: last.issues, checkedAt }, left };
}
