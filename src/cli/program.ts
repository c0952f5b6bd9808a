import { Command, CommanderError } from "commander";
import { ConfigError } from "../config/fault.js";
import type { EstateFlags } from "./estate.js";
import { UsageError, type Surroundings } from "./surroundings.js";

/** Runs the command that the arguments name; resolves to the exit code. */
export async function runCli(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const outcome = { code: 0 };
  const program = makeProgram(surroundings, outcome);
  try {
    await program.parseAsync(args, { from: "user" });
    return outcome.code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    if (!(error instanceof UsageError) && !(error instanceof ConfigError)) throw error;
    surroundings.stderr.write(`${error.message}\n`);
    return 1;
  }
}

function makeProgram(surroundings: Surroundings, outcome: { code: number }): Command {
  const program = new Command("redis-backup-gateway")
    .description("One GraphQL list of every Redis backup.")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void surroundings.stdout.write(text),
      writeErr: (text) => void surroundings.stderr.write(text),
    });
  withEstate(program.command("serve", { isDefault: true }))
    .description("serve GraphQL over HTTP (the default)")
    .action(async (flags: EstateFlags) => {
      const { serve } = await import("./serve.js");
      outcome.code = await serve(flags, surroundings);
    });
  program
    .command("print-schema")
    .description("print the GraphQL schema")
    .action(async () => {
      const { printSdl } = await import("../graphql/schema.js");
      surroundings.stdout.write(printSdl());
    });
  return program;
}

const withEstate = (command: Command): Command =>
  command
    .option("-c, --config <file>", "the config file (default: GATEWAY_CONFIG, or gateway.yaml)")
    .option("--demo", "read the embedded clouds instead of real accounts");
