import { describe, expect, test } from "vitest";
import type { Account } from "../../src/domain/account.js";
import { POLICY_DEMANDS } from "../../src/domain/policy.js";
import { isRow, type Row } from "../../src/domain/row.js";
import {
  BACKUP_KIND,
  BACKUP_METHOD,
  BACKUP_STATUSES,
  BACKUP_TRIGGERS,
  INSTANCE_STATUSES,
  type SourceIssueCode,
} from "../../src/domain/words.js";
import { SourceError } from "../../src/errors.js";
import type {
  BackupListing,
  Listing,
  ListScope,
  ProductDeclaration,
  WholeListing,
} from "../../src/listing/declaration.js";
import { vendorOf } from "../../src/vendors/index.js";
import { SECRETS } from "./accounts.js";
import { fixture, refusalOf, signed } from "./fixture.js";

/** What a listing's fixture holds. */
export interface PageFact {
  readonly file: string;
  /** The field that a row cannot do without. */
  readonly idField: string;
  /** Distinct keys of the page's rows. */
  readonly keys: number;
  /** Rows that are ours. */
  readonly mapped: number;
  readonly total: number | null;
  /** Instance of a list of one instance. */
  readonly instance?: string;
}

export interface ErrorFact {
  readonly what: string;
  readonly body: unknown;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly kind: SourceIssueCode;
  /** A part of the message. */
  readonly hint?: string;
  /** Further facts of the error. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface VendorContract {
  readonly name: string;
  readonly account: Account;
  readonly pages: Readonly<Record<string, PageFact>>;
  readonly errors: readonly ErrorFact[];
  /** Finds the signature in a request. */
  readonly signature: RegExp;
  /** Finds the action in a request, if its name does not stand there. */
  readonly action?: RegExp;
  /** How the vendor writes 2026-06-01T18:10:00Z in a window. */
  readonly instant: string | null;
}

type AnyListing = WholeListing<unknown> &
  Partial<
    Pick<Listing<unknown>, "scope" | "shape" | "formatInstant" | "total"> &
      Pick<BackupListing, "withoutLinks" | "sizes">
  >;

const NOW = Date.UTC(2026, 5, 1, 18, 10);
const MOMENT = { now: NOW, nonce: "3156853299f313e23d1673dc12e1703d" };
const REGION = { id: "cn-hangzhou", endpoint: null };

/** Values that vendors have sent, or might, in the place of any other. */
const HOSTILE: readonly unknown[] = [
  null,
  undefined,
  "",
  "12",
  -1,
  1e400,
  Number.NaN,
  2 ** 60,
  {},
  [],
  [null],
  "constructor",
  "__proto__",
  "0000-00-00 00:00:00",
  1748736000000,
];

const listingsOf = (product: ProductDeclaration): readonly AnyListing[] =>
  [product.regions, ...product.instances, ...product.perInstance, product.wide].filter(
    (listing) => listing !== null && listing !== "instances",
  );

