import type { Backup } from "../../src/domain/backup.js";
import type { CoverageReport, InstanceCoverage } from "../../src/domain/coverage.js";
import type { Instance } from "../../src/domain/instance.js";
import { DEFAULT_POLICY } from "../../src/domain/policy.js";
import type { Reads } from "../../src/domain/reads.js";
import { SummarizedLists } from "../../src/lists/reads.js";
import type { BackupStats } from "../../src/domain/stats.js";
import type { Connection, WantedPage } from "../../src/domain/connection.js";
import { BACKUPS, INSTANCES, NOW, PROVIDERS } from "./fakeEstate.js";

/** One call of a fake read: its name and what it was asked. */
export type Asked = readonly [name: string, ...args: readonly unknown[]];

/** Reads from memory that note what they are asked; any of them may be replaced. */
export function fakeReads(replaced: Partial<Reads> = {}): { reads: Reads; asked: Asked[] } {
  const asked: Asked[] = [];
  const lists = new SummarizedLists();
  const summarize: Readonly<Record<string, (list: never) => void>> = {
    backups: (page: Connection<Backup>) => lists.add(page, page.edges),
    instances: (page: Connection<Instance>) => lists.add(page),
    coverage: (report: CoverageReport) => lists.add(report),
    backupStats: (stats: BackupStats) => lists.add(stats),
  };
  const reads = Object.fromEntries(
    Object.entries({ ...fromMemory, ...replaced }).map(([name, read]) => [
      name,
      (...args: unknown[]): unknown => {
        asked.push([name, ...args]);
        const answer = (read as (...args: unknown[]) => unknown)(...args);
        // Who asks handles a failure.
        if (name in summarize)
          (answer as Promise<never>).then(summarize[name]).catch(() => undefined);
        return answer;
      },
    ]),
  );
  return { reads: { ...reads, lists } as unknown as Reads, asked };
}

/** A page of rows by Relay's arguments; cursors are the rows' ids. */
export function pageOf<T extends { readonly id: string }>(
  rows: readonly T[],
  { backwards, size, after, before }: WantedPage,
  shown: Partial<Connection<T>> = {},
): Connection<T> {
  const from = after === null ? 0 : rows.findIndex(({ id }) => id === after) + 1;
  const to = before === null ? rows.length : rows.findIndex(({ id }) => id === before);
  const within = rows.slice(from, to);
  const page = backwards ? within.slice(-size || Infinity) : within.slice(0, size);
  const first = page[0];
  const last = page.at(-1);
  return {
    edges: page.map((node) => ({ node, cursor: node.id, late: false })),
    startCursor: first?.id ?? null,
    endCursor: last?.id ?? null,
    hasNextPage: async () => last !== undefined && last !== rows.at(-1),
    peekNextPage: () => null,
    peekPreviousPage: () => null,
    hasPreviousPage: () => Promise.resolve(first !== undefined && first !== rows[0]),
    totalCount: () => Promise.resolve(rows.length),
    complete: true,
    issues: [],
    ...shown,
  };
}

const PROTECTED: InstanceCoverage = {
  state: "PROTECTED",
  reason: "A whole backup was started 1 hour ago.",
  policy: null,
  violations: [],
  lastSuccess: BACKUPS[0] as Backup,
  checkedAt: NOW,
};
const UNKNOWN: InstanceCoverage = {
  state: "UNKNOWN",
  reason: "The source failed.",
  policy: null,
  violations: [],
  lastSuccess: null,
  checkedAt: NOW,
};

const backupsOf = ({ provider, nativeId }: Instance): Backup[] =>
  BACKUPS.filter((b) => b.provider === provider && b.instanceNativeId === nativeId);

const fromMemory: Omit<Reads, "lists"> = {
  calls: () => [],
  providers: () => PROVIDERS,
  provider: (key) => PROVIDERS.find((p) => p.key === key) ?? null,
  regions: (provider) => Promise.resolve([`region of ${provider.key}`]),
  capabilities: async () => ({
    paging: "OFFSET",
    window: false,
    maxPageSize: 100,
    reach: "Seven days after the instance was deleted.",
    notes: ["Backups of deleted instances."],
  }),
  health: async () => ({ state: "HEALTHY", lastSuccessAt: NOW, lastIssue: null, callsLeft: 7 }),
  instances: ({ parent, page }) =>
    Promise.resolve(
      pageOf(
        INSTANCES.filter((i) => parent.type !== "Provider" || i.provider === parent.provider),
        page,
      ),
    ),
  backups: ({ parent, page, order }) => {
    const rows = parent.type === "Instance" ? backupsOf(parent.instance) : BACKUPS;
    const own = rows.filter((b) => parent.type !== "Provider" || b.provider === parent.provider);
    return Promise.resolve(pageOf(order === "STARTED_AT_ASC" ? own.toReversed() : own, page));
  },
  instancesByRef: (refs) =>
    Promise.resolve(
      refs.map(
        (ref) =>
          INSTANCES.find((i) => i.provider === ref.provider && i.nativeId === ref.nativeId) ?? null,
      ),
    ),
  facts: (instance) => Promise.resolve(instance),
  backupsById: (ids) =>
    Promise.resolve(ids.map((id) => BACKUPS.find((backup) => backup.id === id) ?? null)),
  latestBackup: (instance, status) =>
    Promise.resolve(
      backupsOf(instance).find((b) => status === null || b.status === status) ?? null,
    ),
  downloads: ({ nativeId }) =>
    Promise.resolve([
      {
        url: `https://files.example/${nativeId}?Signature=a%2Fb`,
        internal: false,
        shard: null,
        sizeBytes: 5,
        expiresAt: NOW + 60_000,
      },
    ]),
  coverage: (rpoMs, filter): Promise<CoverageReport> =>
    Promise.resolve({
      rpoMs,
      filter,
      checkedAt: NOW,
      entries: INSTANCES.map((instance, i) => ({
        instance,
        coverage: i === 0 ? PROTECTED : UNKNOWN,
      })),
      unknownRegions: 1,
      isWhole: false,
      complete: false,
      issues: [],
    }),
  policies: () => [DEFAULT_POLICY],
  policy: () => Promise.resolve(DEFAULT_POLICY),
  coverageInstances: ({ entries }, { state }, page) =>
    Promise.resolve(
      pageOf(
        entries
          .filter(({ coverage }) => state === null || coverage.state === state)
          .map(({ instance }) => instance),
        page,
      ),
    ),
  backupStats: ({ by }) => {
    const [row] = BACKUPS as [Backup];
    const instance = { ...row, nativeId: row.instanceNativeId };
    const figures = {
      count: 1,
      sizeBytes: 5,
      sizedCount: 1,
      firstStartedAt: row.startedAt,
      lastStartedAt: row.startedAt,
    };
    const keys = by.map((dimension) => ({
      dimension,
      value: dimension.toLowerCase(),
      provider: ["PROVIDER", "INSTANCE"].includes(dimension) ? row.provider : null,
      instance: dimension === "INSTANCE" ? instance : null,
    }));
    return Promise.resolve({
      buckets: [{ keys, ...figures }],
      total: { keys: [], ...figures },
      complete: true,
      issues: [],
    });
  },
  instanceCoverage: (instance) => Promise.resolve(instance === INSTANCES[0] ? PROTECTED : UNKNOWN),
};
