import { GraphQLScalarType } from "graphql";
import {
  GraphQLDateTime,
  GraphQLDuration,
  GraphQLJSONObject,
  GraphQLSafeInt,
  GraphQLURL,
} from "graphql-scalars";
import { durationOf } from "../domain/duration.js";
import { instantOf } from "./views.js";

/**
 * The scalars of graphql-scalars with their strict input, and output that passes on what is already
 * in its final form: that is most of the cost of a page otherwise.
 */
const outputBy = (
  scalar: GraphQLScalarType,
  description: string,
  serialize: (value: unknown) => unknown,
): GraphQLScalarType => new GraphQLScalarType({ ...scalar.toConfig(), description, serialize });

/** Text passes as it is; a number is epoch milliseconds. */
export const DateTime = outputBy(
  GraphQLDateTime,
  "An instant as RFC 3339 text; answers are in UTC with milliseconds, such as 2025-06-01T07:44:46.000Z.",
  (value) => {
    if (typeof value === "string") return value;
    return typeof value === "number" ? instantOf(value) : GraphQLDateTime.serialize(value);
  },
);

/** Text passes as it is; a number is milliseconds. */
export const Duration = outputBy(
  GraphQLDuration,
  "A length of time as ISO 8601 text, such as PT24H or P7DT12H. Arguments take weeks, days, hours, " +
    "minutes and seconds; years and months are refused, because their length varies.",
  (value) => (typeof value === "number" ? durationOf(value) : GraphQLDuration.serialize(value)),
);

/** A whole number passes as it is. */
export const SafeInt = outputBy(
  GraphQLSafeInt,
  "A whole number up to 2^53 - 1, as a JSON number.",
  (value) => (Number.isSafeInteger(value) ? value : GraphQLSafeInt.serialize(value)),
);

/** Text passes letter by letter, because a signed link that is written anew may no longer open. */
export const Url = outputBy(GraphQLURL, "An absolute URL, as RFC 3986 defines it.", (value) => {
  if (typeof value === "string" && URL.canParse(value)) return value;
  // The value is not quoted: it may hold a signature.
  throw new TypeError("Expected an absolute URL.");
});

/** Objects of the vendors, passed as they are. */
export const JSONObject = outputBy(
  GraphQLJSONObject,
  "A JSON object whose fields are not part of this schema.",
  (value) => GraphQLJSONObject.serialize(value),
);
