import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Whether a program is installed. A test that needs one that is missing is skipped. */
export const hasProgram = (name: string): boolean =>
  (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

/** What a program printed, and how it ended. */
export interface Printed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program with a text on its standard input. */
export const runProgram = (
  name: string,
  args: readonly string[],
  {
    input = "",
    cwd = process.cwd(),
    env = {},
  }: {
    readonly input?: string;
    readonly cwd?: string;
    /** Variables besides those of this process. */
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Promise<Printed> =>
  new Promise((resolve) => {
    const child = execFile(
      name,
      [...args],
      { cwd, env: { ...process.env, ...env }, maxBuffer: 2 ** 26 },
      (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
    );
    // A program that does not read its input may end first.
    child.stdin?.on("error", () => undefined).end(input);
  });
