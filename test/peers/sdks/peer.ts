import { createRequire } from "node:module";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { startClouds, type Clouds } from "../../../src/clouds/clouds.js";

const load = createRequire(import.meta.url);

// The SDKs obey these variables and would send loopback requests to a proxy.
for (const name of ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"])
  delete process.env[name];

/** A module of an official SDK, or null if the peer package is not installed. */
export function peerModule<T>(name: string): T | null {
  try {
    load.resolve(name);
  } catch {
    return null;
  }
  return load(name) as T;
}

/** Skips every test of a file whose SDK is not installed, and says why. */
export function skipWithout(peer: unknown): void {
  beforeEach((context) => {
    context.skip(peer === null, "the SDK is not installed: run `npm ci` in test/peers/sdks");
  });
}

/** The embedded clouds of a test file, whose knobs are reset after each test. */
export function embeddedClouds(): () => Clouds {
  let clouds: Clouds;
  beforeAll(async () => {
    clouds = await startClouds();
  });
  afterEach(() => clouds.knobs.reset());
  afterAll(() => clouds.close());
  return () => clouds;
}

/** The error with which a promise is rejected; fails the test if it is not rejected. */
export async function rejectionOf(promise: Promise<unknown>): Promise<Record<string, unknown>> {
  const settled = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  if (settled === null) throw new Error("The call succeeded.");
  return settled as Record<string, unknown>;
}

/** Reads pages from 1 until one is not full. */
export async function everyPage<T>(
  size: number,
  page: (number: number) => Promise<readonly T[]>,
): Promise<T[]> {
  const all: T[] = [];
  for (let number = 1; ; number += 1) {
    const rows = await page(number);
    all.push(...rows);
    if (rows.length < size) return all;
  }
}
