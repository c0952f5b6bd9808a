import type { Account, CredentialReader, ReadCredentials } from "../domain/account.js";
import type { CredentialsNote } from "../domain/observation.js";
import { SourceError } from "../errors.js";
import { isCredentialError, type Authenticator, type Fetch, type Signer } from "./authenticator.js";
import type { ProductDeclaration, VendorDeclaration } from "./declaration.js";

/**
 * Called after a reading that changed something or failed, with the credentials if they are new, before
 * they are used. Must not throw.
 */
export type OnCredentials = (
  note: CredentialsNote,
  credentials: Account["credentials"] | null,
) => void;

/** What rotating credentials need. */
interface RotatingParts {
  readonly account: Account;
  readonly vendor: VendorDeclaration;
  readonly reader: CredentialReader;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly onRead?: OnCredentials | undefined;
}

/** Credentials that were read, and the authenticator that uses them. Instants are epoch milliseconds. */
interface Held extends ReadCredentials {
  readonly account: Account;
  readonly authenticator: Authenticator;
  /** When they are read again. */
  readonly renewAt: number;
}

/** A file is looked at again after this time, if it is used. */
const LOOK_MS = 1_000;

/** Time between two runs of a command, and between two readings that refusals cause. */
const PAUSE_MS = 15_000;

/** Credentials are read again this long before they expire, or after half of a shorter life. */
const RENEW_MS = 300_000;

/**
 * The authenticator of an account whose credentials are read while the gateway runs.
 *
 * They are read again when their file changes, before they expire, and once when the vendor refuses them.
 * Concurrent callers share one reading, and use the old ones until it ends. A failed reading is not
 * repeated for a moment.
 */
export class RotatingAuthenticator implements Authenticator {
  private held: Held | null = null;
  private isRefused = false;
  private reading: Promise<Held> | null = null;
  private failed: { readonly error: SourceError; readonly until: number } | null = null;
  private nextLookAt = 0;
  /** The version of the file that was read last, also if it could not be used. */
  private triedVersion: string | null = null;
  private nextRefusalAt = 0;
  private readonly closing = new AbortController();

  constructor(private readonly parts: RotatingParts) {}

  /** Where the credentials come from, for people. */
  get origin(): string {
    return this.parts.reader.origin;
  }

  /** When the credentials in use expire. Null if they do not, or were never read. */
  get expiresAt(): number | null {
    return this.held?.expiresAt ?? null;
  }

  peek(now: number): Signer | null {
    return this.usable(now)?.authenticator.peek(now) ?? null;
  }

  async read(now: number, fetch: Fetch): Promise<Signer> {
    const held = await this.current();
    try {
      return await held.authenticator.read(now, fetch);
    } catch (error) {
      // A token was requested with credentials that are no longer valid.
      const isRefused = error instanceof SourceError && isCredentialError(error);
      if (!isRefused || !this.refuse(held)) throw error;
      const next = await this.current();
      if (next.authenticator === held.authenticator) throw error;
      return next.authenticator.read(now, fetch);
    }
  }

  refused(signer: Signer, now: number): boolean {
    const { held } = this;
    if (held === null || this.isRefused) return true;
    const current = held.authenticator.peek(now);
    if (current !== null && current !== signer) return true;
    return held.authenticator.refused(signer, now) || this.refuse(held);
  }

  /** The account with the credentials in use; the same object until others replace them. Errors: `SourceError`. */
  async account(): Promise<Account> {
    return (await this.current()).account;
  }

  /** A product as the vendor declares it for the credentials in use. Errors: `SourceError`. */
  async product(word: string): Promise<ProductDeclaration> {
    const account = await this.account();
    const found = this.parts.vendor.products(account).find((product) => product.word === word);
    if (found === undefined) throw new RangeError(`${account.vendor} has no product ${word}.`);
    return found;
  }

  /** Reads the credentials again, in the background. */
  refresh(): void {
    this.readOnce().catch(ignoreFailure);
  }

  /** Ends a reading under way. */
  close(): void {
    this.closing.abort();
  }

  private async current(): Promise<Held> {
    return this.usable(this.parts.now()) ?? this.readOnce();
  }

  private usable(now: number): Held | null {
    const { held } = this;
    if (held === null || this.isRefused) return null;
    if (held.expiresAt !== null && now >= held.expiresAt) return null;
    if (now >= this.nextLookAt) this.look(held, now);
    return held;
  }

  /** Reads in the background what has changed or expires soon. */
  private look(held: Held, now: number): void {
    const { reader } = this.parts;
    this.nextLookAt = now + (reader.version === undefined ? PAUSE_MS : LOOK_MS);
    const isDue = now >= held.renewAt;
    if (reader.version === undefined && !isDue) return;
    const reading = async (): Promise<void> => {
      const version = (await reader.version?.()) ?? null;
      if (!isDue && (version === held.version || version === this.triedVersion)) return;
      this.triedVersion = version;
      await this.readOnce();
    };
    reading().catch(ignoreFailure);
  }

  /** Whether the credentials are read again because the vendor refused them. */
  private refuse({ authenticator }: Held): boolean {
    // Others have replaced them.
    if (this.held?.authenticator !== authenticator || this.isRefused) return true;
    const now = this.parts.now();
    if (now < this.nextRefusalAt) return false;
    this.nextRefusalAt = now + PAUSE_MS;
    this.isRefused = true;
    return true;
  }

  private async readOnce(): Promise<Held> {
    if (this.failed !== null && this.parts.now() < this.failed.until) throw this.failed.error;
    return (this.reading ??= this.readNow().finally(() => (this.reading = null)));
  }

  private async readNow(): Promise<Held> {
    const { account, reader, now, onRead } = this.parts;
    try {
      const found = await reader.read(this.closing.signal);
      const { expiresAt, credentials } = found;
      if (expiresAt !== null && now() >= expiresAt) throw expired(expiresAt);
      const isNew = !isSame(this.held?.credentials, credentials);
      const isChanged = isNew || this.held?.expiresAt !== expiresAt || this.failed !== null;
      if (isChanged) onRead?.({ account: account.id, expiresAt, error: null }, credentials);
      this.held = this.heldFrom(found, isNew);
      this.isRefused = false;
      this.failed = null;
      return this.held;
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      const pauseMs = reader.version === undefined ? PAUSE_MS : LOOK_MS;
      this.failed = { error, until: now() + pauseMs };
      onRead?.({ account: account.id, expiresAt: this.expiresAt, error: error.message }, null);
      throw error;
    }
  }

  private heldFrom(found: ReadCredentials, isNew: boolean): Held {
    const { vendor, now } = this.parts;
    const { credentials, expiresAt } = found;
    const lifeMs = (expiresAt ?? Number.POSITIVE_INFINITY) - now();
    const renewAt = now() + Math.max(lifeMs - RENEW_MS, lifeMs / 2);
    // The same signer, so that a caller sees that another attempt is no use.
    if (!isNew && this.held !== null) return { ...this.held, ...found, renewAt };
    const account = { ...this.parts.account, credentials } as Account;
    return { ...found, account, authenticator: vendor.api(account).authenticator, renewAt };
  }
}

/** `onRead` has reported the failure, and the old credentials are still in use. */
function ignoreFailure(error: unknown): void {
  if (!(error instanceof SourceError)) throw error;
}

const isSame = (a: Account["credentials"] | undefined, b: Account["credentials"]): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

const expired = (at: number): SourceError =>
  new SourceError(
    "UNAUTHENTICATED",
    `The credentials of the account expired at ${new Date(at).toISOString()}.`,
  );
