import { existsSync, readFileSync } from "node:fs";
import type { Command, Option } from "commander";
import type { GatewayConfig } from "../config/resolve.js";
import { openText } from "../config/document.js";
import { loadConfig } from "../config/load.js";
import type { CommandContext } from "./context.js";
import type { Shell } from "./options.js";
import { DEFAULT_FILE, demoConfig } from "./setup.js";

/** The line that says that the shell should offer files. */
const FILES = ":files";

/**
 * A script that makes a shell complete commands, flags and the values of flags.
 *
 * The script passes the words of the line to the hidden command `complete`, which writes a value and its
 * meaning in each line. The words are passed as they are, so that a shell runs nothing that is only typed.
 */
export const completionScript = (name: string, shell: Shell): string =>
  SCRIPTS[shell](name, `_${name.replaceAll("-", "_")}`);

const SCRIPTS: Readonly<Record<Shell, (name: string, run: string) => string>> = {
  bash: (name, run) => `${run}() {
  local word="\${COMP_WORDS[COMP_CWORD]}" value text
  COMPREPLY=()
  while IFS=$'\\t' read -r value text; do
    if [ "$value" != ${FILES} ]; then COMPREPLY+=("$value"); continue; fi
    compopt -o filenames 2>/dev/null
    while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -f -- "$word")
  done < <(${name} complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F ${run} ${name}
`,
  zsh: (name, run) => `#compdef ${name}
${run}() {
  local value text
  local -a found
  while IFS=$'\\t' read -r value text; do
    if [[ $value == ${FILES} ]]; then _files; return; fi
    found+=("\${value//:/\\\\:}:$text")
  done < <(${name} complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)
  _describe -t values value found
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
compdef ${run} ${name}
`,
  fish: (name, run) => `function ${run}
  set -l word (commandline -ct)
  test -n "$word"; or set word ''
  set -l before (commandline -opc)
  set -l found (${name} complete -- $before[2..-1] $word 2>/dev/null)
  if test "$found[1]" = ${FILES}
    __fish_complete_path $word
  else
    printf '%s\\n' $found
  end
end
complete -c ${name} -f -a '(${run})'
`,
  powershell: (name) => `Register-ArgumentCompleter -Native -CommandName ${name} -ScriptBlock {
  param($word, $line, $position)
  $words = @($line.CommandElements | Select-Object -Skip 1 |
    Where-Object { $_.Extent.StartOffset -lt $position } | ForEach-Object { $_.Extent.Text })
  # An empty argument would not arrive.
  $next = if ($word -eq '') { @('--next') } else { @() }
  foreach ($found in (& ${name} complete @next '--' @words 2>$null)) {
    if ($found -eq '${FILES}') { return }
    $value, $text = $found -split "\`t", 2
    [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', "$value $text")
  }
}
`,
};

/** What can follow. Values are in the order in which they are offered. */
interface Candidate {
  readonly value: string;
  readonly text?: string;
}

/** Values that no shell would have to quote. Others are not offered. */
const PLAIN = /^[\w.,:/@%+=-]+$/;

/**
 * The lines for the words of a command line. The last word is still being typed.
 *
 * Cost: reads the config file for providers, regions and policies; calls no vendor.
 */
export async function completed(
  program: Command,
  words: readonly string[],
  env: CommandContext["env"],
): Promise<string> {
  const word = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const found = await candidatesFor(program, { before, word, env });
  if (found === FILES) return `${FILES}\n`;
  return found
    .filter(({ value }) => PLAIN.test(value) && value.startsWith(word === "=" ? "" : word))
    .map(({ value, text = "" }) => `${value}\t${text}\n`)
    .join("");
}

/** A command line, up to the cursor. */
interface Typed {
  readonly before: readonly string[];
  readonly word: string;
  readonly env: CommandContext["env"];
}

