import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Account, CredentialReader, ReadCredentials } from "../../src/domain/account.js";
import type { CredentialsNote } from "../../src/domain/observation.js";
import { SourceError } from "../../src/errors.js";
import {
  signedBy,
  TokenAuthenticator,
  type Fetch,
  type Signer,
} from "../../src/listing/authenticator.js";
import { RotatingAuthenticator } from "../../src/listing/credentials.js";
import type { VendorDeclaration } from "../../src/listing/declaration.js";
import { ucloud } from "../../src/vendors/ucloud/index.js";
import { ucloudAccount } from "../vendors/accounts.js";

const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;

/** Credentials that a test writes, and how often they were read. */
class FakeSource implements CredentialReader {
  origin = "a test";
  key = "first";
  expiresAt: number | null = null;
  error: SourceError | null = null;
  reads = 0;
  written = 1;
  /** Readings wait for it. */
  gate: Promise<void> = Promise.resolve();
  version?: () => Promise<string | null>;

  constructor(kind: "file" | "command") {
    if (kind === "file") this.version = async () => String(this.written);
  }

  write(key: string): void {
    this.key = key;
    this.written += 1;
  }

  async read(): Promise<ReadCredentials> {
    this.reads += 1;
    await this.gate;
    if (this.error !== null) throw this.error;
    const version = this.version === undefined ? null : String(this.written);
    const credentials = { publicKey: this.key, privateKey: "private" };
    return { credentials, expiresAt: this.expiresAt, version };
  }
}

let now: number;
beforeEach(() => (now = START));

/** A vendor whose signed requests show the key that signed them. */
const vendor = {
  ...ucloud,
  api: (account: Account) => ({
    ...ucloud.api(account as typeof ucloudAccount),
    authenticator: signedBy((request) => ({
      method: request.method,
      url: request.url.href,
      headers: { key: JSON.stringify(account.credentials) },
    })),
  }),
} as VendorDeclaration;

const noFetch: Fetch = () => Promise.reject(new Error("No token is wanted."));

function rotating(source: FakeSource, declared = vendor) {
  const notes: CredentialsNote[] = [];
  const shown: unknown[] = [];
  const authenticator = new RotatingAuthenticator({
    account: ucloudAccount,
    vendor: declared,
    reader: source,
    now: () => now,
    onRead(note, credentials) {
      notes.push(note);
      if (credentials !== null) shown.push(credentials);
    },
  });
  const signer = async (): Promise<Signer> =>
    authenticator.peek(now) ?? (await authenticator.read(now, noFetch));
  return { authenticator, notes, shown, signer };
}

const keyOf = (signer: Signer | null): string => {
  const request = { method: "GET", url: new URL("https://h.example"), headers: {} } as const;
  const key = signer?.(request, { now, nonce: "" }).headers["key"] ?? "{}";
  return (JSON.parse(key) as { publicKey?: string }).publicKey ?? "none";
};

