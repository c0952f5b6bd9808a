import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import type { Clouds } from "../../src/clouds/clouds.js";
import { runCli } from "../../src/cli/program.js";
import type { CommandContext } from "../../src/cli/context.js";
import type { Account } from "../../src/domain/account.js";
import { fileAccountOf } from "../fileAccount.js";
import { whenFileEnds } from "../fileEnd.js";
import { MOMENT } from "../stillClouds.js";

/** What a command left behind. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Text that is written, as a terminal or a pipe would take it. */
export class Sink extends Writable {
  text = "";
  columns = 120;

  constructor(readonly isTTY: boolean) {
    super();
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }

  // What spinners ask of a terminal.
  cursorTo = (): boolean => true;
  clearLine = (): boolean => true;
  moveCursor = (): boolean => true;
}

/** Runs a command in this process, at a moment that stands still; what is not given is a pipe, and never ends by a signal. */
export async function run(
  args: readonly string[],
  given: Partial<CommandContext> & { readonly isTTY?: boolean } = {},
): Promise<Ran> {
  const { isTTY = false, ...context } = given;
  const [stdout, stderr] = [new Sink(isTTY), new Sink(isTTY)];
  const code = await runCli(args, {
    env: {},
    stdout,
    stderr,
    interrupted: new AbortController().signal,
    now: () => MOMENT,
    sleep: () => Promise.resolve(),
    ...context,
  });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

/** Writes a config file that is removed when the tests of its file have ended, and returns its path. */
export function configFile(config: unknown): string {
  const folder = mkdtempSync(join(tmpdir(), "cli-"));
  whenFileEnds(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "gateway.json");
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}

/** A config file whose accounts are those of the embedded clouds, at full speed. */
export const cloudsFile = (
  { accounts }: Clouds,
  changed: (account: Record<string, unknown>) => Record<string, unknown> = (account) => account,
  more: Record<string, unknown> = {},
): string =>
  configFile({ ...more, accounts: accounts.map((account) => changed(fileAccount(account))) });

/** An account as the config file has it. */
const fileAccount = (account: Account) => ({ ...fileAccountOf(account), rate: 10_000 });

/** The objects of NDJSON text. */
export const objectsOf = (text: string): Record<string, unknown>[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
