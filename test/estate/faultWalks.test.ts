import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Gateway } from "../../src/app.js";
import type { Clouds } from "../../src/clouds/clouds.js";
import type { TrueBackup } from "../../src/clouds/estate/types.js";
import type { FaultEffect } from "../../src/clouds/knobs/faults.js";
import type { Knobs } from "../../src/clouds/knobs/knobs.js";
import type { CloudVendor } from "../../src/clouds/vendorCloud.js";
import type { Account } from "../../src/domain/account.js";
import { ANYONE } from "../../src/domain/principal.js";
import { TransportError, type Fault as TransportFault } from "../../src/http/faults.js";
import type { HttpRequest } from "../../src/http/message.js";
import { makeTransport, type Transport } from "../../src/http/transport.js";
import { sized } from "../runs.js";
import { BACKUPS, gatewayOver } from "./gateway.js";
import { MOMENT, startStillClouds } from "../stillClouds.js";
import { wanted } from "../wantedPage.js";

/** Of each product: 1,000 in `.ci/run`. */
const INSTANCES = sized(40, 1_000);

/** The products that a walk covers: those of one of these groups. */
const ASIA = [
  "demo-ucloud/uredis",
  "demo-ucloud/umem",
  "demo-tencent/redis",
  "demo-alibaba/kvstore",
];
const WEST = ["demo-aws/elasticache", "demo-s3/rdb", "demo-tencent/redis", "demo-alibaba/kvstore"];

const groupOf = (vendor: CloudVendor): readonly string[] =>
  vendor === "aws" || vendor === "s3" ? WEST : ASIA;

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
  readonly effect: FaultEffect | { readonly kind: "transport"; readonly fault: TransportFault };
  /** If given, only lists of this region fail. */
  readonly region?: string;
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

const below = (fault: TransportFault) => ({ kind: "transport" as const, fault });

