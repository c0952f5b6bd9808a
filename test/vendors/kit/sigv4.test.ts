import { describe, expect, test } from "vitest";
import type { AwsCredentials } from "../../../src/domain/account.js";
import type { Fields } from "../../../src/http/sign/encode.js";
import type { UnsignedRequest } from "../../../src/listing/authenticator.js";
import { presignedV4, signerV4, UNSIGNED_PAYLOAD } from "../../../src/vendors/kit/sigv4.js";

const NONCE = "3156853299f313e23d1673dc12e1703d";

const SUITE: AwsCredentials = {
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  sessionToken: null,
};

const S3: AwsCredentials = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  sessionToken: null,
};

const sign = (
  request: Omit<UnsignedRequest, "url"> & { readonly url: string },
  at: number,
  credentials = SUITE,
) => signerV4(credentials)({ ...request, url: new URL(request.url) }, { now: at, nonce: NONCE });

const SHOWN = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

const TOKEN =
  "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";

interface SuiteCase {
  readonly name: string;
  readonly method: "GET" | "POST";
  readonly path?: string;
  readonly query?: Fields;
  readonly headers?: Fields;
  readonly body?: string;
  readonly token?: string;
  readonly signed?: string;
  readonly signature: string;
}

/** Cases of the AWS Signature Version 4 test suite. */
const CASES: readonly SuiteCase[] = [
  {
    name: "get-vanilla",
    method: "GET",
    signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
  },
  {
    name: "get-header-value-trim",
    method: "GET",
    headers: { "my-header1": " value1", "my-header2": ' "a   b   c"' },
    signed: "host;my-header1;my-header2;x-amz-date",
    signature: "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
  },
  {
    name: "get-unreserved",
    method: "GET",
    path: `/${SHOWN}`,
    signature: "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f",
  },
  {
    name: "get-utf8",
    method: "GET",
    path: "/\u1234",
    signature: "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85",
  },
  {
    name: "get-vanilla-query-order-key-case",
    method: "GET",
    query: { Param2: "value2", Param1: "value1" },
    signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
  },
  {
    name: "get-vanilla-query-unreserved",
    method: "GET",
    query: { [SHOWN]: SHOWN },
    signature: "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197",
  },
  {
    name: "get-vanilla-utf8-query",
    method: "GET",
    query: { "\u1234": "bar" },
    signature: "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04",
  },
  {
    name: "post-vanilla",
    method: "POST",
    signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
  },
  {
    name: "post-header-key-sort",
    method: "POST",
    headers: { "my-header1": "value1" },
    signed: "host;my-header1;x-amz-date",
    signature: "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c",
  },
  {
    name: "post-header-value-case",
    method: "POST",
    headers: { "my-header1": "VALUE1" },
    signed: "host;my-header1;x-amz-date",
    signature: "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d",
  },
  {
    name: "post-sts-header-before",
    method: "POST",
    token: TOKEN,
    signed: "host;x-amz-date;x-amz-security-token",
    signature: "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead",
  },
  {
    name: "post-vanilla-query",
    method: "POST",
    query: { Param1: "value1" },
    signature: "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11",
  },
  {
    name: "post-vanilla-query-nonunreserved",
    method: "POST",
    query: { "@#$%^": "", "+": '/,?><`";:\\|][{}' },
    signature: "66c82657c86e26fb25238d0e69f011edc4c6df5ae71119d7cb98ed9b87393c1e",
  },
  {
    name: "post-vanilla-query-space",
    method: "POST",
    query: { p: "" },
    signature: "e71688addb58a26418614085fb730ba3faa623b461c17f48f2fbdb9361b94a9b",
  },
  {
    name: "post-x-www-form-urlencoded",
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: "Param1=value1",
    signed: "content-type;host;x-amz-date",
    signature: "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
  },
  {
    name: "post-x-www-form-urlencoded-parameters",
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded; charset=utf8" },
    body: "Param1=value1",
    signed: "content-type;host;x-amz-date",
    signature: "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe",
  },
];

test.each(CASES)("signs $name of the AWS test suite", (suite) => {
  const { method, path = "/", query = {}, headers = {}, body, token = null } = suite;
  const request = {
    method,
    url: `https://example.amazonaws.com${path}`,
    query,
    headers,
    ...(body === undefined ? {} : { body }),
    scope: { service: "service", region: "us-east-1" },
  };
  const at = Date.UTC(2015, 7, 30, 12, 36);
  const sent = sign(request, at, { ...SUITE, sessionToken: token });
  expect(sent.headers["authorization"]).toBe(
    `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${suite.signed ?? "host;x-amz-date"}, Signature=${suite.signature}`,
  );
});

