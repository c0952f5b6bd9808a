import type { MappedBackup } from "../../domain/backup.js";
import { UNKNOWN_INSTANCE } from "../../domain/instance.js";
import type { Row } from "../../domain/row.js";
import type {
  BackupListing,
  InstanceListing,
  Listing,
  ListScope,
  MappedInstance,
  Params,
  WordTables,
} from "../../listing/declaration.js";
import {
  bytes,
  child,
  count,
  days,
  flag,
  type InstantReader,
  instantUtc,
  mandatory,
  list,
  optionalId,
  optionalText,
  text,
  withoutLinks,
  word,
  xmlList,
} from "./decode.js";

/*
 * Lists declared as data: what a list is asked for, where an answer has its rows, and where a row has our fields.
 * What takes more than one field of a row is a function, `derived`. A list that is irregular throughout is
 * written as a `Listing`.
 */

/** Our fields that every vendor writes alike. */
const DECODES = {
  nativeId: text,
  instanceNativeId: optionalId,
  name: optionalText,
  zone: optionalText,
  engineVersion: optionalText,
  project: optionalText,
  remark: optionalText,
  sizeBytes: count,
  shardCount: count,
  locked: flag,
  encrypted: flag,
  automaticBackups: flag,
  retentionMs: days,
};

/** Our fields whose form the vendor's declaration states. */
type Stated =
  | ("status" | "trigger" | "method" | "kind" | "memoryBytes")
  | ("startedAt" | "finishedAt" | "expiresAt" | "createdAt");

/** The dotted path of a vendor's field; of several, the first that says something counts. */
type FieldPath = string | readonly string[];

type OwnedByLists = "params" | "rows" | "total" | "nextToken" | "keyOf" | "map";

/** What lists of instances and of backups have in common. `T` is what a row becomes. */
type ListData<T> = Omit<Listing<T>, OwnedByLists> & {
  /** Parameters that are always the same. */
  readonly params?: Params;
  /** The names of the parameters that say which region, instance or zone is asked for. */
  readonly asksFor?: Readonly<Partial<Record<"region" | "instance" | "zone", string>>>;
  /** The path of the rows in an answer; in XML, of the list and the name of its members. */
  readonly rows: string | readonly [path: string, member: string] | Listing<T>["rows"];
  /** The field of an answer that has the vendor's count. */
  readonly total?: string | Listing<T>["total"];
  /** The field of an answer that has the token of the next page; by default, it is called like the parameter. */
  readonly tokenField?: string;
  /** By default, the native id. */
  readonly keyOf?: Listing<T>["keyOf"];
  /** Rows that are not ours: those with a word, in lower case, in a field (`*` for any), or those for which it is true. */
  readonly leftOut?: Readonly<Record<string, string>> | ((row: Row) => boolean);
  /** The vendor's fields, by ours. */
  readonly fields: Readonly<
    Partial<Record<(keyof typeof DECODES | Stated) & keyof T, FieldPath>> & { nativeId: string }
  >;
  /** How instants are written; by default, as ISO 8601 in UTC. */
  readonly instants?: InstantReader;
  /** The unit of `memoryBytes`; by default, bytes. */
  readonly unit?: number;
  /** What is the same for all rows. */
  readonly always?: Partial<T>;
  /** What else the row says. It replaces what was read from `fields`. */
  derived?(row: Row, read: T, scope: ListScope): Partial<T>;
};

/** A list of instances, as data. */
export type InstanceListData = Omit<InstanceListing, OwnedByLists> & ListData<MappedInstance>;

/** A list of backups, as data. */
export type BackupListData = Omit<BackupListing, OwnedByLists | "refusedBy" | "withoutLinks"> &
  Partial<Pick<BackupListing, "refusedBy" | "withoutLinks">> &
  ListData<MappedBackup>;

/** The facts of a backup whose row says nothing more. */
export const NOTHING_SAID = Object.freeze({
  zone: null,
  name: null,
  status: "UNKNOWN",
  vendorStatus: "",
  trigger: "UNKNOWN",
  method: "UNKNOWN",
  kind: "UNKNOWN",
  startedAt: null,
  finishedAt: null,
  expiresAt: null,
  sizeBytes: null,
  shardCount: null,
  engineVersion: null,
  locked: null,
  encrypted: null,
  remark: null,
  failureReason: null,
  shard: null,
} satisfies Partial<MappedBackup>);

/** Declares a list of instances. */
export function instanceList(data: InstanceListData): InstanceListing {
  const read = readerOf(data, UNKNOWN_INSTANCE);
  return {
    ...data,
    ...callsOf(data),
    map(row, scope) {
      const instance = read(row);
      if (instance === null || data.derived === undefined) return instance;
      return Object.assign(instance, data.derived(row, instance, scope));
    },
  };
}

/**
 * Declares a list of backups.
 *
 * A row that does not name its instance belongs to the one whose list it is. A row of another instance there is
 * left out. Rows that do not name their zone are in the zone that is asked for.
 */
