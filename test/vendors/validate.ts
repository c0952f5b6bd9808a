import { NO_FACTS } from "../../src/domain/instance.js";
import { SOURCE_ISSUE_CODES, type SourceIssueCode } from "../../src/domain/words.js";
import type { Account } from "../../src/domain/account.js";
import type { Row } from "../../src/domain/row.js";
import { rateOf } from "../../src/listing/callVendor.js";
import type {
  BackupListing,
  CodeTable,
  InstanceListing,
  Listing,
  ListScope,
  Params,
  ProductDeclaration,
  VendorApi,
  VendorDeclaration,
  WordTables,
} from "../../src/listing/declaration.js";
import type { ListShape, WindowShape } from "../../src/listing/shape.js";

/** Reports a mistake. */
type Say = (mistake: string) => void;

/**
 * All mistakes in what a vendor declares for an account, each with the product and listing that it is in;
 * empty if there are none. The types cannot express these rules; tests run it over every declaration.
 */
export function validate<A extends Account>(
  vendor: VendorDeclaration<A>,
  account: A,
): readonly string[] {
  const mistakes: string[] = [];
  const products = vendor.products(account);
  const api = vendor.api(account);
  checkCodes(api.codes, (mistake) => mistakes.push(`codes: ${mistake}`));
  if (products.length === 0) mistakes.push("products: there are none");
  for (const word of repeated(products.map((product) => product.word)))
    mistakes.push(`products: two are called ${word}`);
  for (const product of products) {
    const say: Say = (mistake) => mistakes.push(`${product.word}: ${mistake}`);
    if (product.vendor !== vendor.vendor) say(`belongs to ${product.vendor}, not ${vendor.vendor}`);
    checkProduct(product, say);
    for (const listing of listingsOf(product)) {
      const { name, action } = listing;
      const sayOf: Say = (mistake) => mistakes.push(`${product.word}, ${name}: ${mistake}`);
      checkListing(listing, sayOf);
      checkAction(action, api, sayOf);
    }
    checkFacts(product, api, say);
  }
  return mistakes;
}

const backupListingsOf = ({ perInstance, wide }: ProductDeclaration): readonly BackupListing[] =>
  wide === null ? perInstance : [...perInstance, wide];

const listingsOf = (product: ProductDeclaration): readonly Listing<unknown>[] => [
  ...product.instances,
  ...backupListingsOf(product),
];

const WORD = /^[a-z0-9][a-z0-9-]{0,31}$/;

function checkProduct(product: ProductDeclaration, say: Say): void {
  const { capabilities, instances, perInstance, wide, regions, lookbackMs, leastTtlMs } = product;
  const backups = backupListingsOf(product);
  if (!WORD.test(product.word)) say("its word is not of lower-case letters, digits and hyphens");
  if (instances.length === 0) say("no list shows its instances");
  if (perInstance.length === 0) say("no list shows the backups of one instance");
  if (lookbackMs !== null && !(lookbackMs > 0)) say("lookbackMs is not above zero");
  if (leastTtlMs !== undefined && !(leastTtlMs > 0)) say("leastTtlMs is not above zero");
  const names = listingsOf(product).map(({ name }) => name);
  const own = regions === null || regions === "instances" ? [] : [regions.name];
  for (const name of repeated([...names, ...own])) say(`two lists are called ${name}`);
  if (regions === "instances" && !instances.some(({ scope }) => scope === "account"))
    say("its regions are those of its instances, but no list of instances covers the account");
  for (const listing of instances)
    checkInstances(listing, (what) => say(`${listing.name}: ${what}`));
  for (const listing of backups) {
    const sayOf: Say = (what) => say(`${listing.name}: ${what}`);
    checkBackups(listing, sayOf);
    const expected = listing === wide ? "region" : "instance";
    if (listing.scope !== expected) sayOf(`its scope is ${listing.scope}, not ${expected}`);
    if (listing !== wide && listing.refusedBy.length > 0)
      sayOf("refusedBy has codes, but no other list can replace it");
    if (listing.shape.page.style !== backups[0]?.shape.page.style)
      sayOf("its pages are not divided like those of the other lists of backups");
    if (listing.sizes !== "exact" && !capabilities.notes.some((note) => /\bsizes?\b/i.test(note)))
      sayOf("capabilities.notes do not say that its sizes are not exact");
  }
  const isSized = backups.some(({ sizes }) => sizes === "exact");
  if (product.undecided.includes("maxSizeDrop") === isSized)
    say("undecided has maxSizeDrop if no list has exact sizes, and only then");
}

function checkAction(action: string, api: VendorApi, say: Say): void {
  if (!(rateOf(api, action) > 0)) say(`the rate of ${action} is not above zero`);
  if (!PERMISSION.test(api.permission(action))) say(`the permission of ${action} is not a name`);
}

