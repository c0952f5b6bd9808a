import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TextCache } from "../../src/execution/index.js";
import { runs } from "../runs.js";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const cacheOf = (maxBytes: number) => new TextCache({ maxBytes, isImmutable: () => true });

describe("kept texts", () => {
  test("belong to one selection each", () => {
    const cache = cacheOf(10_000);
    const [one, other] = [cache.space(), cache.space()];
    const source = {};
    one.offer(source, "one");
    expect([one.get(source), other.get(source)]).toEqual(["one", undefined]);
  });

  test("are kept of immutable objects alone", () => {
    const source = {};
    const cache = new TextCache({ maxBytes: 10_000, isImmutable: (object) => object === source });
    const space = cache.space();
    for (const object of [source, {}]) space.offer(object, "text");
    expect([space.get(source), space.get({})]).toEqual(["text", undefined]);
  });

  test("never hold more bytes than the limit, and all that are held are counted", () => {
    const texts = fc.array(fc.tuple(fc.nat(3), fc.string({ unit: "binary", maxLength: 400 })));
    fc.assert(
      fc.property(texts, fc.integer({ min: 0, max: 5_000 }), (offered, maxBytes) => {
        const cache = cacheOf(maxBytes);
        const spaces = Array.from({ length: 4 }, () => cache.space());
        const sources: object[] = [];
        for (const [i, text] of offered) {
          const source = {};
          sources.push(source);
          spaces[i]?.offer(source, text);
          const held = sources.flatMap((one) => spaces.map((space) => space.get(one) ?? ""));
          const bytes = held.reduce((sum, one) => sum + Buffer.byteLength(one, "latin1"), 0);
          expect(bytes).toBeLessThanOrEqual(cache.bytes);
          expect(cache.bytes).toBeLessThanOrEqual(maxBytes);
        }
      }),
      runs(50),
    );
  });

  test("are all dropped when they reach the limit, and then kept again", () => {
    const cache = cacheOf(5_000);
    const space = cache.space();
    const kept = Array.from({ length: 100 }, () => {
      const source = {};
      space.offer(source, "x".repeat(100));
      return space.get(source);
    });
    expect(new Set(kept)).toEqual(new Set(["x".repeat(100)]));
  });

  test("do not hold on to the texts that they were cut from", () => {
    const cache = cacheOf(1_000_000);
    const space = cache.space();
    const sources: object[] = [];
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 100; i += 1) {
      const source = {};
      sources.push(source);
      space.offer(source, Buffer.alloc(500_000, "x").toString().slice(0, 100));
    }
    collect();
    expect(space.get(sources[0] as object)).toHaveLength(100);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(5_000_000);
  });
});
