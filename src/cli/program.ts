import { Command, CommanderError } from "commander";
import { ConfigError } from "../config/fault.js";
import { closest } from "../domain/nearest.js";
import { ownVersion } from "../ownPackage.js";
import { addCommands, type CommandResult } from "./commands.js";
import { Interrupted, UsageError, type CommandContext } from "./context.js";
import { OutputClosed } from "./output.js";
import { safeLines } from "./rows.js";

/** Runs the command that the arguments name. Returns the exit code. */
export async function runCli(args: readonly string[], context: CommandContext): Promise<number> {
  const result = { code: 0 };
  const program = makeProgram(context, result);
  try {
    checkCommand(program, args);
    await program.parseAsync(args, { from: "user" });
    return result.code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    if (error instanceof Interrupted) return error.exitCode;
    if (error instanceof OutputClosed) return 0;
    if (!(error instanceof UsageError) && !(error instanceof ConfigError)) throw error;
    context.stderr.write(safeLines(`${error.message}\n`));
    return 1;
  }
}

function makeProgram(context: CommandContext, result: CommandResult): Command {
  const program = new Command("redis-backup-gateway")
    .description("One GraphQL API over the Redis backups of several clouds.")
    .version(ownVersion())
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      writeErr: (text) => void context.stderr.write(text),
    });
  addCommands(program, context, result);
  return program;
}

/** The command that the scripts of completion call. */
const HIDDEN = "complete";

/** Commander would pass an unknown word to the default command, as one argument too many. */
function checkCommand({ commands }: Command, [word]: readonly string[]): void {
  if (word === undefined || word.startsWith("-")) return;
  const shown = commands.map((command) => command.name()).filter((name) => name !== HIDDEN);
  const names = [...shown, "help"];
  if (names.includes(word) || word === HIDDEN) return;
  const guess = closest(word, names);
  const hint = guess === null ? `The commands are ${names.join(", ")}.` : `Did you mean ${guess}?`;
  throw new UsageError(`There is no command ${word}. ${hint}`);
}
