import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Gateway } from "../../src/app.js";
import type { Clouds } from "../../src/clouds/clouds.js";
import { CLOUD_PRODUCTS } from "../../src/clouds/estate/regions.js";
import type { FaultEffect } from "../../src/clouds/knobs/faults.js";
import type { CommonKnobs } from "../../src/clouds/knobs/values.js";
import type { CloudVendor } from "../../src/clouds/vendorCloud.js";
import { ANYONE } from "../../src/domain/principal.js";
import { runs } from "../runs.js";
import { BACKUPS, gatewayOver, NO_PAGE } from "./gateway.js";
import { MOMENT, startStillClouds } from "../stillClouds.js";

/** Of each product; with more samples 4,000 in all, as of four clouds with 1,000 each. */
const INSTANCES = runs(1).numRuns > 1 ? 4_000 / CLOUD_PRODUCTS.length : 40;

/** An action for lists of backups of each vendor, and the provider that it reads. */
const LISTS: Readonly<Record<CloudVendor, { readonly action: string; readonly provider: string }>> =
  {
    ucloud: { action: "DescribeUMemBackup", provider: "demo-ucloud/umem" },
    tencent: { action: "DescribeInstanceBackups", provider: "demo-tencent/redis" },
    alibaba: { action: "DescribeBackups", provider: "demo-alibaba/kvstore" },
    aws: { action: "elasticache:DescribeSnapshots", provider: "demo-aws/elasticache" },
    s3: { action: "ListObjectsV2", provider: "demo-s3/rdb" },
  };

/** What goes wrong with every list of backups of a vendor, and how an issue names it. */
interface Fault {
  readonly what: string;
  readonly vendor: CloudVendor;
  readonly effect: FaultEffect;
  readonly code: string;
  /** Of the vendor's account. */
  readonly upstream?: { readonly timeoutMs?: number; readonly maxResponseBytes?: number };
}

const body = (text: string): FaultEffect => ({ kind: "body", body: text });

const vendorError = (code: string, status = 200): FaultEffect => ({
  kind: "vendorError",
  code,
  status,
});

const MAY_PASS: readonly Fault[] = [
  {
    what: "nothing",
    vendor: "alibaba",
    effect: { kind: "hang" },
    code: "TIMEOUT",
    upstream: { timeoutMs: 2_000 },
  },
  {
    what: "a body without an end",
    vendor: "ucloud",
    effect: { kind: "endless" },
    code: "BAD_RESPONSE",
    upstream: { maxResponseBytes: 100_000 },
  },
  { what: "resets", vendor: "alibaba", effect: { kind: "reset" }, code: "UNAVAILABLE" },
  { what: "half a body", vendor: "ucloud", effect: { kind: "halfBody" }, code: "UNAVAILABLE" },
  {
    what: "half of a list",
    vendor: "alibaba",
    effect: { kind: "shortBody" },
    code: "BAD_RESPONSE",
  },
  { what: "the page of a proxy", vendor: "ucloud", effect: { kind: "html" }, code: "BAD_RESPONSE" },
  { what: "an empty body", vendor: "alibaba", effect: body(""), code: "BAD_RESPONSE" },
  { what: "null", vendor: "ucloud", effect: body("null"), code: "BAD_RESPONSE" },
  { what: "an array", vendor: "alibaba", effect: body("[]"), code: "BAD_RESPONSE" },
  { what: "another object", vendor: "alibaba", effect: body("{}"), code: "BAD_RESPONSE" },
  { what: "another object", vendor: "ucloud", effect: body("{}"), code: "BAD_RESPONSE" },
  { what: "another object", vendor: "tencent", effect: body("{}"), code: "BAD_RESPONSE" },
  {
    what: "a redirect",
    vendor: "alibaba",
    effect: { kind: "redirect", location: "http://127.0.0.1:9/" },
    code: "BAD_RESPONSE",
  },
  { what: "204", vendor: "alibaba", effect: { kind: "status", status: 204 }, code: "UNAVAILABLE" },
  { what: "400", vendor: "ucloud", effect: { kind: "status", status: 400 }, code: "BAD_RESPONSE" },
  { what: "500", vendor: "alibaba", effect: { kind: "status", status: 500 }, code: "UNAVAILABLE" },
  { what: "502", vendor: "tencent", effect: { kind: "status", status: 502 }, code: "UNAVAILABLE" },
  { what: "503", vendor: "ucloud", effect: { kind: "status", status: 503 }, code: "UNAVAILABLE" },
  {
    what: "an error of the vendor in a 200",
    vendor: "tencent",
    effect: vendorError("InternalError.DbOperationFailed"),
    code: "UNAVAILABLE",
  },
  {
    what: "keys that the vendor does not accept",
    vendor: "alibaba",
    effect: vendorError("InvalidAccessKeyId.NotFound", 404),
    code: "UNAUTHENTICATED",
  },
  {
    what: "throttling in a 200",
    vendor: "tencent",
    effect: vendorError("RequestLimitExceeded"),
    code: "THROTTLED",
  },
  {
    what: "throttling in a 400",
    vendor: "aws",
    effect: vendorError("Throttling", 400),
    code: "THROTTLED",
  },
  { what: "half a document", vendor: "aws", effect: body("<A><B>"), code: "BAD_RESPONSE" },
  { what: "another document", vendor: "aws", effect: body("<A/>"), code: "BAD_RESPONSE" },
  {
    what: "a request to slow down",
    vendor: "s3",
    effect: vendorError("SlowDown", 503),
    code: "THROTTLED",
  },
  { what: "another document", vendor: "s3", effect: body("<A/>"), code: "BAD_RESPONSE" },
  { what: "500", vendor: "s3", effect: { kind: "status", status: 500 }, code: "UNAVAILABLE" },
];

