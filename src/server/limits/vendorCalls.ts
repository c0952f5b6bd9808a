import {
  getNamedType,
  getNullableType,
  type GraphQLField,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isObjectType,
} from "graphql";
import { DEFAULT_PAGE_SIZE } from "../../domain/connection.js";
import { backupAddressOf, instanceAddressOf, providerKeyOf } from "../../domain/id.js";
import type { Fact } from "../../domain/instance.js";
import { getOrMake } from "../../domain/maps.js";
import type { KnownPlace } from "../../domain/provider.js";
import { MOST_BUCKETS, type BackupDimension } from "../../domain/stats.js";
import { BACKUP_STATUSES, BACKUP_TRIGGERS } from "../../domain/words.js";

/** Whether a field returns a page of a list, by the name of its type. */
export const isConnection = ({ type }: GraphQLField<unknown, unknown>): boolean =>
  getNamedType(type).name.endsWith("Connection");

/** The average length of each list of a schema's introspection, by `Type.field`. */
type MetaLists = ReadonlyMap<string, number>;

const metaLists = new WeakMap<GraphQLSchema, MetaLists>();

const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);

/**
 * Measures the introspection lists of a schema.
 *
 * With averages, a query for all fields of all types costs exactly as many objects as it returns.
 */
function measuredLists(schema: GraphQLSchema): MetaLists {
  const types = Object.values(schema.getTypeMap());
  const directives = schema.getDirectives();
  const fields = types.map((type) =>
    isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [],
  );
  const inputs = types.filter(isInputObjectType).map((type) => Object.keys(type.getFields()));
  const values = types.filter(isEnumType).map((type) => type.getValues());
  const lengths = (lists: readonly (readonly unknown[])[]) => lists.map(({ length }) => length);
  const args = fields.flat().map((field) => field.args);
  return new Map([
    ["__Schema.types", types.length],
    ["__Schema.directives", directives.length],
    ["__Type.fields", sum(lengths(fields)) / types.length],
    ["__Type.inputFields", sum(lengths(inputs)) / types.length],
    ["__Type.enumValues", sum(lengths(values)) / types.length],
    ["__Type.interfaces", 1],
    ["__Type.possibleTypes", 1],
    ["__Field.args", sum(lengths(args)) / Math.max(1, args.length)],
    ["__Directive.args", sum(lengths(directives.map((one) => one.args))) / directives.length],
  ]);
}

/** What bounds the length of lists. */
export interface ListBounds {
  readonly schema: GraphQLSchema;
  readonly vendorCalls: VendorCalls;
  /** Rows of one page. */
  readonly maxPage: number;
}

/** A field that returns objects. */
interface ObjectField {
  /** As `Type.field`. */
  readonly name: string;
  readonly field: GraphQLField<unknown, unknown>;
  readonly args: Args;
  /** Rows of the connection that the field is selected on. */
  readonly page: number;
}

/** Download links of one backup: a public and an internal one for each of sixteen shards. */
const LINKS = 32;

/** Tags of one instance. Vendors allow 20 to 50. */
const TAGS = 20;

/** Issues of one place: its instance list and its lists of backups. */
const ISSUES_OF_PLACE = 2;

/** The largest number of objects that a field can return. */
export function lengthOf(list: ObjectField, { schema, vendorCalls, maxPage }: ListBounds): number {
  const { name, field, args, page } = list;
  if (!isListType(getNullableType(field.type))) return 1;
  const described = name.startsWith("__")
    ? getOrMake(metaLists, schema, () => measuredLists(schema)).get(name)
    : undefined;
  if (described !== undefined) return described;
  switch (name) {
    case "Query._entities":
      return listOf(args["representations"]).length;
    case "Query.nodes":
      return listOf(args["ids"]).length;
    case "Query.providers":
      return vendorCalls.providers;
    case "Backup.downloads":
      return LINKS;
    case "Instance.tags":
      return TAGS;
  }
  if (/Connection\.(?:edges|nodes)$|^BackupStats\.buckets$|^BackupStatsBucket\.keys$/.test(name))
    return page;
  if (getNamedType(field.type).name !== "SourceIssue") return maxPage;
  // Issues are grouped by place and kind of list.
  return ISSUES_OF_PLACE * vendorCalls.places.length;
}

/** The page size that a connection is asked for. A size that will be refused counts as the nearest valid one. */
export function pageSize({ first, last }: Args, maxPage: number): number {
  const asked = typeof last === "number" ? last : typeof first === "number" ? first : null;
  return Math.min(Math.max(asked ?? DEFAULT_PAGE_SIZE, 0), maxPage);
}

