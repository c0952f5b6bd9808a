import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { BACKUP_COLUMNS } from "../../../src/cli/list/list.js";
import { walkBackups } from "../../../src/cli/list/walk.js";
import { FORMATS } from "../../../src/cli/rows.js";
import { makeRowWriter } from "../../../src/cli/rows.js";
import { EVERY_BACKUP } from "../../../src/domain/filter.js";
import type { Backup } from "../../../src/domain/backup.js";
import type { BackupQuery } from "../../../src/domain/reads.js";
import type { Connection } from "../../../src/domain/connection.js";
import { BACKUPS } from "../../graphql/fakeEstate.js";
import { fakeReads } from "../../graphql/fakeReads.js";
import { sized } from "../../runs.js";

const ROWS = sized(20_000, 100_000);
const PAGE = 200;
/** Pages after which those that are held are counted: five times in all. */
const ROUND = ROWS / PAGE / 5;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Pages of an endless list that are made when they are asked for; the name of each is its cursor. */
function pageAfter({ page }: BackupQuery, made: WeakRef<object>[]): Connection<Backup> {
  const from = Number(page.after ?? 0);
  const edges = Array.from({ length: page.size }, (_, index) => ({
    node: { ...(BACKUPS[0] as Backup), id: `b-${from + index}`, startedAt: ROWS - from - index },
    cursor: String(from + index + 1),
    late: false,
  }));
  made.push(new WeakRef(edges));
  return {
    edges,
    startCursor: null,
    endCursor: String(from + edges.length),
    hasNextPage: async () => from + edges.length < ROWS,
    hasPreviousPage: async () => false,
    peekNextPage: () => null,
    peekPreviousPage: () => null,
    totalCount: () => Promise.resolve(ROWS),
    complete: true,
    issues: [],
  };
}

test.each(FORMATS)(
  `a walk of ${ROWS} backups as %s holds no page it has passed`,
  async (format) => {
    const made: WeakRef<object>[] = [];
    const writer = makeRowWriter(format, BACKUP_COLUMNS);
    const seen = { rows: 0, lines: 0, most: 0 };
    const { reads } = fakeReads();
    const missing = await walkBackups(
      {
        open: () => ({ ...reads, backups: (query) => Promise.resolve(pageAfter(query, made)) }),
        signal: new AbortController().signal,
        deadlineMs: 1,
        now: () => 0,
        sleep: () => Promise.resolve(),
      },
      { filter: EVERY_BACKUP, order: "STARTED_AT_DESC", pageSize: PAGE, waitMs: 0 },
      async (edges) => {
        seen.rows += edges.length;
        seen.lines +=
          writer(edges.map((edge) => ({ ...edge, instanceName: null }))).split("\n").length - 1;
        if (made.length % ROUND !== 0) return;
        // What a weak reference leads to lives until the turn of the event loop that made it is over.
        await new Promise(setImmediate);
        collect();
        const held = made.filter((page) => page.deref() !== undefined).length;
        seen.most = Math.max(seen.most, held);
      },
    );
    expect(missing).toEqual([]);
    expect(seen.rows).toBe(ROWS);
    expect(seen.lines - (format === "ndjson" ? 0 : 1)).toBe(ROWS);
    expect(seen.most).toBeGreaterThan(0);
    expect(seen.most).toBeLessThanOrEqual(2);
  },
);
