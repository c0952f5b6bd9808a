import type { Row } from "../domain/row.js";
import type { BackupRow, Estate, RowScope } from "./estate/types.js";
import type { KnobValues } from "./knobs/values.js";
import type { ReceivedRequest, Refusal, Verification } from "./verify/request.js";

/** The vendors that have an embedded cloud. */
export const CLOUD_VENDORS = ["ucloud", "tencent", "alibaba", "aws", "s3"] as const;
export type CloudVendor = (typeof CLOUD_VENDORS)[number];

/** Thrown by readers and actions to end a call with the vendor's own error. */
export class CloudRefusal extends Error {
  override readonly name = "CloudRefusal";

  constructor(readonly refusal: Refusal) {
    super(`${refusal.code}: ${refusal.message}`);
  }
}

/** A call, independent of its dialect. */
export interface CloudCall {
  readonly action: string;
  /** The parameters by name. Those of forms and queries are text. */
  readonly params: Row;
  readonly region: string | null;
  /** The instance that the call names, if any. */
  readonly instance: string | null;
  /** The requested page of a list, from 1. */
  readonly page: number;
}

/** What an action uses to answer. */
export interface CloudContext {
  readonly estate: Estate;
  readonly knobs: KnobValues;
  /** The time of the cloud's clock, in epoch milliseconds. */
  readonly now: number;
  readonly requestId: string;
  /** Base URL of the vendor's origin, without a trailing slash. */
  readonly origin: string;
  /** The rows that a list shows now, in the order of the vendor's knob. */
  rows(scope: RowScope): readonly BackupRow[];
}

/** Answers one action with the fields of the body. @throws {CloudRefusal} */
export type Action = (call: CloudCall, context: CloudContext) => Row;

/** An HTTP answer before it is written. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One dialect of one vendor: an API at the vendor's origin. */
export interface VendorCloud {
  readonly vendor: CloudVendor;
  /** Whether a request is one of this API. A request of no dialect gets 404. */
  serves(request: ReceivedRequest): boolean;
  /** The actions by name. Use own keys only. `unknownAction` refuses all other names. */
  readonly actions: Readonly<Record<string, Action>>;
  /** @throws {CloudRefusal} for a request that is not a call. */
  read(request: ReceivedRequest): CloudCall;
  /** Checks signature, clock skew and nonce. Null if all are right. */
  verify(request: ReceivedRequest, check: Verification): Refusal | null;
  answer(body: Row, call: CloudCall, context: CloudContext): Reply;
  /** The call is null if it could not be read. */
  refuse(refusal: Refusal, call: CloudCall | null, context: CloudContext): Reply;
  /** The vendor's own errors for faults that the server finds. */
  readonly refusals: {
    readonly unknownAction: (action: string) => Refusal;
    readonly throttled: Refusal;
    readonly internal: Refusal;
  };
}
