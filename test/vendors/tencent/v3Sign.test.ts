import { hash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { canonicalTc3, signTc3 } from "../../../src/vendors/tencent/v3Api.js";

const TIMESTAMP = 1551113065;
const CVM_BODY =
  '{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}';
const REDIS_BODY = '{"InstanceId":"crs-izbob1wh","Limit":100,"Offset":0}';
const TYPE = "application/json; charset=utf-8";
const EXAMPLE_KEY = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE";

const cvm = { "content-type": TYPE, host: "cvm.tencentcloudapi.com" };
const redis = { "content-type": TYPE, host: "redis.tencentcloudapi.com" };

const VECTORS = [
  {
    what: "the older document's example",
    secretKey: EXAMPLE_KEY,
    service: "cvm",
    body: CVM_BODY,
    signed: cvm,
    canonical: "5ffe6a04c0664d6b969fab9a13bdab201d63ee709638e2749d62a09ca18d7031",
    signature: "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168",
  },
  {
    what: "the same with a masked key",
    secretKey: "Gu5t9xGARNpq86cd98joQYCN3" + "*".repeat(7),
    service: "cvm",
    body: CVM_BODY,
    signed: cvm,
    canonical: "5ffe6a04c0664d6b969fab9a13bdab201d63ee709638e2749d62a09ca18d7031",
    signature: "2230eefd229f582d8b1b891af7107b91597240707d778ab3738f756258d7652c",
  },
  {
    what: "the current document's example, which signs the action",
    secretKey: "*".repeat(32),
    service: "cvm",
    body: CVM_BODY,
    signed: { ...cvm, "x-tc-action": "DescribeInstances" },
    canonical: "7019a55be8395899b900fb5564e4200d984910f34794a27cb3fb7d10ff6a1e84",
    signature: "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f",
  },
  {
    what: "a list of backups",
    secretKey: EXAMPLE_KEY,
    service: "redis",
    body: REDIS_BODY,
    signed: redis,
    canonical: "43bdea85e9065d02ccf89ab9cd556b3c94883e52a9758e2ce9e1bfdb4eb2293e",
    signature: "3bdd8ffaf2b495a00552b50607df5b0c844d9618ce06b9a19219bf007ec972b3",
  },
  {
    what: "a list of backups with its action",
    secretKey: EXAMPLE_KEY,
    service: "redis",
    body: REDIS_BODY,
    signed: { ...redis, "x-tc-action": "DescribeInstanceBackups" },
    canonical: "6da2cd3c0019e99f462898f99f3fdc94cd2a987eb32c4afc8b0c2fa364d1bddc",
    signature: "17d6748ff5724bf2ae6413e0d87c315dc44d317f1808e9a6be2c14cfa8da3dc6",
  },
];

describe.each(VECTORS)("$what", ({ secretKey, canonical, signature, ...request }) => {
  test("has the vendor's canonical form", () => {
    expect(canonicalTc3({ ...request, timestamp: TIMESTAMP })).toBe(canonical);
  });

  test("is signed as the vendor does", () => {
    const names = Object.keys(request.signed).join(";");
    const scope = `2019-02-25/${request.service}/tc3_request`;
    expect(
      signTc3({ ...request, timestamp: TIMESTAMP }, { secretId: "AKIDexample", secretKey }),
    ).toBe(
      `TC3-HMAC-SHA256 Credential=AKIDexample/${scope}, SignedHeaders=${names}, Signature=${signature}`,
    );
  });
});

test("the body of the document's example has the hash that the document prints", () => {
  expect(hash("sha256", CVM_BODY)).toBe(
    "35e9c5b0e3ae67532d3c9f17ead6c90222632e5b1ff7f6e89887f1398934f064",
  );
});

test("the date in the scope is that of UTC", () => {
  const timestamp = Date.UTC(2019, 1, 25, 23, 59, 59) / 1000;
  const sign = (at: number): string =>
    signTc3(
      { service: "redis", timestamp: at, signed: redis, body: "{}" },
      { secretId: "id", secretKey: "key" },
    );
  expect(sign(timestamp)).toContain("/2019-02-25/");
  expect(sign(timestamp + 1)).toContain("/2019-02-26/");
});
