import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadConfig } from "../../src/config/load.js";
import { runs } from "../runs.js";

/** Looks like a key of a cloud: letters and digits mixed throughout. */
const canary = fc
  .array(fc.constantFrom(..."A1b2C3d4E5f6G7h8"), { minLength: 24, maxLength: 64 })
  .map((letters) => letters.map((letter, i) => (i % 2 === 0 ? letter : String(i % 10))).join(""));

/** All that a process could print of an error. */
function printed(act: () => unknown): string {
  try {
    act();
    return "";
  } catch (error) {
    const own = error as Error;
    return [own.message, own.stack, inspect(own, { depth: 9 }), JSON.stringify(own)].join("\n");
  }
}

/** Whether any twelve characters in a row of a secret are in a text. */
const leaks = (text: string, secret: string): boolean =>
  Array.from({ length: secret.length - 11 }, (_, i) => secret.slice(i, i + 12)).some((part) =>
    text.includes(part),
  );

/** Every place of the file that holds a secret. */
const withSecret = (secret: string): string => `
server: { cursorKey: ["${secret}"] }
federation: { secretSha256: "${secret}" }
auth: { mode: apiKey, apiKeys: [{ name: k, sha256: "${secret}", scopes: [backups:read] }] }
accounts:
  - { id: u, vendor: ucloud, credentials: { publicKey: "${secret}", privateKey: "${secret}" }, endpoint: "https://${secret}:${secret}@h.example" }
  - { id: t, vendor: tencent, credentials: { secretId: "${secret}", secretKey: "${secret}", token: "${secret}" } }
  - { id: a, vendor: alibaba, credentials: { accessKeyId: "${secret}", accessKeySecret: "${secret}", securityToken: "${secret}" } }
cache: { url: "redis://:${secret}@h.example" }
`;

describe("no secret is in any message", () => {
  test("of a file whose secrets stand in their places", () => {
    fc.assert(
      fc.property(canary, (secret) => {
        const text = printed(() => loadConfig({ text: withSecret(secret), env: {} }));
        expect(text).toContain("federation.secretSha256");
        expect(leaks(text, secret)).toBe(false);
      }),
      runs(20),
    );
  });

  test("of a file that was damaged anywhere", () => {
    const damage = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      cut: fc.nat(40),
      put: fc.constantFrom(
        "",
        ":",
        ": ",
        "\n",
        '"',
        "{",
        "}",
        "[",
        "- ",
        "\t",
        "*",
        "&a ",
        "!x ",
        "@",
        "#",
        "? ",
      ),
    });
    fc.assert(
      fc.property(canary, fc.array(damage, { minLength: 1, maxLength: 4 }), (secret, wounds) => {
        const text = wounds.reduce((left, { at, cut, put }) => {
          const place = Math.floor(at * left.length);
          return left.slice(0, place) + put + left.slice(place + cut);
        }, withSecret(secret));
        expect(
          leaks(
            printed(() => loadConfig({ text, env: {} })),
            secret,
          ),
        ).toBe(false);
      }),
      runs(200),
    );
  });

  test("of a file where a secret stands in the wrong place, by itself or from the environment", () => {
    const way = fc.constantFrom('"${S}"', '"a${S}b"', '"SECRET"', "SECRET");
    const places = [
      "server: { port: X, host: X, logLevel: X, corsOrigins: [X], metrics: { host: X } }",
      "auth: { mode: X, jwt: { issuer: X, jwksUri: X, algorithms: [X] } }",
      "accounts: [{ id: X, vendor: ucloud, regions: [X], products: [X], endpoint: X, projectId: X }]",
      "accounts: [{ id: X, vendor: tencent, api: X, timeZone: X, signatureMethod: X }]",
      "accounts: [{ vendor: X, id: X }, X]",
      "accounts: X",
      "cache: { ttl: X, refresh: { share: X } }",
      "auth: { apiKeys: [{ name: X, scopes: [X], accounts: [X] }] }",
      "server: { X: 1 }\nX: [X]",
    ];
    fc.assert(
      fc.property(canary, fc.constantFrom(...places), way, (secret, place, reference) => {
        const text = place.replaceAll("X", reference.replace("SECRET", secret));
        expect(
          leaks(
            printed(() => loadConfig({ text, env: { S: secret } })),
            secret,
          ),
        ).toBe(false);
      }),
      runs(80),
    );
  });

  test("of a file where a secret was pasted as a key or in place of a section", () => {
    fc.assert(
      fc.property(canary, (secret) => {
        const text = `accounts:\n  - { id: a, vendor: ucloud, credentials: "${secret}" }\n  - { id: b, vendor: ucloud, credentials: { ${secret}: , publicKey: p, privateKey: { a: "${secret}" } } }\n${secret}: 1\n`;
        expect(
          leaks(
            printed(() => loadConfig({ text, env: {} })),
            secret,
          ),
        ).toBe(false);
      }),
      runs(20),
    );
  });
});