/** Lets everything run that waits for nothing. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const failure = new SourceError("UNAUTHENTICATED", "It failed.");

describe("credentials that are read while the gateway runs", () => {
  test("are read by the first who needs them, once for all who wait", async () => {
    const source = new FakeSource("command");
    const { authenticator, signer } = rotating(source);
    expect(authenticator.peek(now)).toBeNull();
    const signers = await Promise.all([signer(), signer(), signer()]);
    expect(signers.map(keyOf)).toEqual(["first", "first", "first"]);
    expect(new Set(signers).size).toBe(1);
    expect(source.reads).toBe(1);
    now += 90 * MINUTE;
    await signer();
    expect(source.reads).toBe(1);
  });

  test("are read again when the file changes; until then the old ones are used", async () => {
    const source = new FakeSource("file");
    const { authenticator, signer, shown } = rotating(source);
    await signer();
    source.write("second");
    now += 2_000;
    expect(keyOf(authenticator.peek(now))).toBe("first");
    await settle();
    expect(keyOf(authenticator.peek(now))).toBe("second");
    expect(source.reads).toBe(2);
    expect(shown).toEqual([
      { publicKey: "first", privateKey: "private" },
      { publicKey: "second", privateKey: "private" },
    ]);
  });

  test("stay in use if the changed file is wrong, which is read once", async () => {
    const source = new FakeSource("file");
    const { authenticator, signer, notes } = rotating(source);
    await signer();
    source.write("half");
    source.error = failure;
    for (let second = 0; second < 20; second += 1) {
      now += 1_000;
      expect(keyOf(authenticator.peek(now))).toBe("first");
      await settle();
    }
    expect(source.reads).toBe(2);
    expect(notes.at(-1)).toMatchObject({ account: "ops-ucloud", error: "It failed." });
    source.error = null;
    source.write("whole");
    now += 1_000;
    authenticator.peek(now);
    await settle();
    expect(keyOf(authenticator.peek(now))).toBe("whole");
  });

  test("are read again before they expire, and old ones are used meanwhile", async () => {
    const source = new FakeSource("command");
    source.expiresAt = START + 60 * MINUTE;
    const { authenticator, signer } = rotating(source);
    await signer();
    now = START + 54 * MINUTE;
    authenticator.peek(now);
    await settle();
    expect(source.reads).toBe(1);
    now = START + 56 * MINUTE;
    source.write("second");
    source.expiresAt = START + 120 * MINUTE;
    expect(keyOf(authenticator.peek(now))).toBe("first");
    await settle();
    expect(keyOf(authenticator.peek(now))).toBe("second");
    expect(authenticator.expiresAt).toBe(START + 120 * MINUTE);
    expect(source.reads).toBe(2);
  });

  test("that have expired are not used, nor are those that are read already expired", async () => {
    const source = new FakeSource("command");
    source.expiresAt = START + 10 * MINUTE;
    const { authenticator, signer } = rotating(source);
    await signer();
    now = START + 10 * MINUTE;
    expect(authenticator.peek(now)).toBeNull();
    await expect(signer()).rejects.toMatchObject({
      kind: "UNAUTHENTICATED",
      message: "The credentials of the account expired at 2026-01-01T00:10:00.000Z.",
    });
  });

  test.each(["file", "command"] as const)(
    "that cannot be read from a %s are not asked for by each request",
    async (kind) => {
      const source = new FakeSource(kind);
      source.error = failure;
      const { signer } = rotating(source);
      for (let request = 0; request < 5; request += 1) await expect(signer()).rejects.toBe(failure);
      expect(source.reads).toBe(1);
      source.error = null;
      now += 15_000;
      expect(keyOf(await signer())).toBe("first");
    },
  );

  test("that a vendor refuses are read again once for all whom it refused", async () => {
    const source = new FakeSource("command");
    const { authenticator, signer } = rotating(source);
    const old = await signer();
    source.write("second");
    expect([authenticator.refused(old, now), authenticator.refused(old, now)]).toEqual([
      true,
      true,
    ]);
    const next = await Promise.all([signer(), signer()]);
    expect(next.map(keyOf)).toEqual(["second", "second"]);
    expect(source.reads).toBe(2);
    // A call that began with the old ones.
    expect(authenticator.refused(old, now)).toBe(true);
    expect(await signer()).toBe(next[0]);
  });

  test("that are refused and have not changed keep their signer, and are not read for a moment", async () => {
    const source = new FakeSource("command");
    const { authenticator, signer } = rotating(source);
    const first = await signer();
    expect(authenticator.refused(first, now)).toBe(true);
    expect(await signer()).toBe(first);
    expect(authenticator.refused(first, now)).toBe(false);
    expect(source.reads).toBe(2);
    now += 15_000;
    expect(authenticator.refused(first, now)).toBe(true);
  });

  test("that are refused are not used while others cannot be read", async () => {
    const source = new FakeSource("command");
    const { authenticator, signer } = rotating(source);
    const first = await signer();
    source.error = failure;
    authenticator.refused(first, now);
    await expect(signer()).rejects.toBe(failure);
    await expect(signer()).rejects.toBe(failure);
    expect(source.reads).toBe(2);
  });

  test("are declared to products again, so that links are signed with those in use", async () => {
    const source = new FakeSource("file");
    const declared = {
      ...vendor,
      products: (account: Account) => [
        { word: "uredis", account } as never,
        { word: "umem", account } as never,
      ],
    };
    const { authenticator } = rotating(source, declared);
    expect(await authenticator.product("umem")).toMatchObject({
      word: "umem",
      account: { credentials: { publicKey: "first" } },
    });
  });
});

describe("a token that is requested with them", () => {
  let requested: string[];
  let accepted: string;
  beforeEach(() => {
    requested = [];
    accepted = "first";
  });

  const tokens = {
    ...vendor,
    api: (account: Account) => ({
      ...ucloud.api(account as typeof ucloudAccount),
      authenticator: new TokenAuthenticator({
        action: "token",
        request: () => ({
          method: "GET",
          url: "https://id.example/",
          headers: { key: (account as typeof ucloudAccount).credentials.publicKey },
        }),
        open: ({ body }) => ({ value: body, lifetimeMs: 3_600_000 }),
        attach: ({ method, url }, token) => ({ method, url: url.href, headers: { token } }),
      }),
    }),
  } as VendorDeclaration;

  const fetch: Fetch = async ({ request, open }) => {
    const key = request({ now, nonce: "" }).headers["key"] ?? "";
    requested.push(key);
    if (key !== accepted) throw new SourceError("UNAUTHENTICATED", "The key is wrong.");
    return open({ status: 200, headers: {}, body: `token of ${key}` });
  };

  test("is requested again with new ones if the old ones are refused", async () => {
    const source = new FakeSource("command");
    const { authenticator } = rotating(source, tokens);
    await authenticator.read(now, fetch);
    now += 3_600_000;
    source.write("second");
    accepted = "second";
    await authenticator.read(now, fetch);
    expect(requested).toEqual(["first", "first", "second"]);
    expect(source.reads).toBe(2);
  });

  test("is renewed first if it is refused, and only then are they read again", async () => {
    const source = new FakeSource("command");
    const { authenticator } = rotating(source, tokens);
    const first = await authenticator.read(now, fetch);
    expect(authenticator.refused(first, now)).toBe(true);
    const second = await authenticator.read(now, fetch);
    expect(source.reads).toBe(1);
    expect(authenticator.refused(second, now)).toBe(true);
    await authenticator.read(now, fetch);
    expect(source.reads).toBe(2);
  });
});

describe("closing", () => {
  let aborted = false;
  afterEach(() => (aborted = false));

  test("ends a reading under way", async () => {
    const source = new FakeSource("command");
    source.read = (signal?: AbortSignal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener("abort", () => {
          aborted = true;
          reject(failure);
        });
      });
    const { authenticator, signer } = rotating(source);
    const reading = signer();
    authenticator.close();
    await expect(reading).rejects.toBe(failure);
    expect(aborted).toBe(true);
  });
});
