import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Clouds } from "../../../src/clouds/clouds.js";
import { fileAccountOf } from "../../fileAccount.js";
import { configFile, run, Sink } from "../harness.js";
import { startStillClouds } from "../../stillClouds.js";

let clouds: Clouds;
beforeAll(async () => {
  clouds = await startStillClouds();
});
afterEach(() => clouds.knobs.reset());
afterAll(() => clouds.close());

/** Checks accounts of the embedded clouds with these policies: the exit code, and the lines on stderr. */
async function check(policies: readonly object[], vendors: readonly string[]) {
  const accounts = clouds.accounts
    .filter(({ vendor }) => vendors.includes(vendor))
    .map((account) => ({ ...fileAccountOf(account), rate: 10_000, retries: 0 }));
  clouds.calls.reset();
  const { code, stderr } = await run(["check", "--config", configFile({ accounts, policies })]);
  return [code, ...stderr.split("\n").filter((line) => line.startsWith("Warning: "))];
}

const rpo = "PT24H";

describe("check of policies", () => {
  test("says nothing of policies that instances have and whose demands can be decided", async () => {
    const policies = [
      { name: "prod", match: { tags: { env: "prod" } }, rpo, retention: "P7D", maxSizeDrop: 0.5 },
      { name: "default", rpo, encrypted: true, retention: "P7D", maxSizeDrop: 0.5 },
    ];
    expect(await check(policies, ["tencent"])).toEqual([0]);
  });

  test("breaks warnings between words on a terminal", async () => {
    const policies = [
      { name: "elsewhere", match: { providers: ["ops-*"] }, rpo },
      { name: "default", rpo },
    ];
    const [account] = clouds.accounts;
    const accounts = account === undefined ? [] : [fileAccountOf(account)];
    const stderr = Object.assign(new Sink(true), { columns: 80 });
    await run(["check", "--config", configFile({ accounts, policies })], { stderr });
    const [, shown] = /(Warning: [^]*)/.exec(stderr.text) ?? [];
    expect(shown?.split("\n")).toEqual([
      "Warning: No provider of the config can have the policy elsewhere: compare its",
      "    vendors, providers and regions with the accounts.",
      "",
    ]);
  });

  test("names those that no instance has, and why", async () => {
    const policies = [
      { name: "typo", match: { tags: { env: "prodd" } }, rpo },
      { name: "prod", match: { tags: { env: "prod" } }, rpo },
      { name: "late", match: { tags: { env: "prod" }, regions: ["ap-*"] }, rpo },
      { name: "elsewhere", match: { providers: ["ops-*"] }, rpo },
      { name: "default", rpo },
    ];
    expect(await check(policies, ["tencent"])).toEqual([
      0,
      "Warning: No instance matches the policy typo.",
      "Warning: Every instance that matches the policy late has an earlier policy.",
      "Warning: No provider of the config can have the policy elsewhere: compare its vendors, providers and regions with the accounts.",
    ]);
  });

  test("says which lists and tags it could not read", async () => {
    const policies = [{ name: "typo", match: { tags: { env: "prodd" } }, rpo }];
    const effect = { kind: "vendorError", code: "InternalFailure" } as const;
    clouds.knobs.faults.add({ vendor: "aws", action: "memorydb:DescribeClusters", effect });
    clouds.knobs.faults.add({ vendor: "aws", action: "elasticache:ListTagsForResource", effect });
    const [code, ...warnings] = await check(policies, ["aws"]);
    expect(code).toBe(1);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^Warning: No instance in the lists that could be read matches the policy typo, but the tags of \d+ are unknown\.$/,
      ),
    ]);
  });

  test("says nothing of policies that nobody can have if no list could be read", async () => {
    const policies = [{ name: "prod", match: { tags: { env: "prod" } }, rpo }];
    const effect = { kind: "vendorError", code: "AuthFailure.SecretIdNotFound" } as const;
    clouds.knobs.faults.add({ vendor: "tencent", effect });
    expect(await check(policies, ["tencent"])).toEqual([1]);
  });

  test("names the providers that never decide a demand, if their instances may have the policy", async () => {
    const policies = [
      { name: "prod", match: { tags: { env: "prod" }, vendors: ["ucloud"] }, rpo, encrypted: true },
      { name: "default", rpo, encrypted: true, retention: "P7D", maxSizeDrop: 0.5 },
    ];
    const answer = await check(policies, ["alibaba", "aws", "s3", "ucloud"]);
    expect(answer).toEqual([
      0,
      "Warning: No instance matches the policy prod.",
      "Warning: The policy default demands retention, but demo-s3/rdb never says when an instance was created or how long its backups are kept.",
      "Warning: The policy default demands encrypted, but demo-alibaba/kvstore, demo-s3/rdb, demo-ucloud/umem, demo-ucloud/uredis never say whether a backup is encrypted.",
      "Warning: The policy default demands maxSizeDrop, but demo-aws/elasticache, demo-aws/memorydb, demo-ucloud/umem never say how many bytes a backup has.",
    ]);
  });

  test("reads no further lists if no policy selects instances", async () => {
    const policies = [{ name: "default", rpo, encrypted: true }];
    expect(await check(policies, ["ucloud"])).toEqual([
      0,
      "Warning: The policy default demands encrypted, but demo-ucloud/umem, demo-ucloud/uredis never say whether a backup is encrypted.",
    ]);
    expect(clouds.calls.counts()).toMatchObject({
      "ucloud DescribeURedisGroup": 2,
      "ucloud DescribeUMemSpace": 2,
    });
  });
});
