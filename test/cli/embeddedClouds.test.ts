import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { startGateway } from "../security/gatewayProcess.js";
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

/** The embedded clouds have no quota to keep to. */
const WITHOUT_QUOTA = { rate: 10_000 };

describe("--clouds", () => {
  test("lets the accounts of the file read the embedded clouds, without their credentials", async () => {
    const policies = [{ name: "default", rpo: "PT1H" }];
    const file = configFile({ accounts: ACCOUNTS, policies, upstream: WITHOUT_QUOTA });
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

  test("serves the embedded clouds under the ids, policies and keys of the file until a signal ends it, and reads the file again", async () => {
    const sha256 = createHash("sha256").update("own-key").digest("hex");
    const config = {
      server: { port: 0 },
      upstream: WITHOUT_QUOTA,
      auth: { mode: "apiKey", apiKeys: [{ name: "own", sha256, scopes: ["backups:read"] }] },
      policies: [{ name: "own-policy", match: { vendors: ["s3"] }, rpo: "PT1H" }],
      accounts: ACCOUNTS,
    };
    const file = configFile(config);
    const { url, child, written, ended } = await startGateway(file, { flags: ["--clouds"] });
    const query =
      "{ providers { key } backupPolicies { name } backups(first: 200) { complete issues { code } nodes { provider { key } } } }";
    const ask = (key: string): Promise<Response> =>
      fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
        body: JSON.stringify({ query }),
      });
    expect((await ask("another-key")).status).toBe(401);
    const { data } = (await (await ask("own-key")).json()) as {
      readonly data: {
        readonly providers: readonly { readonly key: string }[];
        readonly backupPolicies: readonly { readonly name: string }[];
        readonly backups: {
          readonly complete: boolean;
          readonly issues: readonly unknown[];
          readonly nodes: readonly { readonly provider: { readonly key: string } }[];
        };
      };
    };
    const keys = data.providers.map(({ key }) => key).sort();
    expect(keys).toEqual([
      "own-alibaba/kvstore",
      "own-aws/memorydb",
      "own-s3/rdb",
      "own-tencent/redis",
      "own-ucloud/uredis",
    ]);
    expect([data.backups.complete, data.backups.issues]).toEqual([true, []]);
    expect([...new Set(data.backups.nodes.map(({ provider }) => provider.key))].sort()).toEqual(
      keys,
    );
    expect(data.backupPolicies.map(({ name }) => name)).toContain("own-policy");
    const policies = [{ name: "new-policy", match: { vendors: ["s3"] }, rpo: "PT1H" }];
    writeFileSync(file, JSON.stringify({ ...config, policies }));
    child.kill("SIGHUP");
    await expect
      .poll(() => written.stderr, { timeout: 60_000 })
      .toContain("The config was reloaded.");
    const again = await (await ask("own-key")).text();
    expect(again).toContain("new-policy");
    expect(again).not.toContain("own-policy");
    expect(again).toContain('"complete":true');
    child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
    expect(written.stdout).toContain("Demo: embedded clouds");
    expect(written.stderr).not.toContain("canary-secret");
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
