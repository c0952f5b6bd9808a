/** Names in a message. */
const SHOWN = 5;
/** Longer names are cut in messages and before they are compared. */
const LONGEST_NAME = 64;

/**
 * All known names, the nearest to a given name first. Names that are equally near keep their order. A name
 * without a slash may be a part of one with slashes, as an account is of the key of a provider.
 */
export function nearest(name: string, known: readonly string[]): string[] {
  const compared = (one: string): string => one.slice(0, LONGEST_NAME).toLowerCase();
  const text = compared(name);
  const editsTo = (candidate: string): number => {
    const whole = compared(candidate);
    const parts = text.includes("/") ? [] : whole.split("/");
    return Math.min(...[whole, ...parts].map((one) => editsBetween(text, one)));
  };
  return known
    .map((candidate) => ({ candidate, edits: editsTo(candidate) }))
    .sort((a, b) => a.edits - b.edits)
    .map(({ candidate }) => candidate);
}

/** The known name that was probably meant, or null if none is near. */
export function closest(name: string, known: readonly string[]): string | null {
  const limit = name.length < 4 ? 1 : Math.max(2, Math.floor(name.length / 3));
  const [first] = nearest(name, known);
  if (first === undefined || Math.max(name.length, first.length) > LONGEST_NAME) return null;
  return editsBetween(name.toLowerCase(), first.toLowerCase()) <= limit ? first : null;
}

/** A sentence that lists the known names, nearest first. */
export function nearestText(name: string, known: readonly string[]): string {
  const ranked = nearest(name, known);
  if (ranked.length === 0) return "None exists.";
  const others = ranked.length - SHOWN;
  const more = others > 0 ? ` and ${others} more` : "";
  return `${others > 0 ? "Nearest" : "Known"}: ${ranked.slice(0, SHOWN).join(", ")}${more}.`;
}

/** A name that a caller sent, as a message quotes it. */
export const quoted = (name: string): string =>
  JSON.stringify(name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name);

/** The number of single-character edits between two words (Levenshtein distance). */
function editsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries()) {
      const swap = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(swap, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
