import fc from "fast-check";
import { expect, test } from "vitest";
import { freshnessOf, type EngineSettings } from "../../src/index/settings.js";

const of = (ttlMs: number): EngineSettings => ({
  ttlMs,
  staleIfErrorMs: 0,
  scanRows: 1,
  cacheRows: 1,
});

const time = fc.integer({ min: 0, max: 100_000 });

test("no data is fresh for a walk that was read more than ttl before the walk began", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60_000 }), time, time, (ttlMs, start, later) => {
      expect(freshnessOf(of(ttlMs), start, start + later).notBefore).toBe(start - ttlMs);
    }),
  );
});

test("data that was read within ttl is fresh for a walk that begins later than the operation", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60_000 }), time, time, (ttlMs, now, later) => {
      expect(freshnessOf(of(ttlMs), now + later, now).notBefore).toBe(now - ttlMs);
    }),
  );
});

test("without a cache, only data that the operation itself read is fresh", () => {
  expect(freshnessOf(of(0), 5, 70).notBefore).toBe(70);
});
