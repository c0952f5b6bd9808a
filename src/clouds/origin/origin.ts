import { setMaxListeners } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { makeThrottleGate } from "../knobs/throttle.js";
import type { CloudVendor, VendorCloud } from "../vendorCloud.js";
import { makeNonceMemory } from "../verify/nonces.js";
import { answer } from "./answer.js";
import type { OriginState } from "./answer.js";
import { listen } from "./listen.js";
import type { Listening } from "./listen.js";
import { isOurHost, receive } from "./receive.js";
import { plainReply, respond } from "./respond.js";

/** More than the clock difference that any vendor accepts. */
const NONCES_KEPT_MS = 40 * 60_000;

export interface OriginOptions extends Omit<OriginState, "nonces" | "gate" | "origin"> {
  readonly vendor: CloudVendor;
  /** The dialects of the vendor. The first that serves a request answers it. */
  readonly dialects: readonly VendorCloud[];
  /** Host names besides loopback that a request may use, without a port. */
  readonly hosts: ReadonlySet<string>;
}

/** Starts one vendor's origin. */
export async function startOrigin(options: OriginOptions): Promise<Listening> {
  const closing = new AbortController();
  // Every delayed request listens to it, and Node reports a leak at the eleventh.
  setMaxListeners(0, closing.signal);
  const state: OriginState = {
    ...options,
    nonces: makeNonceMemory(NONCES_KEPT_MS),
    gate: makeThrottleGate(),
    origin: () => server.url,
  };
  const serve = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const depart = options.calls.arrive(options.vendor);
    response.once("close", depart);
    if (!isOurHost(message, options.hosts))
      return respond(response, { reply: plainReply(421, "Misdirected request"), effect: null });
    const request = await receive(message);
    if (request === null)
      return respond(response, { reply: plainReply(413, "Content too large"), effect: null });
    const cloud = options.dialects.find((dialect) => dialect.serves(request));
    if (cloud === undefined)
      return respond(response, { reply: plainReply(404, "Not found"), effect: null });
    const { latencyMs } = state.knobs.values[options.vendor];
    if (latencyMs > 0) await wait(latencyMs, undefined, { signal: closing.signal });
    respond(response, await answer(cloud, request, state));
  };
  const server = await listen(serve);
  return {
    url: server.url,
    close: async () => {
      closing.abort();
      await server.close();
    },
  };
}
