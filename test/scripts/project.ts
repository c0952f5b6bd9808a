import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { whenFileEnds } from "../fileEnd.js";

const repository = fileURLToPath(new URL("../..", import.meta.url));

/** A separate checkout, small enough to build quickly. */
export interface Project {
  readonly root: string;
  write(path: string, text: string): void;
  /** Runs one of the repository's scripts in it. */
  run(
    script: string,
    args?: readonly string[],
    env?: Readonly<Record<string, string>>,
  ): Promise<Ended>;
}

export interface Ended {
  readonly code: number;
  readonly output: string;
}

/** Makes a project of the repository's scripts and configs, and of the given files. */
export function makeProject(files: Readonly<Record<string, string>>): Project {
  const root = mkdtempSync(join(tmpdir(), "scripts-"));
  whenFileEnds(() => rmSync(root, { recursive: true, force: true }));
  for (const path of ["scripts", "package.json", "tsconfig.json", "tsconfig.build.json"]) {
    cpSync(join(repository, path), join(root, path), { recursive: true, filter: isOurs });
  }
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  return {
    root,
    write,
    run: (script, args = [], env = {}) =>
      new Promise((resolve) => {
        const file = join(root, "scripts", script);
        const options = { cwd: root, env: { ...process.env, ...env } };
        execFile(process.execPath, [file, ...args], options, (error, stdout, stderr) => {
          resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr });
        });
      }),
  };
}

/** Whether a path is not of an installed package. */
const isOurs = (path: string): boolean =>
  !path.includes(join("scripts", "codegen", "node_modules"));

/** Gives a project the repository's installed packages. */
export function installPackages({ root }: Project): void {
  symlinkSync(join(repository, "node_modules"), join(root, "node_modules"));
}

/** Copies a folder or file of the repository's sources into a project. */
export function copySource({ root }: Project, path: string): void {
  cpSync(join(repository, path), join(root, path), { recursive: true });
}
