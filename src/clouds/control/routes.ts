import type { CallLog } from "../calls.js";
import type { BackupRow, Estate, NewBackup } from "../estate/types.js";
import type { FaultPlan } from "../knobs/faults.js";
import type { Knobs } from "../knobs/knobs.js";
import type { KnobValues } from "../knobs/values.js";
import { CLOUD_PRODUCTS } from "../estate/regions.js";
import {
  changedBackupSchema,
  faultSchema,
  keysSchema,
  knobsSchema,
  newBackupSchema,
  rowRefSchema,
} from "./schemas.js";

interface Reach {
  readonly estate: Estate;
  readonly knobs: Knobs;
  readonly calls: CallLog;
}

/** Handles one route and returns its answer, if any. @throws {ZodError} for invalid input. */
type Route = (input: unknown, reach: Reach) => unknown;

/** The routes of the control endpoint by method and path. */
export const ROUTES: Readonly<Record<string, Route>> = {
  "GET /knobs": (_input, { knobs }) => knobs.values,
  "POST /knobs": (input, { knobs }) => {
    const { vendor, knobs: changed } = knobsSchema.parse(input);
    if (vendor === "all") knobs.setAll(present(changed));
    else knobs.set(vendor, present(changed) as Partial<KnobValues[typeof vendor]>);
    return knobs.values;
  },
  "POST /reset": (_input, { knobs, calls }) => {
    knobs.reset();
    calls.reset();
  },
  "GET /faults": (_input, { knobs }) => knobs.faults.list(),
  "POST /faults": (input, { knobs }) => ({
    id: knobs.faults.add(present(faultSchema.parse(input)) as FaultPlan),
  }),
  "DELETE /faults": (_input, { knobs }) => knobs.faults.clear(),
  "POST /keys": (input, { knobs }) => {
    const { vendor, keys } = keysSchema.parse(input);
    knobs.setKeys(vendor, keys);
  },
  "GET /calls": (_input, { calls }) => ({ counts: calls.counts(), entries: calls.entries() }),
  "DELETE /calls": (_input, { calls }) => calls.reset(),
  "GET /truth": (_input, { estate }) => estate.truth(),
  "GET /instances": (_input, { estate }) =>
    CLOUD_PRODUCTS.flatMap((product) =>
      estate.regions[product].flatMap((region) => [...estate.instances(product, region)]),
    ),
  "POST /backups": (input, { estate }) =>
    estate.insertBackup(present(newBackupSchema.parse(input)) as NewBackup),
  "PATCH /backups": (input, { estate }) => {
    const changed = changedBackupSchema.parse(input);
    const row = estate.updateBackup(changed, present(changed) as Partial<BackupRow>);
    if (row === null) throw new RangeError(`No backup ${changed.nativeId}.`);
    return row;
  },
  "DELETE /backups": (input, { estate }) => ({
    deleted: estate.deleteBackup(rowRefSchema.parse(input)),
  }),
};

/** The same object without its undefined parts. */
const present = <T extends object>(given: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as never;
