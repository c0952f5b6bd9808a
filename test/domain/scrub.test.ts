import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LearningScrub, makeScrub, REDACTED } from "../../src/domain/scrub.js";
import { runs } from "../runs.js";

const CANARY = "CaNaRy0123456789zZ";
const scrub = makeScrub();

/** Parameters of links and forms that must not leave, in the words of the clouds and stores. */
const PARAMETERS = [
  "X-Amz-Signature",
  "X-Amz-Security-Token",
  "X-Amz-Credential",
  "AWSAccessKeyId",
  "Signature",
  "sig",
  "se",
  "sign",
  "x-oss-signature",
  "x-oss-credential",
  "x-oss-security-token",
  "security-token",
  "OSSAccessKeyId",
  "q-signature",
  "q-ak",
  "x-cos-security-token",
  "X-Goog-Signature",
  "X-Goog-Credential",
  "Expires",
  "token",
  "access_token",
  "AccessKeyId",
  "AccessKeySecret",
  "SecurityToken",
  "SecretId",
  "SecretKey",
  "UCloudPublicKey",
  "PublicKey",
  "PrivateKey",
  "api_key",
  "apikey",
  "auth_key",
  "client_secret",
  "password",
  "passwd",
];

const HEADERS = [
  "Authorization",
  "proxy-authorization",
  "x-api-key",
  "x-auth-token",
  "x-amz-security-token",
  "x-acs-security-token",
  "x-ncp-iam-access-key",
  "x-gateway-secret",
  "x-clouds-token",
  "cookie",
  "set-cookie",
];

/** Text around a secret. */
const around = fc.string({ unit: "grapheme", maxLength: 40 });

describe("what looks like a secret is removed", () => {
  test.each(PARAMETERS)("the parameter %s, in a link however it is written", (name) => {
    const link = `https://bucket.example/dump.rdb?a=1&${name}=${CANARY}%2B%2F%3D&z=2`;
    const forms = [
      link,
      `fetch of ${link} failed`,
      link.toUpperCase(),
      JSON.stringify({ msg: link }),
      JSON.stringify({ msg: JSON.stringify({ url: link }) }),
      `redirect=${encodeURIComponent(link)}&b=2`,
      `${name}=${CANARY}`,
    ];
    for (const form of forms) expect(scrub(form).toLowerCase()).not.toContain(CANARY.toLowerCase());
    expect(scrub(link)).toContain("https://bucket.example/dump.rdb?a=1");
    expect(scrub(link)).toContain("&z=2");
  });

  test.each(PARAMETERS)("the value of the JSON key %s, also in JSON inside of JSON", (name) => {
    const row = JSON.stringify({ a: 1, [name]: `${CANARY}"\\/${CANARY}`, z: "kept" });
    const line = JSON.stringify({ body: row, z: "kept" });
    for (const text of [row, line]) {
      expect(scrub(text)).not.toContain(CANARY);
      expect(JSON.parse(scrub(text))).toMatchObject({ z: "kept" });
    }
    expect(JSON.parse((JSON.parse(scrub(line)) as { body: string }).body)).toMatchObject({
      z: "kept",
    });
  });

  test.each(HEADERS)(
    "the header %s, as a line, in JSON, in a list and as Node prints it",
    (name) => {
      const value = `Custom ${CANARY}; more=${CANARY}`;
      const forms = [
        `GET / HTTP/1.1\r\n${name}: ${value}\r\nhost: a`,
        JSON.stringify({ msg: `${name}: ${value}\nhost: a` }),
        JSON.stringify({ headers: { [name]: value } }),
        JSON.stringify({ headers: [name, value, "host", "a"] }),
        `{ '${name}': '${value}', host: 'a' }`,
        `[ '${name}', '${value}' ]`,
      ];
      for (const form of forms) expect(scrub(form)).not.toContain(CANARY);
      expect(scrub(forms[0] as string)).toContain("host: a");
    },
  );

  test.each([
    ["a bearer token", `sent Bearer ${CANARY}`],
    ["basic credentials", `Basic ${Buffer.from(`me:${CANARY}`).toString("base64")}`],
    ["a signed token", `got eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.${CANARY}, refused`],
    ["a token without a signature", `eyJhbGciOiJub25lIn0.${CANARY}.`],
    ["credentials in a URL", `redis://user:${CANARY}@h.example:6379/0`],
    ["a password in a URL", `redis://:${CANARY}@h.example`],
    [
      "the key of a TC3 signature",
      `TC3-HMAC-SHA256 Credential=${CANARY}/2025, Signature=${CANARY}`,
    ],
    ["the key of an ACS3 one", `ACS3-HMAC-SHA256 Credential=${CANARY},SignedHeaders=a,Signature=b`],
    ["a Tencent key id", `unknown AKID${CANARY}`],
    ["an Alibaba key id", `LTAI${CANARY} is disabled`],
    ["a private key", `-----BEGIN PRIVATE KEY-----\n${CANARY}\n-----END PRIVATE KEY-----`],
    [
      "a private key in JSON",
      JSON.stringify({
        k: `-----BEGIN RSA PRIVATE KEY-----\r\nA: b\r\n${CANARY}/+=\r\n-----END RSA PRIVATE KEY-----`,
      }),
    ],
    ["the half of a certificate", `-----BEGIN CERTIFICATE-----\n${CANARY}\nMII`],
    ["a printed object", `{ secretKey: '${CANARY}', id: 'x' }`],
  ])("%s", (_, text) => {
    expect(scrub(text)).not.toContain(CANARY);
    expect(scrub(text)).toContain(REDACTED);
  });

  test("what follows a PEM block stays", () => {
    const pem = `-----BEGIN CERTIFICATE-----\n${CANARY}\n-----END CERTIFICATE-----`;
    expect(scrub(`${pem} of the host`)).toBe(`${REDACTED} of the host`);
  });
});

