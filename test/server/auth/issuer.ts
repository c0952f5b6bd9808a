import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from "jose";
import { onTestFinished } from "vitest";
import type { JwtOptions } from "../../../src/domain/principal.js";

/** 2025-06-01T00:00:00Z, in milliseconds. */
export const NOW = Date.UTC(2025, 5, 1);
const NOW_S = NOW / 1000;

/** A signing key, and its public form as the issuer publishes it. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly jwk: Record<string, unknown>;
}

export async function makeSigningKey(kid: string, alg = "RS256"): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg } };
}

/** A token issuer's key endpoint on the loopback. */
export interface Issuer {
  readonly options: JwtOptions;
  /** The keys that it publishes. */
  keys: readonly SigningKey[];
  /** The status of responses; null for 200 with the keys. */
  failsWith: number | null;
  /** The body of responses; null for the keys. */
  says: string | null;
  /** Sends the body but never ends the response. */
  hangs: boolean;
  /** Redirects to another URL; null for the keys. */
  redirectsTo: string | null;
  /** Requests so far. */
  readonly asked: () => number;
  /** Stops the endpoint. */
  close(): Promise<void>;
}

export async function startIssuer(...keys: readonly SigningKey[]): Promise<Issuer> {
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    const status = issuer.failsWith ?? (issuer.redirectsTo === null ? 200 : 302);
    response.writeHead(status, {
      "content-type": "application/json",
      ...(issuer.redirectsTo !== null && { location: issuer.redirectsTo }),
    });
    const body = issuer.says ?? JSON.stringify({ keys: issuer.keys.map(({ jwk }) => jwk) });
    if (issuer.hangs) response.write(body);
    else response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
    return closed;
  };
  const issuer: Issuer = {
    options: {
      issuer: "https://id.example.com/",
      audience: "backups",
      jwksUri: `http://127.0.0.1:${port}/keys`,
      algorithms: ["RS256"],
      scopesClaim: "scope",
      accountsClaim: "backup_accounts",
    },
    keys,
    failsWith: null,
    says: null,
    hangs: false,
    redirectsTo: null,
    asked: () => asked,
    close,
  };
  onTestFinished(close);
  return issuer;
}

/** The claims of a token that is right in every way. */
export const CLAIMS: JWTPayload = {
  iss: "https://id.example.com/",
  aud: "backups",
  sub: "user-7",
  iat: NOW_S - 60,
  exp: NOW_S + 600,
  scope: "openid backups:read raw:read",
  backup_accounts: ["ops-ucloud"],
};

/** Seconds since 1970, by an offset from `NOW`. */
export const at = (seconds: number): number => NOW_S + seconds;

export const sign = (
  { privateKey, kid }: Pick<SigningKey, "privateKey" | "kid">,
  claims: JWTPayload = CLAIMS,
  header: Record<string, unknown> = {},
): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid, ...header }).sign(privateKey);

export const bearer = (token: string): { authorization: string } => ({
  authorization: `Bearer ${token}`,
});
