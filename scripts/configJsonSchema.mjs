// Makes the JSON Schema with which editors check a config file.

/** The schema of a file in which `${NAME}` may stand for a value. `keys` is the schema of one without. */
export const configJsonSchema = (keys) => ({
  ...admitReferences(keys),
  title: "redis-backup-gateway config",
  definitions: {
    environment: {
      type: "string",
      pattern: "\\$\\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\\}",
      description: "${NAME} or ${NAME:-default}: the value of an environment variable.",
    },
  },
});

const CONSTRAINTS = ["type", "enum", "pattern", "minimum", "maximum", "exclusiveMinimum", "format"];

/** Allows `${NAME}` in place of every value that is not free text. */
function admitReferences(node) {
  if (Array.isArray(node)) return node.map(admitReferences);
  if (typeof node !== "object" || node === null) return node;
  const entries = Object.entries(node);
  if (!isConstrained(node))
    return Object.fromEntries(entries.map(([key, value]) => [key, admitReferences(value)]));
  const value = Object.fromEntries(entries.filter(([key]) => CONSTRAINTS.includes(key)));
  return {
    ...Object.fromEntries(entries.filter(([key]) => !CONSTRAINTS.includes(key))),
    anyOf: [value, { $ref: "#/definitions/environment" }],
  };
}

/** Whether the schema of a value refuses `${NAME}`. */
function isConstrained({ type, enum: words, pattern, format }) {
  if (type === "integer" || type === "number" || type === "boolean") return true;
  if (type !== "string") return false;
  return words !== undefined || format !== undefined || !matchesReference(pattern);
}

const matchesReference = (pattern) =>
  typeof pattern !== "string" || new RegExp(pattern).test("${NAME}");
