import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { literalSecretsIn } from "../../src/config/load.js";

const folder = mkdtempSync(join(tmpdir(), "exposure-"));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(text: string, mode: number): string {
  const file = join(folder, `${mode}.yaml`);
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

const LITERAL = `
server: { cursorKey: [c2VjcmV0, "\${SECOND}"], host: 127.0.0.1 }
accounts:
  - { id: a, vendor: ucloud, credentials: { publicKey: k, privateKey: "\${KEY}" } }
`;

describe("secrets in the config file", () => {
  test("are reported by their place if every user can read them", () => {
    expect(literalSecretsIn(fileOf(LITERAL, 0o644))).toEqual([
      "server.cursorKey[0]",
      "accounts[0].credentials.publicKey",
    ]);
  });

  test.each([0o600, 0o640])("are accepted in a file of mode %o", (mode) => {
    expect(literalSecretsIn(fileOf(LITERAL, mode))).toEqual([]);
  });

  test("are not in the file if the environment holds them", () => {
    const text = 'accounts: [{ id: a, credentials: { publicKey: "${A}", privateKey: "x${B:-}" } }]';
    expect(literalSecretsIn(fileOf(text, 0o644))).toEqual([]);
  });

  test.each([
    { url: "redis://:hunter2@cache.internal:6379", reported: true },
    { url: "rediss://gateway:hunter2@cache.internal", reported: true },
    { url: "redis://gateway:hunter2@${HOST}:6379", reported: true },
    { url: "redis://:${PASSWORD}@cache.internal", reported: false },
    { url: "redis://gateway:${A}${B}@cache.internal", reported: false },
    { url: "redis://gateway@cache.internal:6379", reported: false },
    { url: "redis://cache.internal:6379", reported: false },
  ])("may be the password of the URL $url: $reported", ({ url, reported }) => {
    const text = `cache: { url: "${url}" }`;
    expect(literalSecretsIn(fileOf(text, 0o644))).toEqual(reported ? ["cache.url"] : []);
  });

  test("may be the password of a proxy, wherever its URL is", () => {
    const text = 'upstream: { proxy: "http://user:hunter2@proxy.internal:3128" }';
    expect(literalSecretsIn(fileOf(text, 0o644))).toEqual(["upstream.proxy"]);
  });
});
