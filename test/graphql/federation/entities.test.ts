import { describe, expect, test } from "vitest";
import type { Instance } from "../../../src/domain/instance.js";
import { instanceId, providerId } from "../../../src/domain/id.js";
import { ANYONE } from "../../../src/domain/principal.js";
import type { Provider } from "../../../src/domain/provider.js";
import { SourceError } from "../../../src/errors.js";
import { BACKUPS, INSTANCES, PROVIDERS } from "../fakeEstate.js";
import { fakeReads } from "../fakeReads.js";
import { entitiesOf } from "./entity.js";

const [first] = INSTANCES as [Instance];
const backup = BACKUPS[4]!;
const FIELDS =
  "__typename ... on Provider { key } ... on Instance { id name } ... on Backup { startedAt }";

const native = (nativeId: string, vendor = "ALIBABA", region = "cn-hangzhou") => ({
  __typename: "Instance",
  vendor,
  region,
  nativeId,
});

const keyed = (providerKey: string, nativeId: string) => ({
  __typename: "Instance",
  providerKey,
  region: "cn-hangzhou",
  nativeId,
});

describe("_entities", () => {
  test("finds every kind by id, in the order that was asked", async () => {
    const { reads } = fakeReads();
    const { entities, errors } = await entitiesOf(
      reads,
      [
        { __typename: "Backup", id: backup.id },
        { __typename: "Provider", id: providerId("uc/uredis") },
        { __typename: "Instance", id: first.id },
      ],
      FIELDS,
    );
    expect(errors).toEqual([]);
    expect(entities).toEqual([
      { __typename: "Backup", startedAt: new Date(backup.startedAt).toISOString() },
      { __typename: "Provider", key: "uc/uredis" },
      { __typename: "Instance", id: first.id, name: "name of r-1" },
    ]);
  });

  test("finds an instance by what its vendor calls it", async () => {
    const { reads } = fakeReads();
    const { entities, errors } = await entitiesOf(
      reads,
      [native("uredis-1", "UCLOUD", "cn-bj2"), native("r-2")],
      FIELDS,
    );
    expect(errors).toEqual([]);
    expect(entities).toMatchObject([{ name: "name of uredis-1" }, { name: "name of r-2" }]);
  });

  test("finds an instance by its provider and what its vendor calls it", async () => {
    const { reads, asked } = fakeReads();
    const fields = "... on Instance { providerKey name }";
    const { entities, errors } = await entitiesOf(
      reads,
      [keyed("ali/kvstore", "r-2"), { ...keyed("ali/kvstore", "r-1"), vendor: "UCLOUD" }],
      fields,
    );
    expect(errors).toEqual([]);
    expect(entities).toEqual([
      { providerKey: "ali/kvstore", name: "name of r-2" },
      { providerKey: "ali/kvstore", name: "name of r-1" },
    ]);
    expect(asked.filter(([name]) => name === "instancesByRef")).toHaveLength(1);
  });

  test.each([
    ["an instance that is not listed", native("r-9")],
    ["an instance under another vendor's name", native("r-1", "UCLOUD")],
    ["a vendor that nobody knows", native("r-1", "constructor")],
    ["an instance that its provider does not list", keyed("ali/kvstore", "r-9")],
    ["an instance of another provider", keyed("uc/uredis", "r-1")],
    ["an instance of a provider that is not configured", keyed("x/y", "r-1")],
    ["an id of another kind", { __typename: "Instance", id: backup.id }],
    ["an id that is none", { __typename: "Backup", id: "nonsense" }],
    ["a provider that is not configured", { __typename: "Provider", id: providerId("x/y") }],
  ])("gives null without an error for %s", async (_, representation) => {
    const { reads } = fakeReads();
    const { entities, errors } = await entitiesOf(reads, [representation], FIELDS);
    expect({ entities, errors }).toEqual({ entities: [null], errors: [] });
  });

  test.each([
    ["an unknown type", { __typename: "constructor", id: "x" }],
    ["a type that is no entity", { __typename: "BackupDownload", url: "https://x.example" }],
    ["the interface", { __typename: "Node", id: first.id }],
    ["no type", { id: first.id }],
    ["a number", 7],
    ["a list", [{ __typename: "Instance", id: first.id }]],
    ["an id that is a number", { __typename: "Backup", id: 7 }],
    ["half of the key with the provider", { __typename: "Instance", providerKey: "ali/kvstore" }],
    ["half a key", { __typename: "Instance", vendor: "ALIBABA", nativeId: "r-1" }],
    ["no key", { __typename: "Provider" }],
    ["an id that is null", { ...native("r-1"), id: null }],
  ])("refuses %s in its own place only", async (_, representation) => {
    const { reads } = fakeReads();
    const good = { __typename: "Instance", id: first.id };
    const { entities, errors } = await entitiesOf(reads, [good, representation], FIELDS);
    expect(entities).toMatchObject([{ name: "name of r-1" }, null]);
    expect(errors).toMatchObject([
      { path: ["_entities", 1], extensions: { code: "BAD_USER_INPUT" } },
    ]);
  });

  test("reports a failed source with its code, and leaves the others alone", async () => {
    const down = new SourceError("TIMEOUT", "The vendor did not answer.", {
      provider: "uc/uredis",
    });
    const { reads } = fakeReads({
      instancesByRef: async (refs) =>
        refs.map(({ provider }) => (provider === "uc/uredis" ? down : first)),
    });
    const uredis = { __typename: "Instance", id: instanceId("uc/uredis", "cn-bj2", "uredis-1") };
    const { entities, errors } = await entitiesOf(reads, [uredis, native("r-1")], FIELDS);
    expect(entities).toMatchObject([null, { id: first.id }]);
    expect(errors).toMatchObject([
      {
        path: ["_entities", 0],
        extensions: { code: "UPSTREAM_FAILED", issue: "TIMEOUT", provider: "uc/uredis" },
      },
    ]);
  });

  test("asks for all of one kind at once, and for one object once", async () => {
    const { reads, asked } = fakeReads();
    const representations = Array.from({ length: 1000 }, (_, i) =>
      i % 2 === 0
        ? { __typename: "Instance", id: INSTANCES[i % INSTANCES.length]!.id }
        : { __typename: "Backup", id: BACKUPS[i % BACKUPS.length]!.id },
    );
    const { entities } = await entitiesOf(reads, representations, FIELDS);
    expect(entities).toHaveLength(1000);
    expect(entities).not.toContain(null);
    const calls = asked.filter(([name]) => name === "instancesByRef" || name === "backupsById");
    expect(calls.map(([name, keys]) => [name, (keys as unknown[]).length])).toEqual([
      ["instancesByRef", 3],
      ["backupsById", 15],
    ]);
  });

  test("keeps the fields that a scope guards from a caller without it", async () => {
    const { reads, asked } = fakeReads();
    const principal = { ...ANYONE, scopes: new Set(["backups:read"]) };
    const { entities, errors } = await entitiesOf(
      reads,
      [{ __typename: "Backup", id: backup.id }],
      "... on Backup { nativeId downloads { url } raw }",
      principal,
    );
    expect(entities).toEqual([{ nativeId: backup.nativeId, downloads: null, raw: null }]);
    expect(errors.map(({ path, extensions }) => [path, extensions])).toEqual([
      [["_entities", 0, "downloads"], { code: "FORBIDDEN", scope: "backups:download" }],
      [["_entities", 0, "raw"], { code: "FORBIDDEN", scope: "raw:read" }],
    ]);
    expect(asked.map(([name]) => name)).not.toContain("downloads");
  });
});