/** What every vendor must do. Each vendor's test calls this, then adds its own cases. */
export function vendorContract(contract: VendorContract): void {
  const vendor = vendorOf(contract.account);
  const api = vendor.api(contract.account);
  const products = vendor.products(contract.account);

  describe(`${contract.name} as a vendor`, () => {
    test("is one frozen value", () => {
      expect(Object.isFrozen(vendor)).toBe(true);
      for (const product of products) expectFrozen(product);
    });

    test("lists the same products at every call, each with its own word", () => {
      expect(vendor.products(contract.account).map(({ word }) => word)).toEqual(
        products.map(({ word }) => word),
      );
      expect(new Set(products.map(({ word }) => word)).size).toBe(products.length);
      expect(products.every((product) => product.vendor === vendor.vendor)).toBe(true);
    });

    test("has a fixture for every listing, and no other", () => {
      const names = products.flatMap(listingsOf).map(({ name }) => name);
      expect([...new Set(names)].sort()).toEqual(Object.keys(contract.pages).sort());
    });

    test("leads every instance to a listing that exists", () => {
      for (const product of products) {
        const lists = [...product.perInstance, ...(product.wide === null ? [] : [product.wide])];
        const names = lists.map(({ name }) => name);
        const mapped = product.instances.flatMap((each) =>
          mappedOf(each, contract.pages[each.name]),
        );
        for (const instance of mapped) expect(names).toContain((instance as Row)["listing"]);
      }
    });
  });

  test.each(products)(
    `${contract.name}, $word, names the demands that nothing decides`,
    (product) => {
      const { instances, perInstance, wide, facts = [], undecided } = product;
      const shown = (list: readonly AnyListing[], names: readonly string[]): boolean =>
        list
          .flatMap((listing) => mappedOf(listing, contract.pages[listing.name]) as Row[])
          .some((mapped) => names.some((name) => (mapped[name] ?? null) !== null));
      const backups = [...perInstance, ...(wide === null ? [] : [wide])];
      const decided = {
        retention:
          shown(instances, ["createdAt", "retentionMs"]) ||
          facts.some(({ shows }) => shows.includes("retentionMs")),
        encrypted: shown(backups, ["encrypted"]),
        maxSizeDrop: shown(backups, ["sizeBytes"]),
      };
      // A fixture without the retention does not show that the vendor never has it.
      expect(undecided.filter((demand) => decided[demand])).toEqual([]);
      const missing = POLICY_DEMANDS.filter((demand) => !decided[demand] && demand !== "retention");
      expect(undecided.filter((demand) => demand !== "retention")).toEqual(missing);
    },
  );

  const mappedOf = (listing: AnyListing, fact: PageFact | undefined): readonly unknown[] => {
    if (fact === undefined) throw new Error(`${listing.name} has no fixture.`);
    const payload = api.open(fixture(fact.file), 200, {});
    const scope = scopeOf(listing, fact);
    return listing
      .rows(payload)
      .filter(isRow)
      .map((row) => listing.map(row, scope))
      .filter((mapped) => mapped !== null);
  };

  const listings = [
    ...new Map(products.flatMap(listingsOf).map((listing) => [listing.name, listing])).values(),
  ];
  for (const listing of listings) {
    const fact = contract.pages[listing.name];
    if (fact === undefined) continue;
    const payload = (): Row => api.open(fixture(fact.file), 200, {});
    const rows = (): Row[] => listing.rows(payload()).filter(isRow);
    const scope = scopeOf(listing, fact);

    describe(`${contract.name}, ${listing.name}`, () => {
      test("reads its page: every row has a key and is mapped or left out", () => {
        expect(new Set(rows().map((row) => listing.keyOf(row))).size).toBe(fact.keys);
        const mapped = mappedOf(listing, fact);
        expect(mapped).toHaveLength(fact.mapped);
        for (const each of mapped) expectSane(each);
        expect(listing.total?.(payload()) ?? null).toBe(fact.total);
        if (listing.shape?.counts === "none") expect(fact.total).toBeNull();
        const sizes = mapped.map((each) => (each as Row)["sizeBytes"] ?? null);
        if (listing.sizes !== undefined && listing.sizes !== "exact")
          expect(sizes.every((size) => size === null)).toBe(true);
      });

      test("a row without its id is BAD_RESPONSE that names the field", () => {
        for (const row of rows()) {
          const { [fact.idField]: _id, ...rest } = row;
          const error = refusalOf(() => listing.keyOf(rest));
          expect(error.kind).toBe("BAD_RESPONSE");
          expect(error.message).toContain(fact.idField);
        }
      });

      test("a broken field is null or unknown, or the row is BAD_RESPONSE; never nonsense", () => {
        for (const row of rows()) {
          for (const name of Object.keys(row)) {
            for (const value of HOSTILE) expectMapped(listing, { ...row, [name]: value }, scope);
          }
        }
      });

      test("a body of another shape is BAD_RESPONSE, never an empty list", () => {
        const bodies = [null, [], {}, "text", 5, { data: 1 }, { Response: {} }, { RetCode: 0 }];
        for (const body of bodies) {
          const error = refusalOf(() => listing.rows(api.open(body, 200, {})));
          expect(error.kind).toBe("BAD_RESPONSE");
        }
      });

      test("its request is signed, holds no secret, and is the same for the same moment", () => {
        const params = { ...listing.params(scope), ...pageOf(listing), ...windowOf(listing) };
        const call = { action: listing.action, region: scope.region, params };
        const request = signed(api, call, MOMENT);
        const text = JSON.stringify(request);
        expect(text).toMatch(contract.signature);
        // Services of one vendor share names of actions, which then begin with the service.
        if (contract.action === undefined) expect(text).toContain(listing.action.split(":").at(-1));
        else expect(text).toMatch(contract.action);
        for (const secret of SECRETS) expect(text).not.toContain(secret);
        expect(signed(api, call, MOMENT)).toEqual(request);
        expect(Object.keys(request.headers)).toEqual(
          Object.keys(request.headers).map((name) => name.toLowerCase()),
        );
        expect(new URL(request.url).protocol).toBe("https:");
      });

      if (listing.shape?.window) {
        test("writes its window's bounds as the vendor does", () => {
          expect(listing.formatInstant?.(NOW)).toBe(contract.instant);
        });
      }

      if (listing.withoutLinks) {
        test("identifies and maps rows without their links", () => {
          for (const row of rows()) {
            const shown = listing.withoutLinks?.(row) ?? row;
            expect(listing.keyOf(shown)).toBe(listing.keyOf(row));
            expect(listing.map(shown, scope)).toEqual(listing.map(row, scope));
          }
        });

        test("shows rows without download links", () => {
          for (const row of rows()) {
            const shown = JSON.stringify(listing.withoutLinks?.(row));
            expect(shown).not.toContain("://");
            expect(shown).toContain(String(row[fact.idField]));
          }
        });
      }
    });
  }

  describe(`${contract.name} when it refuses`, () => {
    test.each(contract.errors)(
      "$what is $kind",
      ({ body, status, headers, kind, details, hint }) => {
        const error = refusalOf(() => api.open(body, status ?? 200, headers ?? {}));
        expect(error.kind).toBe(kind);
        expect(error.details).toMatchObject(details ?? {});
        expect(error.message).toContain(hint ?? "");
        expect(error.message).not.toContain("canary");
      },
    );

    test.each([
      { status: 200, kind: "BAD_RESPONSE" },
      { status: 302, kind: "BAD_RESPONSE" },
      { status: 400, kind: "BAD_RESPONSE" },
      { status: 401, kind: "UNAUTHENTICATED" },
      { status: 403, kind: "FORBIDDEN" },
      { status: 404, kind: "BAD_RESPONSE" },
      { status: 429, kind: "THROTTLED" },
      { status: 500, kind: "UNAVAILABLE" },
      { status: 503, kind: "UNAVAILABLE" },
      { status: 504, kind: "TIMEOUT" },
    ])("without JSON, HTTP $status is $kind", ({ status, kind }) => {
      expect(refusalOf(() => api.open(null, status, {})).kind).toBe(kind);
    });
  });
}

