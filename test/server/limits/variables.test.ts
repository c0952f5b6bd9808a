import { expect, test } from "vitest";
import { ask } from "../harness.js";
import { serveGated } from "../gated.js";

const byFilter = "query ($f: BackupFilter) { backups(first: 1, filter: $f) { nodes { id } } }";

async function refusalOf(query: string, variables: Record<string, unknown>) {
  const { url, asked } = await serveGated();
  const answer = await ask(url, query, {}, variables);
  expect(asked).toEqual([]);
  const [error, ...others] = answer.body.errors ?? [];
  expect(others).toEqual([]);
  expect(error?.extensions).toEqual({ code: "BAD_USER_INPUT" });
  return { message: error?.message ?? "", length: answer.text.length };
}

test("8,500 unknown fields are refused with the first five of them named", async () => {
  const names = Array.from({ length: 8_500 }, (_, i) => `k${i}`);
  const f = Object.fromEntries(names.map((name) => [name, 1]));
  const { message, length } = await refusalOf(byFilter, { f });
  expect(message).toBe(
    `The variables are not valid. ${[0, 1, 2, 3, 4]
      .map((i) => `$f: BackupFilter has no field "k${i}".`)
      .join(" ")}`,
  );
  expect(length).toBeLessThan(500);
});

test.each([
  ["a wrong kind", { f: 5 }, "$f: expected BackupFilter, but got a number."],
  ["a list", { f: [] }, "$f: expected BackupFilter, but got a list."],
  [
    "a wrong word in a list",
    { f: { statuses: ["FAILED", "hunter2-is-secret"] } },
    "$f.statuses[1]: expected BackupStatus, but got text it does not accept.",
  ],
  [
    "a wrong instant",
    { f: { startedAfter: "hunter2-is-secret" } },
    "$f.startedAfter: expected DateTime (An instant as RFC 3339 text, such as " +
      "2025-06-01T07:44:46.000Z), but got text it does not accept.",
  ],
  [
    "a null where none may be",
    { f: { statuses: [null] } },
    "$f.statuses[0]: expected BackupStatus!, but got nothing.",
  ],
  [
    "a field with a long name",
    { f: { ["x".repeat(10_000)]: 1 } },
    `$f: BackupFilter has no field "${"x".repeat(60)}…".`,
  ],
])("%s is named by its place, and its value is not repeated", async (_, variables, expected) => {
  const { message } = await refusalOf(byFilter, variables);
  expect(message).toBe(`The variables are not valid. ${expected}`);
});

test.each([
  ["query ($i: Int) { backups(first: $i) { nodes { id } } }"],
  ["query ($i: [ID!]!) { nodes(ids: $i) { id } }"],
  ["query ($i: BackupFilter) { backups(first: 1, filter: $i) { nodes { id } } }"],
  ["{ __typename }"],
])("a value of 100,000 levels is bad input of %s", async (query) => {
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  const { url } = await serveGated();
  const body = `{"query":${JSON.stringify(query)},"variables":{"i":${deep}}}`;
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  const { errors } = (await response.json()) as { errors: { message: string }[] };
  expect(errors).toEqual([
    {
      message: "The variables are nested deeper than 64 levels.",
      extensions: { code: "BAD_USER_INPUT" },
    },
  ]);
});

test("a variable that is left out has its default, and null is not one that is left out", async () => {
  const { url } = await serveGated();
  const query =
    "query ($n: Int! = 3, $f: BackupFilter) { backups(first: $n, filter: $f) { nodes { id } } }";
  expect((await ask(url, query, {}, {})).body.errors).toBeUndefined();
  expect((await ask(url, query, {}, { n: null })).body.errors?.[0]?.message).toBe(
    "The variables are not valid. $n: expected Int!, but got nothing.",
  );
});
