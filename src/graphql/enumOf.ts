import { registerEnumType } from "type-graphql";

/** Registers an enum whose every word has a description; its values are its names. */
export function enumOf<Word extends string>(
  name: string,
  description: string,
  words: Readonly<Record<Word, string>>,
): Readonly<Record<Word, Word>> {
  const names = Object.keys(words) as Word[];
  const values = Object.fromEntries(names.map((word) => [word, word])) as Record<Word, Word>;
  const valuesConfig = Object.fromEntries(
    names.map((word) => [word, { description: words[word] }]),
  ) as Record<Word, { description: string }>;
  registerEnumType(values, { name, description, valuesConfig });
  return values;
}
