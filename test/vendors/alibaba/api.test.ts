import { hash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { rateOf } from "../../../src/listing/callVendor.js";
import { alibabaApi, signAcs3, signAlibabaV1 } from "../../../src/vendors/alibaba/api.js";
import { alibabaAccount } from "../accounts.js";
import { signed } from "../fixture.js";

const v1Account = { ...alibabaAccount, signature: "v1" as const };
const withToken = { ...alibabaAccount.credentials, securityToken: "session" };
const MOMENT = { now: Date.UTC(2026, 0, 2, 3, 4, 5, 678), nonce: "0000-1111" };
const CALL = {
  action: "DescribeBackups",
  region: { id: "cn-hangzhou", endpoint: null },
  params: {
    InstanceId: "r-bp1abcdef",
    StartTime: "2026-01-01T00:00Z",
    EndTime: "2026-01-02T00:00Z",
    PageSize: 300,
    PageNumber: 1,
    BackupId: null,
  },
};
const QUERY =
  "EndTime=2026-01-02T00%3A00Z&InstanceId=r-bp1abcdef&PageNumber=1&PageSize=300&StartTime=2026-01-01T00%3A00Z";

const formOf = (body: string | undefined): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(body));

describe("a request by signature v3", () => {
  const request = signed(alibabaApi(alibabaAccount), CALL, MOMENT);

  test("carries its parameters in the query of a POST without a body", () => {
    expect(request.method).toBe("POST");
    expect(request.url).toBe(`https://r-kvstore.aliyuncs.com/?${QUERY}`);
    expect(request.body).toBeUndefined();
  });

  test("is signed over exactly the headers and the query that are sent", () => {
    const { accept, authorization, ...signed } = request.headers;
    expect(signed).toEqual({
      host: "r-kvstore.aliyuncs.com",
      "x-acs-action": "DescribeBackups",
      "x-acs-content-sha256": hash("sha256", ""),
      "x-acs-date": "2026-01-02T03:04:05Z",
      "x-acs-signature-nonce": "0000-1111",
      "x-acs-version": "2015-01-01",
    });
    expect(accept).toBe("application/json");
    expect(authorization).toBe(
      signAcs3({ method: "POST", path: "/", query: QUERY, signed }, alibabaAccount.credentials),
    );
  });

  test("without parameters has no query", () => {
    const call = { action: "DescribeRegions", region: null, params: {} };
    expect(signed(alibabaApi(alibabaAccount), call, MOMENT).url).toBe(
      "https://r-kvstore.aliyuncs.com/",
    );
  });

  test("signs a session token and its key", () => {
    const account = { ...alibabaAccount, credentials: withToken };
    const { headers } = signed(alibabaApi(account), CALL, MOMENT);
    expect(headers).toMatchObject({
      "x-acs-security-token": "session",
      "x-acs-accesskey-id": "LTAIexample",
    });
    expect(headers["authorization"]).toContain("x-acs-accesskey-id;");
    expect(headers["authorization"]).toContain(";x-acs-security-token;");
  });
});

describe("a request by signature v1", () => {
  test("is a signed form", () => {
    const request = signed(alibabaApi(v1Account), CALL, MOMENT);
    const { Signature, ...fields } = formOf(request.body);
    expect(request).toMatchObject({ method: "POST", url: "https://r-kvstore.aliyuncs.com/" });
    expect(fields).toEqual({
      AccessKeyId: "LTAIexample",
      Action: "DescribeBackups",
      EndTime: "2026-01-02T00:00Z",
      Format: "JSON",
      InstanceId: "r-bp1abcdef",
      PageNumber: "1",
      PageSize: "300",
      SignatureMethod: "HMAC-SHA1",
      SignatureNonce: "0000-1111",
      SignatureVersion: "1.0",
      StartTime: "2026-01-01T00:00Z",
      Timestamp: "2026-01-02T03:04:05Z",
      Version: "2015-01-01",
    });
    expect(Signature).toBe(
      signAlibabaV1("POST", fields, alibabaAccount.credentials.accessKeySecret),
    );
  });

  test("signs a session token", () => {
    const { body } = signed(alibabaApi({ ...v1Account, credentials: withToken }), CALL, MOMENT);
    expect(formOf(body)["SecurityToken"]).toBe("session");
  });
});

describe("an answer", () => {
  const api = alibabaApi(alibabaAccount);
  const { open } = api;

  test("is flat, or inside a wrapper of its action's name", () => {
    const flat = { RequestId: "r-1", Backups: { Backup: [] } };
    expect(open(flat, 200, {})).toBe(flat);
    expect(open({ DescribeBackupsResponse: flat }, 200, {})).toBe(flat);
  });

  test("may have a code of success", () => {
    const body = { Code: "200", Backups: { Backup: [] } };
    expect(open(body, 200, {})).toBe(body);
  });

  test("has a documented quota only for the policy of backups", () => {
    expect(rateOf(api, "DescribeBackups")).toBe(20);
    expect(rateOf(api, "DescribeBackupPolicy")).toBe(200 / 60);
  });
});
