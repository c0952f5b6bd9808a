import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Gateway } from "../../src/app.js";
import type { Clouds } from "../../src/clouds/clouds.js";
import { CLOUD_VENDORS, type CloudVendor } from "../../src/clouds/vendorCloud.js";
import type { Account, CredentialSource } from "../../src/domain/account.js";
import type { CredentialsNote } from "../../src/domain/observation.js";
import { BACKUPS, gatewayOver, readsOf, UNCACHED } from "./gateway.js";
import { startClock, startStillClouds } from "../stillClouds.js";
import { wanted } from "../wantedPage.js";

const VENDORS = CLOUD_VENDORS;
type Vendor = CloudVendor;

const EMPTY = {
  ucloud: { publicKey: "", privateKey: "" },
  tencent: { secretId: "", secretKey: "", token: "" },
  alibaba: { accessKeyId: "", accessKeySecret: "", securityToken: "" },
  aws: { accessKeyId: "", secretAccessKey: "", sessionToken: "" },
  s3: { accessKeyId: "", secretAccessKey: "", sessionToken: "" },
};

let folder: string;
let clouds: Clouds;
let gateway: Gateway;
const clock = startClock();
let ahead: number;
let notes: CredentialsNote[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "rotation-"));
  ahead = 0;
  clouds = await startStillClouds({
    now: () => clock() + ahead,
    estate: { instances: 2, backupsEach: 3 },
    upstream: { retries: 0, rate: 10_000 },
  });
  notes = [];
});
afterEach(async () => {
  await gateway.close();
  await clouds.close();
  rmSync(folder, { recursive: true });
});

/** A gateway that keeps nothing, so that each page calls the vendors. */
function start(sourceOf: (vendor: Vendor) => CredentialSource): void {
  const accounts = clouds.accounts.map((account) => {
    const { vendor } = account;
    return {
      ...account,
      credentials: EMPTY[vendor],
      credentialSource: sourceOf(vendor),
    } as Account;
  });
  gateway = gatewayOver(clouds, {
    accounts,
    now: () => clock() + ahead,
    settings: UNCACHED,
    onCredentials: (note) => notes.push(note),
  });
}

const page = () => readsOf(gateway).backups({ ...BACKUPS, page: wanted({ first: 50 }) });

/** The keys of a generation. UCloud has no temporary keys. */
const keyOf = (vendor: Vendor, generation: number) => ({
  id: `${vendor}-id-${generation}`,
  secret: `${vendor}-secret-${generation}`,
  token: vendor === "ucloud" ? null : `${vendor}-token-${generation}`,
});

const accept = (...generations: readonly number[]): void => {
  for (const vendor of VENDORS)
    clouds.knobs.setKeys(
      vendor,
      generations.map((generation) => keyOf(vendor, generation)),
    );
};

const fileOf = (vendor: Vendor): string => join(folder, `${vendor}.json`);

function write(generation: number, expiresInMs = 3_600_000): void {
  for (const vendor of VENDORS) {
    const { id, secret, token } = keyOf(vendor, generation);
    const form = {
      Version: 1,
      AccessKeyId: id,
      SecretAccessKey: secret,
      ...(token === null ? {} : { SessionToken: token }),
      Expiration: new Date(clock() + ahead + expiresInMs).toISOString(),
    };
    writeFileSync(fileOf(vendor), JSON.stringify(form));
  }
}

/** A command that prints the file of a vendor, and writes a line for each run. */
const printing = (vendor: Vendor): CredentialSource => ({
  command: ["sh", "-c", `echo run >> ${vendor}.runs; cat ${vendor}.json`],
  environment: [],
  folder,
});

const runsOf = (vendor: Vendor): number =>
  readFileSync(join(folder, `${vendor}.runs`), "utf8").split("\n").length - 1;

describe.each([
  { kind: "files", sourceOf: (vendor: Vendor): CredentialSource => ({ file: fileOf(vendor) }) },
  { kind: "commands", sourceOf: printing },
])("credentials from $kind", ({ kind, sourceOf }) => {
  test("are replaced while requests run, and no call is refused", async () => {
    const lifeMs = 7 * 60_000;
    accept(0);
    write(0, lifeMs);
    start(sourceOf);
    await page();
    let ended = false;
    let pages = 0;
    const requests = (async () => {
      while (!ended) {
        const [one, two] = await Promise.all([page(), page()]);
        expect([one.issues, two.issues]).toEqual([[], []]);
        pages += 2;
      }
    })();
    for (let generation = 1; generation <= 3; generation += 1) {
      accept(generation - 1, generation);
      write(generation, lifeMs);
      // Files are checked every second, commands are run when half of the time of their credentials is over.
      // Vendors accept signatures of requests under way that are no older than five minutes.
      ahead += kind === "files" ? 2_000 : 4 * 60_000;
      while (notes.length < VENDORS.length * (generation + 1)) await page();
      await page();
      accept(generation);
    }
    ended = true;
    await requests;
    expect(pages).toBeGreaterThan(6);
    expect(clouds.calls.count({ outcome: "refused" })).toBe(0);
    expect(notes.every(({ error }) => error === null)).toBe(true);
  });

  test("that a vendor refuses are read again, and the call is made once more", async () => {
    accept(0);
    write(0);
    start(sourceOf);
    await page();
    accept(1);
    write(1);
    const pages = await Promise.all([page(), page(), page()]);
    expect(pages.map(({ issues }) => issues)).toEqual([[], [], []]);
    expect(clouds.calls.count({ outcome: "refused" })).toBeGreaterThan(0);
    if (kind === "commands") expect(VENDORS.map(runsOf)).toEqual(VENDORS.map(() => 2));
  });

  test("that are still refused are an issue, and no other attempt is made", async () => {
    accept(0);
    write(0);
    start(sourceOf);
    await page();
    accept(1);
    const { issues, complete } = await page();
    expect(complete).toBe(false);
    expect(new Set(issues.map(({ code }) => code))).toEqual(new Set(["UNAUTHENTICATED"]));
    await page();
    if (kind === "commands") expect(VENDORS.map(runsOf)).toEqual(VENDORS.map(() => 2));
    accept(0);
    expect((await page()).complete).toBe(true);
  });
});

test("a command that fails is an issue of its provider, run once, and read later", async () => {
  accept(0);
  start(printing);
  const pages = await Promise.all([page(), page(), page()]);
  for (const { issues, complete } of pages) {
    expect(complete).toBe(false);
    expect(new Set(issues.map(({ code, message }) => `${code}: ${message}`))).toEqual(
      new Set([
        "UNAUTHENTICATED: The credentials command of the account failed: its exit code is 1.",
      ]),
    );
  }
  expect(VENDORS.map(runsOf)).toEqual(VENDORS.map(() => 1));
  expect(clouds.calls.count()).toBe(0);
  write(0);
  ahead += 16_000;
  expect((await page()).issues).toEqual([]);
});
