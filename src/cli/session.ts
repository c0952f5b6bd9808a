import type { Gateway } from "../app.js";
import type { GatewayConfig } from "../config/config.js";
import { ANYONE } from "../domain/principal.js";
import type { Reads } from "../domain/reads.js";
import { loadEstate, type EstateFlags } from "./estate.js";
import { gatewayOf } from "./gateway.js";
import type { Surroundings } from "./surroundings.js";

/** What one read of a command may take; each vendor call has a timeout of its own besides. */
export const READ_DEADLINE_MS = 600_000;

/** A gateway that one command reads through. */
export interface Session {
  readonly config: GatewayConfig;
  readonly gateway: Gateway;
  readonly surroundings: Surroundings;
  /** The reads of one more operation; they end when the process is told to. */
  open(): Reads;
}

/**
 * Runs a command over the accounts that its flags name, and lets go of everything afterwards.
 * @throws {Ended} where the process was told to end, whatever the command made of it.
 */
export async function withSession(
  flags: EstateFlags,
  surroundings: Surroundings,
  work: (session: Session) => Promise<number>,
): Promise<number> {
  const { ended, stderr, now } = surroundings;
  ended.throwIfAborted();
  const estate = await loadEstate(flags, surroundings);
  if (estate.clouds !== null) stderr.write("Demo: embedded clouds, not real accounts.\n");
  const gateway = gatewayOf(forOneWalk(estate.config));
  const open = (): Reads =>
    gateway.open(ANYONE, {
      signal: ended,
      deadline: now() + READ_DEADLINE_MS,
      vendorCalls: Number.POSITIVE_INFINITY,
    });
  try {
    const code = await work({ config: estate.config, gateway, surroundings, open });
    ended.throwIfAborted();
    return code;
  } finally {
    await gateway.close();
    await estate.close();
  }
}

/** Where nothing is kept, every page of a walk would ask every vendor again. */
const forOneWalk = (config: GatewayConfig): GatewayConfig => ({
  ...config,
  cache: { ...config.cache, ttlMs: Math.max(1, config.cache.ttlMs) },
});
