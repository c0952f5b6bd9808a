import type { Row } from "../domain/row.js";
import type { BackupRow, Estate, RowScope } from "./estate/types.js";
import type { KnobValues } from "./knobs/values.js";
import type { ReceivedRequest, Refusal, Verification } from "./verify/request.js";

export const CLOUD_VENDORS = ["ucloud", "tencent", "alibaba"] as const;
export type CloudVendor = (typeof CLOUD_VENDORS)[number];

/** Thrown by readers and actions: the call ends with the vendor's own error body. */
export class CloudRefusal extends Error {
  override readonly name = "CloudRefusal";

  constructor(readonly refusal: Refusal) {
    super(`${refusal.code}: ${refusal.message}`);
  }
}

/** A call after its dialect has been read. */
export interface CloudCall {
  readonly action: string;
  /** Business and common parameters by name; those of forms and queries are text. */
  readonly params: Row;
  readonly region: string | null;
  /** The instance that the call asks about, where it names one. */
  readonly instance: string | null;
  /** Which page of a list is asked, from 1. */
  readonly page: number;
}

/** What an action may use to answer. */
export interface CloudContext {
  readonly estate: Estate;
  readonly knobs: KnobValues;
  /** Epoch milliseconds by the cloud's clock. */
  readonly now: number;
  readonly requestId: string;
  /** Base URL of the vendor's origin, without a slash at its end. */
  readonly origin: string;
  /** Rows that a list shows at this moment, in the order that the vendor's knob says. */
  rows(scope: RowScope): readonly BackupRow[];
}

/** Answers one action with the body's own fields. @throws {CloudRefusal} */
export type Action = (call: CloudCall, context: CloudContext) => Row;

/** An HTTP answer before it is written. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One dialect of one vendor: the API that is served at one path of the vendor's origin. */
export interface VendorCloud {
  readonly vendor: CloudVendor;
  readonly path: string;
  /** Looked up by own key only; an action that is not here is refused by `unknownAction`. */
  readonly actions: Readonly<Record<string, Action>>;
  /** @throws {CloudRefusal} for a request that is no call. */
  read(request: ReceivedRequest): CloudCall;
  /** Checks signature, clock skew and nonce; null where all are right. */
  verify(request: ReceivedRequest, check: Verification): Refusal | null;
  answer(body: Row, call: CloudCall, context: CloudContext): Reply;
  /** The call is null where it could not be read. */
  refuse(refusal: Refusal, call: CloudCall | null, context: CloudContext): Reply;
  /** The vendor's own words for what the server itself finds. */
  readonly refusals: {
    readonly unknownAction: (action: string) => Refusal;
    readonly throttled: Refusal;
    readonly internal: Refusal;
  };
}
