import type { Ask } from "./ask.js";
import { ProviderBackupsDocument, type ProviderBackupsQuery } from "./generated/graphql.js";
import type { Issue } from "./issues.js";

type Page = NonNullable<ProviderBackupsQuery["backups"]>;

/** The fields of a backup that the calendar needs. */
export type DayBackup = Page["nodes"][number];

/** Which backups of one provider to read. */
export interface BackupQuestion {
  /** Provider key. */
  readonly provider: string;
  /** Epoch milliseconds. */
  readonly since: number;
  /** The largest page that the gateway allows. */
  readonly first: number;
  readonly signal: AbortSignal;
}

/** A step of the walk. */
export interface BackupStep {
  readonly backups: readonly DayBackup[];
  /** What is permanently missing, as far as is known. */
  readonly issues: readonly Issue[];
  readonly ended: boolean;
}

/** The number of empty pages in a row after which a walk counts as stuck. */
const EMPTY_PAGES = 10;

/**
 * Walks a provider's backups, newest first.
 *
 * A temporary failure counts only if the last page still reports it, because pending rows have arrived
 * otherwise. What an earlier page permanently left out stays missing.
 */
export async function* readBackups(ask: Ask, question: BackupQuestion): AsyncGenerator<BackupStep> {
  const permanent: Issue[] = [];
  let after: string | null = null;
  for (let empty = 0; ;) {
    const page: Page = await pageAfter(ask, question, after);
    const { nodes, issues, pageInfo } = page;
    empty = nodes.length > 0 ? 0 : empty + 1;
    const stuck = empty > EMPTY_PAGES || pageInfo.endCursor === after;
    const ended = !pageInfo.hasNextPage || stuck;
    const missing = ended ? [...permanent, ...stillMissing(page)] : permanent;
    yield { backups: nodes, issues: distinct(missing), ended };
    if (ended) return;
    permanent.push(...issues.filter(({ code, retryable }) => !retryable && code !== "CUT"));
    after = pageInfo.endCursor;
  }
}

async function pageAfter(
  ask: Ask,
  { provider, since, first, signal }: BackupQuestion,
  after: string | null,
): Promise<Page> {
  const variables = { provider, since: new Date(since).toISOString(), first, after };
  const { backups } = await ask(ProviderBackupsDocument, variables, signal);
  return backups ?? { nodes: [], issues: [], complete: false, pageInfo: NO_MORE };
}

/** What is missing from the last page. If it is incomplete without an issue, anything may be missing. */
const stillMissing = ({ complete, issues }: Page): readonly Issue[] =>
  complete || issues.length > 0 ? issues : [SOMETHING];

const SOMETHING: Issue = {
  region: null,
  count: 1,
  instanceNativeIds: [],
  code: "CUT",
  message: "Not all backups could be read.",
  vendorCode: null,
  retryable: true,
  asOf: null,
};

const NO_MORE = { hasNextPage: false, endCursor: null };

const distinct = (issues: readonly Issue[]): Issue[] => [
  ...new Map(issues.map((issue) => [JSON.stringify(issue), issue])).values(),
];
