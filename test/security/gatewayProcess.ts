import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { whenFileEnds } from "../fileEnd.js";

/** The built program; `npm test` builds it. */
const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

/** How a program is started, besides its arguments. */
export interface Starting {
  /** Modules that Node loads first, as paths. */
  readonly imports?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Flags of `serve` besides the config file. */
  readonly flags?: readonly string[];
}

/** The program in a process of its own, and all that it wrote. */
export interface Program {
  readonly child: ChildProcess;
  readonly written: { readonly stdout: string; readonly stderr: string };
  /** Resolves to exit code and signal, once all was written. */
  readonly ended: Promise<unknown[]>;
}

/** A gateway in a process of its own. */
export interface GatewayProcess extends Program {
  readonly url: string;
}

/** Runs the program with these arguments. */
export function runProgram(
  args: readonly string[],
  { imports = [], env = {} }: Starting = {},
): Program {
  const loads = imports.flatMap((path) => ["--import", path]);
  const child = spawn(process.execPath, [...loads, MAIN, ...args], {
    env: { ...process.env, GATEWAY_CONFIG: "", GATEWAY_HOST: "", PORT: "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const written = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (part: string) => (written.stdout += part));
  child.stderr.setEncoding("utf8").on("data", (part: string) => (written.stderr += part));
  whenFileEnds(() => child.kill("SIGKILL"));
  const ended = once(child, "close");
  return { child, written, ended };
}

/** Starts a gateway over a config file, and resolves when it is ready. */
export async function startGateway(file: string, starting: Starting = {}): Promise<GatewayProcess> {
  const program = runProgram(["serve", "--config", file, ...(starting.flags ?? [])], starting);
  const { child, written, ended } = program;
  for (;;) {
    const url = /ready at (\S+)\n/.exec(written.stdout)?.[1];
    if (url !== undefined) return { ...program, url };
    await Promise.race([once(child.stdout as NonNullable<typeof child.stdout>, "data"), ended]);
    if (child.exitCode !== null) throw new Error(`The gateway did not start: ${written.stderr}`);
  }
}
