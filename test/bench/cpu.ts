import { readdirSync, readFileSync } from "node:fs";
import type { ChildProcess } from "node:child_process";

/** Returns the CPU time that a process has used so far, in microseconds. */
export type CpuClock = () => Promise<number>;

/** The name of the message that requests the CPU time of a child, and of its answer. */
export const CPU_MESSAGE = "cpu";

/** The name of the message that makes a child start or end a CPU profile, and of its answer. */
export const PROFILE_MESSAGE = "profile";

/** The CPU clock of a child: the kernel's accounting if available, otherwise what the child reports. */
export const cpuClockOf = (child: ChildProcess): CpuClock =>
  process.platform === "linux" && child.pid !== undefined
    ? fromSchedstat(child.pid)
    : () =>
        new Promise((resolve) => {
          child.once("message", (message: { [CPU_MESSAGE]: number }) =>
            resolve(message[CPU_MESSAGE]),
          );
          child.send(CPU_MESSAGE);
        });

/** All threads count, including those of the garbage collector. */
const fromSchedstat = (pid: number) => async (): Promise<number> =>
  readdirSync(`/proc/${pid}/task`).reduce((sum, task) => {
    const [onCpu] = readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ");
    return sum + Number(onCpu) / 1000;
  }, 0);

/** The largest memory that a process has used, in MB; null if the kernel does not report it. */
export function peakMbOf({ pid }: ChildProcess): number | null {
  if (process.platform !== "linux") return null;
  const [, kilobytes] =
    /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1024);
}
