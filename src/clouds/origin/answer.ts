import type { Random } from "../estate/random.js";
import type { Estate } from "../estate/types.js";
import type { CallOutcome, CallRecorder } from "../calls.js";
import type { Knobs } from "../knobs/knobs.js";
import type { ThrottleGate } from "../knobs/throttle.js";
import { CloudRefusal } from "../vendorCloud.js";
import type { CloudCall, CloudContext, Reply, VendorCloud } from "../vendorCloud.js";
import type { NonceMemory, ReceivedRequest, Refusal } from "../verify/request.js";
import type { Outcome } from "./respond.js";

/** Everything that one vendor's origin needs to answer. */
export interface OriginState {
  readonly estate: Estate;
  readonly knobs: Knobs;
  readonly calls: CallRecorder;
  readonly nonces: NonceMemory;
  readonly gate: ThrottleGate;
  /** Request ids are drawn from it. */
  readonly random: Random;
  readonly now: () => number;
  /** Base URL of the origin, without a trailing slash. */
  readonly origin: () => string;
}

/** One request to the dialect at its path. */
interface Passage {
  readonly cloud: VendorCloud;
  readonly request: ReceivedRequest;
  readonly state: OriginState;
  readonly context: CloudContext;
}

/**
 * Answers a request like the vendor: it checks the signature, applies faults and the throttle, and then
 * runs the action.
 */
export async function answer(
  cloud: VendorCloud,
  request: ReceivedRequest,
  state: OriginState,
): Promise<Outcome> {
  const passage = { cloud, request, state, context: contextOf(cloud, state) };
  let call: CloudCall | null = null;
  try {
    call = cloud.read(request);
    const refused = refusedOf(passage);
    if (refused !== null) throw new CloudRefusal(refused);
    await state.knobs.hook?.({ ...call, vendor: cloud.vendor });
    return { ...answerVerified(passage, call) };
  } catch (error) {
    const reply = refusedBy(error, passage, call);
    return { reply, effect: null };
  }
}

/** Null if the request is signed with any of the accepted keys. */
function refusedOf({ cloud, request, state }: Passage): Refusal | null {
  const { nonces, knobs } = state;
  let first: Refusal | null = null;
  for (const key of knobs.keysOf(cloud.vendor)) {
    const refused = cloud.verify(request, { key, now: state.now(), nonces });
    if (refused === null) return null;
    first ??= refused;
  }
  return first;
}

function answerVerified(passage: Passage, call: CloudCall): Outcome {
  const { cloud, state } = passage;
  const effect = state.knobs.faults.meet(cloud.vendor, call);
  if (effect?.kind === "vendorError") {
    const { code, message = "The request failed.", status = 200 } = effect;
    return { reply: refuse(passage, call, { status, code, message }, "faulty"), effect };
  }
  if (state.gate.refuses(state.knobs.values[cloud.vendor].throttle, state.now()))
    return { reply: refuse(passage, call, cloud.refusals.throttled, "throttled"), effect };
  // Created again, because a hook may have changed knobs.
  const context = contextOf(cloud, state);
  const action = Object.hasOwn(cloud.actions, call.action) ? cloud.actions[call.action] : undefined;
  if (action === undefined) throw new CloudRefusal(cloud.refusals.unknownAction(call.action));
  const reply = cloud.answer(action(call, context), call, context);
  note(passage, call, effect === null ? "answered" : "faulty", effect?.kind ?? null);
  return { reply, effect };
}

function contextOf({ vendor }: VendorCloud, state: OriginState): CloudContext {
  const { estate, knobs, random } = state;
  const { values } = knobs;
  return {
    estate,
    knobs: values,
    now: state.now(),
    requestId: random.uuid(),
    origin: state.origin(),
    rows: (scope) => estate.rows(scope, values[vendor].order),
  };
}

/** Any error other than a refusal is a bug of the simulator. The log shows it. */
function refusedBy(error: unknown, passage: Passage, call: CloudCall | null): Reply {
  if (error instanceof CloudRefusal) return refuse(passage, call, error.refusal, "refused");
  note(passage, call, "broken", String(error));
  return passage.cloud.refuse(passage.cloud.refusals.internal, call, passage.context);
}

function refuse(
  passage: Passage,
  call: CloudCall | null,
  refusal: Refusal,
  outcome: CallOutcome,
): Reply {
  note(passage, call, outcome, refusal.code);
  return passage.cloud.refuse(refusal, call, passage.context);
}

const note = (
  { cloud, state }: Passage,
  call: CloudCall | null,
  outcome: CallOutcome,
  code: string | null,
): void => state.calls.note(cloud.vendor, call, { at: state.now(), outcome, code });
