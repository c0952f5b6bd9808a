import { expect, test } from "vitest";
import type { FaultEffect } from "../../src/clouds/knobs/faults.js";
import { TransportError } from "../../src/http/faults.js";
import { makeTransport, type Transport } from "../../src/http/transport.js";
import { startStack } from "../server/stack.js";
import { MOMENT } from "../stillClouds.js";
import { pageOf } from "./graphqlWalk.js";

/** So long that only `end` reaches it. */
const DEADLINE_MS = 600_000;
/** Calls for the lists of instances: one each. */
const LISTING = 2;
/** Lists of backups that can be read, of the account whose list of instances is well. */
const BACKUP_LISTS = 3;

/**
 * A gateway over two accounts, of which the list of instances of the last one fails: a page merges it last. The lists
 * of backups of the other hang until `end`, when they fail like calls that the deadline ends.
 */
async function start(effect: FaultEffect, vendorCalls: number) {
  let ahead = 0;
  const now = () => MOMENT + ahead;
  const hanging: (() => void)[] = [];
  const failed: string[] = [];
  const real = makeTransport();
  const transport: Transport = {
    ...real,
    send: (request, ...rest) =>
      JSON.stringify(request).includes("DescribeBackups")
        ? new Promise((_, reject) => hanging.push(() => reject(new TransportError("cut"))))
        : real.send(request, ...rest),
  };
  const chosen = [
    { vendor: "alibaba", regions: ["cn-hangzhou"] },
    { vendor: "ucloud", regions: ["cn-bj2"], products: ["umem"] },
  ];
  const { url, clouds } = await startStack({
    clouds: {
      now,
      estate: { instances: BACKUP_LISTS, backupsEach: 3, regions: 1 },
      upstream: { retries: 0, rate: 10_000, concurrency: 64, timeoutMs: 60_000 },
    },
    accounts: (own) =>
      chosen.flatMap((parts) =>
        own
          .filter(({ vendor }) => vendor === parts.vendor)
          .map((one) => ({ ...one, ...parts }) as typeof one),
      ),
    gateway: {
      now,
      transport,
      observer: { onAttempt: ({ action, outcome }) => outcome !== "OK" && failed.push(action) },
    },
    limits: { vendorCalls },
    server: { now, deadlineMs: DEADLINE_MS },
  });
  clouds.knobs.faults.add({ vendor: "ucloud", action: "DescribeUMemSpace", effect });
  const end = () => {
    ahead += DEADLINE_MS;
    for (const cut of hanging) cut();
  };
  return { url, hanging, failed, end };
}

const FAILURES: readonly { readonly code: string; readonly effect: FaultEffect }[] = [
  { code: "UNAVAILABLE", effect: { kind: "status", status: 500 } },
  { code: "FORBIDDEN", effect: { kind: "vendorError", code: "299" } },
];

test.each(
  FAILURES.flatMap((failure) =>
    (["vendor calls", "deadline"] as const).map((limit) => ({ ...failure, limit })),
  ),
)(
  "a page that its $limit cuts before its first row names the list that failed with $code",
  async ({ code, effect, limit }) => {
    const isByCalls = limit === "vendor calls";
    const { url, hanging, failed, end } = await start(effect, isByCalls ? LISTING : 2_000);
    const asking = pageOf(url, { first: 20 });
    if (!isByCalls) {
      await expect
        .poll(() => [hanging.length, failed])
        .toEqual([BACKUP_LISTS, ["DescribeUMemSpace"]]);
      end();
    }
    const page = await asking;
    const issues = page.issues.map((issue) => [issue.provider.key, issue.code]);
    expect(issues.sort()).toEqual([
      ["demo-alibaba/kvstore", "CUT"],
      ["demo-ucloud/umem", code],
    ]);
    expect(hanging).toHaveLength(isByCalls ? 0 : BACKUP_LISTS);
    expect([page.edges, page.complete, page.pageInfo.hasNextPage]).toEqual([[], false, true]);
    expect(page.pageInfo.endCursor).not.toBeNull();
  },
);
