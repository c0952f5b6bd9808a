import type { Gateway } from "../app.js";
import type { GatewayConfig } from "../config/resolve.js";
import { ANYONE } from "../domain/principal.js";
import type { Reads } from "../domain/reads.js";
import type { CommandContext } from "./context.js";
import type { ScopeFlags } from "./options.js";
import { startProgress, type ProgressLine } from "./output.js";
import { gatewayOf, loadSetup, type SetupFlags } from "./setup.js";

/** The deadline of one read of a command. Each vendor call also has its own timeout. */
export const READ_DEADLINE_MS = 600_000;

/** A gateway for one command. */
export interface Session {
  readonly config: GatewayConfig;
  readonly gateway: Gateway;
  readonly context: CommandContext;
  /** The reads of one operation. They fail when the process is interrupted. */
  open(): Reads;
  /** Shows a line that the command is working, until it is stopped or the command ends. */
  progress(text: () => string): Promise<ProgressLine>;
}

/**
 * How many lists have been read, and how long the vendors' quotas make the rest take. Nothing with
 * `--instance`, which reads only some of the lists in a region.
 */
export function unreadText({ gateway }: Session, { instance }: ScopeFlags): string {
  const { lists, read, retryAfterMs } = gateway.progress();
  if (instance !== undefined || read === lists) return "";
  return `, ${read} of ${lists} lists have been read, ${Math.ceil(retryAfterMs / 1_000)} s left`;
}

/**
 * Runs a command over the accounts that its flags name, and closes everything afterwards.
 * @throws {Interrupted} if the process was interrupted, even if the command returned or failed.
 */
export async function withSession(
  flags: SetupFlags,
  context: CommandContext,
  work: (session: Session) => Promise<number>,
): Promise<number> {
  const { interrupted, stderr, now } = context;
  interrupted.throwIfAborted();
  const setup = await loadSetup(flags, context);
  if (setup.clouds !== null) stderr.write("Demo: embedded clouds, not real accounts.\n");
  const gateway = gatewayOf(forOneWalk(setup.config), context);
  const open = (): Reads =>
    gateway.open(ANYONE, {
      signal: interrupted,
      deadline: now() + READ_DEADLINE_MS,
      vendorCalls: Number.POSITIVE_INFINITY,
    });
  const lines: ProgressLine[] = [];
  const progress = async (text: () => string): Promise<ProgressLine> => {
    const line = await startProgress(context, text);
    lines.push(line);
    return line;
  };
  try {
    const code = await work({ config: setup.config, gateway, context, open, progress });
    interrupted.throwIfAborted();
    return code;
  } catch (error) {
    // What an interruption ends may fail with any error.
    interrupted.throwIfAborted();
    throw error;
  } finally {
    for (const line of lines) line.stop();
    await gateway.close();
    await setup.clouds?.close();
  }
}

/** Without a cache, every page of a walk would read every vendor again. */
const forOneWalk = (config: GatewayConfig): GatewayConfig => ({
  ...config,
  cache: { ...config.cache, ttlMs: Math.max(1, config.cache.ttlMs) },
});
