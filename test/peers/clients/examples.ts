import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../../..");
const load = createRequire(import.meta.url);
const run = promisify(execFile);

/** The examples, compiled beside the packages that they name. */
export interface Examples {
  /** The folder of the compiled files. */
  readonly dist: string;
  /** The lines that an example prints with a gateway; fails if the example fails. */
  run(name: string, url: string): Promise<string[]>;
  remove(): void;
}

/** Copies the examples out of the repository and compiles them as users would. */
export function compileExamples(): Examples {
  const folder = mkdtempSync(join(tmpdir(), "examples-"));
  for (const part of ["examples", "schema"])
    cpSync(join(root, part), join(folder, part), { recursive: true });
  symlinkSync(join(here, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const dist = join(folder, "examples/dist");
  compile(load.resolve("relay-compiler/cli.js"), [], join(folder, "examples/relay"));
  compile(load.resolve("typescript/bin/tsc"), ["-p", "."], join(folder, "examples"));
  return {
    dist,
    run: async (name, url) => {
      const env = { ...process.env, GATEWAY_URL: url, GATEWAY_KEY: "any" };
      const { stdout } = await run(process.execPath, [join(dist, name)], { env });
      return stdout.trimEnd().split("\n");
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

function compile(program: string, args: readonly string[], cwd: string): void {
  try {
    execFileSync(process.execPath, [program, ...args], { cwd, encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`An example does not compile:\n${stdout}${stderr}`, { cause: error });
  }
}
