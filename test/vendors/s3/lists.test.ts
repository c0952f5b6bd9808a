import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { S3Account, S3Bucket } from "../../../src/domain/account.js";
import type { Row } from "../../../src/domain/row.js";
import { askPage, type ListItem } from "../../../src/listing/askPage.js";
import type {
  BackupListing,
  InstanceListing,
  ProductDeclaration,
  VendorCall,
} from "../../../src/listing/declaration.js";
import { CallLog } from "../../../src/listing/operation.js";
import { parseXml } from "../../../src/listing/decoder.js";
import { newListingMemory } from "../../../src/listing/read/evidence.js";
import { hiddenKey, keyText, shownKey } from "../../../src/vendors/s3/keys.js";
import { s3 } from "../../../src/vendors/s3/index.js";
import { runs } from "../../runs.js";
import { s3Account } from "../accounts.js";
import { backup, refusalOf, signed } from "../fixture.js";

const NOW = Date.UTC(2026, 5, 1, 12);
const [BUCKET] = s3Account.buckets as [S3Bucket];
const REGION = { id: "eu-west-1", endpoint: null };

const accountWith = (...buckets: Partial<S3Bucket>[]): S3Account => ({
  ...s3Account,
  buckets: buckets.map((bucket) => ({ ...BUCKET, shards: null, ...bucket })),
});

function productOf(account: S3Account): ProductDeclaration & {
  instances: [InstanceListing];
  perInstance: [BackupListing];
  wide: BackupListing;
} {
  return s3.products(account)[0] as ReturnType<typeof productOf>;
}

/** The answer of a store to one object or prefix each. */
const page = (elements: string, more = "<IsTruncated>false</IsTruncated>"): Row =>
  parseXml(
    `<ListBucketResult><EncodingType>url</EncodingType>${more}${elements}</ListBucketResult>`,
  ) as Row;

const object = (key: string, facts = "<Size>5</Size>", at = "2026-05-31T03:00:00.000Z"): string =>
  `<Contents><Key>${key}</Key><LastModified>${at}</LastModified>${facts}</Contents>`;

/** Asks for one page, and gives the request and its answer. */
async function ask<T extends object>(
  account: S3Account,
  listing: InstanceListing | BackupListing,
  {
    body,
    instance = null,
    window = null,
    at = null,
  }: {
    body: Row;
    instance?: string | null;
    window?: { since: number; until: number } | null;
    at?: string | null;
  },
) {
  const api = s3.api(account);
  const urls: URL[] = [];
  const call = async (asked: VendorCall): Promise<Row> => {
    urls.push(new URL(signed(api, asked, { now: NOW, nonce: "0".repeat(32) }).url));
    return api.open(body, 200, {}, asked);
  };
  const scope = {
    region: REGION,
    instance: instance === null ? null : { nativeId: instance, zone: null, shardCount: null },
  };
  const context = {
    listing: listing as never,
    scope,
    memory: newListingMemory(),
    call,
    scanRows: 20_000,
  };
  const answer = await askPage<T>(
    context,
    { window, size: 1_000, at },
    {
      signal: new AbortController().signal,
      deadline: Infinity,
      calls: new CallLog(),
      budget: { left: 10 },
    },
  );
  const rows = answer.rows as readonly ListItem<Record<string, unknown>>[];
  return { url: urls[0] as URL, answer, mapped: rows.map(({ mapped }) => mapped), rows };
}

const queryOf = ({ searchParams }: URL) => Object.fromEntries(searchParams);

