import { expect, test } from "vitest";
import { hostOf } from "../../../src/vendors/alibaba/api.js";
import { alibabaAccount } from "../accounts.js";
import { refusalOf } from "../fixture.js";

test.each([
  { id: "cn-hangzhou", host: "r-kvstore.aliyuncs.com" },
  { id: "cn-beijing", host: "r-kvstore.aliyuncs.com" },
  { id: "cn-hangzhou-finance", host: "r-kvstore.aliyuncs.com" },
  { id: "cn-shenzhen", host: "r-kvstore.cn-shenzhen.aliyuncs.com" },
  { id: "ap-southeast-1", host: "r-kvstore.ap-southeast-1.aliyuncs.com" },
])("$id is asked at $host", ({ id, host }) => {
  expect(hostOf(alibabaAccount, { id, endpoint: null }).href).toBe(`https://${host}/`);
});

test("calls about no region go to the central host", () => {
  expect(hostOf(alibabaAccount, null).host).toBe("r-kvstore.aliyuncs.com");
});

test("the host that the vendor's list gave goes before the rule", () => {
  const region = { id: "cn-hangzhou", endpoint: "r-kvstore.cn-hangzhou.aliyuncs.com" };
  expect(hostOf(alibabaAccount, region).host).toBe("r-kvstore.cn-hangzhou.aliyuncs.com");
});

test("the account's endpoint goes before everything", () => {
  const account = { ...alibabaAccount, endpoint: "http://127.0.0.1:9001" };
  const region = { id: "cn-hangzhou", endpoint: "r-kvstore.cn-hangzhou.aliyuncs.com" };
  expect(hostOf(account, region).href).toBe("http://127.0.0.1:9001/");
  expect(hostOf(account, null).href).toBe("http://127.0.0.1:9001/");
});

test.each(["evil.example/", "a.b", "a@b", "", "A", "x".repeat(41)])(
  "the region %j never becomes a part of a host",
  (id) => {
    const error = refusalOf(() => hostOf(alibabaAccount, { id, endpoint: null }));
    expect(error.kind).toBe("BAD_RESPONSE");
    if (id !== "" && id !== "A") expect(error.message).not.toContain(id);
  },
);
