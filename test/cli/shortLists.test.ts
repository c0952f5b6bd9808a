import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { startClouds, type Clouds } from "../../src/clouds/clouds.js";
import { cloudsFile, run } from "./harness.js";

let clouds: Clouds;
let file: string;
beforeAll(async () => {
  clouds = await startClouds({ estate: { instances: 2, backupsEach: 2, regions: 1 } });
  file = cloudsFile(clouds, (account) => ({ ...account, retries: 0 }));
});
afterEach(() => clouds.knobs.reset());
afterAll(() => clouds.close());

/** Lists of instances that count three and show none. */
const LISTS = [
  {
    vendor: "alibaba",
    action: "DescribeInstances",
    body: { TotalCount: 3, PageNumber: 1, PageSize: 50, Instances: { KVStoreInstance: [] } },
  },
  {
    vendor: "tencent",
    action: "DescribeInstances",
    body: { Response: { TotalCount: 3, InstanceSet: [], RequestId: "r" } },
  },
  {
    vendor: "ucloud",
    action: "DescribeUMemSpace",
    body: { Action: "DescribeUMemSpaceResponse", RetCode: 0, TotalCount: 3, DataSet: [] },
  },
] as const;

describe.each(LISTS)("$action of $vendor, which counts three and shows none", (given) => {
  const { vendor, action, body } = given;
  const effect = { kind: "body" as const, body: JSON.stringify(body) };

  test.each([
    { command: ["list"], code: 3 },
    { command: ["coverage", "--rpo", "PT24H"], code: 3 },
    { command: ["check"], code: 1 },
  ])("makes `$command.0` end with $code and say SHORT", async ({ command, code }) => {
    clouds.knobs.faults.add({ vendor, action, effect });
    const ran = await run([...command, "--config", file]);
    // Tencent lists the backups of a whole region, whatever instances there are.
    if (vendor === "tencent" && command[0] === "list")
      return expect([ran.code, ran.stderr]).toEqual([0, ""]);
    expect(ran.code).toBe(code);
    expect(ran.stderr).toContain("SHORT: The vendor counts 3, its pages show 0.");
  });

  test("once, makes `check` ask again and pass", async () => {
    clouds.knobs.faults.add({ vendor, action, times: 1, effect });
    const ran = await run(["check", "--config", file]);
    expect([ran.code, ran.stderr]).toEqual([0, ""]);
  });
});

test("`check` and `coverage` say on a terminal how many lists have been read", async () => {
  clouds.knobs.setAll({ latencyMs: 300 });
  const checked = await run(["check", "--config", file], { isTTY: true });
  expect(checked.stderr).toMatch(/\d+ of \d+ lists have been read/);
  const covered = await run(["coverage", "--rpo", "PT24H", "--config", file], { isTTY: true });
  expect(covered.stderr).toMatch(/\d+ vendor calls, \d+ of \d+ lists have been read/);
});
