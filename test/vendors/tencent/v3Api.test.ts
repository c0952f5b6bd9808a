import { describe, expect, test } from "vitest";
import { rateOf } from "../../../src/listing/callVendor.js";
import { tencentV3Api } from "../../../src/vendors/tencent/v3Api.js";
import { signTc3 } from "../../../src/vendors/tencent/v3Api.js";
import { tencentAccount } from "../accounts.js";
import { signed } from "../fixture.js";

const MOMENT = { now: 1551113065999, nonce: "0" };
const CALL = {
  action: "DescribeInstanceBackups",
  region: { id: "ap-guangzhou", endpoint: null },
  params: { Offset: 0, Limit: 100, Status: [1, -1], InstanceId: null, BeginTime: undefined },
};

describe("a request", () => {
  const request = signed(tencentV3Api(tencentAccount), CALL, MOMENT);

  test("is a POST of JSON that keeps numbers and lists, and holds nothing absent", () => {
    expect(request).toMatchObject({ method: "POST", url: "https://redis.tencentcloudapi.com/" });
    expect(JSON.parse(request.body ?? "")).toEqual({ Offset: 0, Limit: 100, Status: [1, -1] });
  });

  test("names action, version, region and second in headers", () => {
    expect(request.headers).toMatchObject({
      host: "redis.tencentcloudapi.com",
      "x-tc-action": "DescribeInstanceBackups",
      "x-tc-region": "ap-guangzhou",
      "x-tc-timestamp": "1551113065",
      "x-tc-version": "2018-04-12",
    });
    expect(request.headers).not.toHaveProperty("x-tc-token");
  });

  test("is signed over exactly the headers and the body that are sent", () => {
    const { headers, body = "" } = request;
    const signed = Object.fromEntries(
      ["content-type", "host", "x-tc-action"].map((name) => [name, headers[name] ?? ""]),
    );
    expect(headers["authorization"]).toBe(
      signTc3(
        { service: "redis", timestamp: 1551113065, signed, body },
        tencentAccount.credentials,
      ),
    );
  });
});

test("a session token is sent, and a simulator's port is a part of the host", () => {
  const account = {
    ...tencentAccount,
    endpoint: "http://127.0.0.1:9001",
    credentials: { ...tencentAccount.credentials, token: "session" },
  };
  const { headers, url } = signed(tencentV3Api(account), { ...CALL, region: null }, MOMENT);
  expect(url).toBe("http://127.0.0.1:9001/");
  expect(headers).toMatchObject({ host: "127.0.0.1:9001", "x-tc-token": "session" });
  expect(headers).not.toHaveProperty("x-tc-region");
});

test.each([
  { action: "DescribeInstanceBackups", rate: 50 },
  { action: "DescribeInstances", rate: 35 },
  { action: "DescribeBackupUrl", rate: 20 },
  { action: "constructor", rate: 20 },
])("$action may be asked $rate times a second", ({ action, rate }) => {
  expect(rateOf(tencentV3Api(tencentAccount), action)).toBe(rate);
});

test("an answer's fields are those inside Response", () => {
  const Response = { BackupSet: [], RequestId: "r-1", Error: null };
  expect(tencentV3Api(tencentAccount).open({ Response }, 200, {})).toBe(Response);
});
