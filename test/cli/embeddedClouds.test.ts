import { describe, expect, test } from "vitest";
import { configFile, objectsOf, run } from "./harness.js";

const ACCOUNTS = [
  {
    id: "own-ucloud",
    vendor: "ucloud",
    credentials: { publicKey: "${UNSET_PUBLIC}", privateKey: "${UNSET_PRIVATE}" },
    projectId: "org-own",
    products: ["uredis"],
    regions: ["hk", "cn-sh2"],
    endpoint: "https://ucloud.invalid",
  },
  {
    id: "own-tencent",
    vendor: "tencent",
    api: "2.0",
    credentials: { secretId: "canary-id", secretKey: "canary-secret" },
    regions: ["ap-nowhere"],
  },
  {
    id: "own-alibaba",
    vendor: "alibaba",
    signature: "v1",
    credentialsCommand: ["/nonexistent/program"],
  },
  {
    id: "own-aws",
    vendor: "aws",
    credentials: { accessKeyId: "${UNSET}", secretAccessKey: "${UNSET}" },
    products: ["memorydb"],
    regions: ["eu-west-1"],
  },
  {
    id: "own-s3",
    vendor: "s3",
    credentials: { accessKeyId: "${UNSET}", secretAccessKey: "${UNSET}" },
    region: "eu-central-1",
    buckets: [{ name: "own", key: "{instance}/{startedAt:epoch}.rdb" }],
  },
];

describe("--clouds", () => {
  test("lets the accounts of the file read the embedded clouds, without their credentials", async () => {
    const policies = [{ name: "default", rpo: "PT1H" }];
    const file = configFile({ accounts: ACCOUNTS, policies });
    const args = ["--config", file, "--clouds", "--format", "ndjson"];
    const ran = await run(["list", ...args]);
    expect(ran.code).toBe(0);
    expect(ran.stderr).toBe(
      "The embedded clouds have other regions: own-ucloud reads hk.\n" +
        "The embedded clouds have other regions: own-tencent reads ap-guangzhou, ap-tokyo.\n" +
        "The embedded clouds have other regions: own-s3 reads eu-west-1.\n" +
        "Demo: embedded clouds, not real accounts.\n",
    );
    const rows = objectsOf(ran.stdout);
    expect([...new Set(rows.map(({ provider }) => provider))].sort()).toEqual([
      "own-alibaba/kvstore",
      "own-aws/memorydb",
      "own-s3/rdb",
      "own-tencent/redis",
      "own-ucloud/uredis",
    ]);
    const regionsOf = (key: string) =>
      new Set(rows.flatMap(({ provider, region }) => (provider === key ? [region] : [])));
    expect(regionsOf("own-ucloud/uredis")).toEqual(new Set(["hk"]));
    expect(regionsOf("own-aws/memorydb")).toEqual(new Set(["eu-west-1"]));
    const covered = await run(["coverage", ...args]);
    expect(objectsOf(covered.stdout).some(({ policy }) => policy === "default")).toBe(true);
    expect(covered.stderr).toContain("By policy:");
  });

  test("still reports every mistake of the file", async () => {
    const [account] = ACCOUNTS;
    const file = configFile({ accounts: [{ ...account, regoins: [] }], limits: { first: 0 } });
    const ran = await run(["list", "--config", file, "--clouds"]);
    expect([ran.code, ran.stdout]).toEqual([1, ""]);
    expect(ran.stderr).toContain("accounts[0].regoins");
    expect(ran.stderr).toContain("limits.first");
  });

  test("needs a config file, and excludes --demo", async () => {
    const both = await run(["list", "--demo", "--clouds"]);
    expect(both.stderr).toBe("Use either --demo or --clouds, not both.\n");
    const none = await run(["list", "--config", "/nonexistent.yaml", "--clouds"]);
    expect(none.code).toBe(1);
    expect(none.stderr).toContain("/nonexistent.yaml");
  });
});
