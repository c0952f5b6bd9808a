import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { exposedSecrets } from "../../src/config/exposure.js";

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
  test("are told by their place where every user can read them", () => {
    expect(exposedSecrets(fileOf(LITERAL, 0o644))).toEqual([
      "server.cursorKey[0]",
      "accounts[0].credentials.publicKey",
    ]);
  });

  test.each([0o600, 0o640])("may stand in a file of mode %o", (mode) => {
    expect(exposedSecrets(fileOf(LITERAL, mode))).toEqual([]);
  });

  test("are not meant where the environment holds them", () => {
    const text = 'accounts: [{ id: a, credentials: { publicKey: "${A}", privateKey: "x${B:-}" } }]';
    expect(exposedSecrets(fileOf(text, 0o644))).toEqual([]);
  });
});