const MAY_PASS: readonly Fault[] = [
  { what: "no connection", vendor: "tencent", effect: below("connect"), code: "UNAVAILABLE" },
  { what: "no host name", vendor: "aws", effect: below("dns"), code: "UNAVAILABLE" },
  { what: "a bad certificate", vendor: "s3", effect: below("tls"), code: "UNAVAILABLE" },
  { what: "a slow drip", vendor: "ucloud", effect: below("timeout"), code: "TIMEOUT" },
  { what: "bytes that do not inflate", vendor: "aws", effect: below("size"), code: "BAD_RESPONSE" },
  {
    what: "half a body until it closes",
    vendor: "tencent",
    effect: below("brokenOff"),
    code: "BAD_RESPONSE",
  },
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
    upstream: { maxResponseBytes: 50_000 },
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
  { what: "504", vendor: "aws", effect: { kind: "status", status: 504 }, code: "TIMEOUT" },
  {
    what: "500 in one region",
    vendor: "tencent",
    region: "ap-tokyo",
    effect: { kind: "status", status: 500 },
    code: "UNAVAILABLE",
  },
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

/** What vendors may do without failing, and the codes of the issues that it leads to. */
interface Odd {
  readonly what: string;
  readonly group: readonly string[];
  readonly set?: (knobs: Knobs) => void;
  /** Changes the body of an answer. */
  readonly rewrite?: (body: string) => string;
  readonly codes: readonly string[];
  /** The provider whose rows it hides. */
  readonly hides?: string;
}

const ODD: readonly Odd[] = [
  { what: "cap their pages", group: ASIA, set: (all) => all.setAll({ pageCap: 10 }), codes: [] },
  { what: "cap their pages", group: WEST, set: (all) => all.setAll({ pageCap: 10 }), codes: [] },
  { what: "count nothing", group: ASIA, set: (all) => all.setAll({ totals: "absent" }), codes: [] },
  { what: "count too few", group: ASIA, set: (all) => all.setAll({ totals: -2 }), codes: [] },
  {
    what: "count too many",
    group: ASIA,
    set: (all) => all.setAll({ totals: 3 }),
    codes: ["SHORT"],
  },
  { what: "shuffle rows", group: ASIA, set: (all) => all.setAll({ order: "shuffled" }), codes: [] },
  {
    what: "repeat tokens for ever",
    group: WEST,
    set: (all) => all.set("aws", { pageCap: 10, markers: "repeating" }),
    codes: ["BAD_RESPONSE"],
    hides: "demo-aws/elasticache",
  },
  {
    what: "put empty pages between others",
    group: WEST,
    set: (all) => all.set("aws", { pageCap: 10, emptyPages: true }),
    codes: [],
  },
  {
    what: "write numbers as text, after a byte order mark",
    group: ASIA,
    rewrite: (text) => `\uFEFF${text.replace(/:(\d+)(?=[,}])/g, ':"$1"')}`,
    codes: [],
  },
];

describe(`a walk over 4 products of ${INSTANCES} instances each`, () => {
  let clouds: Clouds;
  let gateway: Gateway;
  let ahead = 0;
  let group: readonly string[] = ASIA;
  /** What fails below the vendors' APIs; null for nothing. */
  let down: Fault | null = null;
  let rewrite: Odd["rewrite"];
  const now = () => MOMENT + ahead;
  const accountsOf = (fault?: Fault) =>
    clouds.accounts.flatMap((account) => {
      const products = group.flatMap((provider) => {
        const [id, product = ""] = provider.split("/");
        return id === account.id ? [product] : [];
      });
      const own = "products" in account ? { products } : {};
      const upstream = {
        ...account.upstream,
        rate: 100_000,
        retries: 0,
        concurrency: 64,
        // A busy machine may be slow to answer.
        timeoutMs: 120_000,
        ...(account.vendor === fault?.vendor ? fault.upstream : {}),
      };
      return products.length === 0 ? [] : [{ ...account, ...own, upstream } as Account];
    });
  const real = makeTransport();
  const isAbout = ({ url, headers, body }: HttpRequest, { vendor }: Fault): boolean => {
    const action = LISTS[vendor].action.split(":").at(-1) ?? "";
    const text = JSON.stringify([url, headers, body]);
    return url.startsWith(clouds.endpoints[vendor]) && (vendor === "s3" || text.includes(action));
  };
  const transport: Transport = {
    ...real,
    close: () => Promise.resolve(),
    async send(request, limits, signal) {
      if (down?.effect.kind === "transport" && isAbout(request, down))
        throw new TransportError(down.effect.fault);
      const answer = await real.send(request, limits, signal);
      return { ...answer, body: rewrite?.(answer.body) ?? answer.body };
    },
  };
  beforeAll(async () => {
    const backupsEach = INSTANCES < 1_000 ? 2 : 1;
    clouds = await startStillClouds({ estate: { instances: INSTANCES, backupsEach } });
  });
  const restart = (walked: readonly string[], fault?: Fault) => {
    ahead = 0;
    group = walked;
    gateway = gatewayOver(clouds, { now, transport, accounts: accountsOf(fault) });
  };
  afterEach(async () => {
    await gateway.close();
    clouds.knobs.reset();
    down = null;
    rewrite = undefined;
  });
  afterAll(async () => {
    await real.close();
    await clouds.close();
  });

  const truthOf = (isWanted: (row: TrueBackup) => boolean): string[] =>
    clouds.estate
      .truth()
      .filter((row) => group.includes(row.provider) && isWanted(row))
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
        vendorCalls: 10_000,
      });
      const page = await reads.backups({
        ...BACKUPS,
        page: wanted({ first: 200, after: seen.after }),
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

  const add = (fault: Fault) => {
    const { vendor, effect, region } = fault;
    const place = region === undefined ? {} : { region };
    down = fault;
    if (effect.kind !== "transport")
      clouds.knobs.faults.add({ vendor, action: LISTS[vendor].action, ...place, effect });
  };
  const recover = () => {
    clouds.knobs.faults.clear();
    down = null;
    ahead += 60_000;
  };

  /** The rows whose lists of backups fail. */
  const isFailing =
    ({ vendor, region }: Fault) =>
    (row: TrueBackup): boolean =>
      row.provider === LISTS[vendor].provider && (region === undefined || row.region === region);

  test.each(MAY_PASS)(
    "ends while $vendor answers with $what, and shows the rest once it is well again",
    async (fault) => {
      restart(groupOf(fault.vendor), fault);
      add(fault);
      const during = await walk(isAtEnd);
      // The breaker of an account may take along its other product, whose rows then come later.
      expect(truthOf((one) => !isFailing(fault)(one))).toEqual(expect.arrayContaining(during.ids));
      expect(during.ids).toEqual(
        expect.arrayContaining(
          truthOf(({ provider }) => !provider.startsWith(`demo-${fault.vendor}/`)),
        ),
      );
      // The breaker opens after a few failures.
      expect([...during.codes].filter((code) => code !== "UNAVAILABLE" && code !== "CUT")).toEqual(
        fault.code === "UNAVAILABLE" ? [] : [fault.code],
      );
      recover();
      const after = await walk(isWhole, during.after);
      expect([...during.ids, ...after.ids].sort()).toEqual(truthOf(() => true));
    },
  );

  test.each(REFUSED)("ends while $vendor answers with $what, and owes nothing", async (fault) => {
    restart(groupOf(fault.vendor));
    add(fault);
    const during = await walk(isAtEnd);
    expect(during.ids.toSorted()).toEqual(truthOf((one) => !isFailing(fault)(one)));
    expect([...during.codes].filter((code) => code !== "CUT")).toEqual([fault.code]);
    recover();
    const again = await walk(isWhole);
    expect(again.ids.toSorted()).toEqual(truthOf(() => true));
  });

  test.each(ODD)("shows all that can be read where vendors $what: $group.0", async (odd) => {
    restart(odd.group);
    odd.set?.(clouds.knobs);
    ({ rewrite } = odd);
    const { ids, codes } = await walk(isAtEnd);
    expect(ids.toSorted()).toEqual(truthOf(({ provider }) => provider !== odd.hides));
    expect([...codes].filter((code) => code !== "CUT")).toEqual(odd.codes);
  });

  test.each([{ walked: ASIA }, { walked: WEST }])(
    "leaves out one row of each list whose id is not UTF-8, and names it: $walked.0",
    async ({ walked }) => {
      restart(walked);
      const odd = walked.map((provider) => {
        const [row] = clouds.estate.truth().filter((one) => one.provider === provider);
        return (row as TrueBackup).nativeId;
      });
      const swaps = odd.flatMap((id): [string, string][] => {
        // Keys of S3 come percent-encoded, and ids of Alibaba as numbers.
        const name = id.split("-").at(-1) ?? "";
        return id.includes("/")
          ? [[name, `%FF${name}`]]
          : [
              [`:${id},`, `:"\uFFFD${id}",`],
              [`"${id}"`, `"\uFFFD${id}"`],
              [`>${id}<`, `>\uFFFD${id}<`],
            ];
      });
      rewrite = (text) => swaps.reduce((all, [is, odd]) => all.replaceAll(is, odd), text);
      const { ids, codes } = await walk(isAtEnd);
      expect(ids.toSorted()).toEqual(truthOf(({ nativeId }) => !odd.includes(nativeId)));
      expect([...codes].filter((code) => code !== "CUT")).toEqual(["BAD_RESPONSE"]);
    },
  );

  test("shows what stays while rows come and go between the calls", async () => {
    restart(ASIA);
    const stays = truthOf(() => true);
    const { estate } = clouds;
    const made: Parameters<typeof estate.deleteBackup>[0][] = [];
    let calls = 0;
    clouds.knobs.hook = () => {
      calls += 1;
      const gone = calls % 5 === 0 ? made.shift() : undefined;
      if (gone !== undefined) estate.deleteBackup(gone);
      if (calls % 3 > 0) return;
      const row = estate.truth()[(calls * 7) % stays.length] as TrueBackup;
      const { product, instanceNativeId, startedAt } = row;
      const { nativeId } = estate.insertBackup({
        product,
        instanceNativeId,
        startedAt: startedAt - 60_000,
        listedFrom: startedAt - 60_000,
      });
      made.push({ product, instanceNativeId, nativeId });
    };
    const { ids } = await walk(isAtEnd);
    clouds.knobs.hook = null;
    for (const row of made) estate.deleteBackup(row);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining(stays));
  });
});
