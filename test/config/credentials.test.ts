import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { credentialReader, type ReadingBounds } from "../../src/config/credentials.js";
import type { Account, CredentialSource, ReadCredentials } from "../../src/domain/account.js";
import { SourceError } from "../../src/errors.js";
import { alibabaAccount, tencentAccount, ucloudAccount } from "../vendors/accounts.js";

const folder = mkdtempSync(join(tmpdir(), "credentials-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function fileOf(text: string): string {
  files += 1;
  const file = join(folder, `file-${files}`);
  writeFileSync(file, text);
  return file;
}

interface Reading {
  readonly account?: Account;
  readonly env?: Readonly<Record<string, string>>;
  readonly bounds?: Partial<ReadingBounds>;
  readonly signal?: AbortSignal;
}

function readerOf(source: CredentialSource, { account, env, bounds }: Reading = {}) {
  const own = { ...(account ?? tencentAccount), credentialSource: source } as Account;
  const reader = credentialReader(own, env ?? { PATH: process.env["PATH"] ?? "" }, {
    maxMs: 10_000,
    maxBytes: 10_000,
    ...bounds,
  });
  if (reader === null) throw new Error("The account has no source.");
  return reader;
}

const read = (source: CredentialSource, reading: Reading = {}): Promise<ReadCredentials> =>
  readerOf(source, reading).read(reading.signal ?? new AbortController().signal);

/** A command that runs a script of Node. */
const script = (text: string, environment: readonly string[] = []): CredentialSource => ({
  command: [process.execPath, "-e", text],
  environment,
  folder,
});

const KEYS = { secretId: "canary-id", secretKey: "canary-key", token: null };
const PROCESS_FORM = {
  Version: 1,
  AccessKeyId: "canary-id",
  SecretAccessKey: "canary-key",
  SessionToken: "canary-token",
  Expiration: "2031-02-03T04:05:06Z",
  AccountId: "123456789012",
};
const EXPIRES_AT = Date.UTC(2031, 1, 3, 4, 5, 6);

test("an account that holds its credentials has no reader", () => {
  expect(credentialReader(tencentAccount, {})).toBeNull();
});

describe("credentials are", () => {
  test.each([
    { what: "the vendor's keys in YAML", text: "secretId: canary-id\nsecretKey: canary-key\n" },
    { what: "the vendor's keys in JSON", text: JSON.stringify(KEYS).replace(/,"token":null/, "") },
    {
      what: "the vendor's keys with an empty token",
      text: "{ secretId: canary-id, secretKey: canary-key, token: '' }",
    },
  ])("$what", async ({ text }) => {
    const found = await read({ file: fileOf(text) });
    expect(found).toMatchObject({ credentials: KEYS, expiresAt: null });
  });

  test("the vendor's keys with the time at which they expire", async () => {
    const text =
      "secretId: canary-id\nsecretKey: canary-key\nExpiration: 2031-02-03T05:05:06+01:00";
    expect((await read({ file: fileOf(text) })).expiresAt).toBe(EXPIRES_AT);
  });

  test.each([
    { account: tencentAccount, credentials: { ...KEYS, token: "canary-token" } },
    {
      account: alibabaAccount,
      credentials: {
        accessKeyId: "canary-id",
        accessKeySecret: "canary-key",
        securityToken: "canary-token",
      },
    },
  ])("the form of AWS processes for $account.vendor", async ({ account, credentials }) => {
    const text = JSON.stringify(PROCESS_FORM);
    for (const source of [{ file: fileOf(text) }, script(`console.log(${JSON.stringify(text)})`)])
      expect(await read(source, { account })).toMatchObject({ credentials, expiresAt: EXPIRES_AT });
  });

  test("the form of AWS processes without a token for UCloud, which has none", async () => {
    const { SessionToken, ...text } = PROCESS_FORM;
    const file = fileOf(JSON.stringify(text));
    expect(await read({ file }, { account: ucloudAccount })).toMatchObject({
      credentials: { publicKey: "canary-id", privateKey: "canary-key" },
    });
    await expect(
      read({ file: fileOf(JSON.stringify(PROCESS_FORM)) }, { account: ucloudAccount }),
    ).rejects.toThrow("it has a SessionToken, which this vendor does not use");
  });
});

describe("a file is refused", () => {
  test.each([
    { what: "without a key", text: "secretId: canary-id", why: "secretKey is not text without" },
    { what: "with an empty key", text: "{ secretId: '', secretKey: canary-key }", why: "secretId" },
    {
      what: "with an unknown key",
      text: "{ secretId: a, secretKey: b, canarykey: c }",
      why: "it has an unknown key (known: secretId, secretKey, token, Expiration)",
    },
    {
      what: "with a key twice",
      text: "secretId: canary\nsecretId: canary\nsecretKey: c",
      why: "it is not valid YAML or JSON",
    },
    { what: "in no format", text: "{ canary: [", why: "it is not valid YAML or JSON" },
    { what: "that is a text", text: "canary", why: "it is not a map in YAML or JSON" },
    { what: "that is a list", text: "- canary", why: "it is not a map in YAML or JSON" },
    { what: "that is empty", text: "", why: "it is not a map in YAML or JSON" },
    {
      what: "in the process form without its secret",
      text: JSON.stringify({ ...PROCESS_FORM, SecretAccessKey: undefined }),
      why: "SecretAccessKey is not text without spaces",
    },
    {
      what: "in another version of the process form",
      text: JSON.stringify({ ...PROCESS_FORM, Version: 2 }),
      why: "its Version is not 1",
    },
    {
      what: "with a time without a zone",
      text: "{ secretId: a, secretKey: b, Expiration: 2031-02-03T04:05:06 }",
      why: "Expiration is not an ISO 8601 time with a zone",
    },
    {
      what: "with a time in seconds",
      text: "{ secretId: a, secretKey: b, Expiration: 1900000000 }",
      why: "Expiration is not an ISO 8601 time with a zone",
    },
    { what: "that is too large", text: "#".repeat(10_001), why: "it is larger than 10000 bytes" },
  ])("$what, and not quoted", async ({ text, why }) => {
    const error: unknown = await read({ file: fileOf(text) }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SourceError);
    expect(error).toMatchObject({
      kind: "UNAUTHENTICATED",
      message: expect.stringContaining(
        `The credentials file of the account cannot be used: ${why}`,
      ) as string,
    });
    expect(JSON.stringify([String(error), error])).not.toContain("canary");
  });

  test("that does not exist, is a directory or a pipe", async () => {
    await expect(read({ file: join(folder, "none") })).rejects.toThrow("it does not exist");
    mkdirSync(join(folder, "directory"));
    await expect(read({ file: join(folder, "directory") })).rejects.toThrow("not a regular file");
    spawnSync("mkfifo", [join(folder, "pipe")]);
    await expect(read({ file: join(folder, "pipe") })).rejects.toThrow("not a regular file");
  });
});

test("the version of a file changes when the file is written or replaced, and is null without it", async () => {
  const file = fileOf("secretId: a\nsecretKey: b");
  const reader = readerOf({ file });
  const { version: first } = await reader.read(new AbortController().signal);
  expect(await reader.version?.()).toBe(first);
  const versions = new Set([first]);
  writeFileSync(file, "secretId: a\nsecretKey: longer");
  versions.add((await reader.version?.()) ?? null);
  renameSync(fileOf("secretId: a\nsecretKey: longer"), file);
  versions.add((await reader.version?.()) ?? null);
  rmSync(file);
  versions.add((await reader.version?.()) ?? null);
  expect(versions.size).toBe(4);
  expect([...versions].at(-1)).toBeNull();
});

describe("a command", () => {
  test("runs without a shell, in the folder of the config", async () => {
    const source: CredentialSource = {
      command: [
        process.execPath,
        "-e",
        "console.log(JSON.stringify({ secretId: process.argv[1], secretKey: process.cwd() }))",
        "$(id);`id`",
      ],
      environment: [],
      folder,
    };
    expect((await read(source)).credentials).toMatchObject({ secretId: "$(id);`id`" });
    expect((await read(source)).credentials).toMatchObject({
      secretKey: expect.stringContaining("credentials-") as string,
    });
  });

  test("gets PATH, HOME and the variables that are named, and no others", async () => {
    const text =
      "console.log(JSON.stringify({ secretId: 'x', secretKey: Object.keys(process.env).sort().join() }))";
    const env = { PATH: "/bin", HOME: "/home/a", VAULT_ADDR: "b", UCLOUD_KEY: "canary" };
    const { credentials } = await read(script(text, ["VAULT_ADDR", "NOT_SET"]), { env });
    expect(credentials).toMatchObject({ secretKey: "HOME,PATH,VAULT_ADDR" });
  });

  test.each([
    { what: "exits with a code", text: "process.exit(3)", why: "its exit code is 3" },
    {
      what: "is ended by a signal",
      text: "process.kill(process.pid, 'SIGTERM')",
      why: "SIGTERM ended it",
    },
    { what: "prints nothing", text: "", why: "it is not a map in YAML or JSON" },
    { what: "prints rubbish", text: "console.log('canary')", why: "it is not a map" },
    {
      what: "prints credentials and fails",
      text: 'console.log(\'{"secretId":"canary","secretKey":"canary"}\');process.exitCode=1',
      why: "its exit code is 1",
    },
    {
      what: "explains its failure on standard error",
      text: "process.stderr.write('canary'.repeat(1e5));process.exitCode=1",
      why: "its exit code is 1",
    },
    {
      what: "prints without end",
      text: "setInterval(() => console.log('canary'.repeat(1e3)), 0)",
      why: "it printed more than 10000 bytes",
    },
  ])("that $what has failed, and is not quoted", async ({ text, why }) => {
    const error: unknown = await read(script(text)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      kind: "UNAUTHENTICATED",
      message: expect.stringContaining(
        `The credentials command of the account failed: ${why}`,
      ) as string,
    });
    expect(JSON.stringify([String(error), error])).not.toContain("canary");
  });

  test("that does not exist has failed, and its arguments are not shown", async () => {
    const source = { command: ["./no-such-program", "canary"], environment: [], folder };
    const error: unknown = await read(source).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      kind: "UNAUTHENTICATED",
      message: "The credentials command of the account failed: it could not be started (ENOENT).",
    });
    expect(readerOf(source).origin).toBe("command ./no-such-program");
  });

  /** A script that starts another program, writes its process id to a file, and then runs the given code. */
  const parentOf = (file: string, then: string): CredentialSource =>
    script(
      `const { pid } = require("child_process").spawn(process.execPath, ["-e", "setInterval(() => 0, 1000)"], { stdio: "inherit" });
       require("fs").writeFileSync(${JSON.stringify(file)}, String(pid));
       console.log('{"secretId":"a","secretKey":"b"}');
       ${then}`,
    );

  async function hasEnded(file: string): Promise<boolean> {
    const pid = Number(readFileSync(file, "utf8"));
    for (;;) {
      try {
        process.kill(pid, 0);
      } catch {
        return true;
      }
      // A zombie without a parent that waits for it has ended too.
      if (/^State:\s+Z/m.test(statusOf(pid))) return true;
      await wait(10);
    }
  }

  const statusOf = (pid: number): string => {
    const file = `/proc/${pid}/status`;
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  };

  test("that takes too long is ended with everything that it started", async () => {
    const file = join(folder, "pid-of-slow");
    // A shell starts its program long before it is ended.
    const source = {
      command: ["sh", "-c", 'sleep 1000 & echo $! > "$0"; wait', file],
      environment: [],
      folder,
    };
    await expect(read(source, { bounds: { maxMs: 1_500 } })).rejects.toThrow(
      "it did not end within 1500 ms",
    );
    expect(await hasEnded(file)).toBe(true);
  });

  test("leaves nothing running when it has ended", async () => {
    const file = join(folder, "pid-of-left");
    const found = await read(parentOf(file, "process.exit(0)"));
    expect(found.credentials).toMatchObject({ secretId: "a", secretKey: "b" });
    expect(await hasEnded(file)).toBe(true);
  });

  test("is ended when the gateway stops", async () => {
    const stopping = new AbortController();
    const reading = read(script("setInterval(() => 0, 1000)"), { signal: stopping.signal });
    stopping.abort();
    await expect(reading).rejects.toThrow("the gateway is stopping");
  });
});
