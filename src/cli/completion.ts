import type { Command, Option } from "commander";

/** The options of a command and their values, as shell text. */
interface CommandWords {
  readonly command: string;
  readonly words: string;
  readonly values: readonly { readonly flags: readonly string[]; readonly words: string }[];
}

/** A shell script that completes commands, flags and the values of flags. */
export function completionScript(program: Command, shell: string): string {
  // zsh can run completions for bash.
  const before = shell === "zsh" ? "autoload -U +X bashcompinit && bashcompinit\n" : "";
  return before + bashScript(program.name(), program.commands.map(wordsOf));
}

const wordsOf = (command: Command): CommandWords => ({
  command: command.name(),
  words: [
    ...command.options.flatMap(flagsOf),
    "--help",
    ...command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
  ].join(" "),
  values: command.options
    .filter(({ required }) => required)
    .map((option) => ({ flags: flagsOf(option), words: (option.argChoices ?? []).join(" ") })),
});

const flagsOf = ({ short, long }: Option): string[] =>
  [short, long].filter((flag) => flag !== undefined && flag !== null);

function bashScript(name: string, commands: readonly CommandWords[]): string {
  const run = `_${name.replaceAll("-", "_")}`;
  const values = commands.flatMap(({ command, values: own }) =>
    own.map(({ flags, words }) => {
      const cases = flags.map((flag) => `"${command} ${flag}"`).join("|");
      const found = words === "" ? `compgen -f -- "$word"` : `compgen -W "${words}" -- "$word"`;
      return `    ${cases}) COMPREPLY=($(${found})); return ;;`;
    }),
  );
  const words = commands.map(
    ({ command, words: own }) => `    ${command}) COMPREPLY=($(compgen -W "${own}" -- "$word")) ;;`,
  );
  const names = commands.map(({ command }) => command).join(" ");
  return `${run}() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}"
  case "$command $before" in
${values.join("\n")}
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W "${names} --help --version" -- "$word")); return; fi
  case "$command" in
${words.join("\n")}
  esac
}
complete -F ${run} ${name}
`;
}
