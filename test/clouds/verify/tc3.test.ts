import { createHash, createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { ReceivedRequest } from "../../../src/clouds/verify/request.js";
import { tc3CanonicalRequests, verifyTc3 } from "../../../src/clouds/verify/tc3.js";

const AT = 1_551_113_065;
const now = AT * 1000;
const ID = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE";
const EXAMPLE_SECRET = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE";
const cvmBody =
  '{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}';
const redisBody = '{"InstanceId":"crs-izbob1wh","Limit":100,"Offset":0}';

interface Vector {
  readonly what: string;
  readonly service: string;
  readonly secret: string;
  readonly body: string;
  readonly action: string;
  readonly signedHeaders: string;
  readonly canonical: string;
  readonly signature: string;
}
const cvm = { service: "cvm", body: cvmBody, action: "DescribeInstances" };
const redis = { service: "redis", body: redisBody, action: "DescribeInstanceBackups" };

// Published examples of the signature page, and two for the Redis product made by the same steps.
const vectors: Vector[] = [
  {
    ...cvm,
    what: "the older page",
    secret: EXAMPLE_SECRET,
    signedHeaders: "content-type;host",
    canonical: "5ffe6a04c0664d6b969fab9a13bdab201d63ee709638e2749d62a09ca18d7031",
    signature: "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168",
  },
  {
    ...cvm,
    what: "a starred secret",
    secret: `Gu5t9xGARNpq86cd98joQYCN3${"*".repeat(7)}`,
    signedHeaders: "content-type;host",
    canonical: "5ffe6a04c0664d6b969fab9a13bdab201d63ee709638e2749d62a09ca18d7031",
    signature: "2230eefd229f582d8b1b891af7107b91597240707d778ab3738f756258d7652c",
  },
  {
    ...cvm,
    what: "the current page, with the action signed",
    secret: "*".repeat(32),
    signedHeaders: "content-type;host;x-tc-action",
    canonical: "7019a55be8395899b900fb5564e4200d984910f34794a27cb3fb7d10ff6a1e84",
    signature: "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f",
  },
  {
    ...redis,
    what: "Redis backups",
    secret: EXAMPLE_SECRET,
    signedHeaders: "content-type;host",
    canonical: "43bdea85e9065d02ccf89ab9cd556b3c94883e52a9758e2ce9e1bfdb4eb2293e",
    signature: "3bdd8ffaf2b495a00552b50607df5b0c844d9618ce06b9a19219bf007ec972b3",
  },
  {
    ...redis,
    what: "Redis backups, with the action signed",
    secret: EXAMPLE_SECRET,
    signedHeaders: "content-type;host;x-tc-action",
    canonical: "6da2cd3c0019e99f462898f99f3fdc94cd2a987eb32c4afc8b0c2fa364d1bddc",
    signature: "17d6748ff5724bf2ae6413e0d87c315dc44d317f1808e9a6be2c14cfa8da3dc6",
  },
];

const requestOf = (
  vector: Vector,
  headers: Record<string, string> = {},
  body = vector.body,
): ReceivedRequest => ({
  method: "POST",
  path: "/",
  query: new URLSearchParams(),
  headers: {
    host: `${vector.service}.tencentcloudapi.com`,
    "content-type": "application/json; charset=utf-8",
    "x-tc-action": vector.action,
    "x-tc-timestamp": String(AT),
    authorization: `TC3-HMAC-SHA256 Credential=${ID}/2019-02-25/${vector.service}/tc3_request, SignedHeaders=${vector.signedHeaders}, Signature=${vector.signature}`,
    ...headers,
  },
  body,
});
const keyOf = (vector: Vector, token: string | null = null) => ({
  id: ID,
  secret: vector.secret,
  token,
});
const verify = (vector: Vector, request = requestOf(vector), at = now) =>
  verifyTc3(request, { key: keyOf(vector), now: at });

describe("a published signature", () => {
  test.each(vectors)("verifies: $what", (vector) => {
    expect(verify(vector)).toBeNull();
  });

  test.each(vectors)("has the published canonical request: $what", (vector) => {
    const [canonical = ""] = tc3CanonicalRequests(
      requestOf(vector),
      vector.signedHeaders.split(";"),
    );
    expect(createHash("sha256").update(canonical).digest("hex")).toBe(vector.canonical);
  });

  test.each(vectors)("verifies where only the sent Host names a port: $what", (vector) => {
    const host = `${vector.service}.tencentcloudapi.com:8080`;
    expect(verify(vector, requestOf(vector, { host }))).toBeNull();
  });

  test.each(vectors)("does not verify a changed body: $what", (vector) => {
    const changed = requestOf(vector, {}, `${vector.body} `);
    expect(verify(vector, changed)?.code).toBe("AuthFailure.SignatureFailure");
  });
});

describe("a refusal", () => {
  const vector = vectors[4]!;
  const codeOf = (headers: Record<string, string>, at = now) =>
    verify(vector, requestOf(vector, headers), at)?.code;

  test("allows five minutes of skew either way and no more", () => {
    expect(codeOf({}, now + 300_000)).toBeUndefined();
    expect(codeOf({}, now - 300_000)).toBeUndefined();
    expect(codeOf({}, now + 301_000)).toBe("AuthFailure.SignatureExpire");
    expect(codeOf({}, now - 301_000)).toBe("AuthFailure.SignatureExpire");
  });

  test("covers the timestamp", () => {
    expect(codeOf({ "x-tc-timestamp": String(AT + 1) })).toBe("AuthFailure.SignatureFailure");
    expect(codeOf({ "x-tc-timestamp": "soon" })).toBe("AuthFailure.SignatureExpire");
  });

  test("covers the headers that the request itself names", () => {
    expect(codeOf({ "x-tc-action": "DescribeInstances" })).toBe("AuthFailure.SignatureFailure");
    expect(verify(vectors[3]!, requestOf(vectors[3]!, { "x-tc-action": "Other" }))).toBeNull();
  });

  test.each([
    { what: "the UTC date of the timestamp is right", date: "2019-02-25", code: undefined },
    {
      what: "the date in Beijing is wrong",
      date: "2019-02-26",
      code: "AuthFailure.SignatureFailure",
    },
  ])("$what in a scope that is signed well", ({ date, code }) => {
    const hmac = (from: string | Buffer, text: string) =>
      createHmac("sha256", from).update(text).digest();
    const signingKey = hmac(hmac(hmac(`TC3${vector.secret}`, date), "redis"), "tc3_request");
    const scope = `${date}/redis/tc3_request`;
    const text = `TC3-HMAC-SHA256\n${AT}\n${scope}\n${vector.canonical}`;
    const signature = hmac(signingKey, text).toString("hex");
    const authorization = `TC3-HMAC-SHA256 Credential=${ID}/${scope}, SignedHeaders=${vector.signedHeaders}, Signature=${signature}`;
    expect(codeOf({ authorization })).toBe(code);
  });

  test("says that the key is unknown", () => {
    const authorization = requestOf(vector).headers.authorization!.replace(ID, "AKIDnobody");
    expect(codeOf({ authorization })).toBe("AuthFailure.SecretIdNotFound");
  });

  test.each([
    ["nothing", ""],
    ["another scheme", "Bearer x"],
    ["no host among the signed headers", vector.signedHeaders.replace("host;", "")],
  ])("says that the header is malformed: %s", (_, text) => {
    const whole = requestOf(vector).headers.authorization!;
    const authorization = text.includes("content-type")
      ? whole.replace(vector.signedHeaders, text)
      : text;
    expect(codeOf({ authorization })).toBe("AuthFailure.InvalidAuthorization");
  });

  test("asks for the token of a temporary key, in HTTP 200", () => {
    const temporary = { key: keyOf(vector, "token-1"), now };
    const withToken = (token: string) => requestOf(vector, { "x-tc-token": token });
    expect(verifyTc3(withToken("token-1"), temporary)).toBeNull();
    const refused = verifyTc3(withToken("token-2"), temporary);
    expect(refused).toMatchObject({ status: 200, code: "AuthFailure.TokenFailure" });
    expect(verifyTc3(requestOf(vector), temporary)?.code).toBe("AuthFailure.TokenFailure");
  });
});

test("the query of a GET is canonicalised as sent and sorted", () => {
  const request: ReceivedRequest = {
    ...requestOf(vectors[3]!),
    method: "GET",
    query: new URLSearchParams("Limit=10&BeginTime=2026-01-01+00:00:00"),
  };
  const lines = tc3CanonicalRequests(request, ["content-type", "host"]).map(
    (text) => text.split("\n")[2],
  );
  expect(lines).toEqual([
    "Limit=10&BeginTime=2026-01-01%2000%3A00%3A00",
    "BeginTime=2026-01-01%2000%3A00%3A00&Limit=10",
  ]);
});