/** The most that one object costs. */
const MOST_WEIGHT = 1_000;

/**
 * What objects cost that do not cost 1. Statistics pass every backup that they count, which may be all that
 * are cached. Their buckets, and the keys of buckets, are a few short values each.
 */
export const WEIGHTS: ReadonlyMap<string, number> = new Map([
  ["BackupStats", MOST_WEIGHT],
  ["BackupStatsBucket", 0.2],
  ["BackupStatsKey", 0.2],
]);

const DAY_MS = 86_400_000;

/** Instances of a region whose instance list has not been read yet: a guess. */
const GUESSED_INSTANCES = 100;

/** What a coverage report costs: it judges every instance that it covers. */
export const reportWeight = (args: Args, vendorCalls: VendorCalls): number =>
  Math.min(MOST_WEIGHT, 1 + guessedInstances(vendorCalls.within(filterOf({ args }), null)));

/** The instances of some places, with a guess for regions whose instances are unknown. */
const guessedInstances = (places: readonly KnownPlace[]): number =>
  sum(places.map(({ instances }) => instances ?? GUESSED_INSTANCES));

/** The buckets that statistics can have, and the keys of each bucket. */
export function statsSizeOf(
  args: Args,
  vendorCalls: VendorCalls,
): { readonly page: number; readonly keys: number } {
  const { startedAfter, startedBefore } = (args["filter"] ?? {}) as Record<string, unknown>;
  const by = listOf(args["by"]) as readonly BackupDimension[];
  const isBounded = startedAfter instanceof Date && startedBefore instanceof Date;
  // The first and the last day may be partly in the range, and a day may have 23 hours.
  const days = isBounded
    ? Math.ceil(Math.max(0, Number(startedBefore) - Number(startedAfter)) / (DAY_MS * 0.95)) + 2
    : MOST_BUCKETS;
  const sizes: Readonly<Partial<Record<BackupDimension, number>>> = {
    DAY: days,
    WEEK: days,
    MONTH: days,
    STATUS: BACKUP_STATUSES.length,
    TRIGGER: BACKUP_TRIGGERS.length,
    VENDOR: vendorCalls.providers,
    PROVIDER: vendorCalls.providers,
    INSTANCE: guessedInstances(vendorCalls.places),
  };
  const product = by.reduce((size, one) => size * (sizes[one] ?? MOST_BUCKETS), 1);
  return { page: Math.min(product, MOST_BUCKETS), keys: by.length };
}

/** A field's arguments, with their defaults filled in. */
export type Args = Readonly<Record<string, unknown>>;

/** Which places a field reads; null means all of them. */
interface PlaceFilter {
  readonly vendors?: readonly string[] | null | undefined;
  readonly providers?: readonly string[] | null | undefined;
  readonly regions?: readonly string[] | null | undefined;
}

/**
 * The lists of single instances that an operation reads besides the lists that it merges. Lists of all
 * instances or backups of a place are not counted: however many there are, pages, reports and statistics over them
 * are cut where the operation has made `limits.vendorCalls` calls.
 */
export class VendorCalls {
  private readonly merged = new Set<KnownPlace>();

  constructor(readonly places: readonly KnownPlace[]) {}

  /** The places that match a filter, of one provider unless `provider` is null. */
  within(filter: PlaceFilter, provider: string | null): readonly KnownPlace[] {
    const { vendors, providers, regions } = filter;
    return this.places.filter(
      (place) =>
        (provider === null || place.provider === provider) &&
        (vendors?.includes(place.vendor) ?? true) &&
        (providers?.includes(place.provider) ?? true) &&
        (place.region === null || (regions?.includes(place.region) ?? true)),
    );
  }

  /** Notes that all backups of the places are merged: from one wide list if there is one, else from each instance's. */
  addBackups(places: readonly KnownPlace[]): void {
    for (const place of places) this.merged.add(place);
  }

  /** The calls that reading the backups of `instances` single instances adds at worst. A list counts once. */
  ofInstances(instances: number): number {
    let lists = 0;
    // An instance's own list can be read in addition to a wide list.
    for (const place of this.places)
      if (!this.merged.has(place) || place.wide)
        lists += place.instances ?? Number.POSITIVE_INFINITY;
    return Math.min(instances, lists);
  }

  get providers(): number {
    return new Set(this.places.map(({ provider }) => provider)).size;
  }
}

/** A field as an operation selects it. */
interface SelectedField {
  readonly args: Args;
  /** The provider that all parent objects belong to; null if they can belong to any. */
  readonly provider: string | null;
  /** Collects the lists of backups that the field merges. */
  readonly vendorCalls: VendorCalls;
}

