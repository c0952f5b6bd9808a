import { Argument, Option, type Command } from "commander";
import { COVERAGE_STATES } from "../domain/coverage.js";
import { BACKUP_STATUSES, BACKUP_TRIGGERS, INSTANCE_STATUSES } from "../domain/words.js";
import type { CheckFlags } from "./check/check.js";
import type { CoverageFlags } from "./coverage.js";
import type { EstateFlags } from "./estate.js";
import { environment, examples, exitCodes } from "./helpText.js";
import type { ListFlags } from "./list/list.js";
import { withEstate, withFormat, withScope, wordsOption } from "./options.js";
import type { Surroundings } from "./surroundings.js";
import { instantFrom, orderOf, ORDERS, spanOf } from "./values.js";

/** Where a command leaves its exit code. */
export interface Outcome {
  code: number;
}

/** Adds `serve`, which is also what runs where no command is named. */
export function addServe(program: Command, surroundings: Surroundings, outcome: Outcome): void {
  withEstate(program.command("serve", { isDefault: true }))
    .description("serve GraphQL over HTTP (the default)")
    .addHelpText(
      "after",
      examples([
        "redis-backup-gateway --demo",
        "redis-backup-gateway serve --config gateway.yaml",
        "PORT=0 redis-backup-gateway serve    # a free port, over ./gateway.yaml",
      ]) +
        environment({
          GATEWAY_CONFIG: "the config file, where no flag names one",
          GATEWAY_HOST: "in place of server.host",
          PORT: "in place of server.port; 0 takes a free one",
        }) +
        exitCodes({ 0: "it was told to end", 1: "it could not start" }),
    )
    .action(async (flags: EstateFlags) => {
      const { serve } = await import("./serve.js");
      outcome.code = await serve(flags, surroundings);
    });
}

/** Adds `check`. */
export function addCheck(program: Command, surroundings: Surroundings, outcome: Outcome): void {
  withFormat(withEstate(program.command("check")))
    .description("read a little of every provider and region, and tell what works and why not")
    .addHelpText(
      "after",
      examples([
        "redis-backup-gateway check --config gateway.yaml",
        "redis-backup-gateway check --format ndjson | jq 'select(.works | not)'",
      ]) + exitCodes({ 0: "everything can be read", 1: "something cannot, or an error" }),
    )
    .action(async (flags: CheckFlags) => {
      const { check } = await import("./check/check.js");
      outcome.code = await check(flags, surroundings);
    });
}

/** Adds `list`. */
export function addList(program: Command, surroundings: Surroundings, outcome: Outcome): void {
  const instant = instantFrom(surroundings.now);
  withScope(withFormat(withEstate(program.command("list"))))
    .description("write all backups, or those that the flags select")
    .addOption(wordsOption("--status <states>", "only backups in these states", BACKUP_STATUSES))
    .addOption(wordsOption("--trigger <triggers>", "only backups made so", BACKUP_TRIGGERS))
    .option(
      "--since <when>",
      "only what started then or later: a date, an instant, or P7D",
      instant,
    )
    .option("--until <when>", "only what started before then", instant)
    .addOption(
      new Option("--order <order>", "by start")
        .choices(ORDERS)
        .argParser(orderOf)
        .default("STARTED_AT_DESC", "desc"),
    )
    .addHelpText(
      "after",
      examples([
        "redis-backup-gateway list --demo | head",
        "redis-backup-gateway list --status failed --since P7D",
        "redis-backup-gateway list --vendor ucloud,tencent --region cn-bj2 --format csv > backups.csv",
        "redis-backup-gateway list --instance crs-5a4py64p --format ndjson | jq .sizeBytes",
      ]) +
        exitCodes({
          0: "the list is complete",
          1: "an error",
          3: "something is missing; it is named on stderr",
        }),
    )
    .action(async (flags: ListFlags) => {
      const { list } = await import("./list/list.js");
      outcome.code = await list(flags, surroundings);
    });
}

/** Adds `coverage`. */
export function addCoverage(program: Command, surroundings: Surroundings, outcome: Outcome): void {
  withScope(withFormat(withEstate(program.command("coverage"))))
    .description("tell which instances have a good backup that started within the RPO")
    .requiredOption("--rpo <duration>", "the recovery point objective, such as PT24H", spanOf)
    .addOption(
      wordsOption("--status <states>", "only instances in these states", INSTANCE_STATUSES),
    )
    .option("--name <part>", "only instances whose name has this part")
    .addOption(wordsOption("--state <states>", "write only these rows", COVERAGE_STATES))
    .addHelpText(
      "after",
      examples([
        "redis-backup-gateway coverage --demo --rpo PT24H",
        "redis-backup-gateway coverage --rpo PT24H --state violating,unknown",
        "redis-backup-gateway coverage --rpo P1D --vendor alibaba --format csv",
        "redis-backup-gateway coverage --rpo PT24H > /dev/null || mail -s 'Redis backups' ops",
      ]) +
        exitCodes({
          0: "all are protected",
          1: "an error",
          2: "some violate the RPO",
          3: "none does, but some are unknown or an instance list is not complete",
        }),
    )
    .action(async (flags: CoverageFlags) => {
      const { coverage } = await import("./coverage.js");
      outcome.code = await coverage(flags, surroundings);
    });
}

/** Adds `completion`. */
export function addCompletion(program: Command, { stdout }: Surroundings): void {
  program
    .command("completion")
    .description("print a script that completes commands and flags")
    .addArgument(new Argument("<shell>").choices(["bash", "zsh"]))
    .addHelpText(
      "after",
      examples([
        'eval "$(redis-backup-gateway completion bash)"    # in ~/.bashrc',
        'eval "$(redis-backup-gateway completion zsh)"     # in ~/.zshrc',
      ]),
    )
    .action(async (shell: string) => {
      const { completionScript } = await import("./completion.js");
      stdout.write(completionScript(program, shell));
    });
}
