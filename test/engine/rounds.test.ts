import { expect, test } from "vitest";
import { roundsFor } from "../../src/engine/refresher.js";

const LOAD = { calls: 1_000, rate: 20, ttlMs: 30_000, share: 0.5 };

test.each([
  {
    what: "more lists than the quota reads within ttl are kept for three rounds",
    load: LOAD,
    rounds: { everyMs: 100, freshMs: 300_000 },
  },
  {
    what: "a larger share makes the rounds shorter",
    load: { ...LOAD, share: 1 },
    rounds: { everyMs: 50, freshMs: 150_000 },
  },
  { what: "as many as it reads are not", load: { ...LOAD, calls: 600 }, rounds: null },
  {
    what: "one more is",
    load: { ...LOAD, calls: 601 },
    rounds: { everyMs: 100, freshMs: 180_300 },
  },
  { what: "without a share nothing is kept", load: { ...LOAD, share: 0 }, rounds: null },
  { what: "with a ttl of nothing nothing is kept", load: { ...LOAD, ttlMs: 0 }, rounds: null },
  { what: "no list at all needs nothing", load: { ...LOAD, calls: 0 }, rounds: null },
  {
    what: "a rate below one call a second counts as it is",
    load: { ...LOAD, calls: 20, rate: 0.5 },
    rounds: { everyMs: 4_000, freshMs: 240_000 },
  },
])("$what", ({ load, rounds }) => {
  expect(roundsFor(load)).toEqual(rounds);
});
