import { expect, test } from "vitest";
import { makeNonceMemory } from "../../../src/clouds/verify/nonces.js";

test("a nonce can be used once", () => {
  const nonces = makeNonceMemory(1000);
  expect(nonces.use("a", 0)).toBe(true);
  expect(nonces.use("a", 1000)).toBe(false);
  expect(nonces.use("b", 1000)).toBe(true);
});

test("a nonce is forgotten when a signature could not be that old", () => {
  const nonces = makeNonceMemory(1000);
  nonces.use("a", 0);
  expect(nonces.use("a", 1001)).toBe(true);
});

test("only the newest are kept", () => {
  const nonces = makeNonceMemory(1000, 3);
  for (const nonce of ["a", "b", "c", "d"]) nonces.use(nonce, 0);
  expect(nonces.use("d", 0)).toBe(false);
  expect(nonces.use("a", 0)).toBe(true);
});
