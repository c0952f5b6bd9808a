import type { CloudAccount } from "./clouds.js";
import { answerOf, type Asked } from "./drive.js";
import { compareHive, hiveQuestion, type LatestJson, type ListsJson } from "./hiveQuestion.js";
import { isHiveInstalled, startHive } from "./hiveServer.js";

/** Whether Hive Gateway was measured, or why it was not. */
export type HiveState = "measured" | "skipped" | "did not start" | "failed";

/** Hive Gateway as one more server; if it is missing, the state says why. */
export interface Hive {
  readonly state: HiveState;
  readonly asked: Asked | null;
}

/** Starts Hive Gateway if it is installed, and compares its answer with those of the others. */
export async function joinHive(
  accounts: readonly CloudAccount[],
  latest: LatestJson,
): Promise<Hive> {
  if (!isHiveInstalled()) return { state: "skipped", asked: null };
  const body = hiveQuestion(accounts, latest);
  return startHive(accounts).then(
    (server) => prepared({ server, body }, latest),
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

/** The result if Hive Gateway cannot be measured; the cause is written to stderr. */
export function hiveWithout(state: HiveState, cause: unknown): Hive {
  process.stderr.write(
    `Hive Gateway ${state}: ${cause instanceof Error ? cause.message : cause}\n`,
  );
  return { state, asked: null };
}
