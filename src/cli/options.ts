import { Option, type Command } from "commander";
import { VENDORS, type Vendor } from "../domain/words.js";
import { FORMATS, type Format } from "./columns.js";
import type { EstateFlags } from "./estate.js";
import { textsOf, wordsOf } from "./values.js";

/** Which providers, regions and instances a command is about; absent is all. */
export interface ScopeFlags {
  readonly vendor?: readonly Vendor[];
  readonly provider?: readonly string[];
  readonly region?: readonly string[];
  readonly instance?: readonly string[];
}

/** What every command that reads is given. */
export interface ReadFlags extends EstateFlags, ScopeFlags {
  readonly format: Format;
}

/** Adds the flags that say whose accounts are read. */
export const withEstate = (command: Command): Command =>
  command
    .option("-c, --config <file>", "the config file (default: GATEWAY_CONFIG, or gateway.yaml)")
    .option("--demo", "read the embedded clouds instead of real accounts");

/** Adds `--format`. */
export const withFormat = (command: Command): Command =>
  command.addOption(
    new Option("-f, --format <format>", "how rows are written").choices(FORMATS).default("table"),
  );

/** A flag that takes words, and tells help and completion which. */
export const wordsOption = (flags: string, text: string, words: readonly string[]): Option => {
  const option = new Option(flags, text).choices(words);
  return option.argParser(wordsOf(words));
};

/** Adds the flags that say what is read. */
export const withScope = (command: Command): Command =>
  command
    .addOption(wordsOption("--vendor <vendors>", "only these vendors", VENDORS))
    .option("--provider <keys>", "only these providers, such as ops-ucloud/uredis", textsOf)
    .option("--region <regions>", "only these regions", textsOf)
    .option(
      "--instance <ids>",
      "only these instances, by the vendor's id or the global one",
      textsOf,
    );
