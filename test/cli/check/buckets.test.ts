import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Clouds } from "../../../src/clouds/clouds.js";
import { fileAccountOf } from "../../fileAccount.js";
import { configFile, objectsOf, run } from "../harness.js";
import { startStillClouds } from "../../stillClouds.js";

let clouds: Clouds;
beforeAll(async () => {
  clouds = await startStillClouds();
});
afterAll(() => clouds.close());

/** Checks the account of S3 with these buckets. */
async function check(buckets: readonly { name: string; key: string }[]) {
  const account = clouds.accounts.find(({ vendor }) => vendor === "s3");
  if (account === undefined) throw new Error("There is no account of S3.");
  const file = configFile({ accounts: [{ ...fileAccountOf(account), rate: 10_000, buckets }] });
  const { code, stdout } = await run(["check", "--config", file, "--format", "ndjson"]);
  return { code, rows: objectsOf(stdout) };
}

const DUMPS = {
  name: "redis-dumps",
  key: "prod/{instance}/{startedAt:yyyyMMdd'T'HHmmss'Z'}-*.rdb",
};

describe("check of buckets", () => {
  test("reads all of them", async () => {
    clouds.calls.reset();
    const { code, rows } = await check([
      DUMPS,
      { name: "redis-exports", key: "exports/{instance}.rdb" },
    ]);
    expect([code, rows]).toMatchObject([
      0,
      [{ provider: "demo-s3/rdb", region: "eu-west-1", works: true, why: null }],
    ]);
    expect(clouds.calls.count({ vendor: "s3" })).toBe(4);
  });

  test("warns of an instance that is in several", async () => {
    const key = "{startedAt:yyyy/MM/dd/HHmmss}/{instance}.rdb";
    const buckets = ["graph", "orders"].map((folder) => ({
      name: "redis-clusters",
      key: `${folder}/${key}`,
    }));
    const { code, rows } = await check(buckets);
    expect(code).toBe(0);
    expect(rows[0]?.["why"]).toBe(
      'several buckets have "shard-0", "shard-1", "shard-2": each is one instance',
    );
  });

  test("names the one that does not exist", async () => {
    const { code, rows } = await check([DUMPS, { ...DUMPS, name: "missing" }]);
    expect(code).toBe(1);
    expect(rows).toMatchObject([
      {
        works: false,
        code: "NOT_FOUND",
        why: expect.stringContaining("the bucket missing") as string,
        advice: expect.stringContaining("the buckets") as string,
      },
    ]);
  });
});
