import { isRow } from "../../src/domain/row.js";
import type { Row } from "../../src/domain/row.js";
import { REGIONS } from "../../src/clouds/estate/regions.js";
import { makeEstate } from "../../src/clouds/estate/store.js";
import type { AlibabaInstance, Estate, TencentInstance } from "../../src/clouds/estate/types.js";
import { DEFAULT_KNOBS } from "../../src/clouds/knobs/values.js";
import type { KnobValues } from "../../src/clouds/knobs/values.js";
import { CloudRefusal } from "../../src/clouds/vendorCloud.js";
import type { CloudCall, CloudContext, Reply, VendorCloud } from "../../src/clouds/vendorCloud.js";
import { makeNonceMemory } from "../../src/clouds/verify/nonces.js";
import type { ReceivedRequest, Verification } from "../../src/clouds/verify/request.js";

export const NOW = Date.parse("2026-03-10T12:00:00Z");
export const KEY = { id: "key-id", secret: "key-secret", token: null };
export const DAY = 86_400_000;

/** An estate without any instance at a fixed moment. */
export const emptyEstate = (): Estate =>
  makeEstate({
    planned: [],
    regions: {
      ...REGIONS,
      ALIBABA_KVSTORE: ["cn-hangzhou", "ap-southeast-1"],
      TENCENT_REDIS: ["ap-guangzhou", "ap-shanghai"],
      UCLOUD_UREDIS: [],
      UCLOUD_UMEM: [],
    },
    now: () => NOW,
    view: () => ({
      accounts: { ucloud: "u", tencent: "t", alibaba: "a", aws: "w", s3: "s" },
      tencentApi: "2.0",
      tencentStatuses: "all",
      ucloudWide: "allowed",
    }),
  });

const facts = {
  name: "orders",
  engineVersion: "6.0",
  memoryMb: 4096,
  createdAt: NOW - 100 * DAY,
  deletedAt: null,
  shardCount: 1,
};

export const alibabaInstance = (changes: Partial<AlibabaInstance> = {}): AlibabaInstance => ({
  ...facts,
  product: "ALIBABA_KVSTORE",
  region: "cn-hangzhou",
  zone: "cn-hangzhou-h",
  nativeId: "r-bp1plain",
  status: "Normal",
  architecture: "standard",
  cloudNative: false,
  ...changes,
});

export const tencentInstance = (changes: Partial<TencentInstance> = {}): TencentInstance => ({
  ...facts,
  product: "TENCENT_REDIS",
  region: "ap-guangzhou",
  zone: "ap-guangzhou-3",
  nativeId: "crs-plain",
  status: "2",
  type: 8,
  createTimeKnown: true,
  ...changes,
});

/** What a client gets from a cloud: the status, the headers and the decoded body. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Row;
}

/** One vendor's cloud over an estate, asked without a socket in the order that the server asks. */
export function cloudOver(cloud: VendorCloud, estate: Estate) {
  const check: Verification = { key: KEY, now: NOW, nonces: makeNonceMemory(DAY) };
  let knobs: KnobValues = DEFAULT_KNOBS;
  const context = (): CloudContext => ({
    estate,
    knobs,
    now: NOW,
    requestId: "00000000-0000-0000-0000-000000000001",
    origin: "http://127.0.0.1:9001",
    rows: (scope) => estate.rows(scope, knobs[cloud.vendor].order),
  });
  return {
    turn<V extends keyof KnobValues>(vendor: V, changes: Partial<KnobValues[V]>): void {
      knobs = { ...knobs, [vendor]: { ...knobs[vendor], ...changes } };
    },
    refuse: (what: keyof VendorCloud["refusals"]): Answer => {
      const found = cloud.refusals[what];
      return opened(
        cloud.refuse(typeof found === "function" ? found("Nothing") : found, null, context()),
      );
    },
    ask: (request: ReceivedRequest): Answer => opened(replyTo(cloud, request, check, context())),
  };
}

function replyTo(
  cloud: VendorCloud,
  request: ReceivedRequest,
  check: Verification,
  context: CloudContext,
): Reply {
  let call: CloudCall | null = null;
  try {
    call = cloud.read(request);
    const refused = cloud.verify(request, check);
    if (refused !== null) return cloud.refuse(refused, call, context);
    const action = Object.hasOwn(cloud.actions, call.action) ? cloud.actions[call.action] : null;
    if (!action) return cloud.refuse(cloud.refusals.unknownAction(call.action), call, context);
    return cloud.answer(action(call, context), call, context);
  } catch (error) {
    if (!(error instanceof CloudRefusal)) throw error;
    return cloud.refuse(error.refusal, call, context);
  }
}

function opened({ status, headers, body }: Reply): Answer {
  const parsed: unknown = JSON.parse(body);
  if (!isRow(parsed)) throw new TypeError("A cloud answers with an object.");
  return { status, headers, body: parsed };
}

/** The rows found on the path of names in a body; fails the test where there is no list. */
export function rowsAt(body: Row, ...path: readonly string[]): Row[] {
  const found = path.reduce<unknown>((at, name) => (isRow(at) ? at[name] : undefined), body);
  if (!Array.isArray(found)) throw new TypeError(`No list at ${path.join(".")}.`);
  return found.filter(isRow);
}
