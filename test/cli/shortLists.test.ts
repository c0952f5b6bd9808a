import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Clouds } from "../../src/clouds/clouds.js";
import { BACKUP_LISTS, hasWideList, INSTANCE_LISTS, makeShort, shortText } from "../shortLists.js";
import { cloudsFile, run } from "./harness.js";
import { startClock, startStillClouds } from "../stillClouds.js";

let clouds: Clouds;
let file: string;
beforeAll(async () => {
  clouds = await startStillClouds({ estate: { instances: 2, backupsEach: 2, regions: 1 } });
  file = cloudsFile(clouds, (account) => ({ ...account, retries: 0 }));
});
afterEach(() => clouds.knobs.reset());
afterAll(() => clouds.close());

const LIST = { command: ["list"], code: 3 };
const STATS = { command: ["stats", "--by", "status"], code: 3 };
const COVERAGE = { command: ["coverage", "--rpo", "PT24H"], code: 3 };
const CHECK = { command: ["check"], code: 1 };

describe.each(INSTANCE_LISTS)("$action of $vendor, which counts three and shows none", (list) => {
  test.each([LIST, STATS, COVERAGE, CHECK])(
    "makes `$command.0` end with $code and say SHORT",
    async ({ command, code }) => {
      makeShort(clouds, list);
      const ran = await run([...command, "--config", file]);
      const isOfBackups = command[0] === "list" || command[0] === "stats";
      if (isOfBackups && hasWideList(list)) return expect([ran.code, ran.stderr]).toEqual([0, ""]);
      expect(ran.code).toBe(code);
      expect(ran.stderr).toContain(`SHORT: ${shortText(list)}`);
    },
  );

  test("makes a command end with 3 that names an instance which is not listed", async () => {
    makeShort(clouds, list);
    const ran = await run(["list", "--config", file, "--instance", "hidden"]);
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain(`SHORT: ${shortText(list)}`);
  });

  test("once, makes `check` ask again and pass", async () => {
    makeShort(clouds, list, 1);
    const ran = await run(["check", "--config", file]);
    expect([ran.code, ran.stderr]).toEqual([0, ""]);
  });
});

test.each(BACKUP_LISTS.flatMap((list) => [LIST, STATS, COVERAGE].map((one) => ({ list, ...one }))))(
  "$list.action of $list.vendor, which counts seven and shows none, makes `$command.0` end with $code",
  async ({ list, command, code }) => {
    makeShort(clouds, list);
    const ran = await run([...command, "--config", file]);
    expect(ran.code).toBe(code);
    expect(ran.stderr).toContain(`SHORT: ${shortText(list)}`);
  },
);

test("`check` and `coverage` say on a terminal how many lists have been read", async () => {
  clouds.knobs.setAll({ latencyMs: 300 });
  const checked = await run(["check", "--config", file], { isTTY: true, now: startClock() });
  expect(checked.stderr).toMatch(/\d+ of \d+ lists have been read/);
  const args = ["coverage", "--rpo", "PT24H", "--config", file];
  const covered = await run(args, { isTTY: true, now: startClock() });
  expect(covered.stderr).toMatch(/\d+ vendor calls, \d+ of \d+ lists have been read/);
});
