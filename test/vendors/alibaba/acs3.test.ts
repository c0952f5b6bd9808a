import { hash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { sortedQuery } from "../../../src/http/sign/encode.js";
import { canonicalAcs3, signAcs3 } from "../../../src/vendors/alibaba/api.js";

const VECTORS = [
  {
    what: "the document's example",
    credentials: { accessKeyId: "YourAccessKeyId", accessKeySecret: "YourAccessKeySecret" },
    signed: {
      host: "ecs.cn-shanghai.aliyuncs.com",
      "x-acs-action": "RunInstances",
      "x-acs-content-sha256": hash("sha256", ""),
      "x-acs-date": "2023-10-26T10:22:32Z",
      "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
      "x-acs-version": "2014-05-26",
    },
    params: {
      ImageId: "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
      RegionId: "cn-shanghai",
    },
    canonical: "7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259",
    signature: "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0",
  },
  {
    what: "a list of backups",
    credentials: { accessKeyId: "testid", accessKeySecret: "testsecret" },
    signed: {
      host: "r-kvstore.aliyuncs.com",
      "x-acs-action": "DescribeBackups",
      "x-acs-content-sha256": hash("sha256", ""),
      "x-acs-date": "2026-01-02T03:04:05Z",
      "x-acs-signature-nonce": "0000-1111",
      "x-acs-version": "2015-01-01",
    },
    params: {
      InstanceId: "r-bp1abcdef",
      StartTime: "2026-01-01T00:00Z",
      EndTime: "2026-01-02T00:00Z",
      PageSize: "30",
      PageNumber: "1",
    },
    canonical: "b9d0957a6c3e4972addaf69c7573427339909780d0f2e10e70244e43a9c7fc7d",
    signature: "8ab7dc6695e4cb73eda7424162a9b92052b4868881c9b2a5a933b27e01b5d709",
  },
];

describe.each(VECTORS)("$what", ({ credentials, signed, params, canonical, signature }) => {
  const request = {
    method: "POST" as const,
    path: "/",
    query: sortedQuery(params),
    signed,
  };

  test("has the vendor's canonical form", () => {
    expect(canonicalAcs3(request)).toBe(canonical);
  });

  test("is signed as the vendor does", () => {
    expect(signAcs3(request, credentials)).toBe(
      `ACS3-HMAC-SHA256 Credential=${credentials.accessKeyId},SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=${signature}`,
    );
  });
});
