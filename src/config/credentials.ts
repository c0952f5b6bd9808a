import { spawn } from "node:child_process";
import { constants, type BigIntStats } from "node:fs";
import { open, stat } from "node:fs/promises";
import type {
  Account,
  CredentialReader,
  CredentialSource,
  ReadCredentials,
  Environment,
} from "../domain/account.js";
import { isRow, type Row } from "../domain/row.js";
import { SourceError } from "../errors.js";
import { CREDENTIALS } from "./accounts.js";
import { openText } from "./document.js";
import { codeOf, ConfigError, readFault } from "./fault.js";

/** Bounds of one reading. */
export interface ReadingBounds {
  /** What a command may take, in milliseconds. */
  readonly maxMs: number;
  /** The size of a file, and of what a command prints. */
  readonly maxBytes: number;
}

const BOUNDS: ReadingBounds = { maxMs: 20_000, maxBytes: 65_536 };

/**
 * The reader of an account's credentials; null if they are in the config file.
 *
 * Errors: `SourceError` UNAUTHENTICATED. Its message says why, and quotes neither the file nor what a
 * command printed.
 */
export function credentialReader(
  { vendor, credentialSource: source }: Account,
  env: Environment,
  bounds: ReadingBounds = BOUNDS,
): CredentialReader | null {
  if (source === undefined) return null;
  if ("file" in source) {
    const { file } = source;
    return {
      origin: `file ${file}`,
      read: () =>
        explained("The credentials file of the account cannot be used", async () => {
          const { text, version } = await readFile(file, bounds);
          return { ...credentialsIn(text, vendor), version };
        }),
      version: () => stat(file, { bigint: true }).then(versionOf, () => null),
    };
  }
  return {
    origin: `command ${source.command[0] ?? ""}`,
    read: (signal) =>
      explained("The credentials command of the account failed", async () => {
        const text = await runCommand(source, env, { ...bounds, signal });
        return { ...credentialsIn(text, vendor), version: null };
      }),
  };
}

/** Says why credentials cannot be read, without quoting them. */
class Unusable extends Error {}

async function explained(
  what: string,
  read: () => Promise<ReadCredentials>,
): Promise<ReadCredentials> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    throw new SourceError("UNAUTHENTICATED", `${what}: ${error.message}.`);
  }
}

async function readFile(
  path: string,
  { maxBytes }: ReadingBounds,
): Promise<{ readonly text: string; readonly version: string }> {
  try {
    // A pipe without a writer must not block.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const found = await file.stat({ bigint: true });
      if (!found.isFile()) throw new Unusable("it is not a regular file");
      const { buffer, bytesRead } = await file.read(Buffer.alloc(maxBytes + 1), 0, maxBytes + 1, 0);
      if (bytesRead > maxBytes) throw new Unusable(`it is larger than ${maxBytes} bytes`);
      return { text: buffer.toString("utf8", 0, bytesRead), version: versionOf(found) };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof Unusable) throw error;
    throw new Unusable(readFault(error));
  }
}

const versionOf = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  [dev, ino, size, mtimeNs, ctimeNs].join(" ");

type CommandSource = Extract<CredentialSource, { readonly command: readonly string[] }>;

/** Runs a command and returns what it prints. What it writes to standard error is discarded. */
function runCommand(
  { command: [program = "", ...args], environment, folder }: CommandSource,
  env: Environment,
  { maxMs, maxBytes, signal }: ReadingBounds & { readonly signal: AbortSignal },
): Promise<string> {
  const names = ["PATH", "HOME", ...environment].filter((name) => env[name] !== undefined);
  return new Promise((resolve, reject) => {
    // A process group of its own, so that everything that the command starts ends with it.
    const child = spawn(program, args, {
      cwd: folder,
      env: Object.fromEntries(names.map((name) => [name, env[name]])),
      stdio: ["ignore", "pipe", "ignore"],
      detached: true,
    });
    const printed: Buffer[] = [];
    let bytes = 0;
    let why: string | null = null;
    const end = (reason: string): void => {
      why ??= reason;
      killGroup(child.pid);
    };
    const stop = (): void => end("the gateway is stopping");
    const timer = setTimeout(() => end(`it did not end within ${maxMs} ms`), maxMs);
    signal.addEventListener("abort", stop, { once: true });
    child.stdout.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) end(`it printed more than ${maxBytes} bytes`);
      else printed.push(chunk);
    });
    child.once("error", (error) => (why ??= `it could not be started (${codeOf(error)})`));
    // What the command left running would keep its output open.
    child.once("exit", () => killGroup(child.pid));
    child.once("close", (code, endedBy) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      if (code !== 0) why ??= endedBy === null ? `its exit code is ${code}` : `${endedBy} ended it`;
      if (why === null) resolve(Buffer.concat(printed, bytes).toString("utf8"));
      else reject(new Unusable(why));
    });
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The group has ended.
  }
}

/** Opens credentials in the vendor's own keys, or in the form that AWS credential processes print. */
function credentialsIn(text: string, vendor: Account["vendor"]): Omit<ReadCredentials, "version"> {
  const { Expiration: expiration, ...given } = mapIn(text);
  const isProcessForm = Object.hasOwn(given, "AccessKeyId") || Object.hasOwn(given, "Version");
  const keys = Object.keys(CREDENTIALS[vendor].shape);
  const parsed = CREDENTIALS[vendor].safeParse(isProcessForm ? renamed(given, keys) : given);
  if (parsed.success) return { credentials: parsed.data, expiresAt: instantOf(expiration) };
  const [issue] = parsed.error.issues;
  const key = String(issue?.path[0] ?? "");
  if (issue?.code === "unrecognized_keys")
    throw new Unusable(`it has an unknown key (known: ${keys.join(", ")}, Expiration)`);
  const name = isProcessForm ? PROCESS_KEYS[keys.indexOf(key)] : key;
  throw new Unusable(`${name} ${(issue?.message ?? "is wrong").replace(/^must be/, "is not")}`);
}

const PROCESS_KEYS = ["AccessKeyId", "SecretAccessKey", "SessionToken"] as const;

/** The process form with the vendor's names. Other keys of it, such as `AccountId`, are ignored. */
function renamed(given: Row, keys: readonly string[]): Row {
  const { Version: version = 1, SessionToken: token } = given;
  if (version !== 1) throw new Unusable("its Version is not 1");
  if (keys.length < 3 && (token ?? "") !== "")
    throw new Unusable("it has a SessionToken, which this vendor does not use");
  return Object.fromEntries(
    keys.flatMap((key, index) => {
      const value = given[PROCESS_KEYS[index] ?? ""];
      return value === undefined || value === null ? [] : [[key, value]];
    }),
  );
}

function mapIn(text: string): Row {
  const tree = treeIn(text);
  if (!isRow(tree)) throw new Unusable("it is not a map in YAML or JSON");
  return tree;
}

function treeIn(text: string): unknown {
  try {
    const { tree, faults } = openText(text, "credentials");
    if (faults.length === 0) return tree;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
  }
  throw new Unusable("it is not valid YAML or JSON");
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)$/;

function instantOf(expiration: unknown): number | null {
  if (expiration === undefined || expiration === null || expiration === "") return null;
  const isInstant = typeof expiration === "string" && INSTANT.test(expiration);
  const instant = isInstant ? Date.parse(expiration) : Number.NaN;
  if (Number.isNaN(instant)) throw new Unusable("Expiration is not an ISO 8601 time with a zone");
  return instant;
}
