/** The part of a command's help that shows it at work. */
export const examples = (lines: readonly string[]): string =>
  `\nExamples:\n${lines.map((line) => `  ${line}\n`).join("")}`;

/** The part of a command's help that tells what its exit codes mean. */
export const exitCodes = (codes: Readonly<Record<number, string>>): string =>
  `\nExit codes:\n${Object.entries(codes)
    .map(([code, text]) => `  ${code}  ${text}\n`)
    .join("")}`;

/** The part of a command's help that names what it takes from the environment. */
export const environment = (variables: Readonly<Record<string, string>>): string => {
  const width = Math.max(...Object.keys(variables).map(({ length }) => length));
  return `\nEnvironment:\n${Object.entries(variables)
    .map(([name, text]) => `  ${name.padEnd(width)}  ${text}\n`)
    .join("")}`;
};
