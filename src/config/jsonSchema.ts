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

/** The keys whose values must not appear in messages. */
export function secretKeys(schema: JsonSchema = configKeys()): ReadonlySet<string> {
  const own = Object.entries(schema.properties ?? {}).filter(([, part]) => isSecret(part));
  const below = Object.values(schema).flatMap((part) =>
    typeof part === "object" && part !== null ? [...secretKeys(part as JsonSchema)] : [],
  );
  return new Set([...own.map(([key]) => key), ...below]);
}

const isSecret = (part: JsonSchema): boolean => part["writeOnly"] === true;