describe("the request of a list", () => {
  test("of instances asks for common prefixes", async () => {
    const { instances } = productOf(s3Account);
    const { url, mapped } = await ask(s3Account, instances[0], {
      body: page("<CommonPrefixes><Prefix>prod/a+b/</Prefix></CommonPrefixes>"),
    });
    expect(url.origin + url.pathname).toBe("https://s3.eu-west-1.amazonaws.com/redis-dumps");
    expect(queryOf(url)).toEqual({
      "list-type": "2",
      "encoding-type": "url",
      "max-keys": "1000",
      delimiter: "/",
      prefix: "prod/",
    });
    expect(mapped).toEqual([
      expect.objectContaining({ nativeId: "a b", name: "a b", listing: "objects" }),
    ]);
  });

  test.each([
    ["path", null, "https://s3.eu-west-1.amazonaws.com/redis-dumps"],
    ["virtual", null, "https://redis-dumps.s3.eu-west-1.amazonaws.com/"],
    [
      "virtual",
      "https://oss-eu-central-1.aliyuncs.com",
      "https://redis-dumps.oss-eu-central-1.aliyuncs.com/",
    ],
    ["path", "http://127.0.0.1:9000", "http://127.0.0.1:9000/redis-dumps"],
  ] as const)(
    "with addressing %s and endpoint %s goes to %s",
    async (addressing, endpoint, expected) => {
      const account = { ...accountWith({ addressing }), endpoint };
      const { url } = await ask(account, productOf(account).wide, { body: page("") });
      expect(url.origin + url.pathname).toBe(expected);
    },
  );

  test.each([
    ["cn-north-1", "s3.cn-north-1.amazonaws.com.cn"],
    ["us-isob-east-1", "s3.us-isob-east-1.sc2s.sgov.gov"],
  ])("in %s goes to %s", async (region, host) => {
    const account = { ...s3Account, region };
    const { url } = await ask(account, productOf(account).wide, { body: page("") });
    expect(url.host).toBe(host);
  });

  test("of one instance has its prefix, and a range of keys for a range of time", async () => {
    const { perInstance } = productOf(s3Account);
    const window = { since: Date.UTC(2026, 4, 1), until: Date.UTC(2026, 4, 31) };
    const { url, rows } = await ask(s3Account, perInstance[0], {
      instance: "orders",
      window,
      body: page(
        [
          object("prod/orders/20260501T000000Z-0.rdb"),
          object("prod/orders/20260531T000000Z-0.rdb"),
          object("prod/orders/20260531T000001Z-0.rdb"),
          object("prod/orders/README"),
        ].join(""),
        "<IsTruncated>true</IsTruncated>",
      ),
    });
    expect(queryOf(url)).toMatchObject({
      prefix: "prod/orders/",
      "start-after": "prod/orders/20260501T000000",
    });
    expect(rows.map(({ row }) => row["Key"])).toEqual([
      "prod/orders/20260501T000000Z-0.rdb",
      "prod/orders/20260531T000000Z-0.rdb",
    ]);
  });

  test("ends with its window, although the store has more", async () => {
    const { perInstance } = productOf(s3Account);
    const window = { since: Date.UTC(2026, 4, 1), until: Date.UTC(2026, 4, 31) };
    const asked = { instance: "orders", window };
    const more = "<IsTruncated>true</IsTruncated>";
    const inside = object("prod/orders/20260530T000000Z-0.rdb");
    const behind = object("prod/orders/20260601T000000Z-0.rdb");
    const first = await ask(s3Account, perInstance[0], { ...asked, body: page(inside, more) });
    expect(first.answer.next).toBe("0 >prod/orders/20260530T000000Z-0.rdb");
    const last = await ask(s3Account, perInstance[0], {
      ...asked,
      body: page(inside + behind, more),
    });
    expect([last.answer.next, last.rows.length]).toEqual([null, 1]);
  });

  test("with a clock that is put back asks for two hours more on both sides", async () => {
    const account = accountWith({ timeZone: "Europe/Berlin" });
    const { perInstance } = productOf(account);
    // 02:30 in Berlin comes twice on 25 October 2026.
    const at = Date.UTC(2026, 9, 25, 0, 30);
    const { url, mapped } = await ask(account, perInstance[0], {
      instance: "orders",
      window: { since: at, until: at + 3_600_000 },
      body: page(object("prod/orders/20261025T023000Z-0.rdb")),
    });
    expect(url.searchParams.get("start-after")).toBe("prod/orders/20261025T003000");
    expect(mapped).toMatchObject([{ startedAt: at }]);
  });

  test("goes through all buckets as one list", async () => {
    const account = accountWith(
      { name: "one" },
      { name: "two", key: "{instance}/{startedAt:epoch}" },
    );
    const { wide } = productOf(account);
    const first = await ask(account, wide, { body: page("") });
    expect([first.url.pathname, first.answer.next, first.answer.endsPart]).toEqual([
      "/one",
      "1",
      true,
    ]);
    const second = await ask(account, wide, { body: page(object("a/1764385200")), at: "1" });
    expect([second.url.pathname, second.answer.next, second.answer.endsPart]).toEqual([
      "/two",
      null,
      false,
    ]);
    expect(second.mapped).toMatchObject([
      { nativeId: "two/a/1764385200", startedAt: 1_764_385_200_000 },
    ]);
  });
});

