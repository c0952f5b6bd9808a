import { describe, expect, test } from "vitest";
import { TextKeeper } from "../../../src/server/execution/keptTexts.js";

const text = "x".repeat(100);

describe("kept texts", () => {
  test("belong to one selection each", () => {
    const keeper = new TextKeeper(10_000);
    const [one, other] = [keeper.texts(), keeper.texts()];
    const source = {};
    one.set(source, "one");
    expect([one.get(source), other.get(source)]).toEqual(["one", undefined]);
  });

  test("are forgotten together, by all selections, when they are too many", () => {
    const keeper = new TextKeeper(5_000);
    const [one, other] = [keeper.texts(), keeper.texts()];
    const sources = Array.from({ length: 100 }, () => ({}));
    const kept = () =>
      sources.filter((s) => one.get(s) !== undefined || other.get(s) !== undefined).length;
    let most = 0;
    sources.forEach((source, i) => {
      (i % 2 === 0 ? one : other).set(source, text);
      expect(kept()).toBeGreaterThan(0);
      most = Math.max(most, kept());
    });
    expect(most).toBeGreaterThan(5);
    expect(most * text.length).toBeLessThanOrEqual(5_000);
  });

  test("of a selection that was emptied are counted again", () => {
    const keeper = new TextKeeper(1_000);
    const one = keeper.texts();
    const sources = Array.from({ length: 50 }, () => ({}));
    for (const source of sources) one.set(source, text);
    expect(sources.filter((source) => one.get(source) !== undefined).length).toBeLessThanOrEqual(2);
  });
});
