import type { CloudAccount } from "./clouds.js";
import { answerOf, type Asked } from "./drive.js";
import { compareHive, hiveQuestion, type LatestJson, type ListsJson } from "./hiveQuestion.js";
import { isHiveInstalled, startHive } from "./hiveServer.js";

/** Whether Hive Gateway was measured, or why it was not. */
export type HiveState = "measured" | "skipped" | "did not start" | "failed";

/** Hive Gateway as one more server that is asked; without it the state tells why. */
export interface Hive {
  readonly state: HiveState;
  readonly asked: Asked | null;
}

/** Its requests are so few a second that the warm-up of all cells is too short for its code. */
const WARM_UP_MS = 14_000;

/** Starts Hive Gateway where it is installed, and compares its answer with what the others show. */
export async function joinHive(
  accounts: readonly CloudAccount[],
  latest: LatestJson,
): Promise<Hive> {
  if (!isHiveInstalled()) return { state: "skipped", asked: null };
  const body = hiveQuestion(accounts, latest);
  return startHive(accounts).then(
    (server) => prepared({ server, body, warmUpMs: WARM_UP_MS }, latest),
    (error: unknown) => hiveWithout("did not start", error),
  );
}

async function prepared(asked: Asked, latest: LatestJson): Promise<Hive> {
  try {
    compareHive(await answerOf<ListsJson>(asked), latest);
    return { state: "measured", asked };
  } catch (error) {
    await asked.server.close();
    return hiveWithout("failed", error);
  }
}

/** What is left of Hive Gateway where there is nothing to measure; the cause goes to the standard error. */
export function hiveWithout(state: HiveState, cause: unknown): Hive {
  process.stderr.write(
    `Hive Gateway ${state}: ${cause instanceof Error ? cause.message : cause}\n`,
  );
  return { state, asked: null };
}