describe("everything else stays as it is", () => {
  test.each([
    "The vendor did not answer in time.",
    '{"level":30,"requestId":"6f1c3c1e-7c53-4c39-9a3e-0c2f2f0f8a11","msg":"Gateway ready at http://127.0.0.1:4000/graphql"}',
    '{"msg":"no token","account":"ops-tencent"}',
    "https://docs.ucloud.cn/api/umem-api/describe_uredis_backup_url?page=2&size=20",
    "accounts[1].credentials.secretId: environment variable TENCENT_SECRET_ID is not set",
    "ops-ucloud/uredis cn-bj2 DescribeURedisBackup THROTTLED 3 attempts",
    "mail to ops@example.com at 10:30, case=closed, design=good",
    "Bearer tokens are refused",
  ])("%s", (text) => {
    expect(scrub(text)).toBe(text);
  });

  test("and scrubbing twice changes nothing more", () => {
    const part = fc.oneof(
      around,
      fc.constantFrom(...PARAMETERS, ...HEADERS, "=", ": ", '"', "'", "&", "\\", "?", "%3D"),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const once = scrub(parts.join(""));
        expect(scrub(once)).toBe(once);
      }),
    );
  });
});

describe("a registered secret", () => {
  const secret = fc
    .string({ minLength: 6, maxLength: 60, unit: "binary-ascii" })
    .filter((text) => !REDACTED.includes(text) && !text.includes(REDACTED));

  test("is removed from any text, as it is, percent-encoded, and in JSON", () => {
    fc.assert(
      fc.property(secret, around, around, (value, before, after) => {
        const clean = makeScrub([value]);
        const plain = before + value + after;
        const left = [
          clean(plain),
          JSON.parse(clean(JSON.stringify({ [value]: plain }))),
          JSON.parse(clean(JSON.stringify({ a: plain, b: [plain] }))),
        ];
        for (const text of left) expect(textsOf(text).some((t) => t.includes(value))).toBe(false);
        const encoded = encodeURIComponent(value);
        if (!REDACTED.includes(encoded))
          expect(clean(`https://h.example/?x=${encoded}`)).not.toContain(encoded);
      }),
      runs(200),
    );
  });

  test("is removed before a shorter one that is a part of it", () => {
    expect(makeScrub(["canary", "canary-and-more"])("a canary-and-more b")).toBe(`a ${REDACTED} b`);
  });

  test("is not taken for one where it is so short that words would be lost", () => {
    expect(makeScrub(["a", ""])("a banana")).toBe("a banana");
  });

  test("holds no power as a pattern", () => {
    expect(makeScrub(["a.*b+(c)[d]"])("aXXb a.*b+(c)[d]")).toBe(`aXXb ${REDACTED}`);
  });
});

test("text that is JSON stays JSON, whatever is in it", () => {
  const piece = fc.oneof(
    around,
    fc.constantFrom(...PARAMETERS.map((name) => `${name}=`), ...HEADERS.map((name) => `${name}: `)),
    fc.constantFrom('"token":"', "'secret': '", "-----BEGIN KEY-----", "Bearer ", "://u:p@", "\\"),
  );
  const text = fc.array(piece, { maxLength: 6 }).map((parts) => parts.join(""));
  const value = fc.dictionary(fc.oneof(around, fc.constantFrom(...PARAMETERS)), text);
  const nested = fc.record({ a: value, b: fc.array(text), c: value.map((v) => JSON.stringify(v)) });
  fc.assert(
    fc.property(nested, (given) => {
      expect(Object.keys(JSON.parse(scrub(JSON.stringify(given))) as object)).toEqual([
        "a",
        "b",
        "c",
      ]);
    }),
    runs(300),
  );
});

test("a text without end costs no more than its length", () => {
  const size = 200_000;
  for (const piece of [
    "eyJ",
    "token=",
    'token":"',
    "-----BEGIN A-----",
    "://",
    "Bearer ",
    "x-ncp-a",
    "signature",
  ])
    expect(scrub(piece.repeat(size / piece.length)).length).toBeLessThanOrEqual(size * 3);
});

/** Every text in a value, keys included. */
function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...textsOf(inner)]);
}

describe("a scrubber that learns", () => {
  test("removes secrets from the moment it knows them, and the last three of each owner", () => {
    const learning = new LearningScrub();
    const { scrub } = learning;
    const text = "canary0 canary1 canary2 canary3 of-another";
    expect(scrub(text)).toBe(text);
    learning.hide(["of-another"], "another");
    for (const secret of ["canary0", "canary1", "canary2", "canary3"]) learning.hide([secret], "a");
    expect(scrub(text)).toBe(`canary0 ${`${REDACTED} `.repeat(3)}${REDACTED}`);
  });
});