/** Signatures of the same key that a replay of the official SDK's requests confirmed. */
test.each([
  {
    what: "a form of ElastiCache",
    service: "elasticache",
    host: "elasticache.eu-west-1.amazonaws.com",
    headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
    sent: { body: "Action=DescribeSnapshots&Version=2015-02-02&MaxRecords=50" },
    signed: "content-type;host;x-amz-date",
    signature: "3ecd4f93d567535a86ed0df330fd509967dff5055279b263c357e45a31b4a39e",
  },
  {
    what: "JSON of MemoryDB",
    service: "memorydb",
    host: "memory-db.eu-west-1.amazonaws.com",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "AmazonMemoryDB.DescribeSnapshots",
    },
    sent: { body: '{"MaxResults":50,"ShowDetail":true}' },
    signed: "content-type;host;x-amz-date;x-amz-target",
    signature: "12289ef2ec6358bc46702477ed341ee6356ebe73bff42836830624f7dc0d043a",
  },
])("signs $what", ({ service, host, headers, sent, signed, signature }) => {
  const request = {
    method: "POST" as const,
    url: `https://${host}/`,
    headers,
    ...sent,
    scope: { service, region: "eu-west-1" },
  };
  const { authorization } = sign(request, Date.UTC(2026, 10, 29, 4, 4, 35)).headers;
  expect(authorization).toContain(`AKIDEXAMPLE/20261129/eu-west-1/${service}/aws4_request`);
  expect(authorization).toContain(`SignedHeaders=${signed}, Signature=${signature}`);
});

describe("examples of the S3 reference", () => {
  const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  const scope = { service: "s3", region: "us-east-1" };
  const at = Date.UTC(2013, 4, 24);
  const bucket = "https://examplebucket.s3.amazonaws.com";

  test.each([
    {
      what: "GET object",
      request: {
        method: "GET",
        url: `${bucket}/test.txt`,
        headers: { range: "bytes=0-9", "x-amz-content-sha256": EMPTY },
      },
      signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    },
    {
      what: "PUT object, whose path is not encoded twice",
      request: {
        // The gateway never writes; the example has the only encoded path.
        method: "PUT" as "POST",
        url: `${bucket}/test%24file.text`,
        headers: {
          date: "Fri, 24 May 2013 00:00:00 GMT",
          "x-amz-storage-class": "REDUCED_REDUNDANCY",
          "x-amz-content-sha256":
            "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
        },
        body: "Welcome to Amazon S3.",
      },
      signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
    },
    {
      what: "GET bucket lifecycle",
      request: {
        method: "GET",
        url: `${bucket}/`,
        query: { lifecycle: "" },
        headers: { "x-amz-content-sha256": EMPTY },
      },
      signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
    },
    {
      what: "list objects",
      request: {
        method: "GET",
        url: `${bucket}/`,
        query: { prefix: "J", "max-keys": "2" },
        headers: { "x-amz-content-sha256": EMPTY },
      },
      signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
    },
  ] as const)("signs $what", ({ request, signature }) => {
    const sent = sign({ ...request, scope }, at, S3);
    expect(sent.headers["authorization"]).toMatch(new RegExp(`, Signature=${signature}$`));
  });

  test("signs the link to an object", () => {
    const link = presignedV4(
      { method: "GET", url: new URL(`${bucket}/test.txt`), headers: {}, scope },
      S3,
      { now: at, expiresSeconds: 86_400 },
    );
    expect(link).toBe(
      `${bucket}/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404`,
    );
  });
});

describe("a signed request", () => {
  const scope = { service: "s3", region: "eu-west-1" };
  const request = { method: "POST", url: "https://127.0.0.1:9011/", headers: {}, scope } as const;
  const at = Date.UTC(2026, 10, 29);
  const signatureOf = (body: string, headers: Fields = {}): string | undefined =>
    sign({ ...request, body, headers }, at).headers["authorization"];

  test("names its host with the port", () => {
    expect(sign(request, at).headers["host"]).toBe("127.0.0.1:9011");
  });

  test("has another signature for another body, unless the body is not signed", () => {
    const unsigned = { "x-amz-content-sha256": UNSIGNED_PAYLOAD };
    expect(signatureOf("a")).not.toBe(signatureOf("b"));
    expect(signatureOf("a", unsigned)).toBe(signatureOf("b", unsigned));
  });

  test("carries the session token of temporary credentials, and so does a link", () => {
    const temporary = { ...SUITE, sessionToken: "session/token+1" };
    expect(sign(request, at, temporary).headers).toMatchObject({
      "x-amz-security-token": "session/token+1",
      authorization: expect.stringContaining("x-amz-date;x-amz-security-token,") as string,
    });
    const link = presignedV4({ ...request, method: "GET", url: new URL(request.url) }, temporary, {
      now: at,
      expiresSeconds: 900,
    });
    expect(new URL(link).searchParams.get("X-Amz-Security-Token")).toBe("session/token+1");
    expect(link).toContain("X-Amz-SignedHeaders=host&X-Amz-Signature=");
  });

  test("cannot be made without a service and a region", () => {
    const { scope: _scope, ...rest } = request;
    expect(() => sign(rest, at)).toThrow(TypeError);
  });
});
