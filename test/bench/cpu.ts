import { readdirSync, readFileSync } from "node:fs";
import type { ChildProcess } from "node:child_process";

/** Tells the CPU time that a process has used so far, in microseconds. */
export type CpuClock = () => Promise<number>;

/** The name of the message that asks a child for its CPU time, and of its answer. */
export const CPU_MESSAGE = "cpu";

/** The clock of a child: the kernel's own accounting where there is one, else what the child says. */
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

/** All threads count: those of the garbage collector are part of the bill. */
const fromSchedstat = (pid: number) => async (): Promise<number> =>
  readdirSync(`/proc/${pid}/task`).reduce((sum, task) => {
    const [onCpu] = readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ");
    return sum + Number(onCpu) / 1000;
  }, 0);

/** The most memory that a process has held at once, in MB; null where the kernel does not tell. */
export function peakMbOf({ pid }: ChildProcess): number | null {
  if (process.platform !== "linux") return null;
  const [, kilobytes] =
    /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1024);
}
