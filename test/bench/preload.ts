import { type Profiler, Session } from "node:inspector/promises";
import { CPU_MESSAGE, PROFILE_MESSAGE } from "./cpu.js";

/** Between two samples, in microseconds. */
const SAMPLE_EVERY = 200;

let session: Session | null = null;

// Loaded before each server, including the gateway, which is otherwise as shipped.
process.on("message", (message) => {
  if (message === PROFILE_MESSAGE) void toggleProfiler();
  if (message !== CPU_MESSAGE) return;
  const { user, system } = process.cpuUsage();
  process.send?.({ [CPU_MESSAGE]: user + system });
});
process.on("disconnect", () => process.exit());
process.channel?.unref();

/** Starts to take samples, and sends them the next time. */
async function toggleProfiler(): Promise<void> {
  let profile: Profiler.Profile | null = null;
  if (session === null) {
    session = new Session();
    session.connect();
    await session.post("Profiler.enable");
    await session.post("Profiler.setSamplingInterval", { interval: SAMPLE_EVERY });
    await session.post("Profiler.start");
  } else {
    ({ profile } = await session.post("Profiler.stop"));
    session.disconnect();
    session = null;
  }
  process.send?.({ [PROFILE_MESSAGE]: profile });
}