/** What a field reads from vendors for each parent object, besides lists that pages and reports merge. */
export interface FieldCalls {
  /** Whether it reads the backups of its parent, an instance. Several such fields share one list. */
  readonly ofInstance?: boolean;
  /** Calls that no other field shares. */
  readonly own?: number;
  /** The provider that the field's objects belong to. */
  readonly provider?: string | null;
}

type CountCalls = (field: SelectedField) => FieldCalls;

const NO_CALLS: FieldCalls = Object.freeze({});
const OF_INSTANCE: FieldCalls = Object.freeze({ ofInstance: true });
const ONE_CALL: FieldCalls = Object.freeze({ own: 1 });

const filterOf = ({
  args,
}: Pick<SelectedField, "args">): PlaceFilter & { instanceIds?: readonly string[] | null } =>
  (args["filter"] as PlaceFilter | null | undefined) ?? {};

const backups: CountCalls = (field) => {
  const filter = filterOf(field);
  const ids = filter.instanceIds ?? null;
  if (ids !== null) return { own: new Set(ids).size };
  field.vendorCalls.addBackups(field.vendorCalls.within(filter, field.provider));
  return NO_CALLS;
};

/** A backup's id leads to the slice that holds it, in a list of its own. */
function node({ vendorCalls }: SelectedField, id: unknown): FieldCalls {
  if (typeof id !== "string") return NO_CALLS;
  const address = backupAddressOf(id) ?? instanceAddressOf(id);
  if (address === null) return { provider: providerKeyOf(id) };
  const { provider, region } = address;
  const isBackup = "startedAt" in address;
  const places = vendorCalls.within({ providers: [provider], regions: [region] }, null);
  return { provider, own: isBackup && places.length > 0 ? 1 : 0 };
}

/** For many ids, `own` is the sum over all of them. */
function nodes(field: SelectedField, ids: readonly unknown[]): FieldCalls {
  return { own: sum([...new Set(ids)].map((id) => node(field, id).own ?? 0)) };
}

const entities: CountCalls = (field) => {
  const representations = listOf(field.args["representations"]).filter(isObject);
  return nodes(
    field,
    representations.map(({ id }) => id),
  );
};

/** The items of a list argument; GraphQL accepts a single item in place of a list. */
const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];

const isObject = (value: unknown): value is Args => typeof value === "object" && value !== null;

/** One call for each instance, if its provider may have to make one for the fact. */
const fact =
  (name: Fact): CountCalls =>
  ({ vendorCalls, provider }) =>
    vendorCalls.within({}, provider).some(({ facts }) => facts.includes(name))
      ? ONE_CALL
      : NO_CALLS;

/** As many calls for each backup as its provider may have to make. */
const downloads: CountCalls = ({ vendorCalls, provider }) => ({
  own: Math.max(0, ...vendorCalls.within({}, provider).map(({ linkCalls }) => linkCalls)),
});

/** Every field that can cause vendor calls for single objects, or that merges lists of backups. */
const CALLS: Readonly<Record<string, CountCalls>> = {
  "Query.node": (field) => node(field, field.args["id"]),
  "Query.nodes": (field) => nodes(field, listOf(field.args["ids"])),
  "Query._entities": entities,
  "Query.provider": ({ args }) => ({ provider: String(args["key"]) }),
  "Query.instance": (field) => node(field, field.args["id"]),
  "Query.backup": (field) => node(field, field.args["id"]),
  "Query.backups": backups,
  "Query.coverage": backups,
  "Query.backupStats": backups,
  "Provider.backups": backups,
  "Instance.backups": () => OF_INSTANCE,
  "Instance.latestBackup": () => OF_INSTANCE,
  "Instance.coverage": () => OF_INSTANCE,
  "Instance.tags": fact("tags"),
  "Instance.project": fact("project"),
  "Instance.encrypted": fact("encrypted"),
  "Instance.automaticBackups": fact("automaticBackups"),
  "Instance.retention": fact("retentionMs"),
  "Instance.policy": fact("tags"),
  "Backup.downloads": downloads,
};

/** These fields, as `Type.field`. */
export const CALLING_FIELDS: readonly string[] = Object.keys(CALLS);

/** The vendor calls of a field, named as `Type.field`; lists that it merges are added to `field.vendorCalls`. */
export function callsOf(name: string, field: SelectedField): FieldCalls {
  const count = Object.hasOwn(CALLS, name) ? CALLS[name] : undefined;
  return count === undefined ? NO_CALLS : count(field);
}
