import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

test("helpers of tests that share a worker register no hooks, which only the first file would run", () => {
  const helpers = readdirSync("test", { recursive: true, encoding: "utf8" }).filter(
    (path) => /(?<!\.test)\.ts$/.test(path) && path !== "setup.ts" && !path.startsWith("peers/"),
  );
  expect(helpers.length).toBeGreaterThan(30);
  const hooks = helpers.filter((path) =>
    /^(?:before|after)(?:Each|All)\(/m.test(readFileSync(join("test", path), "utf8")),
  );
  expect(hooks).toEqual([]);
});
