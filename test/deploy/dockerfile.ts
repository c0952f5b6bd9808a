import { readFileSync } from "node:fs";

/** One instruction of a Dockerfile. */
export interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** A stage: its base, its name, and its instructions. */
export interface Stage {
  readonly base: string;
  readonly name: string | null;
  readonly instructions: readonly Instruction[];
}

/** The stages of a Dockerfile, with continued lines joined. */
export function stagesOf(file: string): Stage[] {
  const lines = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .join("\n")
    .replaceAll(/\\\n\s*/g, " ")
    .split("\n")
    .filter((line) => line.trim() !== "");
  const stages: { base: string; name: string | null; instructions: Instruction[] }[] = [];
  for (const line of lines) {
    const [, name = "", text = ""] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    if (name === "") throw new Error(`No instruction: ${line}`);
    if (name === "FROM") {
      const [, base = "", as] = /^(\S+)(?: AS (\S+))?$/.exec(text) ?? [];
      stages.push({ base, name: as ?? null, instructions: [] });
    } else stages.at(-1)?.instructions.push({ name, text });
  }
  return stages;
}

/** The instructions of a kind. */
export const textsOf = ({ instructions }: Stage, name: string): string[] =>
  instructions.filter((one) => one.name === name).map(({ text }) => text);

/** What each COPY takes, and from where; `from` is null for the build context. */
export function copiesOf(stage: Stage) {
  return textsOf(stage, "COPY").map((text) => {
    const words = text.split(/\s+/);
    const from = words[0]?.startsWith("--from=") ? words.shift()!.slice("--from=".length) : null;
    const target = words.pop() ?? "";
    return { from, sources: words, target };
  });
}
