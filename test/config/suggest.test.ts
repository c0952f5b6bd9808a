import { expect, test } from "vitest";
import { closest } from "../../src/config/suggest.js";

const KNOWN = ["host", "port", "cursorKey", "introspection"];

test.each([
  { word: "prot", guess: "port" },
  { word: "Host", guess: "host" },
  { word: "cursor_key", guess: "cursorKey" },
  { word: "introspect", guess: "introspection" },
  { word: "banana", guess: null },
  { word: "", guess: null },
])("for '$word' suggests $guess", ({ word, guess }) => {
  expect(closest(word, KNOWN)).toBe(guess);
});
