import { expect, test } from "vitest";
import { moveBy } from "../../../src/pages/coverage/moves.js";

const SIZE = { rows: 100, columns: 34 };
const HERE = { row: 50, column: 10 };

test.each([
  ["ArrowLeft", false, [50, 9]],
  ["ArrowRight", false, [50, 11]],
  ["ArrowUp", false, [49, 10]],
  ["ArrowDown", false, [51, 10]],
  ["PageUp", false, [40, 10]],
  ["PageDown", false, [60, 10]],
  ["Home", false, [50, 0]],
  ["End", false, [50, 33]],
  ["Home", true, [0, 0]],
  ["End", true, [99, 33]],
] as const)("%s, with control %s, leads to %j", (key, ctrlKey, [row, column]) => {
  expect(moveBy({ key, ctrlKey, metaKey: false }, HERE, SIZE)).toEqual({ row, column });
  expect(moveBy({ key, ctrlKey: false, metaKey: ctrlKey }, HERE, SIZE)).toEqual({ row, column });
});

test.each(["ArrowLeft", "ArrowUp", "PageUp"])("%s stays within the grid", (key) => {
  const first = { row: 0, column: 0 };
  expect(moveBy({ key, ctrlKey: false, metaKey: false }, first, SIZE)).toEqual(first);
});

test.each(["ArrowRight", "ArrowDown", "PageDown"])("%s does not leave it either", (key) => {
  const last = { row: 99, column: 33 };
  expect(moveBy({ key, ctrlKey: false, metaKey: false }, last, SIZE)).toEqual(last);
});

test.each(["Tab", "a", "constructor"])("%s leads nowhere", (key) => {
  expect(moveBy({ key, ctrlKey: false, metaKey: false }, HERE, SIZE)).toBeNull();
});
