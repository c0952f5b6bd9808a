import { expect, test } from "vitest";
import { signAlibabaV1 } from "../../../src/vendors/alibaba/api.js";

const COMMON = {
  AccessKeyId: "testid",
  SignatureMethod: "HMAC-SHA1",
  SignatureVersion: "1.0",
};

test("the document's example is signed as the document does", () => {
  const fields = {
    ...COMMON,
    Action: "DescribeRegions",
    Format: "XML",
    SignatureNonce: "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf",
    Timestamp: "2016-02-23T12:46:24Z",
    Version: "2014-05-26",
  };
  expect(signAlibabaV1("GET", fields, "testsecret")).toBe("OLeaidS1JvxuMvnyHOwuJ+uX5qY=");
});

test("a list of backups by POST is signed as another implementation does", () => {
  const fields = {
    ...COMMON,
    Action: "DescribeBackups",
    Format: "JSON",
    Version: "2015-01-01",
    SignatureNonce: "0000-1111",
    Timestamp: "2026-01-02T03:04:05Z",
    InstanceId: "r-bp1abcdef",
    StartTime: "2026-01-01T00:00Z",
    EndTime: "2026-01-02T00:00Z",
    PageSize: "30",
    PageNumber: "1",
  };
  expect(signAlibabaV1("POST", fields, "testsecret")).toBe("PT/XSVQZ5kyR1FmVt3pbBjkTWdU=");
});
