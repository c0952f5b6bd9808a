import { CallLog, type Operation } from "../../listing/operation.js";
import type { Format } from "../columns.js";
import type { EstateFlags } from "../estate.js";
import { makeRowWriter } from "../formats.js";
import { writeOut } from "../output.js";
import { startProgress } from "../progress.js";
import { READ_DEADLINE_MS, withSession, type Session } from "../session.js";
import type { Surroundings } from "../surroundings.js";
import { CHECK_COLUMNS } from "./checkColumns.js";
import { failuresText } from "./failures.js";
import { probeProvider, type Probe } from "./probe.js";

/** What `check` is given. */
export interface CheckFlags extends EstateFlags {
  readonly format: Format;
}

/** Tells for every provider and region whether it can be read; resolves to the exit code. */
export const check = (flags: CheckFlags, surroundings: Surroundings): Promise<number> =>
  withSession(flags, surroundings, (session) => checkIn(session, flags));

async function checkIn(session: Session, { format }: CheckFlags): Promise<number> {
  const { stdout, stderr, ended, now } = session.surroundings;
  const providers = [...session.gateway.engine.providers.values()];
  const operation: Operation = {
    signal: ended,
    deadline: now() + READ_DEADLINE_MS,
    calls: new CallLog(),
    budget: { left: Number.POSITIVE_INFINITY },
  };
  const progress = await startProgress(session.surroundings, () => "Asking every region");
  try {
    const probes = (
      await Promise.all(providers.map((one) => probeProvider(one, operation)))
    ).flat();
    ended.throwIfAborted();
    progress.stop();
    const writer = makeRowWriter(format, CHECK_COLUMNS);
    await writeOut(stdout, writer.rows(probes) + writer.end());
    const failed = probes.filter(({ error }) => error !== null).length;
    if (failed > 0) stderr.write(summaryOf(probes, failed, format));
    return failed > 0 || probes.length === 0 ? 1 : 0;
  } finally {
    progress.stop();
  }
}

const summaryOf = (probes: readonly Probe[], failed: number, format: Format): string => {
  const summary = `${failed} of ${probes.length} cannot be read`;
  // Rows for programs say it all themselves.
  return format === "table" ? `${summary}:\n${failuresText(probes)}` : `${summary}.\n`;
};
