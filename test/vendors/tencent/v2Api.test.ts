import { describe, expect, test } from "vitest";
import { tencentV2Api } from "../../../src/vendors/tencent/v2Api.js";
import { signTencentV2 } from "../../../src/vendors/tencent/v2Api.js";
import { tencentAccount } from "../accounts.js";
import { signed } from "../fixture.js";

const account = { ...tencentAccount, api: "2.0" as const };
const MOMENT = { now: 1486543594000, nonce: "ffffffff000000000000000000000000" };
const CALL = {
  action: "GetRedisBackupList",
  region: { id: "ap-guangzhou", endpoint: null },
  params: { redisId: "crs-izbob1wh", beginTime: "2017-02-08 16:46:34", limit: 10, offset: 0 },
};

const formOf = (body: string | undefined): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(body));

describe.each(["HmacSHA1", "HmacSHA256"] as const)("a request by %s", (signatureMethod) => {
  const request = signed(tencentV2Api({ ...account, signatureMethod }), CALL, MOMENT);

  test("is a POST form to the documented path", () => {
    expect(request).toMatchObject({
      method: "POST",
      url: "https://redis.api.qcloud.com/v2/index.php",
    });
  });

  test("is signed over its raw values, the method among them", () => {
    const { Signature, ...fields } = formOf(request.body);
    expect(fields).toEqual({
      Action: "GetRedisBackupList",
      Nonce: "2147483647",
      Region: "ap-guangzhou",
      SecretId: "AKIDexample",
      SignatureMethod: signatureMethod,
      Timestamp: "1486543594",
      beginTime: "2017-02-08 16:46:34",
      limit: "10",
      offset: "0",
      redisId: "crs-izbob1wh",
    });
    expect(Signature).toBe(
      signTencentV2(
        { method: "POST", host: "redis.api.qcloud.com", path: "/v2/index.php", fields },
        account.credentials.secretKey,
      ),
    );
  });
});

test("the nonce is a positive integer, another one for another moment", () => {
  const nonceOf = (nonce: string) =>
    formOf(signed(tencentV2Api(account), CALL, { ...MOMENT, nonce }).body)["Nonce"];
  expect(nonceOf("0".repeat(32))).toBe("1");
  expect(nonceOf("0000000a" + "0".repeat(24))).toBe("10");
});

test.each([
  { endpoint: "http://127.0.0.1:9001", url: "http://127.0.0.1:9001/v2/index.php" },
  { endpoint: "http://127.0.0.1:9001/qcloud", url: "http://127.0.0.1:9001/qcloud" },
])("a simulator at $endpoint is asked at $url", ({ endpoint, url }) => {
  expect(signed(tencentV2Api({ ...account, endpoint }), CALL, MOMENT).url).toBe(url);
});

test("a session token is a signed field", () => {
  const credentials = { ...account.credentials, token: "session" };
  const { body } = signed(tencentV2Api({ ...account, credentials }), CALL, MOMENT);
  expect(formOf(body)["Token"]).toBe("session");
});

test("a success is opened, also where the code is text", () => {
  const body = { code: "0", data: {} };
  expect(tencentV2Api(account).open(body, 200, {})).toBe(body);
  expect(tencentV2Api(account).rate).toBe(20);
});
