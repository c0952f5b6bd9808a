import { expect, test } from "vitest";
import { nextPage, NO_PAGES } from "../../../src/pages/coverage/backupPages.js";
import { fakeAsk, NEVER } from "./fixtures.js";

const page = (ids: readonly string[], next: string | null) => ({
  instance: {
    backups: {
      nodes: ids.map((id) => ({ id })),
      pageInfo: { hasNextPage: next !== null, endCursor: next },
      complete: true,
      issues: [],
    },
  },
});

test("pages follow each other by their cursors, from before an instant on", async () => {
  const { ask, asked } = fakeAsk(({ variables }) =>
    variables["after"] === null ? page(["a", "b"], "c1") : page(["c"], null),
  );
  const question = { id: "i", before: 86_400_000, signal: NEVER };
  const first = await nextPage(ask, question, NO_PAGES);
  const second = await nextPage(ask, question, first);
  expect(second.backups.map(({ id }) => id)).toEqual(["a", "b", "c"]);
  expect([first.hasOlder, second.hasOlder]).toEqual([true, false]);
  expect(asked.map(({ variables }) => variables)).toEqual([
    { id: "i", first: 20, after: null, before: "1970-01-02T00:00:00.000Z" },
    { id: "i", first: 20, after: "c1", before: "1970-01-02T00:00:00.000Z" },
  ]);
});

test("an instance that is gone has nothing older", async () => {
  const { ask } = fakeAsk(() => ({ instance: null }));
  const pages = await nextPage(ask, { id: "i", before: null, signal: NEVER }, NO_PAGES);
  expect(pages).toMatchObject({ backups: [], hasOlder: false });
});
