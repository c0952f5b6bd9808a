import { describe, expect, test } from "vitest";
import { GRAPHQL_TYPE, HTML_TYPE, JSON_TYPE, preferredType } from "../../src/server/accept.js";

const BROWSER =
  "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";

describe("the Accept header", () => {
  test.each([
    [undefined, JSON_TYPE],
    ["", JSON_TYPE],
    ["*/*", JSON_TYPE],
    ["application/*", JSON_TYPE],
    [BROWSER, HTML_TYPE],
    ["application/json, text/html", JSON_TYPE],
    ["text/html;q=0.5, application/json", JSON_TYPE],
    ["application/graphql-response+json", GRAPHQL_TYPE],
    ["application/graphql-response+json, application/json;q=0.9", GRAPHQL_TYPE],
    ["application/json, application/graphql-response+json", JSON_TYPE],
    ["*/*, application/graphql-response+json", GRAPHQL_TYPE],
    ["application/json;q=0, application/graphql-response+json;q=0.1", GRAPHQL_TYPE],
    ["application/json;q=nonsense, */*;q=0.1", GRAPHQL_TYPE],
    ["APPLICATION/JSON; charset=utf-8", JSON_TYPE],
    ["image/png", null],
    ["text/html;q=0", null],
  ])("%j prefers %j", (accept, expected) => {
    expect(preferredType(accept, [JSON_TYPE, GRAPHQL_TYPE, HTML_TYPE])).toBe(expected);
  });
});
