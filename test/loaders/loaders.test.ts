import { describe, expect, test } from "vitest";
import { makeLoaders } from "../../src/loaders/loaders.js";
import type { Backup } from "../../src/domain/backup.js";
import type { Instance } from "../../src/domain/instance.js";
import { BACKUPS, INSTANCES } from "../graphql/fakeEstate.js";
import { fakeReads } from "../graphql/fakeReads.js";

const [A, B] = INSTANCES as readonly [Instance, Instance];
const FIRST = BACKUPS[0] as Backup;

describe("loaders", () => {
  test("ask for many keys at once and for each only once", async () => {
    const { reads, asked } = fakeReads();
    const { instance } = makeLoaders(reads);
    const ref = ({ provider, region, nativeId }: Instance) => ({ provider, region, nativeId });
    const found = await Promise.all([instance.load(ref(A)), instance.load(B), instance.load(A)]);
    expect(found).toEqual([A, B, A]);
    expect(asked).toEqual([["instancesByRef", [ref(A), B]]]);
  });

  test("distinguish instances of one name in two regions", async () => {
    const { reads, asked } = fakeReads();
    const { instance } = makeLoaders(reads);
    await Promise.all([instance.load(A), instance.load({ ...A, region: "elsewhere" })]);
    expect(asked[0]?.[1]).toHaveLength(2);
  });

  test("forget a key that failed, and keep the others", async () => {
    let calls = 0;
    const { reads, asked } = fakeReads({
      backupsById: (ids) => {
        calls += 1;
        return Promise.resolve(
          ids.map((id) => (id === "bad" && calls === 1 ? new Error("x") : FIRST)),
        );
      },
    });
    const { backup } = makeLoaders(reads);
    const [good, bad] = await Promise.allSettled([backup.load("good"), backup.load("bad")]);
    expect([good.status, bad.status]).toEqual(["fulfilled", "rejected"]);
    expect(await Promise.all([backup.load("good"), backup.load("bad")])).toEqual([FIRST, FIRST]);
    expect(asked.map(([, ids]) => ids)).toEqual([["good", "bad"], ["bad"]]);
  });

  test("forget all keys of a batch that failed whole", async () => {
    let calls = 0;
    const { reads } = fakeReads({
      instancesByRef: () => {
        calls += 1;
        return calls === 1 ? Promise.reject(new Error("x")) : Promise.resolve([A]);
      },
    });
    const { instance } = makeLoaders(reads);
    await expect(instance.load(A)).rejects.toThrow("x");
    expect(await instance.load(A)).toBe(A);
  });

  test("one failing download or latest backup leaves the others alone", async () => {
    const { reads } = fakeReads({
      downloads: (backup) =>
        backup === FIRST ? Promise.reject(new Error("gone")) : Promise.resolve([]),
      latestBackup: (instance) =>
        // A bug may throw what is no error.
        instance === A ? Promise.reject("text" as never) : Promise.resolve(FIRST),
    });
    const { downloads, latestBackup } = makeLoaders(reads);
    const links = await Promise.allSettled([
      downloads.load(FIRST),
      downloads.load(BACKUPS[1] as Backup),
    ]);
    expect(links.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
    const latest = await Promise.allSettled([
      latestBackup.load({ instance: A, status: null }),
      latestBackup.load({ instance: B, status: null }),
    ]);
    expect(latest).toMatchObject([
      { status: "rejected", reason: { message: "A read failed." } },
      { status: "fulfilled", value: FIRST },
    ]);
  });

  test("a status asked apart is a question of its own", async () => {
    const { reads, asked } = fakeReads();
    const { latestBackup } = makeLoaders(reads);
    await Promise.all([
      latestBackup.load({ instance: A, status: null }),
      latestBackup.load({ instance: A, status: "FAILED" }),
      latestBackup.load({ instance: A, status: null }),
    ]);
    expect(asked.map(([, , status]) => status)).toEqual([null, "FAILED"]);
  });
});
