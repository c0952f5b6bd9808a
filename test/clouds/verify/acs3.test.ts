import { createHash, createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { acs3CanonicalRequests, verifyAcs3 } from "../../../src/clouds/verify/acs3.js";
import { makeNonceMemory } from "../../../src/clouds/verify/nonces.js";
import type { ReceivedRequest } from "../../../src/clouds/verify/request.js";

const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const SIX = "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version";

interface Vector {
  readonly what: string;
  readonly key: { readonly id: string; readonly secret: string; readonly token: null };
  readonly query: Record<string, string>;
  readonly headers: Record<string, string>;
  readonly canonical: string;
  readonly signature: string;
}
// The published example of the v3 signature page, and one for backups made by the same steps.
const vectors: Vector[] = [
  {
    what: "RunInstances",
    key: { id: "YourAccessKeyId", secret: "YourAccessKeySecret", token: null },
    query: {
      ImageId: "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
      RegionId: "cn-shanghai",
    },
    headers: {
      host: "ecs.cn-shanghai.aliyuncs.com",
      "x-acs-action": "RunInstances",
      "x-acs-version": "2014-05-26",
      "x-acs-date": "2023-10-26T10:22:32Z",
      "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
    },
    canonical: "7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259",
    signature: "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0",
  },
  {
    what: "DescribeBackups",
    key: { id: "testid", secret: "testsecret", token: null },
    query: {
      InstanceId: "r-bp1abcdef",
      StartTime: "2026-01-01T00:00Z",
      EndTime: "2026-01-02T00:00Z",
      PageSize: "30",
      PageNumber: "1",
    },
    headers: {
      host: "r-kvstore.aliyuncs.com",
      "x-acs-action": "DescribeBackups",
      "x-acs-version": "2015-01-01",
      "x-acs-date": "2026-01-02T03:04:05Z",
      "x-acs-signature-nonce": "0000-1111",
    },
    canonical: "b9d0957a6c3e4972addaf69c7573427339909780d0f2e10e70244e43a9c7fc7d",
    signature: "8ab7dc6695e4cb73eda7424162a9b92052b4868881c9b2a5a933b27e01b5d709",
  },
];

const requestOf = (vector: Vector, headers: Record<string, string> = {}): ReceivedRequest => ({
  method: "POST",
  path: "/",
  query: new URLSearchParams(vector.query),
  headers: {
    ...vector.headers,
    "x-acs-content-sha256": EMPTY,
    authorization: `ACS3-HMAC-SHA256 Credential=${vector.key.id},SignedHeaders=${SIX},Signature=${vector.signature}`,
    ...headers,
  },
  body: "",
});
const at = (vector: Vector) => Date.parse(vector.headers["x-acs-date"] ?? "");
const check = (vector: Vector, now = at(vector)) => ({
  key: vector.key,
  now,
  nonces: makeNonceMemory(1_800_000),
});

/** Signs by the documented steps whatever headers are there. */
function signed(vector: Vector, headers: Record<string, string>): ReceivedRequest {
  const request = requestOf(vector, headers);
  const names = Object.keys(request.headers)
    .filter((name) => name !== "authorization")
    .sort();
  const canonical = [
    "POST",
    "/",
    [...request.query]
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      .sort()
      .join("&"),
    ...names.map((name) => `${name}:${request.headers[name]}`),
    "",
    names.join(";"),
    EMPTY,
  ].join("\n");
  const hash = createHash("sha256").update(canonical).digest("hex");
  const signature = createHmac("sha256", vector.key.secret)
    .update(`ACS3-HMAC-SHA256\n${hash}`)
    .digest("hex");
  const authorization = `ACS3-HMAC-SHA256 Credential=${vector.key.id},SignedHeaders=${names.join(";")},Signature=${signature}`;
  return { ...request, headers: { ...request.headers, authorization } };
}

describe("a published signature", () => {
  test.each(vectors)("verifies: $what", (vector) => {
    expect(verifyAcs3(requestOf(vector), check(vector))).toBeNull();
  });

  test.each(vectors)("has the published canonical request: $what", (vector) => {
    const [canonical = ""] = acs3CanonicalRequests(requestOf(vector), SIX.split(";"));
    expect(createHash("sha256").update(canonical).digest("hex")).toBe(vector.canonical);
  });

  test.each(vectors)("verifies where only the sent Host names a port: $what", (vector) => {
    const request = requestOf(vector, { host: `${vector.headers.host}:8080` });
    expect(verifyAcs3(request, check(vector))).toBeNull();
  });
});

describe("a refusal", () => {
  const vector = vectors[1]!;
  const refused = (request: ReceivedRequest, now = at(vector)) =>
    verifyAcs3(request, check(vector, now));

  test("covers every parameter, every signed header and the body", () => {
    const query = new URLSearchParams({ ...vector.query, PageSize: "50" });
    expect(refused({ ...requestOf(vector), query })?.code).toBe("SignatureDoesNotMatch");
    const action = requestOf(vector, { "x-acs-action": "DescribeInstances" });
    expect(refused(action)?.code).toBe("SignatureDoesNotMatch");
    expect(refused({ ...requestOf(vector), body: "x" })?.code).toBe("SignatureDoesNotMatch");
  });

  test("does not believe a body hash that is signed but wrong", () => {
    const request = { ...signed(vector, { "x-acs-content-sha256": "00" }) };
    expect(refused(request)?.code).toBe("SignatureDoesNotMatch");
  });

  test.each(["x-acs-retry-attempts", "content-type"])(
    "wants %s signed where it is sent",
    (name) => {
      const extra = { [name]: "1" };
      expect(refused(requestOf(vector, extra))?.code).toBe("IncompleteSignature");
      expect(refused(signed(vector, extra))).toBeNull();
    },
  );

  test("names each cause", () => {
    const unsigned = { ...requestOf(vector).headers, authorization: "" };
    expect(refused({ ...requestOf(vector), headers: unsigned })).toMatchObject({
      status: 400,
      code: "IncompleteSignature",
    });
    const authorization = requestOf(vector).headers.authorization!.replace("testid", "nobody");
    expect(refused(requestOf(vector, { authorization }))).toMatchObject({
      status: 404,
      code: "InvalidAccessKeyId.NotFound",
    });
    expect(refused(requestOf(vector, { "x-acs-date": "today" }))?.code).toBe(
      "InvalidTimeStamp.Format",
    );
  });

  test("allows fifteen minutes of skew either way and no more", () => {
    expect(refused(requestOf(vector), at(vector) + 900_000)).toBeNull();
    expect(refused(requestOf(vector), at(vector) - 900_000)).toBeNull();
    const late = refused(requestOf(vector), at(vector) + 901_000);
    expect(late?.code).toBe("InvalidTimeStamp.Expired");
    const early = refused(requestOf(vector), at(vector) - 901_000);
    expect(early?.code).toBe("InvalidTimeStamp.Expired");
  });

  test("meets a nonce that was used", () => {
    const once = check(vector);
    expect(verifyAcs3(requestOf(vector), once)).toBeNull();
    expect(verifyAcs3(requestOf(vector), once)?.code).toBe("SignatureNonceUsed");
  });

  test("asks for the token of a temporary key", () => {
    const temporary = { ...check(vector), key: { ...vector.key, token: "t" } };
    const withToken = (token: string) =>
      signed(vector, { "x-acs-security-token": token, "x-acs-accesskey-id": vector.key.id });
    expect(verifyAcs3(withToken("t"), temporary)).toBeNull();
    expect(verifyAcs3(withToken("u"), temporary)?.code).toBe("InvalidSecurityToken.Malformed");
    expect(verifyAcs3(requestOf(vector), temporary)?.code).toBe("MissingSecurityToken");
  });
});
