import type { Entry } from "./entries.js";
import type { CoverageState } from "./generated/graphql.js";
import { msOf } from "./texts.js";

/** The states, most urgent first. */
export const STATES = ["VIOLATING", "UNKNOWN", "PROTECTED"] as const;

/** The recovery point objectives to choose from, as ISO 8601 durations. Empty: by each instance's policy. */
export const OBJECTIVES = ["", "PT12H", "PT24H", "PT48H", "P7D"] as const;

/** The filters of the page. Empty text matches everything. */
export interface Filters {
  readonly vendor: string;
  readonly account: string;
  readonly region: string;
  readonly policy: string;
  readonly owner: string;
  readonly state: CoverageState | "";
  readonly text: string;
}

/** A view of the page that can be shared. */
export interface SharedView {
  readonly filters: Filters;
  readonly rpo: string;
  /** The global id of the instance in the drawer. Empty if it is closed. */
  readonly open: string;
}

/** Filters that match everything. */
export const EVERYTHING: Filters = {
  vendor: "",
  account: "",
  region: "",
  policy: "",
  owner: "",
  state: "",
  text: "",
};

const DEFAULT_RPO = "";

/** Reads a view from the hash of a URL. Unknown values are ignored. */
export function viewOfHash(hash: string): SharedView {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const text = (name: string): string => given.get(name) ?? "";
  return {
    filters: {
      vendor: text("vendor"),
      account: text("account"),
      region: text("region"),
      policy: text("policy"),
      owner: text("owner"),
      state: STATES.find((state) => state === text("state")) ?? "",
      text: text("text"),
    },
    rpo: OBJECTIVES.find((rpo) => rpo === text("rpo")) ?? DEFAULT_RPO,
    open: text("instance"),
  };
}

/** The hash of a view. Empty for the initial view. */
export function hashOfView({ filters, rpo, open }: SharedView): string {
  const all = { ...filters, rpo: rpo === DEFAULT_RPO ? "" : rpo, instance: open };
  const given = Object.entries(all).filter(([, value]) => value !== "");
  return given.length === 0 ? "" : `#${new URLSearchParams(given)}`;
}

/** Whether an entry matches the filters, except for its state. */
export function passes({ provider, region, instance, policy }: Entry, filters: Filters): boolean {
  const { vendor, account, text } = filters;
  const words = [instance?.name, instance?.nativeId, region, provider.key, ...tagTexts(instance)];
  return (
    (vendor === "" || provider.vendor === vendor) &&
    (account === "" || provider.account === account) &&
    (filters.region === "" || region === filters.region) &&
    (filters.policy === "" || policy === filters.policy) &&
    (filters.owner === "" || ownerOf(instance) === filters.owner) &&
    (text === "" || words.some((word) => word?.toLowerCase().includes(text.trim().toLowerCase())))
  );
}

/** The number of entries in each state. */
export type StateCounts = Readonly<Record<CoverageState, number>>;

/** Counts by state. */
export const countStates = (entries: readonly Entry[]): StateCounts =>
  entries.reduce((counts, { state }) => ({ ...counts, [state]: counts[state] + 1 }), NO_COUNTS);

const NO_COUNTS: StateCounts = { PROTECTED: 0, VIOLATING: 0, UNKNOWN: 0 };

/** The tags of an instance, such as `env=prod`. */
export const tagTexts = (instance: Entry["instance"]): readonly string[] =>
  (instance?.tags ?? []).map(({ key, value }) => (value === "" ? key : `${key}=${value}`));

/** Keys of tags that name an owner, in lower case. The first of them that an instance has counts. */
const OWNER_KEYS = ["owner", "team", "squad", "contact"];

/** Who owns an instance, as its tags say; null if they do not. */
export const ownerOf = (instance: Entry["instance"]): string | null =>
  OWNER_KEYS.flatMap(
    (owner) => instance?.tags?.find(({ key }) => key.toLowerCase() === owner)?.value || [],
  )[0] ?? null;

/** The most urgent first: by state, then the oldest newest backup, then in the order of lists of instances. */
export const byUrgency = (a: Entry, b: Entry): number =>
  STATES.indexOf(a.state) - STATES.indexOf(b.state) ||
  compare(ageOf(b), ageOf(a)) ||
  compare(a.key, b.key);

/** Milliseconds; infinite if no good backup is known. */
const ageOf = ({ age }: Entry): number => msOf(age) ?? Number.POSITIVE_INFINITY;

const compare = <T extends string | number>(a: T, b: T): number => (a < b ? -1 : Number(a > b));

/** The choices of each filter, in order. */
export function choicesOf(entries: readonly Entry[], filters: Filters) {
  const distinct = (chosen: string, values: readonly (string | null)[]): string[] =>
    [...new Set([...values, chosen])].flatMap((value) => value || []).sort();
  return {
    vendor: distinct(
      filters.vendor,
      entries.map(({ provider }) => provider.vendor),
    ),
    account: distinct(
      filters.account,
      entries.map(({ provider }) => provider.account),
    ),
    region: distinct(
      filters.region,
      entries.map(({ region }) => region),
    ),
    policy: distinct(
      filters.policy,
      entries.map(({ policy }) => policy),
    ),
    owner: distinct(
      filters.owner,
      entries.map(({ instance }) => ownerOf(instance)),
    ),
  };
}
