import { describe, expect, test } from "vitest";
import { accountsOf } from "../../src/clouds/accounts.js";
import type {
  AlibabaAccount,
  AwsAccount,
  TencentAccount,
  UCloudAccount,
} from "../../src/domain/account.js";
import { callerOf, identityOf, ownerOf } from "../../src/shared/identity.js";

const URLS = {
  ucloud: "http://u",
  tencent: "http://t",
  alibaba: "http://a",
  aws: "http://w",
  s3: "http://s",
};
const [ucloud, tencent, alibaba] = accountsOf(URLS, {}) as [
  UCloudAccount,
  TencentAccount,
  AlibabaAccount,
];

describe("the identity of an account", () => {
  test.each([
    { what: "another id", account: { ...ucloud, id: "other" } },
    { what: "another endpoint", account: { ...ucloud, endpoint: "http://v" } },
    { what: "no endpoint", account: { ...ucloud, endpoint: null } },
    { what: "another project", account: { ...ucloud, projectId: "org-1" } },
    {
      what: "another private key",
      account: { ...ucloud, credentials: { ...ucloud.credentials, privateKey: "other" } },
    },
  ])("$what makes another", ({ account }) => {
    expect(identityOf(account)).not.toBe(identityOf(ucloud));
  });

  test("another time zone makes another: the same rows would start at another time", () => {
    expect(identityOf({ ...tencent, timeZone: "UTC" })).not.toBe(identityOf(tencent));
  });

  test("how far lists go back makes another", () => {
    expect(identityOf({ ...alibaba, lookbackMs: 1 })).not.toBe(identityOf(alibaba));
  });

  test("limits, the regions chosen and the order of keys do not", () => {
    const { id, ...rest } = ucloud;
    const upstream = { ...ucloud.upstream, rate: 1 };
    expect(identityOf({ ...rest, upstream, regions: ["hk"], id })).toBe(identityOf(ucloud));
  });
});

describe("the identity of an account whose credentials are read", () => {
  const aws = (file: string, accessKeyId: string, secretAccessKey = "s"): AwsAccount => ({
    ...(accountsOf(URLS, {}).find(({ vendor }) => vendor === "aws") as AwsAccount),
    credentials: { accessKeyId, secretAccessKey, sessionToken: null },
    credentialSource: { file },
  });
  const [one, next] = ["ASIAY34FZKBOKMUTVV7A", "AKIAY34FZKBOAAAAAAAA"] as const;

  test("stays the same for other keys of the same owner", () => {
    expect(identityOf(aws("f", next, "other"))).toBe(identityOf(aws("f", one)));
  });

  test.each([
    { what: "keys of another AWS account", account: aws("f", "ASIAQNZGKIQY56JQ7WML") },
    { what: "keys that name no account", account: aws("f", "AKIAIOSFODNN7EXAMPLE") },
    { what: "another file", account: aws("g", one) },
    { what: "keys in the config", account: { ...aws("f", one), credentialSource: undefined } },
  ])("$what make another", ({ account }) => {
    const { credentialSource, ...rest } = account;
    const other = credentialSource === undefined ? rest : { ...rest, credentialSource };
    expect(identityOf(other)).not.toBe(identityOf(aws("f", one)));
  });

  test.each([
    { keyId: "ASIAQNZGKIQY56JQ7WML", owner: "029608264753" },
    { keyId: "ASIAY34FZKBOKMUTVV7A", owner: "609629065308" },
    // Older ids have no account number.
    { keyId: "AKIAIOSFODNN7EXAMPLE", owner: "AKIAIOSFODNN7EXAMPLE" },
    { keyId: "LTAI5tExample", owner: "LTAI5tExample" },
    { keyId: "", owner: "" },
  ])("the owner of $keyId is $owner", ({ keyId, owner }) => {
    expect(ownerOf(keyId)).toBe(owner);
  });
});

describe("whom a vendor counts calls for", () => {
  test.each([ucloud, tencent, alibaba])("is named by no secret of $id", (account) => {
    const { credentials } = account;
    const secrets = Object.fromEntries(
      Object.keys(credentials)
        .filter((name) => !["publicKey", "secretId", "accessKeyId"].includes(name))
        .map((name) => [name, "other"]),
    );
    const other = { ...account, credentials: { ...credentials, ...secrets } } as typeof account;
    expect(callerOf(other)).toBe(callerOf(account));
    expect(callerOf(account)).toMatch(/^[\w-]{22}$/);
  });

  test("is another for another account, endpoint or access key", () => {
    const other = { ...ucloud.credentials, publicKey: "other" };
    const callers = [
      callerOf(ucloud),
      callerOf({ ...ucloud, id: "other" }),
      callerOf({ ...ucloud, endpoint: null }),
      callerOf({ ...ucloud, credentials: other }),
    ];
    expect(new Set(callers).size).toBe(4);
  });
});
