import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { freshnessOf, walkStartAt, type EngineSettings } from "../../src/index/settings.js";

const of = (ttlMs: number): EngineSettings => ({
  ttlMs,
  staleIfErrorMs: 0,
  scanRows: 1,
  cacheRows: 1,
});
const NOW = Date.UTC(2026, 10, 1, 12, 0, 0, 250);

describe("a walk's start", () => {
  test.each([
    ["the end of its second", 30_000, 750],
    ["the end of a sixteenth of a short ttl", 1_600, 50],
    ["its own instant where nothing is kept", 0, 0],
  ])("is %s", (_, ttlMs, later) => {
    expect(walkStartAt(of(ttlMs), NOW) - NOW).toBe(later);
  });

  test("never counts data as fresh that was read more than ttl before the walk began", () => {
    const time = fc.integer({ min: 0, max: 100_000 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60_000 }), time, time, (ttlMs, start, later) => {
        const noted = walkStartAt(of(ttlMs), start);
        const { notBefore } = freshnessOf(of(ttlMs), noted, start + later);
        expect(notBefore).toBeGreaterThanOrEqual(start - ttlMs);
        expect(freshnessOf(of(ttlMs), noted, start).notBefore).toBe(start - ttlMs);
      }),
    );
  });
});
