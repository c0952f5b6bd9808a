import type { CloudCall, CloudVendor } from "../vendorCloud.js";

/** What goes wrong with an answer. */
export type FaultEffect =
  | {
      /** An HTTP status without a body of the vendor. */ readonly kind: "status";
      readonly status: number;
    }
  | {
      /** The vendor's own error body. */
      readonly kind: "vendorError";
      readonly code: string;
      readonly message?: string;
      readonly status?: number;
    }
  | { /** HTTP 200 with these bytes. */ readonly kind: "body"; readonly body: string }
  | { /** HTTP 200 with the HTML page of a proxy. */ readonly kind: "html" }
  | { /** Half of the right body, in a complete HTTP response. */ readonly kind: "shortBody" }
  | { /** Half of the right body, then a reset of the connection. */ readonly kind: "halfBody" }
  | { /** A body without an end. */ readonly kind: "endless" }
  | { readonly kind: "redirect"; readonly location: string }
  | { /** A reset of the connection before an answer. */ readonly kind: "reset" }
  | { /** No answer on an open connection. */ readonly kind: "hang" };

/** Which calls fail, how, and how often. Absent parts match every call. */
export interface FaultPlan {
  readonly vendor: CloudVendor;
  readonly action?: string;
  readonly region?: string;
  readonly instance?: string;
  /** Only this page and later ones, counted from 1. */
  readonly fromPage?: number;
  /** The number of calls. If absent, all calls until the fault is cleared. */
  readonly times?: number;
  readonly effect: FaultEffect;
}

/** The active faults. */
export interface Faults {
  /** Returns the id of the fault. */
  add(plan: FaultPlan): string;
  /** Clears one fault, or all of them. */
  clear(id?: string): void;
  list(): readonly (FaultPlan & { readonly id: string; readonly met: number })[];
  /** The effect on a call, which is counted. Null for a call without a fault. */
  meet(vendor: CloudVendor, call: CloudCall): FaultEffect | null;
}

/** Makes an empty list of faults. If several match, the one added first applies. */
export function makeFaults(): Faults {
  const plans = new Map<string, { readonly plan: FaultPlan; met: number }>();
  let added = 0;
  return {
    add(plan) {
      added += 1;
      plans.set(`fault-${added}`, { plan, met: 0 });
      return `fault-${added}`;
    },
    clear(id) {
      if (id === undefined) plans.clear();
      else plans.delete(id);
    },
    list: () => [...plans].map(([id, { plan, met }]) => ({ ...plan, id, met })),
    meet(vendor, call) {
      for (const entry of plans.values()) {
        const isSpent = entry.plan.times !== undefined && entry.met >= entry.plan.times;
        if (isSpent || !matches(entry.plan, vendor, call)) continue;
        entry.met += 1;
        return entry.plan.effect;
      }
      return null;
    },
  };
}

const matches = (plan: FaultPlan, vendor: CloudVendor, call: CloudCall): boolean =>
  plan.vendor === vendor &&
  (plan.action === undefined || plan.action === call.action) &&
  (plan.region === undefined || plan.region === call.region) &&
  (plan.instance === undefined || plan.instance === call.instance) &&
  call.page >= (plan.fromPage ?? 1);
