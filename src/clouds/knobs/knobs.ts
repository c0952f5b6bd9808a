import { CLOUD_VENDORS } from "../vendorCloud.js";
import type { CloudCall, CloudVendor } from "../vendorCloud.js";
import { makeFaults } from "./faults.js";
import type { Faults } from "./faults.js";
import { DEFAULT_KNOBS } from "./values.js";
import type { CommonKnobs, KnobValues } from "./values.js";

/** A call as a hook sees it. */
export type HookedCall = CloudCall & { readonly vendor: CloudVendor };

/** Runs before a call is answered, so that a test can change the estate between two calls. */
export type Hook = (call: HookedCall) => void | Promise<void>;

/** What the embedded clouds can be told. */
export interface Knobs {
  readonly values: KnobValues;
  readonly faults: Faults;
  hook: Hook | null;
  set<V extends CloudVendor>(vendor: V, values: Partial<KnobValues[V]>): void;
  /** Sets the same for every vendor. */
  setAll(values: Partial<CommonKnobs>): void;
  /** Puts every knob back, clears all faults and takes the hook out. */
  reset(): void;
}

/** Makes knobs at their defaults. */
export function makeKnobs(): Knobs {
  let values = DEFAULT_KNOBS;
  const faults = makeFaults();
  const knobs: Knobs = {
    get values() {
      return values;
    },
    faults,
    hook: null,
    set(vendor, changed) {
      values = { ...values, [vendor]: { ...values[vendor], ...changed } };
    },
    setAll(changed) {
      for (const vendor of CLOUD_VENDORS) knobs.set(vendor, changed);
    },
    reset() {
      values = DEFAULT_KNOBS;
      faults.clear();
      knobs.hook = null;
    },
  };
  return knobs;
}
