import { z } from "zod";
import { configSchema } from "./schema.js";

/** A JSON Schema (draft 7) or a part of it. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
}

/** The JSON Schema of the config file, without references such as `${NAME}`. */
export const configKeys = (): JsonSchema =>
  z.toJSONSchema(configSchema, {
    target: "draft-7",
    io: "input",
    override: ({ jsonSchema }) => {
      // Not useful to a reader: the keys of the section have their own defaults.
      if (JSON.stringify(jsonSchema.default) === "{}") delete jsonSchema.default;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  }) as JsonSchema;

/** The JSON Schema with which editors check a config file. */
export const configJsonSchema = (): JsonSchema => ({
  ...(admitReferences(configKeys()) as JsonSchema),
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
function admitReferences(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(admitReferences);
  if (typeof node !== "object" || node === null) return node;
  const schema = node as JsonSchema;
  if (!isConstrained(schema)) {
    return Object.fromEntries(
      Object.entries(schema).map(([key, value]) => [key, admitReferences(value)]),
    );
  }
  const entries = Object.entries(schema);
  const value = Object.fromEntries(entries.filter(([key]) => CONSTRAINTS.includes(key)));
  return {
    ...Object.fromEntries(entries.filter(([key]) => !CONSTRAINTS.includes(key))),
    anyOf: [value, { $ref: "#/definitions/environment" }],
  };
}

/** Whether the schema of a value refuses `${NAME}`. */
function isConstrained({ type, enum: words, pattern, format }: JsonSchema): boolean {
  if (type === "integer" || type === "number" || type === "boolean") return true;
  if (type !== "string") return false;
  return words !== undefined || format !== undefined || !matchesReference(pattern);
}

const matchesReference = (pattern: unknown): boolean =>
  typeof pattern !== "string" || new RegExp(pattern).test("${NAME}");

/** The keys whose values must not appear in messages. */
export function secretKeys(schema: JsonSchema = configKeys()): ReadonlySet<string> {
  const own = Object.entries(schema.properties ?? {}).filter(([, part]) => isSecret(part));
  const below = Object.values(schema).flatMap((part) =>
    typeof part === "object" && part !== null ? [...secretKeys(part as JsonSchema)] : [],
  );
  return new Set([...own.map(([key]) => key), ...below]);
}

const isSecret = (part: JsonSchema): boolean => part["writeOnly"] === true;
