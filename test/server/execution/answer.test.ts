import { describe, expect, test } from "vitest";
import { JsonData, textOfAnswer } from "../../../src/server/execution/answer.js";
import { TextKeeper } from "../../../src/server/execution/keptTexts.js";
import { JsonJoiner, type Json } from "../../../src/server/execution/longJson.js";

const data = { a: [1, "ü\u2028"], b: null };
const errors = [{ message: "No.", path: ["b"] }];
const extensions = { calls: [1] };

test.each([
  { what: "data", parts: { data } },
  { what: "no data", parts: { data: null } },
  { what: "errors and data", parts: { errors, data } },
  { what: "data and extensions", parts: { data, extensions } },
  { what: "all three", parts: { errors, data, extensions } },
])("an answer with $what has the same bytes, whatever its data is made of", ({ parts }) => {
  const ready = { ...parts, data: new JsonData(JSON.stringify(parts.data)) as never };
  expect(textOfAnswer(ready)).toBe(textOfAnswer(parts));
  expect(JSON.parse(JSON.stringify(ready))).toEqual(parts);
});

test("an answer without data is its errors", () => {
  expect(textOfAnswer({ errors })).toBe(`${JSON.stringify({ errors })}\n`);
});

describe("an answer with a long text that is kept", () => {
  const list = JSON.stringify(Array.from({ length: 2_000 }, (_, n) => `ü${n}`));
  const keeper = new TextKeeper(1_000_000);
  const texts = keeper.texts();
  const shown = {};
  texts.set(shown, list);
  const kept = texts.get(shown) as Json;
  const within = (before: string, after: string): Json => {
    const joiner = new JsonJoiner();
    for (const part of [before, kept, after]) joiner.add(part);
    return joiner.joined();
  };
  const answered = (json: Json, more = {}): unknown =>
    textOfAnswer({ data: new JsonData(json) as never, ...more });

  test("is the bytes of its text", () => {
    const answer = answered(within('{"a":', "}"), { errors, extensions });
    expect(answer).toBeInstanceOf(Buffer);
    const data = { a: JSON.parse(list) as unknown };
    expect(String(answer)).toBe(textOfAnswer({ errors, data, extensions } as never));
  });

  test("is the same bytes when it is asked again, and others around another", () => {
    const first = answered(within('{"a":', "}"));
    expect(answered(within('{"a":', "}"))).toBe(first);
    const other = answered(within('{"b":', ',"c":1}'));
    expect(String(other)).toBe(`{"data":{"b":${list},"c":1}}\n`);
    expect(String(first)).toBe(`{"data":{"a":${list}}}\n`);
  });

  test("may hold it twice, or as a part of text", () => {
    const joiner = new JsonJoiner();
    for (const part of ['{"a":', kept, ',"b":', kept, "}"]) joiner.add(part);
    const twice = JSON.parse(String(answered(joiner.joined()))) as { data: unknown };
    const items = JSON.parse(list) as unknown;
    expect(twice.data).toEqual({ a: items, b: items });
    expect(`[${String(within("", ""))}]`).toBe(`[${list}]`);
  });

  test("is bytes also where its text was never kept", () => {
    const answer = answered(`{"a":${list}}`);
    expect(answer).toBeInstanceOf(Buffer);
    expect(String(answer)).toBe(`{"data":{"a":${list}}}\n`);
  });
});
