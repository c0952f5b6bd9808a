import { describe, expect, test } from "vitest";
import { alibabaV1Text, verifyAlibabaV1 } from "../../../src/clouds/verify/alibabaV1.js";
import { makeNonceMemory } from "../../../src/clouds/verify/nonces.js";
import type { ReceivedRequest } from "../../../src/clouds/verify/request.js";

const key = { id: "testid", secret: "testsecret", token: null };
const common = { AccessKeyId: "testid", SignatureMethod: "HMAC-SHA1", SignatureVersion: "1.0" };

interface Vector {
  readonly what: string;
  readonly method: string;
  readonly params: Record<string, string>;
  readonly signature: string;
}
// The published example of the RPC signature page, and one for backups made by the same steps.
const vectors: Vector[] = [
  {
    what: "DescribeRegions by GET",
    method: "GET",
    params: {
      Action: "DescribeRegions",
      Format: "XML",
      SignatureNonce: "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf",
      Timestamp: "2016-02-23T12:46:24Z",
      Version: "2014-05-26",
    },
    signature: "OLeaidS1JvxuMvnyHOwuJ+uX5qY=",
  },
  {
    what: "DescribeBackups by POST",
    method: "POST",
    params: {
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
    },
    signature: "PT/XSVQZ5kyR1FmVt3pbBjkTWdU=",
  },
];

type Place = "query" | "form" | "both";
function requestOf(
  vector: Vector,
  place: Place,
  changes: Record<string, string> = {},
): ReceivedRequest {
  const all = { ...vector.params, ...common, Signature: vector.signature, ...changes };
  const entries = Object.entries(all);
  const cut = { query: entries.length, form: 0, both: 3 }[place];
  return {
    method: vector.method,
    path: "/",
    query: new URLSearchParams(entries.slice(0, cut)),
    headers: {
      host: "r-kvstore.aliyuncs.com",
      "content-type": "application/x-www-form-urlencoded",
    },
    body: new URLSearchParams(entries.slice(cut)).toString(),
  };
}
const at = (vector: Vector) => Date.parse(vector.params.Timestamp ?? "");
const check = (vector: Vector, now = at(vector)) => ({
  key,
  now,
  nonces: makeNonceMemory(1_800_000),
});

describe("a published signature", () => {
  const cases = vectors.flatMap((vector) =>
    (["query", "form", "both"] as const).map((place) => ({ what: vector.what, vector, place })),
  );

  test.each(cases)("verifies: $what, parameters in $place", ({ vector, place }) => {
    expect(verifyAlibabaV1(requestOf(vector, place), check(vector))).toBeNull();
  });

  test.each(vectors)("does not verify with another method: $what", (vector) => {
    const request = { ...requestOf(vector, "query"), method: "PUT" };
    expect(verifyAlibabaV1(request, check(vector))?.code).toBe("SignatureDoesNotMatch");
  });
});

describe("a refusal", () => {
  const vector = vectors[1]!;
  const refused = (changes: Record<string, string>, now = at(vector)) =>
    verifyAlibabaV1(requestOf(vector, "query", changes), check(vector, now));

  test("quotes the text that should have been signed", () => {
    const changed = requestOf(vector, "query", { PageSize: "50" });
    expect(verifyAlibabaV1(changed, check(vector))).toEqual({
      status: 400,
      code: "SignatureDoesNotMatch",
      message: `Specified signature is not matched with our calculation. server string to sign is:${alibabaV1Text(changed)}`,
    });
  });

  test("names each cause", () => {
    expect(refused({ AccessKeyId: "nobody" })).toMatchObject({
      status: 404,
      code: "InvalidAccessKeyId.NotFound",
    });
    expect(refused({ SignatureMethod: "HMAC-MD5" })?.code).toBe("IncompleteSignature");
    expect(refused({ Signature: "" })?.code).toBe("IncompleteSignature");
    expect(refused({ SignatureNonce: "" })?.code).toBe("IncompleteSignature");
    expect(refused({ Timestamp: "2026-01-02 03:04:05" })?.code).toBe("InvalidTimeStamp.Format");
    expect(refused({ Timestamp: "2026-99-02T03:04:05Z" })?.code).toBe("InvalidTimeStamp.Format");
  });

  test("allows fifteen minutes of skew either way and no more", () => {
    expect(refused({}, at(vector) + 900_000)).toBeNull();
    expect(refused({}, at(vector) - 900_000)).toBeNull();
    expect(refused({}, at(vector) + 901_000)?.code).toBe("InvalidTimeStamp.Expired");
    expect(refused({}, at(vector) - 901_000)?.code).toBe("InvalidTimeStamp.Expired");
  });

  test("meets a nonce that was used, and only a signed request uses one", () => {
    const once = check(vector);
    const changed = requestOf(vector, "query", { PageSize: "50" });
    expect(verifyAlibabaV1(changed, once)?.code).toBe("SignatureDoesNotMatch");
    expect(verifyAlibabaV1(requestOf(vector, "query"), once)).toBeNull();
    expect(verifyAlibabaV1(requestOf(vector, "form"), once)?.code).toBe("SignatureNonceUsed");
  });

  test("asks for the token of a temporary key", () => {
    const temporary = { ...check(vector), key: { ...key, token: "t" } };
    expect(verifyAlibabaV1(requestOf(vector, "query"), temporary)?.code).toBe(
      "MissingSecurityToken",
    );
  });
});

test("the text to sign encodes values twice, and all signs but the four unreserved", () => {
  const request: ReceivedRequest = {
    method: "GET",
    path: "/",
    query: new URLSearchParams({ b: "a b*c~d", a: "!'()" }),
    headers: {},
    body: "",
  };
  expect(alibabaV1Text(request)).toBe("GET&%2F&a%3D%2521%2527%2528%2529%26b%3Da%2520b%252Ac~d");
});