const scopeOf = (listing: AnyListing, fact: PageFact): ListScope => ({
  region: listing.scope === undefined ? null : REGION,
  instance:
    listing.scope === "instance"
      ? { nativeId: fact.instance ?? "i-1", zone: "zone-1", shardCount: null }
      : null,
});

function pageOf({ shape }: AnyListing): Row & Record<string, number> {
  if (shape === undefined) return {};
  const { page } = shape;
  if (page.style === "offset") return { [page.offset]: 0, [page.limit]: page.max };
  return page.style === "pageNumber" ? { [page.page]: 1, [page.size]: page.max } : {};
}

function windowOf({ shape, formatInstant }: AnyListing): Record<string, string> {
  if (!shape?.window || formatInstant === undefined) return {};
  const { since, until } = shape.window;
  return { [since]: formatInstant(NOW - 3_600_000), [until]: formatInstant(NOW) };
}

function expectMapped(listing: AnyListing, row: Row, scope: ListScope): void {
  let mapped: unknown;
  try {
    listing.keyOf(row);
    mapped = listing.map(row, scope);
  } catch (error) {
    expect(error).toBeInstanceOf(SourceError);
    expect((error as SourceError).kind).toBe("BAD_RESPONSE");
    return;
  }
  if (mapped !== null) expectSane(mapped);
}

const WORDS: Readonly<Record<string, readonly string[]>> = {
  trigger: BACKUP_TRIGGERS,
  method: Object.keys(BACKUP_METHOD),
  kind: Object.keys(BACKUP_KIND),
};

const isTag = (value: unknown): boolean =>
  isRow(value) && typeof value["key"] === "string" && typeof value["value"] === "string";

const isText = (value: unknown): boolean => typeof value === "string";

/** Every fact is null, text, a truth value, or a whole number; words are ours, and tags have keys and values. */
function expectSane(mapped: unknown): void {
  if (!isRow(mapped)) throw new Error("A mapping returned no object.");
  for (const [name, value] of Object.entries(mapped)) {
    const sane =
      value === null ||
      (name === "tags" && Array.isArray(value) && value.every(isTag)) ||
      (name === "members" && Array.isArray(value) && value.every(isText)) ||
      typeof value === "string" ||
      typeof value === "boolean" ||
      (Number.isSafeInteger(value) && (value as number) >= 0);
    if (!sane) throw new Error(`${name} is ${String(value)}.`);
    if (Object.hasOwn(WORDS, name)) expect(WORDS[name]).toContain(value);
  }
  if ("trigger" in mapped) expect(BACKUP_STATUSES).toContain(mapped["status"]);
  else if ("status" in mapped) expect(INSTANCE_STATUSES).toContain(mapped["status"]);
}

function expectFrozen(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  expect(Object.isFrozen(value)).toBe(true);
  Object.values(value).forEach(expectFrozen);
}