const REFUSED: readonly Fault[] = [
  {
    what: "a missing right",
    vendor: "alibaba",
    effect: vendorError("Forbidden.RAM", 403),
    code: "FORBIDDEN",
  },
  { what: "a missing right", vendor: "ucloud", effect: vendorError("299"), code: "FORBIDDEN" },
  {
    what: "a missing right",
    vendor: "aws",
    effect: vendorError("AccessDenied", 403),
    code: "FORBIDDEN",
  },
  {
    what: "a missing right",
    vendor: "s3",
    effect: vendorError("AccessDenied", 403),
    code: "FORBIDDEN",
  },
];

/** What a vendor may do without failing, and the codes of the issues that it leads to. */
const ODD: readonly { what: string; knobs: Partial<CommonKnobs>; codes: readonly string[] }[] = [
  { what: "cap their pages", knobs: { pageCap: 10 }, codes: [] },
  { what: "count nothing", knobs: { totals: "absent" }, codes: [] },
  { what: "count too few", knobs: { totals: -2 }, codes: [] },
  { what: "count too many", knobs: { totals: 3 }, codes: ["SHORT"] },
  { what: "shuffle their rows", knobs: { order: "shuffled" }, codes: [] },
];

describe(`a walk over ${CLOUD_PRODUCTS.length} products of ${INSTANCES} instances each`, () => {
  let clouds: Clouds;
  let gateway: Gateway;
  let ahead = 0;
  const now = () => MOMENT + ahead;
  const accountsOf = (fault?: Fault) =>
    clouds.accounts.map((account) => ({
      ...account,
      upstream: {
        ...account.upstream,
        rate: 100_000,
        retries: 0,
        concurrency: 64,
        ...(account.vendor === fault?.vendor ? fault.upstream : {}),
      },
    }));
  beforeAll(async () => {
    clouds = await startStillClouds({ estate: { instances: INSTANCES, backupsEach: 2 } });
  });
  const restart = async (fault?: Fault) => {
    await gateway?.close();
    ahead = 0;
    gateway = gatewayOver(clouds, { now, accounts: accountsOf(fault) });
  };
  afterEach(async () => {
    await gateway.close();
    clouds.knobs.reset();
  });
  afterAll(() => clouds.close());

  const truthOf = (isWanted: (provider: string) => boolean): string[] =>
    clouds.estate
      .truth()
      .filter(({ provider }) => isWanted(provider))
      .map(({ nativeId }) => nativeId)
      .sort();

  /** Takes pages until no healthy list has more rows, or until the list is complete. */
  async function walk(
    isEnd: (page: { more: boolean; complete: boolean }) => boolean,
    from: string | null = null,
  ) {
    const seen = { ids: [] as string[], codes: new Set<string>(), after: from, pages: 0 };
    const cursors = new Set<string>();
    for (;;) {
      const reads = gateway.open(ANYONE, {
        signal: new AbortController().signal,
        deadline: now() + 600_000,
        vendorCalls: 2_000,
      });
      const page = await reads.backups({
        ...BACKUPS,
        page: { ...NO_PAGE, first: 200, after: seen.after },
      });
      seen.pages += 1;
      seen.ids.push(...page.edges.map(({ node }) => node.nativeId));
      for (const { code } of page.issues) seen.codes.add(code);
      const more = await page.hasNextPage();
      const { endCursor, complete } = page;
      if (page.edges.length > 0 && more) expect(cursors.has(endCursor ?? "")).toBe(false);
      if (endCursor !== null) cursors.add(endCursor);
      seen.after = endCursor ?? seen.after;
      if (isEnd({ more, complete })) return seen;
      // A client waits before it asks again for what is pending.
      if (!more) ahead += 1_000;
      expect(seen.pages).toBeLessThan(200);
    }
  }

  const isAtEnd = ({ more }: { more: boolean }) => !more;
  const isWhole = ({ more, complete }: { more: boolean; complete: boolean }) => !more && complete;

  const add = ({ vendor, effect }: Fault) =>
    clouds.knobs.faults.add({ vendor, action: LISTS[vendor].action, effect });

  /** The products whose lists of backups the action reads. */
  const isFailing =
    ({ vendor }: Fault) =>
    (provider: string): boolean =>
      provider === LISTS[vendor].provider;

  test.each(MAY_PASS)(
    "ends while $vendor answers with $what, and shows the rest once it is well again",
    async (fault) => {
      await restart(fault);
      add(fault);
      const during = await walk(isAtEnd);
      // The breaker of an account may take along its other product, whose rows then come later.
      expect(truthOf((one) => !isFailing(fault)(one))).toEqual(expect.arrayContaining(during.ids));
      expect(during.ids).toEqual(
        expect.arrayContaining(truthOf((one) => !one.startsWith(`demo-${fault.vendor}/`))),
      );
      // The breaker opens after a few failures.
      expect([...during.codes].filter((code) => code !== "UNAVAILABLE" && code !== "CUT")).toEqual(
        fault.code === "UNAVAILABLE" ? [] : [fault.code],
      );
      clouds.knobs.faults.clear();
      ahead += 60_000;
      const after = await walk(isWhole, during.after);
      expect([...during.ids, ...after.ids].sort()).toEqual(truthOf(() => true));
    },
  );

  test.each(REFUSED)("ends while $vendor answers with $what, and owes nothing", async (fault) => {
    await restart();
    add(fault);
    const during = await walk(isAtEnd);
    expect(during.ids.toSorted()).toEqual(truthOf((one) => !isFailing(fault)(one)));
    expect([...during.codes].filter((code) => code !== "CUT")).toEqual([fault.code]);
    clouds.knobs.faults.clear();
    ahead += 60_000;
    const again = await walk(isWhole);
    expect(again.ids.toSorted()).toEqual(truthOf(() => true));
  });

  test.each(ODD)("shows all backups where vendors $what", async ({ knobs, codes }) => {
    await restart();
    clouds.knobs.setAll(knobs);
    const { ids, codes: met } = await walk(isAtEnd);
    expect(ids.toSorted()).toEqual(truthOf(() => true));
    expect([...met].filter((code) => code !== "CUT")).toEqual(codes);
  });
});