async function candidatesFor(
  program: Command,
  { before, word, env }: Typed,
): Promise<readonly Candidate[] | typeof FILES> {
  const help = program.createHelp();
  const commands = help.visibleCommands(program);
  const named = commands.find((command) => command.name() === before[0]);
  const command = named ?? commands.find((each) => each.name() === DEFAULT_COMMAND);
  if (command === undefined) return [];
  const options = help.visibleOptions(command);
  // Bash makes words of their own of "=" and of what follows; other shells do not.
  const [, flag = null, start = ""] = /^(--[\w-]+)=(.*)$/s.exec(word) ?? [];
  const rest = before.at(-1) === "=" ? before.slice(0, -1) : before;
  const option = options.find((each) => each.required && isNamed(each, flag ?? rest.at(-1)));
  if (option !== undefined) {
    const values = await valuesOf(option, before, env);
    if (values === FILES) return FILES;
    const head = flag === null ? "" : `${flag}=`;
    return inList(values, flag === null ? word : start).map((value) => ({ value: head + value }));
  }
  if (word.startsWith("-"))
    return options.flatMap(({ short, long, description: text }) =>
      [short, long].flatMap((value) => (value ? [{ value, text }] : [])),
    );
  if (before.length === 0)
    return commands.map((each) => ({ value: each.name(), text: each.description() }));
  return command.registeredArguments.flatMap(({ argChoices }) =>
    (argChoices ?? []).map((value) => ({ value })),
  );
}

/** The command that runs if none is named. */
const DEFAULT_COMMAND = "serve";

const isNamed = ({ short, long }: Option, flag: string | undefined): boolean =>
  flag !== undefined && (flag === short || flag === long);

/** The values behind those that a list already has. */
function inList(values: readonly string[], word: string): readonly string[] {
  const head = word.slice(0, word.lastIndexOf(",") + 1);
  const taken = head.split(",");
  return values.filter((value) => !taken.includes(value)).map((value) => head + value);
}

async function valuesOf(
  option: Option,
  before: readonly string[],
  env: CommandContext["env"],
): Promise<readonly string[] | typeof FILES> {
  if (option.argChoices !== undefined) return option.argChoices;
  if (option.long === "--config") return FILES;
  const known = await knownValues(before, env).catch((): KnownValues => ({}));
  return known[option.long ?? ""] ?? [];
}

/** What the config file names, by the flag that takes it. */
type KnownValues = Readonly<Record<string, readonly string[]>>;

/** @throws {ConfigError} if the file is wrong. */
async function knownValues(
  before: readonly string[],
  env: CommandContext["env"],
): Promise<KnownValues> {
  const at = before.findLastIndex((word) => word === "--config" || word === "-c");
  const inline = before.findLast((word) => word.startsWith("--config="))?.slice("--config=".length);
  const file = (at < 0 ? inline : before[at + 1]) ?? (env["GATEWAY_CONFIG"] || DEFAULT_FILE);
  if (before.includes("--demo")) return valuesIn(await demoConfig());
  if (!existsSync(file)) return {};
  const { accounts, policies } = openText(readFileSync(file, "utf8"), file).tree as {
    readonly accounts: unknown;
    readonly policies?: unknown;
  };
  const text = JSON.stringify({ accounts, policies });
  // A shell in which somebody types has no credentials, and none is needed.
  const names = [...text.matchAll(/\$\{(\w+)(:-)?/g)].map(([, name = "", other]) => [
    name,
    env[name] ?? (other === undefined ? "unknown" : undefined),
  ]);
  return valuesIn(loadConfig({ file, text, env: Object.fromEntries(names) }));
}

async function valuesIn(
  config: Pick<GatewayConfig, "accounts" | "policies">,
): Promise<KnownValues> {
  const { vendorOf } = await import("../vendors/index.js");
  return {
    "--provider": config.accounts.flatMap((account) =>
      vendorOf(account)
        .products(account)
        .map(({ word }) => `${account.id}/${word}`),
    ),
    "--region": [...new Set(config.accounts.flatMap(({ regions }) => regions ?? []))].sort(),
    "--policy": config.policies.map(({ name }) => name),
  };
}
