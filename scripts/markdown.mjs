// Makes Markdown for the scripts that write parts of the docs.

/** A table. `rule` aligns its columns. */
export const table = (head, rows, rule = head.map(() => "---")) =>
  [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
