import type { Instance } from "../../domain/instance.js";
import { caught, SourceError } from "../../errors.js";
import type { Connection } from "../../domain/connection.js";
import { fingerprintOf } from "../../paging/cursor.js";
import type { MergeSource } from "../../paging/mergeSource.js";
import { takePage, type PageRequest } from "../../paging/page.js";
import { checkPageArgs } from "../../paging/pageArgs.js";
import { connectionOf } from "../connection.js";
import { beginNext, expectedInstances } from "../prefetch.js";
import { instanceBinding, instanceMatcher, type InstanceListQuery } from "./instanceFilter.js";
import { instanceSources, type InstanceRow } from "./instanceSources.js";
import { distinct, failOn, issuesOf, type Whereabouts } from "../issues.js";
import type { Reader } from "../readContext.js";
import { placesIn } from "../scope.js";
import { stateOf, walkOf } from "../walk.js";

/**
 * One page of the merged list of instances.
 *
 * Order:  by provider key, region and native id; instances of a region that was owed come first.
 * Cost:   the instance lists of the regions that the page reaches, where they are not at hand.
 * Errors: as `listBackups`.
 */
export async function listInstances(
  reader: Reader,
  query: InstanceListQuery,
): Promise<Connection<Instance>> {
  const { cursors, startedAt, limits } = reader;
  const walk = walkOf(checkPageArgs(query.page, limits), {
    cursors,
    order: "oldestFirst",
    fingerprint: fingerprintOf(instanceBinding(query)),
    range: { low: null, high: null },
    now: startedAt,
  });
  const places = await placesIn(reader, query.scope);
  const found = instanceSources(reader, places, walk.walkStart);
  const matches = instanceMatcher(query.filter);
  const request: PageRequest<InstanceRow> = {
    direction: walk.direction,
    sources: found.sources,
    state: stateOf(walk, found),
    end: walk.end,
    limit: walk.size,
    matches,
    lookAhead: true,
    scanLimit: limits.scanRows,
    policy: "each",
  };
  const taken = takePage(request);
  const next = taken instanceof Promise ? (query.next?.() ?? []) : [];
  if (next.length > 0) beginNext(reader, expectedInstances(reader, places, request), next);
  const page = await taken;
  const whereabouts = (name: string) => found.where.get(name) as Whereabouts;
  const issues = distinct(issuesOf(page, whereabouts));
  if (query.onSourceError === "FAIL") failOn(issues);
  const count = async () => (walk.owed.length > 0 ? null : countRows(found.sources, matches));
  const nodeOf = ({ instance }: InstanceRow) => instance;
  return connectionOf({ walk, found, page, issues, cursors, matches, nodeOf, count });
}

async function countRows(
  sources: readonly MergeSource<InstanceRow>[],
  matches: (row: InstanceRow) => boolean,
): Promise<number | null> {
  const counts = await Promise.all(
    sources.map(async (source) => {
      const slice = await caught(Promise.resolve().then(() => source.read(0, "oldestFirst")));
      if (slice instanceof SourceError || slice.stale !== null || slice.notices.length > 0)
        return null;
      return slice.rows.filter(matches).length;
    }),
  );
  return counts.reduce((sum, count) => (sum === null || count === null ? null : sum + count), 0);
}
