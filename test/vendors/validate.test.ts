import { describe, expect, test } from "vitest";
import type { Account, S3Bucket } from "../../src/domain/account.js";
import type {
  BackupListing,
  InstanceListing,
  ProductDeclaration,
  Region,
  VendorApi,
  VendorDeclaration,
  WholeListing,
} from "../../src/listing/declaration.js";
import { validate } from "./validate.js";
import { vendorOf } from "../../src/vendors/index.js";
import {
  alibabaAccount,
  awsAccount,
  s3Account,
  tencentAccount,
  ucloudAccount,
} from "./accounts.js";

describe("the declaration of every vendor", () => {
  test.each<{ what: string; account: Account }>([
    { what: "UCloud", account: ucloudAccount },
    { what: "Tencent Cloud by API 3.0", account: tencentAccount },
    { what: "Tencent Cloud by API 2.0", account: { ...tencentAccount, api: "2.0" } },
    { what: "AWS", account: awsAccount },
    { what: "Alibaba Cloud by signature 3", account: alibabaAccount },
    { what: "S3 with windows", account: s3Account },
    {
      what: "S3 with several buckets and layouts",
      account: {
        ...s3Account,
        buckets: [
          ...s3Account.buckets,
          { ...(s3Account.buckets[0] as S3Bucket), key: "{instance}-{startedAt:epoch}.rdb" },
          { ...(s3Account.buckets[0] as S3Bucket), key: "*/{instance}/{shard}.rdb" },
        ],
      },
    },
    { what: "Alibaba Cloud by signature 1", account: { ...alibabaAccount, signature: "v1" } },
  ])("of $what has no mistake", ({ account }) => {
    expect(validate(vendorOf(account), account)).toEqual([]);
  });
});