describe("an instance that several accounts hold", () => {
  const providers: readonly Provider[] = ["zeta", "beta", "alpha"].map((account) => ({
    ...PROVIDERS[0]!,
    account,
    key: `${account}/kvstore`,
  }));
  const held = (answers: Readonly<Record<string, Instance | null | Error>>) =>
    fakeReads({
      providers: () => providers,
      instancesByRef: async (refs) => refs.map(({ provider }) => answers[provider] ?? null),
    });
  const inAccount = (account: string): Instance => ({
    ...first,
    provider: `${account}/kvstore`,
    id: `of ${account}`,
  });
  const down = new SourceError("UNAVAILABLE", "The vendor is down.");

  test("is null with BAD_USER_INPUT by the key that fits several, and is found by the others", async () => {
    const { reads, asked } = held({
      "beta/kvstore": inAccount("beta"),
      "zeta/kvstore": inAccount("zeta"),
    });
    const { entities, errors } = await entitiesOf(
      reads,
      [native("r-1"), keyed("beta/kvstore", "r-1"), keyed("zeta/kvstore", "r-1")],
      "... on Instance { id }",
    );
    expect(entities).toEqual([null, { id: "of beta" }, { id: "of zeta" }]);
    expect(errors).toMatchObject([
      {
        path: ["_entities", 0],
        message:
          "Several providers list an instance with this vendor, region and nativeId: beta/kvstore, zeta/kvstore. Refer to it by providerKey, region and nativeId.",
        extensions: { code: "BAD_USER_INPUT" },
      },
    ]);
    expect(asked.filter(([name]) => name === "instancesByRef")).toHaveLength(1);
  });

  test("is that of the account that lists it where another cannot be read", async () => {
    const { reads } = held({ "alpha/kvstore": down, "zeta/kvstore": inAccount("zeta") });
    const { entities, errors } = await entitiesOf(reads, [native("r-1")], "... on Instance { id }");
    expect({ entities, errors }).toEqual({ entities: [{ id: "of zeta" }], errors: [] });
  });

  test("is an error if no readable account has it and one cannot be read", async () => {
    const { reads } = held({ "beta/kvstore": down });
    const { entities, errors } = await entitiesOf(reads, [native("r-1")], "__typename");
    expect(entities).toEqual([null]);
    expect(errors).toMatchObject([
      { extensions: { code: "UPSTREAM_FAILED", issue: "UNAVAILABLE" } },
    ]);
  });
});
