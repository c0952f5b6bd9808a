import { createHash, createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { ReceivedRequest } from "../../../src/clouds/verify/request.js";
import { sigV4CanonicalRequest, sigV4ScopeOf } from "../../../src/clouds/verify/sigv4.js";
import { verifySigV4, type SigV4Service } from "../../../src/clouds/verify/sigv4.js";

const SUITE = { id: "AKIDEXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
const S3_GUIDE = { id: "AKIAIOSFODNN7EXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" };
const TOKEN =
  "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";
const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const FORM = "application/x-www-form-urlencoded";

const sha256 = (text: string) => createHash("sha256").update(text, "utf8").digest("hex");
const hmac = (key: string | Buffer, text: string) =>
  createHmac("sha256", key).update(text, "utf8").digest();

interface Vector {
  readonly what: string;
  readonly key: { readonly id: string; readonly secret: string };
  readonly scope: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signature: string;
  readonly method?: string;
  readonly path?: string;
  readonly query?: readonly [string, string][];
  readonly body?: string;
  readonly token?: string;
}

const suite = { key: SUITE, scope: "20150830/us-east-1/service" } as const;
const suiteHeaders = { host: "example.amazonaws.com", "x-amz-date": "20150830T123600Z" };
const guide = { key: S3_GUIDE, scope: "20130524/us-east-1/s3", method: "GET" } as const;
const guideHeaders = {
  host: "examplebucket.s3.amazonaws.com",
  "x-amz-content-sha256": EMPTY,
  "x-amz-date": "20130524T000000Z",
};

/** The published test suite, the examples of the S3 guide, and two calls of these services. */
const VECTORS: readonly Vector[] = [
  {
    ...suite,
    what: "get-vanilla",
    method: "GET",
    headers: suiteHeaders,
    signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
  },
  {
    ...suite,
    what: "get-vanilla-query-order-key-case",
    method: "GET",
    query: [
      ["Param2", "value2"],
      ["Param1", "value1"],
    ],
    headers: suiteHeaders,
    signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
  },
  {
    ...suite,
    what: "get-vanilla-query-order-value",
    method: "GET",
    query: [
      ["Param1", "value2"],
      ["Param1", "Value1"],
    ],
    headers: suiteHeaders,
    signature: "eedbc4e291e521cf13422ffca22be7d2eb8146eecf653089df300a15b2382bd1",
  },
  {
    ...suite,
    what: "get-vanilla-utf8-query",
    method: "GET",
    query: [["ሴ", "bar"]],
    headers: suiteHeaders,
    signature: "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04",
  },
  {
    ...suite,
    what: "get-header-value-trim",
    method: "GET",
    headers: { ...suiteHeaders, "my-header1": " value1", "my-header2": '"a   b   c"' },
    signature: "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
  },
  {
    ...suite,
    what: "post-vanilla",
    headers: suiteHeaders,
    signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
  },
  {
    ...suite,
    what: "post-header-value-case",
    headers: { ...suiteHeaders, "my-header1": "VALUE1" },
    signature: "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d",
  },
  {
    ...suite,
    what: "post-sts-header-before",
    headers: { ...suiteHeaders, "x-amz-security-token": TOKEN },
    token: TOKEN,
    signature: "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead",
  },
  {
    ...suite,
    what: "post-x-www-form-urlencoded",
    headers: { ...suiteHeaders, "content-type": FORM },
    body: "Param1=value1",
    signature: "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
  },
  {
    what: "S3: an object's range",
    ...guide,
    path: "/test.txt",
    headers: { ...guideHeaders, range: "bytes=0-9" },
    signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
  },
  {
    what: "S3: a path with a sign that is encoded once",
    ...guide,
    method: "PUT",
    path: "/test%24file.text",
    headers: {
      ...guideHeaders,
      date: "Fri, 24 May 2013 00:00:00 GMT",
      "x-amz-content-sha256": "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
      "x-amz-storage-class": "REDUCED_REDUNDANCY",
    },
    body: "Welcome to Amazon S3.",
    signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
  },
  {
    what: "S3: a list",
    ...guide,
    query: [
      ["max-keys", "2"],
      ["prefix", "J"],
    ],
    headers: guideHeaders,
    signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
  },
  {
    what: "ElastiCache: DescribeSnapshots",
    key: SUITE,
    scope: "20261129/eu-west-1/elasticache",
    headers: {
      "content-type": `${FORM}; charset=utf-8`,
      host: "elasticache.eu-west-1.amazonaws.com",
      "x-amz-date": "20261129T040435Z",
    },
    body: "Action=DescribeSnapshots&Version=2015-02-02&MaxRecords=50",
    signature: "3ecd4f93d567535a86ed0df330fd509967dff5055279b263c357e45a31b4a39e",
  },
  {
    what: "MemoryDB: DescribeSnapshots",
    key: SUITE,
    scope: "20261129/eu-west-1/memorydb",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      host: "memory-db.eu-west-1.amazonaws.com",
      "x-amz-date": "20261129T040435Z",
      "x-amz-target": "AmazonMemoryDB.DescribeSnapshots",
    },
    body: '{"MaxResults":50,"ShowDetail":true}',
    signature: "12289ef2ec6358bc46702477ed341ee6356ebe73bff42836830624f7dc0d043a",
  },
];

const requestOf = (vector: Vector, headers: Record<string, string> = {}): ReceivedRequest => ({
  method: vector.method ?? "POST",
  path: vector.path ?? "/",
  query: new URLSearchParams([...(vector.query ?? [])]),
  headers: {
    ...vector.headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${vector.key.id}/${vector.scope}/aws4_request, SignedHeaders=${Object.keys(vector.headers).sort().join(";")}, Signature=${vector.signature}`,
    ...headers,
  },
  body: vector.body ?? "",
});

const momentOf = (stamp: string): number =>
  Date.parse(stamp.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z"));
const at = ({ headers }: Vector): number => momentOf(headers["x-amz-date"] ?? "");
const serviceOf = ({ scope }: Vector): SigV4Service => {
  const [, region = "", name = ""] = scope.split("/");
  return { name, regions: [region] };
};
const verified = (vector: Vector, request = requestOf(vector), now = at(vector)) =>
  verifySigV4(
    request,
    { key: { ...vector.key, token: vector.token ?? null }, now },
    serviceOf(vector),
  );
const vectorOf = (what: string): Vector => {
  const found = VECTORS.find((vector) => vector.what.startsWith(what));
  if (found === undefined) throw new Error(`No vector ${what}.`);
  return found;
};

/** Signs a request by the documented steps, whatever it holds. */
function signed(vector: Vector, headers: Record<string, string>): ReceivedRequest {
  const whole = { ...vector.headers, ...headers };
  const names = Object.keys(whole).sort();
  const body = vector.body ?? "";
  const canonical = [
    vector.method ?? "POST",
    "/",
    "",
    ...names.map((name) => `${name}:${whole[name as keyof typeof whole]}`),
    "",
    names.join(";"),
    whole["x-amz-content-sha256" as keyof typeof whole] ?? sha256(body),
  ].join("\n");
  const [date = "", region = "", service = ""] = vector.scope.split("/");
  const stamp = whole["x-amz-date" as keyof typeof whole];
  const text = `AWS4-HMAC-SHA256\n${stamp}\n${vector.scope}/aws4_request\n${sha256(canonical)}`;
  const key = hmac(
    hmac(hmac(hmac(`AWS4${vector.key.secret}`, date), region), service),
    "aws4_request",
  );
  const signature = hmac(key, text).toString("hex");
  return requestOf({ ...vector, headers: whole, signature });
}

describe("a published signature", () => {
  test.each(VECTORS)("verifies: $what", (vector) => {
    expect(verified(vector)).toBeNull();
  });

  test.each([
    {
      what: "ElastiCache",
      canonical: "aa25f66f0624d431bced59a95ed401d3df4425580482b5e6f24d034c7777abbf",
    },
    {
      what: "MemoryDB",
      canonical: "9eceab0fe8723e3a63f872c980c30a01ea84db2e706d7a3c1ed0a38d0268afcb",
    },
  ])("has the known canonical request: $what", ({ what, canonical }) => {
    const vector = vectorOf(what);
    expect(sha256(sigV4CanonicalRequest(requestOf(vector)) ?? "")).toBe(canonical);
    const [date, region, service] = vector.scope.split("/");
    const scope = { keyId: "AKIDEXAMPLE", date, region, service };
    expect(sigV4ScopeOf(requestOf(vector))).toEqual(scope);
  });
});

describe("a presigned URL", () => {
  const query = {
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": `${S3_GUIDE.id}/20130524/us-east-1/s3/aws4_request`,
    "X-Amz-Date": "20130524T000000Z",
    "X-Amz-Expires": "86400",
    "X-Amz-SignedHeaders": "host",
    "X-Amz-Signature": "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
  };
  const start = momentOf("20130524T000000Z");
  const check = (changes: Record<string, string> = {}, now = start, path = "/test.txt") =>
    verifySigV4(
      {
        method: "GET",
        path,
        query: new URLSearchParams({ ...query, ...changes }),
        headers: { host: "examplebucket.s3.amazonaws.com" },
        body: "",
      },
      { key: { ...S3_GUIDE, token: null }, now },
      { name: "s3", regions: ["us-east-1"] },
    );

  test("verifies for as long as it says, however it writes its path", () => {
    expect(check()).toBeNull();
    expect(check({}, start + 86_400_000)).toBeNull();
    expect(check({}, start, "/t%65st.txt")).toBeNull();
    expect(check({}, start + 86_401_000)?.kind).toBe("expired");
  });

  test("is not valid before its time, beyond the difference of clocks", () => {
    expect(check({}, start - 15 * 60_000)).toBeNull();
    expect(check({}, start - 15 * 60_000 - 1000)?.kind).toBe("skewed");
  });

  test.each([
    { changes: { "X-Amz-Expires": "604801" }, kind: "malformed" },
    { changes: { "X-Amz-Expires": "0" }, kind: "malformed" },
    { changes: { "X-Amz-Expires": "86399" }, kind: "signature" },
    { changes: { "X-Amz-Algorithm": "AWS4-ECDSA-P256-SHA256" }, kind: "malformed" },
    { changes: { "response-content-type": "text/html" }, kind: "signature" },
    { changes: { "X-Amz-Security-Token": "token" }, kind: "token" },
  ])("is refused with $changes: $kind", ({ changes, kind }) => {
    expect(check(changes)?.kind).toBe(kind);
  });
});

describe("a refusal", () => {
  const vector = vectorOf("ElastiCache");
  const refused = (request: ReceivedRequest, now = at(vector)) =>
    verified(vector, request, now)?.kind;

  test("follows every change of method, path, query, body and signed header", () => {
    const request = requestOf(vector);
    for (const changed of [
      { ...request, method: "GET" },
      { ...request, path: "/x" },
      { ...request, query: new URLSearchParams({ a: "" }) },
      { ...request, body: `${request.body}&Marker=x` },
      requestOf(vector, { host: "elasticache.eu-west-1.amazonaws.com:443" }),
      requestOf(vector, { "content-type": FORM }),
    ])
      expect(refused(changed)).toBe("signature");
    const key = { id: SUITE.id, secret: "another", token: null };
    expect(verifySigV4(request, { key, now: at(vector) }, serviceOf(vector))?.kind).toBe(
      "signature",
    );
  });

  test("counts the port of the host that was signed", () => {
    const host = "127.0.0.1:9011";
    expect(refused(signed(vector, { host }))).toBeUndefined();
    expect(
      refused({
        ...signed(vector, { host }),
        headers: { ...signed(vector, { host }).headers, host: "127.0.0.1" },
      }),
    ).toBe("signature");
  });

  test("checks the hash of the body that a request names", () => {
    const body = vector.body ?? "";
    expect(refused(signed(vector, { "x-amz-content-sha256": sha256(body) }))).toBeUndefined();
    expect(refused(signed(vector, { "x-amz-content-sha256": EMPTY }))).toBe("content");
    expect(refused(signed(vector, { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" }))).toBe("content");
    const list = vectorOf("S3: a list");
    const open = signed({ ...list, query: [] }, { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" });
    expect(verified(list, open)).toBeNull();
  });

  test.each(["x-amz-target", "x-amz-security-token", "x-amz-content-sha256"])(
    "wants %s signed if it is sent",
    (name) => {
      expect(refused(requestOf(vector, { [name]: "x" }))).toBe("malformed");
    },
  );

  test("does not want the headers of connections and proxies signed", () => {
    const extra = { connection: "keep-alive", "content-length": "57", "x-forwarded-for": "::1" };
    expect(refused(requestOf(vector, extra))).toBeUndefined();
  });

  test("wants the hash of the body signed for S3", () => {
    const { "x-amz-content-sha256": _hash, ...headers } = guideHeaders;
    const list = { ...vectorOf("S3: a list"), query: [], headers };
    expect(verified(list, signed(list, {}))?.kind).toBe("malformed");
  });

  test("says which part of the credentials is wrong", () => {
    const { authorization: right = "" } = requestOf(vector).headers;
    const kindOf = (authorization: string) => refused(requestOf(vector, { authorization }));
    expect(kindOf("")).toBe("missing");
    expect(kindOf("Bearer x")).toBe("malformed");
    expect(kindOf(right.replace(/Signature=.*/, "Signature=zz"))).toBe("malformed");
    expect(kindOf(right.replace("aws4_request", "aws4"))).toBe("malformed");
    expect(kindOf(right.replace("host;", ""))).toBe("malformed");
    expect(kindOf(right.replace("AKIDEXAMPLE", "AKIDNOBODY"))).toBe("unknownKey");
    expect(kindOf(right.replace("elasticache", "memorydb"))).toBe("scope");
    expect(kindOf(right.replace("eu-west-1", "mars-1"))).toBe("scope");
    expect(kindOf(right.replace("20261129", "20261128"))).toBe("scope");
    expect(kindOf(right.replace(/Signature=./, "Signature=0"))).toBe("signature");
    expect(refused(requestOf(vector, { "x-amz-date": "yesterday" }))).toBe("malformed");
    expect(refused(signed(vector, { "x-amz-date": "20261199T999999Z" }))).toBe("scope");
  });

  test("requires the token of a temporary key, and none of a permanent one", () => {
    const temporary = vectorOf("post-sts");
    const { "x-amz-security-token": _token, ...headers } = temporary.headers as Record<
      string,
      string
    >;
    const without = { ...temporary, headers };
    expect(verified(temporary, signed(without, {}))?.kind).toBe("token");
    expect(verified(temporary, signed(without, { "x-amz-security-token": "old" }))?.kind).toBe(
      "token",
    );
    expect(refused(signed(vector, { "x-amz-security-token": TOKEN }))).toBe("token");
  });

  test("allows clocks five minutes apart either way and no more", () => {
    const now = at(vector);
    expect(refused(requestOf(vector), now + 300_000)).toBeUndefined();
    expect(refused(requestOf(vector), now - 300_000)).toBeUndefined();
    expect(refused(requestOf(vector), now + 301_000)).toBe("skewed");
    expect(refused(requestOf(vector), now - 301_000)).toBe("skewed");
    expect(verified(vector, requestOf(vector), now + 301_000)?.message).toBe(
      "Signature expired: 20261129T040435Z is now earlier than 20261129T040436Z (20261129T040936Z - 5 min.)",
    );
    const nowhere = { ...vector, scope: "20261199/eu-west-1/elasticache" };
    expect(verified(nowhere, signed(nowhere, { "x-amz-date": "20261199T999999Z" }))?.kind).toBe(
      "skewed",
    );
  });
});