/** Two calls for the same fact would leave open which of them is right. */
function checkFacts({ facts = [] }: ProductDeclaration, api: VendorApi, say: Say): void {
  for (const { name, action, shows, most } of facts) {
    const sayOf: Say = (what) => say(`${name}: ${what}`);
    if (!WORD.test(name)) sayOf("its name is not of lower-case letters, digits and hyphens");
    if (action.trim() === "") sayOf("it has no action");
    else checkAction(action, api, sayOf);
    if (shows.length === 0) sayOf("it shows no fact");
    for (const fact of shows) if (!(fact in NO_FACTS)) sayOf(`there is no fact ${fact}`);
    if (!(Number.isInteger(most) && most >= 1)) sayOf("most is not a whole number above zero");
  }
  for (const name of repeated(facts.map((one) => one.name))) say(`two facts are called ${name}`);
}

function checkInstances(listing: InstanceListing, say: Say): void {
  const { scope, shape, regionOf } = listing;
  if (scope === "account" && regionOf === undefined)
    say("it covers the account, but has no regionOf");
  if (scope === "region" && regionOf !== undefined)
    say("regionOf has no use in a list of one region");
  if (shape.window !== null) say("a list of instances has no window");
  checkWords(listing, "RUNNING", say);
}

function checkBackups(listing: BackupListing, say: Say): void {
  const { shape, alternatives = [], alternativesOn = [], windowTooWideOn = [] } = listing;
  checkWords(listing, "SUCCEEDED", say);
  const codes = [...listing.refusedBy, ...alternativesOn, ...windowTooWideOn];
  for (const code of codes) if (!CODE.test(code)) say(`"${code}" is not a code`);
  if (alternatives.length > 0 !== alternativesOn.length > 0)
    say("alternatives and alternativesOn go together");
  for (const [index, { params, note }] of alternatives.entries()) {
    if (Object.keys(params).length === 0) say(`alternative ${index} changes nothing`);
    if (note.trim() === "") say(`alternative ${index} has no note`);
  }
  if (listing.ownedByMember !== undefined && listing.scope !== "region")
    say("rows are owned by members in the wide list only");
  if (windowTooWideOn.length > 0 && shape.window === null)
    say("windowTooWideOn has codes, but there is no window");
  if (listing.shards !== undefined && listing.shards.settlesMs <= listing.shards.withinMs)
    say("a set of shards settles before its last shard may start");
  if (listing.shards !== undefined && shape.counts === "rows")
    say("its rows are shards, so its count does not count backups");
}

/**
 * Words are compared in lower case, and one of them must mean that all is well, unless there are none. A list
 * that is declared as data reads them in the fields that it names.
 */
function checkWords(
  listing: { readonly words: WordTables<Row>; readonly fields?: object },
  good: string,
  say: Say,
): void {
  const { words, fields = words } = listing;
  for (const field of Object.keys(words))
    if (!(field in fields))
      say(`words has ${field}, which fields does not name, so nothing reads it`);
  for (const [field, table = {}] of Object.entries(words))
    for (const word of Object.keys(table))
      if (word !== word.toLowerCase())
        say(`the ${field} "${word}" is not in lower case, so it never matches`);
  const meanings = Object.values(words["status"] ?? {});
  if (meanings.length > 0 && !meanings.includes(good)) say(`no status means ${good}`);
}

function checkListing(listing: Listing<unknown>, say: Say): void {
  const { name, action, shape, nextToken, formatInstant, tokenRefusedOn = [] } = listing;
  const parts = listing.parts?.(SAMPLE) ?? null;
  if (!WORD.test(name)) say("its name is not of lower-case letters, digits and hyphens");
  if (action.trim() === "") say("it has no action");
  checkShape(shape, say);
  if ((shape.page.style === "token") !== (nextToken !== undefined))
    say("nextToken and pages by token go together");
  for (const code of tokenRefusedOn) if (!CODE.test(code)) say(`"${code}" is not a code`);
  if (tokenRefusedOn.length > 0 && nextToken === undefined)
    say("tokenRefusedOn has codes, but pages have no tokens");
  if ((shape.window !== null) !== (formatInstant !== undefined))
    say("formatInstant and a window go together");
  if (shape.window !== null && formatInstant !== undefined)
    checkFormat(formatInstant, shape.window.precisionMs, say);
  const params = listing.params(SAMPLE);
  const asked = Object.values({ ...params, ...parts?.[0] });
  if (listing.scope === "instance" && !asked.includes(SAMPLE.instance?.nativeId))
    say("it does not say which instance it asks for");
  const own = Object.keys(params);
  const ofPart = Object.keys(parts?.[0] ?? {});
  for (const parameter of repeated([...own, ...ofPart, ...parametersOf(shape)]))
    say(`the parameter ${parameter || '""'} is set twice`);
  if (parts !== null) checkParts(parts, shape, say);
}