describe("a declaration with mistakes", () => {
  const vendor = vendorOf(ucloudAccount);
  const api = vendor.api(ucloudAccount);
  const [uredis, umem] = vendor.products(ucloudAccount) as [ProductDeclaration, ProductDeclaration];
  const [group] = uredis.perInstance as [BackupListing];
  const [groups] = uredis.instances as [InstanceListing];
  const { shape } = group;

  const mistakesIn = (
    product: Partial<ProductDeclaration>,
    codes: VendorApi["codes"] = api.codes,
  ) => {
    const broken: VendorDeclaration = {
      ...vendor,
      api: () => ({
        ...api,
        codes,
        rates: { Free: 0 },
        permission: (action) => (action === "Free" ? "redis:*" : action),
      }),
      products: () => [{ ...uredis, ...product }],
    };
    return validate(broken, ucloudAccount);
  };

  const facts = { ...umem.facts?.[0], name: "F 1", action: "", shows: [], most: 0 };
  const cases: { what: string; product: Partial<ProductDeclaration>; mistakes: string[] }[] = [
    {
      what: "facts",
      product: {
        facts: [facts, { ...facts, action: "Free", shows: ["colour"], most: 1 }] as never,
      },
      mistakes: [
        "uredis: F 1: its name is not of lower-case letters, digits and hyphens",
        "uredis: F 1: it has no action",
        "uredis: F 1: it shows no fact",
        "uredis: F 1: most is not a whole number above zero",
        "uredis: F 1: its name is not of lower-case letters, digits and hyphens",
        "uredis: F 1: the rate of Free is not above zero",
        "uredis: F 1: the permission of Free is not a name",
        "uredis: F 1: there is no fact colour",
        "uredis: two facts are called F 1",
      ],
    },
    {
      what: "names",
      product: {
        word: "U Redis",
        vendor: "TENCENT",
        instances: [{ ...groups, name: "uredis-group" }],
        regions: { ...(uredis.regions as WholeListing<Region>), name: "uredis-region" },
      },
      mistakes: [
        "U Redis: belongs to TENCENT, not UCLOUD",
        "U Redis: its word is not of lower-case letters, digits and hyphens",
        "U Redis: two lists are called uredis-group",
        "U Redis: two lists are called uredis-region",
      ],
    },
    {
      what: "demands that nothing decides",
      product: { undecided: ["maxSizeDrop"] },
      mistakes: ["uredis: undecided has maxSizeDrop if no list has exact sizes, and only then"],
    },
    {
      what: "missing lists",
      product: { instances: [], perInstance: [], lookbackMs: 0, regions: "instances" },
      mistakes: [
        "uredis: no list shows its instances",
        "uredis: no list shows the backups of one instance",
        "uredis: lookbackMs is not above zero",
        "uredis: its regions are those of its instances, but no list of instances covers the account",
      ],
    },
    {
      what: "scopes",
      product: {
        instances: [
          { ...groups, scope: "account" },
          { ...groups, name: "others", regionOf: () => "cn-bj2" },
        ],
        perInstance: [{ ...group, scope: "region", refusedBy: ["220"] }],
        wide: { ...(uredis.wide as BackupListing), scope: "instance" },
      },
      mistakes: [
        "uredis: uredis-groups: it covers the account, but has no regionOf",
        "uredis: others: regionOf has no use in a list of one region",
        "uredis: uredis-group: its scope is region, not instance",
        "uredis: uredis-group: refusedBy has codes, but no other list can replace it",
        "uredis: uredis-region: its scope is instance, not region",
        "uredis, uredis-region: it does not say which instance it asks for",
      ],
    },
    {
      what: "sizes of pages",
      product: {
        perInstance: [
          {
            ...group,
            shape: {
              ...shape,
              page: { style: "pageNumber", page: "P", size: "P", max: 40, sizes: [0, 10, 50] },
              defaultSize: 60,
            },
          },
        ],
        wide: null,
      },
      mistakes: [
        "uredis, uredis-group: the default page of 60 rows is not between 1 and 40",
        "uredis, uredis-group: page sizes 0, 50 are not between 1 and 40",
        "uredis, uredis-group: the largest page is not one of the legal sizes",
        "uredis, uredis-group: the parameter P is set twice",
      ],
    },
    {
      what: "windows and orders",
      product: {
        perInstance: [
          {
            ...group,
            action: "Free",
            windowTooWideOn: ["Too Wide"],
            formatInstant: (instant) => String(Math.floor(instant / 60_000)),
            shards: { withinMs: 60_000, settlesMs: 60_000 },
            shape: {
              ...shape,
              order: "newestFirst",
              counts: "rows",
              window: {
                since: "GroupId",
                until: "U",
                precisionMs: 1_000,
                mandatory: false,
                selects: "start",
                longestMs: 3_600_000,
                maxSpanMs: 60_000,
              },
            },
          },
        ],
      },
      mistakes: [
        'uredis: uredis-group: "Too Wide" is not a code',
        "uredis: uredis-group: a set of shards settles before its last shard may start",
        "uredis: uredis-group: its rows are shards, so its count does not count backups",
        "uredis, uredis-group: longestMs is 0 if the window selects on the start, and above 0 otherwise",
        "uredis, uredis-group: no window holds a backup: maxSpanMs is not above 3604000",
        "uredis, uredis-group: a stated order is of no use beside a window",
        "uredis, uredis-group: formatInstant is coarser than the window's precision",
        "uredis, uredis-group: the parameter GroupId is set twice",
        "uredis, uredis-group: the rate of Free is not above zero",
        "uredis, uredis-group: the permission of Free is not a name",
      ],
    },
    {
      what: "tokens, words and alternatives",
      product: {
        instances: [{ ...groups, words: { status: { Running: "CHANGING" }, colour: {} } as never }],
        perInstance: [
          {
            ...group,
            sizes: "inexact",
            words: {
              status: { Success: "SUCCEEDED", done: "RUNNING" },
              trigger: { Auto: "AUTOMATIC" },
            },
            windowTooWideOn: ["230"],
            alternatives: [{ params: {}, note: " " }],
            shape: {
              ...shape,
              counts: "rows",
              page: { style: "token", token: "T", size: "S", max: 100 },
            },
          },
        ],
      },
      mistakes: [
        "uredis: uredis-groups: words has colour, which fields does not name, so nothing reads it",
        'uredis: uredis-groups: the status "Running" is not in lower case, so it never matches',
        "uredis: uredis-groups: no status means RUNNING",
        'uredis: uredis-group: the status "Success" is not in lower case, so it never matches',
        'uredis: uredis-group: the trigger "Auto" is not in lower case, so it never matches',
        "uredis: uredis-group: alternatives and alternativesOn go together",
        "uredis: uredis-group: alternative 0 changes nothing",
        "uredis: uredis-group: alternative 0 has no note",
        "uredis: uredis-group: windowTooWideOn has codes, but there is no window",
        "uredis: uredis-group: capabilities.notes do not say that its sizes are not exact",
        "uredis: uredis-region: its pages are not divided like those of the other lists of backups",
        "uredis, uredis-group: a count of rows is of no use to pages by token",
        "uredis, uredis-group: nextToken and pages by token go together",
      ],
    },
  ];

  test("in the parts of a list, in an open window and in times is reported", () => {
    const window = {
      since: "S",
      until: "U",
      precisionMs: 1_000,
      mandatory: true,
      open: true,
      selects: "start",
      longestMs: 0,
      maxSpanMs: null,
    } as const;
    const listing: BackupListing = {
      ...group,
      shape: { ...shape, window },
      formatInstant: String,
      parts: () => [{ Limit: 1 }, { Limit: 1 }],
    };
    const parts = { perInstance: [listing, { ...listing, name: "none", parts: () => [] }] };
    expect(mistakesIn({ ...parts, leastTtlMs: 0 })).toEqual([
      "uredis: leastTtlMs is not above zero",
      "uredis, uredis-group: an open window is not mandatory, and has no widest span",
      "uredis, uredis-group: the parameter Limit is set twice",
      "uredis, uredis-group: parts are read by tokens that are keyed",
      "uredis, uredis-group: two parts are the same",
      "uredis, none: an open window is not mandatory, and has no widest span",
      "uredis, none: it has no parts",
      "uredis, none: parts are read by tokens that are keyed",
    ]);
  });

  test("in its tokens and members is reported", () => {
    const listing = { ...group, tokenRefusedOn: ["no code"], ownedByMember: () => true };
    expect(mistakesIn({ perInstance: [listing] })).toEqual([
      "uredis: uredis-group: rows are owned by members in the wide list only",
      'uredis, uredis-group: "no code" is not a code',
      "uredis, uredis-group: tokenRefusedOn has codes, but pages have no tokens",
    ]);
  });

  test.each(cases)("in its $what is reported with all of them", ({ product, mistakes }) => {
    expect(mistakesIn(product)).toEqual(mistakes);
  });

  test("in its codes is reported with all of them", () => {
    const codes = {
      "no code": "NOT_FOUND",
      110: "CUT",
      120: { kind: "TIMEOUT", clockSkew: true },
    } as const;
    expect(mistakesIn({}, codes)).toEqual([
      "codes: 110 cannot mean CUT",
      "codes: 120 is about the clock, so it means UNAUTHENTICATED",
      'codes: "no code" is not a code',
      "codes: no code means UNAUTHENTICATED",
      "codes: no code means FORBIDDEN",
    ]);
  });

  test("in several products, or without any, is reported", () => {
    const broken = { ...vendor, products: () => [uredis, { ...umem, word: "uredis" }] };
    expect(validate(broken, ucloudAccount)).toEqual(["products: two are called uredis"]);
    expect(validate({ ...vendor, products: () => [] }, ucloudAccount)).toEqual([
      "products: there are none",
    ]);
  });
});
