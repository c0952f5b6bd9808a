import { GraphQLScalarType, Kind } from "graphql";
import {
  GraphQLDateTime,
  GraphQLDuration,
  GraphQLJSONObject,
  GraphQLSafeInt,
  GraphQLURL,
} from "graphql-scalars";
import { durationOf, leapSecondToMs } from "../domain/duration.js";

/** RFC 3339 text of an instant in epoch milliseconds. */
export const instantOf = (ms: number): string => new Date(ms).toISOString();

/**
 * A scalar of graphql-scalars with its strict input. Values that already have their final form are
 * written as they are: checking them again was most of the cost of a page.
 */
const outputBy = (
  scalar: GraphQLScalarType,
  description: string,
  serialize: (value: unknown) => unknown,
): GraphQLScalarType => new GraphQLScalarType({ ...scalar.toConfig(), description, serialize });

const PlainDateTime = outputBy(
  GraphQLDateTime,
  "An instant as RFC 3339 text, such as 2025-06-01T07:44:46.000Z. Answers are in UTC with " +
    "milliseconds. Arguments may also name a leap second, as in 2016-12-31T23:59:60Z.",
  (value) => {
    if (typeof value === "string") return value;
    return typeof value === "number" ? instantOf(value) : GraphQLDateTime.serialize(value);
  },
);

/** Takes a leap second, which the library refuses, for the second after it, as Unix time does. */
const instantFrom = (value: unknown): unknown => {
  const ms = typeof value === "string" ? leapSecondToMs(value) : null;
  return ms === null ? PlainDateTime.parseValue(value) : new Date(ms);
};

/** Output: text as it is; a number is epoch milliseconds. */
export const DateTime = new GraphQLScalarType({
  ...PlainDateTime.toConfig(),
  parseValue: instantFrom,
  parseLiteral: (node, variables) =>
    node.kind === Kind.STRING
      ? instantFrom(node.value)
      : PlainDateTime.parseLiteral(node, variables),
});

/** Output: text as it is; a number is milliseconds. */
export const Duration = outputBy(
  GraphQLDuration,
  "A length of time as ISO 8601 text, such as PT24H or P7DT12H. Arguments accept weeks, days, " +
    "hours, minutes and seconds, but no years or months, because their length varies.",
  (value) => (typeof value === "number" ? durationOf(value) : GraphQLDuration.serialize(value)),
);

/** Output: a whole number as it is. */
export const SafeInt = outputBy(
  GraphQLSafeInt,
  "A whole number up to 2^53 - 1, as a JSON number.",
  (value) => (Number.isSafeInteger(value) ? value : GraphQLSafeInt.serialize(value)),
);

/** Output: text exactly as the vendor wrote it, because a signed link stops working if it is rewritten. */
export const Url = outputBy(GraphQLURL, "An absolute URL, as defined by RFC 3986.", (value) => {
  if (typeof value === "string" && URL.canParse(value)) return value;
  // The message does not quote the value, which may hold a signature.
  throw new TypeError("Expected an absolute URL.");
});

/** Output: a vendor's object as it is. */
export const JSONObject = outputBy(
  GraphQLJSONObject,
  "A JSON object whose fields are not part of this schema.",
  (value) => GraphQLJSONObject.serialize(value),
);
