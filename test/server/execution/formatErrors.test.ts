import { GraphQLError } from "graphql";
import { expect, test } from "vitest";
import { formatErrors } from "../../../src/server/execution/formatErrors.js";

test("an error without a code is an internal one before it is translated", () => {
  const { errors, http } = formatErrors([new GraphQLError("No.")], (formatted) => formatted);
  expect(errors).toEqual([{ message: "No.", extensions: { code: "INTERNAL_SERVER_ERROR" } }]);
  expect(http.status).toBeUndefined();
});

test("what an error asks of the HTTP answer is no extension of it", () => {
  const head = { status: 418, headers: new Map([["x-pot", "tea"]]) };
  const error = new GraphQLError("No.", { extensions: { code: "POT", http: head } });
  const { errors, http } = formatErrors([error], (formatted) => formatted);
  expect(errors).toEqual([{ message: "No.", extensions: { code: "POT" } }]);
  expect([http.status, http.headers.get("x-pot")]).toEqual([418, "tea"]);
});

test("the translator gets the error itself, and is not believed when it fails", () => {
  const error = new GraphQLError("Secret.");
  const thrown: unknown[] = [];
  const { errors } = formatErrors([error], (_, original) => {
    thrown.push(original);
    throw new Error("A bug.");
  });
  expect(thrown).toEqual([error]);
  expect(errors).toEqual([
    { message: "Internal server error", extensions: { code: "INTERNAL_SERVER_ERROR" } },
  ]);
});
