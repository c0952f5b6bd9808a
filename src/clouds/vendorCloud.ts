import type { Row } from "../domain/row.js";
import type { BackupRow, Estate, RowScope } from "./estate/types.js";
import type { KnobValues } from "./knobs/values.js";

export const CLOUD_VENDORS = ["ucloud", "tencent", "alibaba"] as const;
export type CloudVendor = (typeof CLOUD_VENDORS)[number];

/** A request as it came over the wire. Header names are lower case; the body is UTF-8 text. */
export interface CloudRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A refusal in the vendor's own words. */
export interface Refusal {
  /** The vendor's code; of vendors that number their errors, the number as text. */
  readonly code: string;
  readonly message: string;
  /** HTTP status where the vendor's is not always 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown by actions and readers: the call ends with the vendor's own error body. */
export class CloudRefusal extends Error {
  override readonly name = "CloudRefusal";

  constructor(readonly refusal: Refusal) {
    super(`${refusal.code}: ${refusal.message}`);
  }
}

/** Checks a request's signature and timestamp; null where both are right. Pure. */
export type Verifier<Secrets> = (
  request: CloudRequest,
  secrets: Secrets,
  now: number,
) => Refusal | null;

export interface UCloudSecrets {
  readonly publicKey: string;
  readonly privateKey: string;
}
export interface TencentSecrets {
  readonly secretId: string;
  readonly secretKey: string;
  readonly token: string | null;
}
export interface AlibabaSecrets {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken: string | null;
}
/** The keys that each vendor's origin accepts. */
export interface CloudSecrets {
  readonly ucloud: UCloudSecrets;
  readonly tencent: TencentSecrets;
  readonly alibaba: AlibabaSecrets;
}

/** A call after its dialect has been read. */
export interface CloudCall {
  readonly action: string;
  /** Business and common parameters by name; form and query values are text. */
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
  /** Epoch milliseconds. */
  readonly now: number;
  readonly requestId: string;
  /** Rows that a list shows at this moment, in the order that the vendor's knob says. */
  rows(scope: RowScope): readonly BackupRow[];
}

/** Answers one action: the body's own fields. @throws {CloudRefusal} */
export type Action = (call: CloudCall, context: CloudContext) => Row;

/** An HTTP answer before it is written; a body that is no text is written as JSON. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One dialect of one vendor: the API that is served at a path of the vendor's origin. */
export interface VendorCloud {
  readonly vendor: CloudVendor;
  readonly path: string;
  readonly actions: Readonly<Record<string, Action>>;
  /** @throws {CloudRefusal} for a request that names no action. */
  read(request: CloudRequest): CloudCall;
  verify(request: CloudRequest, secrets: CloudSecrets, now: number): Refusal | null;
  /** The text that may be used once within `ttlMs`; null where the dialect has none. */
  nonce(
    request: CloudRequest,
    call: CloudCall,
  ): { readonly text: string; readonly ttlMs: number } | null;
  answer(body: Row, call: CloudCall, context: CloudContext): Reply;
  refuse(refusal: Refusal, call: CloudCall | null, requestId: string): Reply;
  /** The vendor's own words for what the server itself finds. */
  readonly refusals: {
    readonly unknownAction: (action: string) => Refusal;
    readonly replayed: Refusal;
    readonly throttled: Refusal;
    readonly internal: Refusal;
  };
}