/** Parts follow each other like pages, so a place in them is that of a row. */
function checkParts(parts: readonly Params[], { page }: ListShape, say: Say): void {
  if (parts.length === 0) say("it has no parts");
  if (page.style !== "token" || page.keyed !== true) say("parts are read by tokens that are keyed");
  if (repeated(parts.map((part) => JSON.stringify(part))).length > 0) say("two parts are the same");
}

const SAMPLE: ListScope = {
  region: { id: "region-1", endpoint: null },
  instance: { nativeId: "instance-1", zone: "zone-1", shardCount: 1 },
};

function parametersOf({ page, window }: ListShape): readonly string[] {
  const paged =
    page.style === "offset"
      ? [page.offset, page.limit]
      : page.style === "pageNumber"
        ? [page.page, page.size]
        : [page.token, page.size];
  return window === null ? paged : [...paged, window.since, window.until];
}

function checkShape({ page, window, defaultSize, order, counts }: ListShape, say: Say): void {
  const isSize = (size: number): boolean => Number.isInteger(size) && size >= 1;
  if (!isSize(page.max)) say("the largest page is not a whole number above zero");
  if (!isSize(defaultSize) || defaultSize > page.max)
    say(`the default page of ${defaultSize} rows is not between 1 and ${page.max}`);
  const least = page.style === "token" ? (page.min ?? 1) : 1;
  if (!isSize(least) || least > page.max)
    say(`the smallest page of ${least} rows is not between 1 and ${page.max}`);
  const sizes = page.style === "token" ? undefined : page.sizes;
  if (sizes !== undefined) {
    const wrong = sizes.filter((size) => !isSize(size) || size > page.max);
    if (wrong.length > 0) say(`page sizes ${wrong.join(", ")} are not between 1 and ${page.max}`);
    if (!sizes.includes(page.max)) say("the largest page is not one of the legal sizes");
  }
  if (window !== null) checkWindow(window, say);
  if (order !== "unknown" && window !== null) say("a stated order is of no use beside a window");
  if (page.style === "token" && ["rows", "backups"].includes(counts) && page.keyed !== true)
    say("a count of rows is of no use to pages by token");
}

function checkWindow(window: WindowShape, say: Say): void {
  const { precisionMs, selects, longestMs, maxSpanMs } = window;
  if (window.open === true && (window.mandatory || maxSpanMs !== null))
    say("an open window is not mandatory, and has no widest span");
  if (!(precisionMs >= 1)) say("the window's precision is below a millisecond");
  if ((selects === "start") !== (longestMs === 0))
    say("longestMs is 0 if the window selects on the start, and above 0 otherwise");
  const least = longestMs + 4 * precisionMs;
  if (maxSpanMs !== null && maxSpanMs <= least)
    say(`no window holds a backup: maxSpanMs is not above ${least}`);
}

function checkFormat(format: (instant: number) => string, precisionMs: number, say: Say): void {
  const instant = Math.ceil(Date.UTC(2026, 0, 31) / precisionMs) * precisionMs;
  if (format(instant) === format(instant + precisionMs))
    say("formatInstant is coarser than the window's precision");
}

/** An action, with the service before it where policies write it so. */
const PERMISSION = /^(?:[a-z][a-z0-9-]*:)?[A-Za-z][A-Za-z0-9]*$/;

/** Codes and request ids that errors show. */
const CODE = /^[\w.:-]{1,100}$/;

/** What only the gateway itself can mean. */
const OURS: readonly SourceIssueCode[] = ["STALE", "SCAN_LIMIT", "CUT"];

function checkCodes(codes: CodeTable, say: Say): void {
  const meanings = Object.entries(codes).map(([code, meaning]) => {
    const known = typeof meaning === "object" ? meaning : { kind: meaning };
    return { code, clockSkew: false, ...known };
  });
  for (const { code, kind, clockSkew } of meanings) {
    if (!CODE.test(code)) say(`"${code}" is not a code`);
    if (!SOURCE_ISSUE_CODES.includes(kind) || OURS.includes(kind))
      say(`${code} cannot mean ${kind}`);
    if (clockSkew === true && kind !== "UNAUTHENTICATED")
      say(`${code} is about the clock, so it means UNAUTHENTICATED`);
  }
  for (const kind of ["UNAUTHENTICATED", "FORBIDDEN"] as const)
    if (!meanings.some((meaning) => meaning.kind === kind)) say(`no code means ${kind}`);
}

const repeated = (values: readonly string[]): readonly string[] => [
  ...new Set(values.filter((value, index) => values.indexOf(value) !== index)),
];
