import { Argument, Option, type Command } from "commander";
import { COVERAGE_STATES } from "../domain/coverage.js";
import { BACKUP_DIMENSIONS } from "../domain/stats.js";
import { INSTANCE_STATUSES } from "../domain/words.js";
import { reloadingOnceStarted, UsageError, type CommandContext } from "./context.js";
import {
  orderOf,
  ORDERS,
  SHELLS,
  spanOf,
  textsOf,
  withBackups,
  withFormat,
  withScope,
  withSetup,
  wordsOption,
  zoneOf,
  type Shell,
} from "./options.js";
import type { SetupFlags } from "./setup.js";

/** Where a command leaves its exit code. */
export interface CommandResult {
  code: number;
}

/**
 * Runs a command's code, which is loaded only then, and leaves its exit code. `contextFor` returns another
 * context for it, before the code is loaded.
 */
type RunCommand = <Flags>(
  load: () => Promise<(flags: Flags, context: CommandContext) => Promise<number>>,
  contextFor?: (flags: Flags) => CommandContext,
) => (flags: Flags) => Promise<void>;

/** Adds all commands. Each loads its code only when it runs. */
export function addCommands(
  program: Command,
  context: CommandContext,
  result: CommandResult,
): void {
  const run: RunCommand =
    (load, contextFor = () => context) =>
    async (flags) => {
      const own = contextFor(flags);
      const command = await load();
      result.code = await command(flags, own);
    };
  addServe(program, context, run);
  addCheck(program, run);
  addList(program, context, run);
  addStats(program, context, run);
  addCoverage(program, run);
  addPrintSchema(program, context);
  addCompletion(program, context);
}

/** Adds `serve`, which also runs if no command is named. */
function addServe(program: Command, context: CommandContext, run: RunCommand): void {
  withSetup(program.command("serve", { isDefault: true }))
    .description("serve the GraphQL API over HTTP (default)")
    .addHelpText(
      "after",
      examples([
        "redis-backup-gateway --demo",
        "redis-backup-gateway serve --config gateway.yaml",
        "redis-backup-gateway serve --clouds --config gateway.yaml  # no account needed",
        "PORT=0 redis-backup-gateway serve    # any free port, with ./gateway.yaml",
      ]) +
        environment({
          GATEWAY_CONFIG: "the config file, unless --config names one",
          GATEWAY_HOST: "overrides server.host",
          PORT: "overrides server.port; 0 uses any free port",
        }) +
        exitCodes({ 0: "the server was stopped", 1: "the server could not start" }),
    )
    .action(
      run(
        async () => (await import("./serve.js")).serve,
        // The demo has no file to read again.
        ({ demo }: SetupFlags) => (demo === true ? context : reloadingOnceStarted(context)),
      ),
    );
}

function addCheck(program: Command, run: RunCommand): void {
  withFormat(withSetup(program.command("check")))
    .description("check the config and make one small read of every provider and region")
    .addHelpText(
      "after",
      examples([
        "redis-backup-gateway check --config gateway.yaml",
        "redis-backup-gateway check --format ndjson | jq 'select(.works | not)'",
      ]) + exitCodes({ 0: "everything can be read", 1: "something cannot be read, or an error" }),
    )
    .action(run(async () => (await import("./check/check.js")).check));
}

function addList(program: Command, { now }: CommandContext, run: RunCommand): void {
  withBackups(withFormat(withSetup(program.command("list"))), now)
    .description("list all backups, or those that match the flags")
    .addOption(
      new Option("--order <order>", "order by start: desc, newest first, is the default")
        .choices(ORDERS)
        .argParser(orderOf),
    )
    .option("--follow", "oldest first, then wait for new backups until Ctrl-C")
    .addHelpText(
      "after",
      examples([
        "redis-backup-gateway list --demo | head",
        "redis-backup-gateway list --status failed --since 7d",
        "redis-backup-gateway list --vendor ucloud,tencent --format csv > backups.csv",
        "redis-backup-gateway list --instance cache --format ndjson | jq .sizeBytes",
        "redis-backup-gateway list --follow --since 1h --status failed",
      ]) +
        exitCodes({
          0: "the list is complete",
          1: "an error",
          3: "backups are missing; stderr says which and why",
        }),
    )
    .action(run(async () => (await import("./list/list.js")).list));
}

function addStats(program: Command, { now }: CommandContext, run: RunCommand): void {
  const by = wordsOption(
    "--by <dimensions>",
    "what to group by (required): one to three dimensions",
    BACKUP_DIMENSIONS,
  );
  withBackups(withFormat(withSetup(program.command("stats"))), now)
    .description("count backups and bytes, grouped by day, state, provider and more")
    .addOption(by.makeOptionMandatory())
    .addOption(
      new Option(
        "--time-zone <zone>",
        "the time zone of days, weeks and months, such as Europe/Berlin",
      )
        .argParser(zoneOf)
        .default("UTC"),
    )
    .addHelpText(
      "after",
      examples([
        "redis-backup-gateway stats --demo --by day,status --since 7d",
        "redis-backup-gateway stats --by month,provider --format csv > months.csv",
        "redis-backup-gateway stats --by instance --status failed --since 30d",
        "redis-backup-gateway stats --by week --time-zone Europe/Berlin",
      ]) +
        exitCodes({
          0: "all backups are counted",
          1: "an error",
          3: "backups are missing; stderr says which and why",
        }),
    )
    .action(run(async () => (await import("./stats.js")).stats));
}