export function backupList(data: BackupListData): BackupListing {
  const read = readerOf<MappedBackup>(data, { ...NOTHING_SAID, instanceNativeId: "" });
  const owner = [data.fields.instanceNativeId ?? "instance"].flat().at(-1) ?? "";
  const asksForZone = data.asksFor?.zone !== undefined;
  return {
    refusedBy: [],
    withoutLinks,
    ...data,
    ...callsOf(data),
    map(row, scope) {
      const backup: { -readonly [Name in keyof MappedBackup]: MappedBackup[Name] } | null =
        read(row);
      if (backup === null) return null;
      const { instance } = scope;
      if (backup.instanceNativeId === "")
        backup.instanceNativeId = instance?.nativeId ?? text(row, owner);
      if (instance !== null && backup.instanceNativeId !== instance.nativeId) return null;
      if (asksForZone) backup.zone ??= instance?.zone ?? null;
      if (data.derived === undefined) return backup;
      return Object.assign(backup, data.derived(row, backup, scope));
    },
  };
}

/** The functions of a listing that write its calls and find the rows of an answer. */
function callsOf<T>(data: ListData<T>) {
  const { rows, total, asksFor = {}, shape, fields } = data;
  const { page } = shape;
  const token = page.style === "token" ? (data.tokenField ?? page.token) : null;
  const totalOf = (payload: Row): number | null =>
    typeof total === "string" ? count(payload, total) : (total?.(payload) ?? null);
  return {
    params: ({ region, instance }: ListScope): Params => ({
      ...(asksFor.region !== undefined && { [asksFor.region]: region?.id }),
      ...(asksFor.zone !== undefined && { [asksFor.zone]: instance?.zone }),
      ...(asksFor.instance !== undefined && {
        [asksFor.instance]: instance?.backupsAt ?? instance?.nativeId,
      }),
      ...data.params,
    }),
    rows(payload: Row): readonly unknown[] {
      if (typeof rows === "function") return rows(payload);
      if (typeof rows === "string") return list(payload, rows, totalOf(payload));
      return xmlList(payload, ...rows);
    },
    total: totalOf,
    ...(token !== null && { nextToken: (payload: Row) => optionalText(payload, token) }),
    keyOf: data.keyOf ?? ((row: Row) => text(row, fields.nativeId)),
  };
}

type Decode = (row: Row, name: string) => unknown;

/** Reads the named fields of a row; null for a row that is left out. */
function readerOf<T extends object>(
  data: ListData<T> & { readonly words: object },
  nothing: Partial<T>,
): (row: Row) => T | null {
  const { fields, leftOut = {}, always, instants = instantUtc, unit = 1 } = data;
  const words = data.words as WordTables<Row>;
  const decodes: Readonly<Record<string, Decode>> = {
    ...DECODES,
    startedAt: mandatory(instants),
    finishedAt: instants,
    expiresAt: instants,
    createdAt: instants,
    memoryBytes: (row, name) => bytes(row, name, unit),
    vendorStatus: optionalText,
  };
  const decodeOf = (field: string): Decode => {
    const table = words[field] ?? (field in decodes ? undefined : {});
    const decode = decodes[field] ?? optionalText;
    return table === undefined ? decode : (row, name) => word(row, name, table, null);
  };
  const own: Readonly<Record<string, FieldPath>> = fields;
  const shown = own["status"] === undefined ? own : { ...own, vendorStatus: own["status"] };
  const isLeftOut = typeof leftOut === "function" ? leftOut : isWordIn(leftOut);
  const known: Row = { ...nothing, ...always };
  const facts = Object.keys({ ...known, ...shown }).map((field) => {
    const path = shown[field];
    const read = path === undefined ? null : readerAt(path, decodeOf(field));
    return { field, read, otherwise: known[field] ?? null };
  });
  return (row) => {
    if (isLeftOut(row)) return null;
    // Copying an object and then replacing its values takes the engine ten times as long.
    const mapped: Record<string, unknown> = {};
    for (const { field, read, otherwise } of facts) mapped[field] = read?.(row) ?? otherwise;
    return mapped as T;
  };
}

/** Makes the reader of a field, which is in the row itself or in objects below it. */
function readerAt(path: FieldPath, decode: Decode): (row: Row) => unknown {
  if (typeof path !== "string") {
    const readers = path.map((one) => readerAt(one, decode));
    return (row) => {
      let found: unknown = null;
      for (const read of readers) found ??= read(row);
      return found;
    };
  }
  const parents = path.split(".");
  const name = parents.pop() ?? "";
  if (parents.length === 0) return (row) => decode(row, name);
  return (row) => {
    let holder = row;
    for (const parent of parents) holder = child(holder, parent) ?? {};
    return decode(holder, name);
  };
}

/** Whether a row has one of the words, which are listed by their fields. */
function isWordIn(words: Readonly<Record<string, string>>): (row: Row) => boolean {
  const readers = Object.entries(words).map(([path, stranger]) => {
    const table = { [stranger]: true };
    return readerAt(path, (row, name) =>
      stranger === "*" ? optionalText(row, name) !== null : word(row, name, table, null),
    );
  });
  return (row) => readers.some((read) => read(row) === true);
}
