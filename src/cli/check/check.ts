import { groupBy } from "../../domain/maps.js";
import { SourceError } from "../../errors.js";
import { TransportError } from "../../http/faults.js";
import { CallLog, type Operation } from "../../listing/operation.js";
import type { CommandContext } from "../context.js";
import { writeOut } from "../output.js";
import { foldedLines, makeRowWriter, type Format } from "../rows.js";
import { READ_DEADLINE_MS, withSession, type Session } from "../session.js";
import type { SetupFlags } from "../setup.js";
import { policyWarnings } from "./policies.js";
import { probeProvider, type RegionProbe } from "./probe.js";
import { CHECK_COLUMNS, credentialsText, failuresText } from "./report.js";

/** The flags of `check`. */
interface CheckFlags extends SetupFlags {
  readonly format: Format;
}

/** Shows for every provider and region whether it can be read. Returns the exit code. */
export const check = (flags: CheckFlags, context: CommandContext): Promise<number> =>
  withSession(flags, context, (session) => checkIn(session, flags));

async function checkIn(session: Session, { format }: CheckFlags): Promise<number> {
  const { stdout, stderr, interrupted, now } = session.context;
  const providers = [...session.gateway.engine.providers.values()];
  const operation: Operation = {
    signal: interrupted,
    deadline: now() + READ_DEADLINE_MS,
    calls: new CallLog(),
    budget: { left: Number.POSITIVE_INFINITY },
  };
  const counts = { lists: 0, read: 0 };
  const progress = await session.progress(() =>
    counts.lists === 0
      ? "Reading every region"
      : `${counts.read} of ${counts.lists} lists have been read`,
  );
  const probes = (await Promise.all(providers.map((one) => probeProvider(one, operation, counts))))
    .flat()
    .map((probe) => ({ ...probe, error: reasonOf(probe.error) }));
  const warnings = [...(await policyWarnings(session)), ...clockWarnings(session)];
  interrupted.throwIfAborted();
  progress.stop();
  await writeOut(stdout, makeRowWriter(format, CHECK_COLUMNS, stdout)(probes));
  const failed = probes.filter(({ error }) => error !== null).length;
  if (format === "table") stderr.write(credentialsText(probes));
  if (failed > 0) stderr.write(foldedLines(summaryOf(probes, failed, format), stderr));
  for (const warning of warnings) stderr.write(foldedLines(`Warning: ${warning}\n`, stderr));
  return failed > 0 || probes.length === 0 ? 1 : 0;
}

/** The failure itself, in place of the error of a call that was not made because others to its host had failed. */
function reasonOf(error: SourceError | null): SourceError | null {
  const isUnsent = error instanceof TransportError && error.fault === "breaker";
  return isUnsent && error.details.cause instanceof SourceError ? error.details.cause : error;
}

/** Whose clocks differ from this machine's by more than vendors accept, as sentences: calls work, ages are wrong. */
function clockWarnings({ gateway }: Session): readonly string[] {
  const { providers, ports } = gateway.engine;
  const minutesAhead = (id: string) => Math.round(ports.http.state(id).offsetMs / 60_000);
  const ids = [...new Set([...providers.values()].map(({ account }) => account.id))];
  return [...groupBy(ids, minutesAhead)].flatMap(([minutes, own]) => {
    if (minutes === 0) return [];
    const side = minutes > 0 ? "behind" : "ahead of";
    return `This machine's clock is ${Math.abs(minutes)} minutes ${side} that of ${own.join(", ")}. Ages and coverage are judged by this machine's clock: correct it if it is wrong.`;
  });
}

const summaryOf = (probes: readonly RegionProbe[], failed: number, format: Format): string => {
  const summary = `${failed} of ${probes.length} cannot be read`;
  // NDJSON and CSV rows hold the details already.
  return format === "table" ? `${summary}:\n${failuresText(probes)}` : `${summary}.\n`;
};
