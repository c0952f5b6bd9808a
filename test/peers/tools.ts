import { spawnSync } from "node:child_process";

/** Whether a program can be started. Tests that need one that is missing say that they are skipped. */
export const hasTool = (name: string): boolean =>
  spawnSync("which", [name], { stdio: "ignore" }).status === 0;
