import { Command, CommanderError } from "commander";
import { ConfigError } from "../config/fault.js";
import { closest } from "../domain/nearest.js";
import { ownVersion } from "../ownPackage.js";
import { addCheck, addCompletion, addCoverage, addList, addServe } from "./commands.js";
import { ReaderGone } from "./output.js";
import { addPrintSchema } from "./printSchema.js";
import { Ended, UsageError, type Surroundings } from "./surroundings.js";

/** Runs the command that the arguments name; resolves to the exit code. */
export async function runCli(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const outcome = { code: 0 };
  const program = makeProgram(surroundings, outcome);
  try {
    checkCommand(program, args);
    await program.parseAsync(args, { from: "user" });
    return outcome.code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    if (error instanceof Ended) return error.exitCode;
    if (error instanceof ReaderGone) return 0;
    if (!(error instanceof UsageError) && !(error instanceof ConfigError)) throw error;
    surroundings.stderr.write(`${error.message}\n`);
    return 1;
  }
}

function makeProgram(surroundings: Surroundings, outcome: { code: number }): Command {
  const program = new Command("redis-backup-gateway")
    .description("One GraphQL list of every Redis backup.")
    .version(ownVersion())
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void surroundings.stdout.write(text),
      writeErr: (text) => void surroundings.stderr.write(text),
    });
  addServe(program, surroundings, outcome);
  addCheck(program, surroundings, outcome);
  addList(program, surroundings, outcome);
  addCoverage(program, surroundings, outcome);
  addPrintSchema(program, surroundings);
  addCompletion(program, surroundings);
  return program;
}

/** A word that is no command would reach the default command as an argument too many. */
function checkCommand({ commands }: Command, [word]: readonly string[]): void {
  if (word === undefined || word.startsWith("-")) return;
  const names = [...commands.map((command) => command.name()), "help"];
  if (names.includes(word)) return;
  const guess = closest(word, names);
  const right = guess === null ? `There is: ${names.join(", ")}.` : `Did you mean ${guess}?`;
  throw new UsageError(`No command is called ${word}. ${right}`);
}
