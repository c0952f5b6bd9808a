import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { credentialReader } from "../../src/config/credentials.js";
import { loadConfig } from "../../src/config/load.js";

const page = readFileSync("docs/credentials.md", "utf8");
const blocks = [...page.matchAll(/```yaml\n([^]*?)```/g)].map(([, text = ""]) => text);
const recipes = blocks.filter((text) => /^credentials(?:Command|File):/.test(text));

const folder = mkdtempSync(join(tmpdir(), "recipes-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The programs of the recipes, which print what the real ones print. */
const PROGRAMS = {
  aws: { Version: 1, AccessKeyId: "i", SecretAccessKey: "k", SessionToken: "t" },
  "curl 100.100.100.200": {
    AccessKeyId: "i",
    AccessKeySecret: "k",
    SecurityToken: "t",
    Expiration: "2099-01-01T00:00:00Z",
    LastUpdated: "2098-12-31T18:00:00Z",
    Code: "Success",
  },
  "curl metadata.tencentyun.com": {
    TmpSecretId: "i",
    TmpSecretKey: "k",
    ExpiredTime: 4_070_908_800,
    Expiration: "2099-01-01T00:00:00Z",
    Token: "t",
    Code: "Success",
  },
  "vault read": {
    lease_duration: 3600,
    data: { access_key: "i", secret_key: "k", security_token: "t" },
  },
  "vault kv get": { data: { data: { secretId: "i", secretKey: "k", token: "t" }, metadata: {} } },
};

for (const program of ["aws", "curl", "vault"]) {
  const cases = Object.entries(PROGRAMS)
    .filter(([call]) => call.startsWith(program))
    .map(([call, answer]) => {
      const [, ...words] = call.split(" ");
      return `*"${words.join(" ")}"*) echo '${JSON.stringify(answer)}';;`;
    });
  const file = join(folder, program);
  writeFileSync(file, `#!/bin/sh\ncase "$*" in\n${cases.join("\n")}\n*) exit 9;;\nesac\n`);
  chmodSync(file, 0o755);
}

const configOf = (recipe: string): string =>
  JSON.stringify({
    accounts: [
      { id: "ops", vendor: "tencent", regions: ["ap-guangzhou"], ...(parse(recipe) as object) },
    ],
  });

const hasJq = spawnSync("jq", ["--version"]).status === 0;

describe("the page on credentials", () => {
  test("shows accounts that load", () => {
    const env = { UCLOUD_PUBLIC_KEY: "a", UCLOUD_PRIVATE_KEY: "b" };
    const { accounts } = loadConfig({ text: blocks[0] ?? "", env });
    expect(accounts.map(({ id }) => id)).toEqual([
      "from-the-environment",
      "from-a-file",
      "from-a-command",
    ]);
  });

  test("has recipes that load", () => {
    expect(recipes).toHaveLength(7);
    for (const text of recipes)
      expect(loadConfig({ text: configOf(text), env: {} }).accounts).toHaveLength(1);
  });

  test.skipIf(!hasJq).each(recipes.filter((text) => text.startsWith("credentialsCommand")))(
    "has a recipe whose command prints credentials: %s",
    async (recipe) => {
      const [account] = loadConfig({ text: configOf(recipe), env: {} }).accounts;
      if (account === undefined) throw new Error("There is no account.");
      const PATH = `${folder}:${process.env["PATH"] ?? ""}`;
      const found = await credentialReader(account, { PATH })?.read(new AbortController().signal);
      expect(found?.credentials).toEqual({ secretId: "i", secretKey: "k", token: "t" });
      const expires = /Expiration/.test(recipe);
      expect(found?.expiresAt === null).toBe(!expires);
    },
  );

  test("has a recipe for Kubernetes whose secret can be read", async () => {
    const [secret = ""] = blocks.filter((text) => text.startsWith("apiVersion"));
    const { stringData } = parse(secret.split("---")[0] ?? "") as {
      readonly stringData: Record<string, string>;
    };
    const file = join(folder, "tencent.yaml");
    writeFileSync(file, stringData["tencent.yaml"] ?? "");
    const [account] = loadConfig({ text: configOf(`credentialsFile: ${file}`), env: {} }).accounts;
    if (account === undefined) throw new Error("There is no account.");
    const found = await credentialReader(account, {})?.read(new AbortController().signal);
    expect(found?.credentials).toMatchObject({ secretId: "AKIDexample" });
  });
});
