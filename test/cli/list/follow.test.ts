import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Clouds } from "../../../src/clouds/clouds.js";
import { Interrupted } from "../../../src/cli/context.js";
import { fileAccountOf } from "../../fileAccount.js";
import { configFile, objectsOf, run, type Ran } from "../harness.js";
import { MOMENT, startStillClouds } from "../../stillClouds.js";

const HOUR_MS = 3_600_000;

let clouds: Clouds;
beforeEach(async () => {
  clouds = await startStillClouds({ estate: { instances: 2, backupsEach: 3, regions: 1 } });
});
afterEach(() => clouds.close());

/** Runs `list --follow`. Each step runs while the command waits for the next poll; then comes Ctrl-C. */
async function follow(args: readonly string[], ...steps: (() => void)[]): Promise<Ran> {
  const interrupting = new AbortController();
  const left = [...steps];
  let ahead = 0;
  const accounts = clouds.accounts.map((account) => ({
    ...fileAccountOf(account),
    rate: 10_000,
    retries: 0,
  }));
  // Every poll reads the vendors: the cache keeps what it read for a millisecond.
  const file = configFile({ accounts, cache: { ttl: "PT0S" } });
  return run(["list", "--follow", "--config", file, "--format", "ndjson", ...args], {
    interrupted: interrupting.signal,
    now: () => MOMENT + ahead,
    sleep: async (ms, signal) => {
      expect(ms).toBe(1_000);
      ahead += ms;
      const step = left.shift();
      if (step === undefined) interrupting.abort(new Interrupted("SIGINT"));
      else step();
      // As the process does it, which gives another reason than the signal.
      if (signal.aborted) throw new Error("aborted");
    },
  });
}

/** A whole second, as the vendors show it, some seconds ago. */
const secondsAgo = (count: number): number => MOMENT - count * 1_000;

const insert = (startedAt: number, facts: object = {}) => {
  const { nativeId: instanceNativeId } = clouds.estate.instances(
    "TENCENT_REDIS",
    "ap-guangzhou",
  )[0]!;
  return clouds.estate.insertBackup({
    product: "TENCENT_REDIS",
    instanceNativeId,
    startedAt,
    ...facts,
  });
};

const idsIn = ({ stdout }: Ran): unknown[] => objectsOf(stdout).map(({ nativeId }) => nativeId);

describe("list --follow", () => {
  test("writes what matches, oldest first, then each new backup once, and ends with 130", async () => {
    const before = clouds.estate.truth().toReversed();
    const added: string[] = [];
    const nothing = () => undefined;
    const add = (ago: number) => () => void added.push(insert(secondsAgo(ago)).nativeId);
    const ran = await follow([], add(20), nothing, add(10), nothing);
    expect([ran.code, ran.stderr]).toEqual([130, ""]);
    expect(idsIn(ran)).toEqual([...before.map(({ nativeId }) => nativeId), ...added]);
    expect(objectsOf(ran.stdout).at(-1)).toMatchObject({
      provider: "demo-tencent/redis",
      instanceName: clouds.estate.instances("TENCENT_REDIS", "ap-guangzhou")[0]?.name,
      late: false,
    });
  });

  test("waits for the first backup where none matches", async () => {
    let id = "";
    const ran = await follow(["--since", "15s"], () => void (id = insert(secondsAgo(5)).nativeId));
    expect([ran.code, ran.stderr, idsIn(ran)]).toEqual([130, "", [id]]);
  });

  test("writes backups that are listed late, or match late, with late: true", async () => {
    const started = insert(MOMENT - HOUR_MS, { status: "1" });
    insert(secondsAgo(60));
    const ran = await follow(
      ["--status", "succeeded", "--since", "3h"],
      () => void insert(MOMENT - 2 * HOUR_MS),
      () => void clouds.estate.updateBackup(started, { status: "2" }),
    );
    const rows = objectsOf(ran.stdout);
    expect(rows.slice(-2)).toMatchObject([
      { status: "SUCCEEDED", late: true },
      { nativeId: started.nativeId, status: "SUCCEEDED", late: true },
    ]);
  });

  test("goes on without a vendor that fails, says so once, and gets its rows when it is back", async () => {
    const truth = clouds.estate.truth().map(({ nativeId }) => nativeId);
    clouds.knobs.faults.add({ vendor: "alibaba", effect: { kind: "html" } });
    const nothing = () => undefined;
    const ran = await follow([], nothing, () => clouds.knobs.faults.clear(), nothing);
    expect(ran.code).toBe(130);
    expect(ran.stderr).toMatch(
      /^The list is incomplete:\n[^]*demo-alibaba[^]*\nThe list is complete again\.\n$/,
    );
    expect(ran.stderr.match(/incomplete/g)).toHaveLength(1);
    expect(idsIn(ran).sort()).toEqual(truth.sort());
  });

  test("writes a table and CSV with one header", async () => {
    const add = () => void insert(secondsAgo(5));
    for (const format of ["table", "csv"]) {
      const { stdout } = await follow(["--format", format], add, add);
      const lines = stdout.trimEnd().split("\n");
      const before = clouds.estate.truth().length;
      expect(lines).toHaveLength(1 + before);
      expect(lines.filter((line) => /^started/i.test(line))).toHaveLength(1);
    }
  });

  test.each([
    { args: ["--until", "2030-01-01"], says: "--follow has no end" },
    { args: ["--order", "desc"], says: "oldest backups first" },
  ])("refuses $args", async ({ args, says }) => {
    const ran = await follow(args);
    expect([ran.code, ran.stdout]).toEqual([1, ""]);
    expect(ran.stderr).toContain(says);
  });
});
