import { DEMO_KEYS } from "../accounts.js";
import type { AccessKey } from "../verify/request.js";
import { CLOUD_VENDORS } from "../vendorCloud.js";
import type { CloudCall, CloudVendor } from "../vendorCloud.js";
import { makeFaults } from "./faults.js";
import type { Faults } from "./faults.js";
import { DEFAULT_KNOBS } from "./values.js";
import type { CommonKnobs, KnobValues } from "./values.js";

/** The call that a hook receives. */
export type HookedCall = CloudCall & { readonly vendor: CloudVendor };

/** Runs before a call is answered, so that a test can change data between two calls. */
export type Hook = (call: HookedCall) => void | Promise<void>;

/** The settings of the embedded clouds. */
export interface Knobs {
  readonly values: KnobValues;
  readonly faults: Faults;
  hook: Hook | null;
  /** The access keys that a vendor accepts. */
  keysOf(vendor: CloudVendor): readonly AccessKey[];
  /** Replaces the access keys that a vendor accepts. Requests with others are refused from then on. */
  setKeys(vendor: CloudVendor, keys: readonly AccessKey[]): void;
  set<V extends CloudVendor>(vendor: V, values: Partial<KnobValues[V]>): void;
  /** Sets the same value for every vendor. */
  setAll(values: Partial<CommonKnobs>): void;
  /** Resets every knob and access key, clears all faults and removes the hook. */
  reset(): void;
}

/** Makes knobs with their defaults. */
export function makeKnobs(): Knobs {
  let values = DEFAULT_KNOBS;
  const keys = new Map<CloudVendor, readonly AccessKey[]>();
  const faults = makeFaults();
  const knobs: Knobs = {
    get values() {
      return values;
    },
    faults,
    hook: null,
    keysOf: (vendor) => keys.get(vendor) ?? [DEMO_KEYS[vendor]],
    setKeys: (vendor, accepted) => void keys.set(vendor, accepted),
    set(vendor, changed) {
      values = { ...values, [vendor]: { ...values[vendor], ...changed } };
    },
    setAll(changed) {
      for (const vendor of CLOUD_VENDORS) knobs.set(vendor, changed);
    },
    reset() {
      values = DEFAULT_KNOBS;
      keys.clear();
      faults.clear();
      knobs.hook = null;
    },
  };
  return knobs;
}