function addCoverage(program: Command, run: RunCommand): void {
  withScope(withFormat(withSetup(program.command("coverage"))))
    .description("show which instances have backups that meet their policy, or an RPO")
    .option(
      "--rpo <duration>",
      "check every instance by this recovery point objective, such as 24h, not by its policy",
      spanOf,
    )
    .option("--policy <names>", "only instances with these policies", textsOf)
    .addOption(
      wordsOption("--status <states>", "only instances in these states", INSTANCE_STATUSES),
    )
    .option("--name <part>", "only instances whose name contains this text")
    .addOption(wordsOption("--state <states>", "show only rows in these states", COVERAGE_STATES))
    .addHelpText(
      "after",
      examples([
        "redis-backup-gateway coverage --demo",
        "redis-backup-gateway coverage --policy production --state violating,unknown",
        "redis-backup-gateway coverage --tag team=payments --tag env=prod",
        "redis-backup-gateway coverage --rpo 24h --state violating,unknown",
        "redis-backup-gateway coverage --rpo 1d --vendor alibaba --format csv",
        "redis-backup-gateway coverage > /dev/null || mail -s 'Redis backups' ops",
      ]) +
        exitCodes({
          0: "all instances are protected",
          1: "an error",
          2: "some instances violate their policy, or the RPO",
          3: "none does, but some are unknown or an instance list is incomplete",
        }),
    )
    .action(run(async () => (await import("./coverage.js")).coverage));
}

/** The flags of `print-schema`. */
interface SchemaFlags {
  readonly subgraph?: boolean;
  readonly routerDirectives?: boolean;
}

function addPrintSchema(program: Command, { stdout }: CommandContext): void {
  program
    .command("print-schema")
    .description("print the GraphQL schema")
    .option("--subgraph", "print a federation subgraph, for composition")
    .option(
      "--router-directives",
      "with --subgraph, add directives for routers that check scopes themselves",
    )
    .addHelpText(
      "after",
      examples([
        "redis-backup-gateway print-schema > schema.graphql",
        "redis-backup-gateway print-schema --subgraph > subgraph.graphql",
      ]),
    )
    .action(async (flags: SchemaFlags) => void stdout.write(await schemaText(flags)));
}

/** @throws {UsageError} if the flags contradict each other. */
async function schemaText({ subgraph, routerDirectives = false }: SchemaFlags): Promise<string> {
  if (subgraph === true) {
    const { printSubgraphSdl } = await import("../graphql/federation/sdl.js");
    return printSubgraphSdl({ routerDirectives });
  }
  if (routerDirectives)
    throw new UsageError("--router-directives works only together with --subgraph.");
  const { printSdl } = await import("../graphql/schema.js");
  return printSdl();
}

function addCompletion(program: Command, { stdout, env }: CommandContext): void {
  program
    .command("completion")
    .description("print a script that completes commands, flags and their values in a shell")
    .addArgument(new Argument("<shell>").choices(SHELLS))
    .showHelpAfterError(`The shells are ${SHELLS.join(", ")}.`)
    .addHelpText(
      "after",
      examples([
        "# in ~/.bashrc; for zsh, with zsh in place of bash, in ~/.zshrc:",
        'eval "$(redis-backup-gateway completion bash)"',
        "# in ~/.config/fish/config.fish:",
        "redis-backup-gateway completion fish | source",
        "# in $PROFILE:",
        "redis-backup-gateway completion powershell | Out-String | Invoke-Expression",
      ]),
    )
    .action(async (shell: Shell) => {
      const { completionScript } = await import("./completion.js");
      stdout.write(completionScript(program.name(), shell));
    });
  program
    .command("complete", { hidden: true })
    .description("print what can follow on a command line; for the scripts of completion")
    .option("--next", "the last word is empty")
    .argument("[words...]")
    .action(async (words: readonly string[], { next }: { readonly next?: boolean }) => {
      const { completed } = await import("./completion.js");
      stdout.write(await completed(program, next === true ? [...words, ""] : words, env));
    });
}

const examples = (lines: readonly string[]): string =>
  `\nExamples:\n${lines.map((line) => `  ${line}\n`).join("")}`;

const exitCodes = (codes: Readonly<Record<number, string>>): string =>
  `\nExit codes:\n${Object.entries(codes)
    .map(([code, text]) => `  ${code}  ${text}\n`)
    .join("")}`;

const environment = (variables: Readonly<Record<string, string>>): string => {
  const width = Math.max(...Object.keys(variables).map(({ length }) => length));
  return `\nEnvironment:\n${Object.entries(variables)
    .map(([name, text]) => `  ${name.padEnd(width)}  ${text}\n`)
    .join("")}`;
};
