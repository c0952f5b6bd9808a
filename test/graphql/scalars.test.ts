import { Kind } from "graphql";
import { describe, expect, test } from "vitest";
import { DateTime, Duration, JSONObject, SafeInt, Url } from "../../src/graphql/scalars.js";

const NOON = "2025-06-01T12:00:00.000Z";

describe("scalars", () => {
  test("write what is already written as it is", () => {
    const link = "https://h.example/f?Signature=a%2Fb+c&x=%zz#";
    const row = { a: [1, { b: null }] };
    expect(DateTime.serialize(NOON)).toBe(NOON);
    expect(Duration.serialize("PT1H")).toBe("PT1H");
    expect(SafeInt.serialize(Number.MAX_SAFE_INTEGER)).toBe(Number.MAX_SAFE_INTEGER);
    expect(Url.serialize(link)).toBe(link);
    expect(JSONObject.serialize(row)).toBe(row);
  });

  test("write milliseconds as text", () => {
    expect(DateTime.serialize(Date.parse(NOON))).toBe(NOON);
    expect(Duration.serialize(86_400_500)).toBe("P1DT0.5S");
  });

  test.each([
    [SafeInt, 2 ** 53],
    [SafeInt, 1.5],
    [SafeInt, "many"],
    [Duration, true],
    [Duration, {}],
    [DateTime, {}],
    [Url, "no url"],
    [Url, 5],
    [JSONObject, "text"],
  ])("%s does not write %j", (scalar, value) => {
    expect(() => scalar.serialize(value)).toThrow();
  });

  test("a link that is none is not quoted", () => {
    expect(() => Url.serialize("canary signature")).toThrow(/^Expected an absolute URL\.$/);
  });

  test("read an instant in any zone", () => {
    expect(DateTime.parseValue("2025-06-01T20:00:00+08:00")).toEqual(new Date(NOON));
  });

  test("read a leap second as the second after it, as a value and as a literal", () => {
    const next = new Date("2017-01-01T00:00:00Z");
    expect(DateTime.parseValue("2016-12-31T23:59:60Z")).toEqual(next);
    const literal = { kind: Kind.STRING, value: "2016-12-31T23:59:60Z" } as const;
    expect(DateTime.parseLiteral(literal)).toEqual(next);
    expect(() => DateTime.parseLiteral({ ...literal, value: "2016-12-31T22:59:60Z" })).toThrow();
    expect(() => DateTime.parseLiteral({ kind: Kind.INT, value: "5" })).toThrow();
  });

  test.each(["2025-06-01", "2025-06-01 12:00:00", "2025-06-01T12:00Z", "2025-02-30T00:00:00Z", 0])(
    "do not read %j as an instant",
    (value) => {
      expect(() => DateTime.parseValue(value)).toThrow();
    },
  );

  test.each(["24h", "", 5])("do not read %j as a duration", (value) => {
    expect(() => Duration.parseValue(value)).toThrow();
  });
});
