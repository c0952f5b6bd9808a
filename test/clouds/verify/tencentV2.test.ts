import { describe, expect, test } from "vitest";
import { makeNonceMemory } from "../../../src/clouds/verify/nonces.js";
import type { ReceivedRequest } from "../../../src/clouds/verify/request.js";
import { tencentV2Texts, verifyTencentV2 } from "../../../src/clouds/verify/tencentV2.js";

const key = {
  id: "AKIDz8krbsJ5yKBZQpn74WFkmLPx3gnPhESA",
  secret: "Gu5t9xGARNpq86cd98joQYCN3Cozk1qA",
  token: null,
};

interface Vector {
  readonly what: string;
  readonly method: string;
  readonly host: string;
  readonly params: Record<string, string>;
  readonly signature: string;
}
const cvm = { method: "GET", host: "cvm.api.qcloud.com" };
const listParams = {
  Action: "GetRedisBackupList",
  Nonce: "11886",
  Region: "ap-guangzhou",
  Timestamp: "1486543594",
  beginTime: "2017-02-08 16:46:34",
  endTime: "2017-02-08 19:09:26",
  limit: "10",
  offset: "0",
  redisId: "crs-izbob1wh",
};

// Published examples of the signature page, and two for the Redis product made by the same steps.
const vectors: Vector[] = [
  {
    ...cvm,
    what: "HmacSHA1 by default",
    params: {
      Action: "DescribeInstances",
      Nonce: "11886",
      Region: "gz",
      Timestamp: "1465185768",
      "instanceIds.0": "ins-09dx96dg",
      limit: "20",
      offset: "0",
    },
    signature: "NSI3UqqD99b/UJb4tbG/xZpRW64=",
  },
  {
    ...cvm,
    what: "HmacSHA256",
    params: {
      Action: "DescribeInstances",
      "InstanceIds.0": "ins-09dx96dg",
      Nonce: "11886",
      Region: "ap-guangzhou",
      SignatureMethod: "HmacSHA256",
      Timestamp: "1465185768",
    },
    signature: "0EEm/HtGRr/VJXTAD9tYMth1Bzm3lLHz5RCDv1GdM8s=",
  },
  {
    what: "Redis backups",
    method: "GET",
    host: "redis.api.qcloud.com",
    params: listParams,
    signature: "SUBSlCR0Ab+59qyjFloIrpJzr2s=",
  },
  {
    what: "Redis backups, in a form",
    method: "POST",
    host: "redis.api.qcloud.com",
    params: { ...listParams, SignatureMethod: "HmacSHA256" },
    signature: "+U6xxqH2npd6nqURbzLVZ6PPMF2FzXrQdzvrlqniKns=",
  },
];

function requestOf(vector: Vector, changes: Record<string, string> = {}): ReceivedRequest {
  const params = new URLSearchParams({
    ...vector.params,
    SecretId: key.id,
    Signature: vector.signature,
    ...changes,
  });
  const inBody = vector.method === "POST";
  return {
    method: vector.method,
    path: "/v2/index.php",
    query: inBody ? new URLSearchParams() : params,
    headers: { host: vector.host, "content-type": "application/x-www-form-urlencoded" },
    body: inBody ? params.toString() : "",
  };
}
const at = (vector: Vector) => Number(vector.params.Timestamp) * 1000;
const check = (vector: Vector, now = at(vector)) => ({
  key,
  now,
  nonces: makeNonceMemory(600_000),
});

describe("a published signature", () => {
  test.each(vectors)("verifies: $what", (vector) => {
    expect(verifyTencentV2(requestOf(vector), check(vector))).toBeNull();
  });

  test.each(vectors)("verifies where only the sent Host names a port: $what", (vector) => {
    const request = requestOf(vector);
    const headers = { ...request.headers, host: `${vector.host}:8080` };
    expect(verifyTencentV2({ ...request, headers }, check(vector))).toBeNull();
  });

  test.each(vectors)("does not verify at another path: $what", (vector) => {
    const moved = { ...requestOf(vector), path: "/" };
    expect(verifyTencentV2(moved, check(vector))?.code).toBe("4100");
  });
});

describe("a refusal", () => {
  const vector = vectors[2]!;
  const codeOf = (changes: Record<string, string>, now = at(vector)) =>
    verifyTencentV2(requestOf(vector, changes), check(vector, now))?.code;

  test("names each cause, in HTTP 200", () => {
    expect(codeOf({ limit: "20" })).toBe("4100");
    expect(codeOf({ Signature: "" })).toBe("4100");
    expect(codeOf({ SignatureMethod: "constructor" })).toBe("4100");
    expect(codeOf({ SecretId: "nobody" })).toBe("4104");
    expect(codeOf({ Nonce: "-1" })).toBe("4500");
    expect(verifyTencentV2(requestOf(vector, { limit: "20" }), check(vector))?.status).toBe(200);
  });

  test("allows five minutes of skew either way and no more", () => {
    expect(codeOf({}, at(vector) + 300_000)).toBeUndefined();
    expect(codeOf({}, at(vector) - 300_000)).toBeUndefined();
    expect(codeOf({}, at(vector) + 301_000)).toBe("4500");
    expect(codeOf({}, at(vector) - 301_000)).toBe("4500");
  });

  test("meets a nonce that was used, and only a signed request uses one", () => {
    const once = check(vector);
    expect(verifyTencentV2(requestOf(vector, { limit: "20" }), once)?.code).toBe("4100");
    expect(verifyTencentV2(requestOf(vector), once)).toBeNull();
    expect(verifyTencentV2(requestOf(vector), once)?.code).toBe("4500");
  });

  test("asks for the token of a temporary key", () => {
    const temporary = { ...check(vector), key: { ...key, token: "t" } };
    expect(verifyTencentV2(requestOf(vector), temporary)?.code).toBe("4105");
  });
});

test("the text to sign has raw values, capitals first and dots for underscores", () => {
  const request = requestOf({ ...vectors[2]!, params: { b: "x y", a_1: "ü&=", Z: "1" } });
  expect(tencentV2Texts(request)).toEqual([
    `GETredis.api.qcloud.com/v2/index.php?SecretId=${key.id}&Z=1&a.1=ü&=&b=x y`,
  ]);
});
