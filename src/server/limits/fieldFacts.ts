import { backupAddressOf, instanceAddressOf, providerKeyOf } from "../../domain/id.js";
import type { CallTally, PlaceFilter } from "./callTally.js";

/** A field as an operation asks for it. */
export interface AskedField {
  readonly args: Readonly<Record<string, unknown>>;
  /** The provider that all objects at hand belong to; null where they may be anyone's. */
  readonly provider: string | null;
  readonly tally: CallTally;
}

/** What a field asks of the vendors for each object that it is selected on. */
export interface FieldCalls {
  /** It reads the backups of the object, which is an instance; however often, that is one list. */
  readonly ofInstance?: boolean;
  /** Calls of its own, which no other field shares. */
  readonly own?: number;
  /** The provider that the field's objects belong to. */
  readonly provider?: string | null;
}

type Facts = (field: AskedField) => FieldCalls;

const NO_CALLS: FieldCalls = Object.freeze({});
const OF_INSTANCE: FieldCalls = Object.freeze({ ofInstance: true });
const ONE_CALL: FieldCalls = Object.freeze({ own: 1 });

const filterOf = ({ args }: AskedField): PlaceFilter & { instanceIds?: readonly string[] | null } =>
  (args["filter"] as PlaceFilter | null | undefined) ?? {};

const instances: Facts = (field) => {
  field.tally.askInstances(field.tally.within(filterOf(field), field.provider));
  return NO_CALLS;
};

const backups: Facts = (field) => {
  const filter = filterOf(field);
  const places = field.tally.within(filter, field.provider);
  const ids = filter.instanceIds ?? null;
  if (ids === null) {
    field.tally.askBackups(places);
    return NO_CALLS;
  }
  field.tally.askInstances(places);
  return { own: new Set(ids).size };
};

const regions: Facts = (field) => {
  field.tally.askRegions(field.tally.within({}, field.provider));
  return NO_CALLS;
};

const coverage: Facts = (field) => {
  const places = field.tally.within(filterOf(field), field.provider);
  field.tally.askInstances(places);
  field.tally.askBackups(places);
  return NO_CALLS;
};

/** An id leads to the instance list of its place, and a backup's to the slice that holds it. */
function node({ tally }: AskedField, id: unknown): FieldCalls {
  if (typeof id !== "string") return NO_CALLS;
  const address = backupAddressOf(id) ?? instanceAddressOf(id);
  if (address === null) return { provider: providerKeyOf(id) };
  const { provider, region } = address;
  const places = tally.within({ providers: [provider], regions: [region] }, null);
  tally.askInstances(places);
  const isBackup = "startedAt" in address;
  return { provider, own: isBackup && places.length > 0 ? 1 : 0 };
}

/** Many ids at once: `own` is of all of them together. */
function nodes(field: AskedField, ids: readonly unknown[]): FieldCalls {
  const own = [...new Set(ids)].map((id) => node(field, id).own ?? 0);
  return { own: own.reduce((sum, calls) => sum + calls, 0) };
}

function entities(field: AskedField): FieldCalls {
  const representations = listOf(field.args["representations"]).filter(isObject);
  for (const { vendor, region } of representations)
    if (typeof vendor === "string" && typeof region === "string")
      field.tally.askInstances(field.tally.within({ vendors: [vendor], regions: [region] }, null));
  return nodes(
    field,
    representations.map(({ id }) => id),
  );
}

/** A list argument, also where one item stands for a list of it. */
export const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

/** Every field that may ask a vendor; those that are not here are told by what was read before. */
const FACTS: Readonly<Record<string, Facts>> = {
  "Query.node": (field) => node(field, field.args["id"]),
  "Query.nodes": (field) => nodes(field, listOf(field.args["ids"])),
  "Query._entities": entities,
  "Query.provider": ({ args }) => ({ provider: String(args["key"]) }),
  "Query.instance": (field) => node(field, field.args["id"]),
  "Query.instances": instances,
  "Query.backup": (field) => node(field, field.args["id"]),
  "Query.backups": backups,
  "Query.coverage": coverage,
  "Provider.regions": regions,
  "Provider.instances": instances,
  "Provider.backups": backups,
  "Instance.backups": () => OF_INSTANCE,
  "Instance.latestBackup": () => OF_INSTANCE,
  "Instance.coverage": () => OF_INSTANCE,
  "Backup.instance": instances,
  "Backup.downloads": () => ONE_CALL,
};

/** Names of the fields that may ask a vendor, as `Type.field`. */
export const ASKING_FIELDS: readonly string[] = Object.keys(FACTS);

/** What a field asks of the vendors; lists are put into the tally. */
export function callsOf(name: string, field: AskedField): FieldCalls {
  const facts = Object.hasOwn(FACTS, name) ? FACTS[name] : undefined;
  return facts === undefined ? NO_CALLS : facts(field);
}
