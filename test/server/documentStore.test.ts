import { parse } from "graphql";
import { expect, test } from "vitest";
import { DocumentStore } from "../../src/server/documentStore.js";

test("documents are kept while they are used, and never more bytes than the limit", async () => {
  const store = new DocumentStore();
  const fields = Array.from({ length: 200 }, (_, i) => `a${i}: __typename`).join(" ");
  for (let i = 0; i < 300; i += 1) {
    await store.set(`${i}`, parse(`{ ${fields} }`));
    expect(await store.get("0")).toBeDefined();
    expect(store.bytes).toBeLessThanOrEqual(16 * 2 ** 20);
  }
  expect(await store.get("299")).toBeDefined();
  expect(await store.get("1")).toBeUndefined();
  expect(store.bytes).toBeGreaterThan(8 * 2 ** 20);
});