describe("the next page", () => {
  const more = "<IsTruncated>true</IsTruncated>";
  const token = "<NextContinuationToken>t/1+2=</NextContinuationToken>";

  test.each([
    ["a key", object("prod/a%20b%2Bc/x"), "0 >prod/a b+c/x", { "start-after": "prod/a b+c/x" }],
    [
      "the last key below a common prefix",
      "<CommonPrefixes><Prefix>prod/orders/</Prefix></CommonPrefixes>",
      "0 >prod/orders/\u{10FFFF}",
      { "start-after": "prod/orders/\u{10FFFF}" },
    ],
    ["the token of a page without keys", token, "0 =t/1+2=", { "continuation-token": "t/1+2=" }],
    [
      "the token of a page whose last key is not UTF-8",
      object("prod/%FF") + token,
      "0 =t/1+2=",
      {},
    ],
  ])("begins behind %s", async (_, elements, next, query) => {
    const [listing] = elements.includes("Prefix>")
      ? productOf(s3Account).instances
      : [productOf(s3Account).wide];
    const { answer } = await ask(s3Account, listing as BackupListing, {
      body: page(elements, more),
    });
    expect(answer.next).toBe(next);
    const { url } = await ask(s3Account, listing as BackupListing, { body: page(""), at: next });
    expect(queryOf(url)).toMatchObject(query);
  });

  test.each([
    ["objects", "wide", object("prod/b"), object("prod/a")],
    // U+FFFD sorts before U+10000 in UTF-8, and behind it in UTF-16.
    ["objects by UTF-16", "wide", object("prod/%F0%90%80%80"), object("prod/%EF%BF%BD")],
    [
      "common prefixes",
      "instances",
      "<CommonPrefixes><Prefix>prod/b/</Prefix></CommonPrefixes>",
      "<CommonPrefixes><Prefix>prod/a/</Prefix></CommonPrefixes>",
    ],
  ] as const)("of %s that are not in their order is BAD_RESPONSE", async (_, list, one, other) => {
    const { wide, instances } = productOf(s3Account);
    const listing = list === "wide" ? wide : (instances[0] as never as BackupListing);
    const read = (...elements: string[]) =>
      ask(s3Account, listing, { body: page(elements.join("") + token, more) });
    await expect(read(one, other)).rejects.toMatchObject({
      kind: "BAD_RESPONSE",
      message: "The store does not list keys in their byte order.",
    });
    expect((await read(other, one)).answer.next).toMatch(/^0 >prod\//);
    // The last page leads nowhere, so nothing can be missed.
    expect((await ask(s3Account, listing, { body: page(one + other) })).rows).toHaveLength(2);
  });

  test("of keys that are not UTF-8 is not held against their order", async () => {
    const { wide } = productOf(s3Account);
    const body = page(object("prod/%FE") + object("prod/%F0%90%80%80") + token, more);
    expect((await ask(s3Account, wide, { body })).answer.next).toMatch(/^0 >prod/);
  });

  test("of an answer that says nothing about it is BAD_RESPONSE", async () => {
    const { wide } = productOf(s3Account);
    await expect(ask(s3Account, wide, { body: page("", more) })).rejects.toMatchObject({
      kind: "BAD_RESPONSE",
    });
    await expect(ask(s3Account, wide, { body: page("", "") })).rejects.toMatchObject({
      kind: "BAD_RESPONSE",
    });
    const counted = page(object("a"), "<IsTruncated>false</IsTruncated><KeyCount>2</KeyCount>");
    await expect(ask(s3Account, wide, { body: counted })).rejects.toMatchObject({
      kind: "BAD_RESPONSE",
    });
  });
});

describe("an object", () => {
  const mappedOf = async (account: S3Account, elements: string) =>
    (await ask(account, productOf(account).wide, { body: page(elements) })).mapped;
  const single = accountWith({ key: "{instance}/{startedAt:yyyyMMdd'T'HHmm}.rdb" });

  test("is a backup, or a shard of one", async () => {
    const facts = "<Size>9007199254740991</Size><StorageClass>STANDARD_IA</StorageClass>";
    expect(
      await mappedOf(single, object("orders/20260531T0300.rdb", facts, "2026-05-31T03:02:00.000Z")),
    ).toMatchObject([
      {
        instanceNativeId: "orders",
        nativeId: "redis-dumps/orders/20260531T0300.rdb",
        name: "20260531T0300.rdb",
        status: "SUCCEEDED",
        vendorStatus: "STANDARD_IA",
        kind: "FULL",
        startedAt: Date.UTC(2026, 4, 31, 3),
        finishedAt: Date.UTC(2026, 4, 31, 3, 2),
        sizeBytes: 9_007_199_254_740_991,
        shard: null,
        remark: null,
      },
    ]);
    expect(
      await mappedOf(s3Account, object("prod/orders/20260531T030000Z-a%25.rdb")),
    ).toMatchObject([
      {
        nativeId: "redis-dumps/prod/orders/20260531T030000Z-{shard}.rdb",
        set: "redis-dumps/prod/orders/20260531T030000Z-{shard}.rdb",
        shard: "a%",
        shardCount: 3,
      },
    ]);
  });

  test.each([
    ["is empty", "<Size>0</Size>", { status: "FAILED", failureReason: "The object is empty." }],
    ["has no size", "<Size>x</Size>", { status: "UNKNOWN", sizeBytes: null }],
    [
      "is archived",
      "<Size>1</Size><StorageClass>GLACIER</StorageClass>",
      { status: "SUCCEEDED", remark: expect.stringContaining("archived (GLACIER)") as string },
    ],
    [
      "can be read at once",
      "<Size>1</Size><StorageClass>GLACIER_IR</StorageClass>",
      { remark: null },
    ],
  ])("that %s says so", async (_, facts, expected) => {
    expect(await mappedOf(single, object("a/20260531T0300.rdb", facts))).toMatchObject([expected]);
  });

  test("that was changed before the start of its key has a hint at the time zone", async () => {
    expect(await mappedOf(single, object("a/20260531T0900.rdb"))).toMatchObject([
      {
        startedAt: Date.UTC(2026, 4, 31, 9),
        remark: expect.stringContaining("timeZone") as string,
      },
    ]);
  });

  test("without a start in its key starts when it was last changed", async () => {
    const account = accountWith({ key: "{instance}/dump.rdb" });
    const [mapped] = await mappedOf(account, object("orders/dump.rdb"));
    expect(mapped).toMatchObject({
      startedAt: Date.UTC(2026, 4, 31, 3),
      nativeId: "redis-dumps/orders/dump.rdb",
    });
    expect(productOf(account).capabilities.notes.join()).toContain("was last changed");
  });

  test("that matches no template is left out; a folder is not even counted", async () => {
    const { wide } = productOf(single);
    const { rows, mapped } = await ask(single, wide, {
      body: page(["a/20260531T0300.rdb.md5", "a/", "b"].map((key) => object(key)).join("")),
    });
    expect(mapped).toEqual([null, null, null]);
    expect(rows.map(({ row }) => wide.strays?.isStray(row))).toEqual([true, false, true]);
  });

  test("whose key is not UTF-8 is a row that cannot be read, if it matches", async () => {
    const { rows } = await ask(single, productOf(single).wide, {
      body: page(object("a%FF/20260531T0300.rdb") + object("%FF")),
    });
    expect(rows.map(({ fault }) => fault)).toEqual([expect.stringContaining("not UTF-8"), null]);
  });

  test("of another instance whose name begins alike is not one of this instance", async () => {
    const account = accountWith({ key: "{instance}-{startedAt:yyyyMMdd}.rdb" });
    const { url, mapped } = await ask(account, productOf(account).perInstance[0], {
      instance: "orders",
      body: page(object("orders-20260531.rdb") + object("orders-eu-20260531.rdb")),
    });
    expect(url.searchParams.get("prefix")).toBe("orders-");
    expect(mapped).toEqual([expect.objectContaining({ instanceNativeId: "orders" }), null]);
  });
});

describe("instances from keys", () => {
  test("are listed once a page, and each page has a new row", async () => {
    const account = accountWith({ key: "{startedAt:yyyyMMdd}/{instance}.rdb" });
    const keys = ["20260530/a.rdb", "20260530/b.rdb", "20260531/a.rdb", "20260531/x.txt"];
    const { url, mapped, rows } = await ask(account, productOf(account).instances[0], {
      body: page(keys.map((key) => object(key)).join("")),
    });
    expect(url.searchParams.has("delimiter")).toBe(false);
    expect(mapped.map((one) => one?.["nativeId"] ?? null)).toEqual(["a", "b", null]);
    expect(rows.at(-1)?.row["Key"]).toBe("20260531/x.txt");
  });
});

describe("links", () => {
  const linksOf = (account: S3Account, ...rows: Row[]) => {
    const [only] = rows;
    const raw = rows.length === 1 && only !== undefined ? only : { shards: rows };
    return productOf(account).downloads.signed?.(backup({ raw }), REGION, NOW + 123) ?? [];
  };
  const row = (key: string, more: Row = {}): Row => ({
    Bucket: "redis-dumps",
    Key: key,
    Size: "5",
    ...more,
  });

  test("are presigned for 15 minutes, one for each shard, and hold no secret", () => {
    const key = "prod/orders/20260531T030000Z-";
    const links = linksOf(s3Account, row(`${key}0.rdb`), row(`${key}1.rdb`, { Size: "7" }));
    expect(links.map(({ shard, sizeBytes, expiresAt }) => [shard, sizeBytes, expiresAt])).toEqual([
      ["0", 5, NOW + 900_000],
      ["1", 7, NOW + 900_000],
    ]);
    for (const { url } of links) {
      expect(url).toContain("X-Amz-Expires=900");
      expect(url).not.toContain("canary");
    }
  });

  test("hold the session token, and the key encoded once", () => {
    const credentials = { ...s3Account.credentials, sessionToken: "tok/1+2=" };
    const [link] = linksOf(
      { ...s3Account, credentials },
      row("prod/a b/ü+'(*)%41/20260531T030000Z-0.rdb"),
    );
    const url = new URL(link?.url ?? "");
    expect(url.pathname).toBe(
      "/redis-dumps/prod/a%20b/%C3%BC%2B%27%28%2A%29%2541/20260531T030000Z-0.rdb",
    );
    expect(url.searchParams.get("X-Amz-Security-Token")).toBe("tok/1+2=");
  });

  test.each([
    ["is archived", row("prod/o/20260531T030000Z-0.rdb", { StorageClass: "DEEP_ARCHIVE" })],
    ["OSS archived", row("prod/o/20260531T030000Z-0.rdb", { StorageClass: "ColdArchive" })],
    ["has a segment ..", row("prod/../20260531T030000Z-0.rdb")],
    ["has a segment .", row("prod/./20260531T030000Z-0.rdb")],
    ["is in no bucket of the account", row("prod/o/20260531T030000Z-0.rdb", { Bucket: "other" })],
    ["has no key", { Bucket: "redis-dumps" }],
  ])("do not exist for an object that %s", (_, raw) => {
    expect(linksOf(s3Account, raw)).toEqual([]);
  });
});

describe("keys", () => {
  test.each([
    ["a+b%2Bc%20d", true, "a b+c d", true],
    ["%E2%82%AC%09", true, "€\t", true],
    ["a%FFb", true, "a\uFFFDb", false],
    ["a%2", true, "a%2", true],
    ["ü%FF", true, "ü\uFFFD", false],
    ["a+b%20", false, "a+b%20", true],
  ])("%j, encoded: %s, is %j", (sent, isEncoded, text, isUtf8) => {
    expect(keyText(sent, isEncoded)).toEqual({ text, isUtf8 });
  });

  test("are shown without control characters, and found again", () => {
    const keys = fc.string({
      unit: fc.constantFrom("a", "%", "0", "A", "2", "5", "\n", "\0", "\uFFFD", "\u0085", "ü", "/"),
    });
    fc.assert(
      fc.property(keys, keys, (key, other) => {
        expect(shownKey(key)).not.toMatch(/[\p{Cc}\uFFFD]/u);
        expect(hiddenKey(shownKey(key))).toBe(key);
        expect(shownKey(key) === shownKey(other)).toBe(key === other);
      }),
      runs(500),
    );
  });
});

test("an answer about nothing is no list", () => {
  const { wide } = productOf(s3Account);
  expect(refusalOf(() => wide.rows({ IsTruncated: "maybe" })).kind).toBe("BAD_RESPONSE");
});

test("a key that is longer than any of S3 is a row that cannot be read", async () => {
  const { wide } = productOf(s3Account);
  const body = page(object(`prod/${"k".repeat(1_020)}`) + object("prod/k"));
  const { rows } = await ask(s3Account, wide, { body });
  expect(rows.map(({ fault }) => fault)).toEqual(["A row has no usable Key or Prefix.", null]);
});
