import { describe, expect, test } from "vitest";
import { downloadsOf, type LinkRules } from "../../../src/vendors/kit/links.js";
import { only, refusalOf } from "../fixture.js";

const rules: LinkRules = {
  publicHosts: [".store.example"],
  internalHost: /\.inside\.example$/,
  upgrade: false,
  endpoint: null,
};
const link = (text: string, over: Partial<LinkRules> = {}, internal = false) =>
  downloadsOf([{ text, internal }], { ...rules, ...over });

describe("a link that may be handed out", () => {
  test.each([
    { what: "https on a host of the vendor's", text: "https://a.store.example/1?x=y" },
    { what: "http inside the vendor's network", text: "http://a.inside.example:5500/1" },
    { what: "https inside the vendor's network", text: "https://a.inside.example/1" },
    { what: "a link in a query", text: "https://a.store.example/1?next=http://evil.example/" },
  ])("$what stays as it is printed", ({ text }) => {
    expect(only(link(text)).url).toBe(text);
  });

  test("loses the white space around it", () => {
    expect(only(link(" https://a.store.example/1\n")).url).toBe("https://a.store.example/1");
  });

  test("is internal by its host, or by the vendor's word", () => {
    expect(only(link("http://a.inside.example/1")).internal).toBe(true);
    expect(only(link("https://a.store.example/1", {}, true)).internal).toBe(true);
    expect(only(link("https://a.store.example/1")).internal).toBe(false);
  });

  test("is handed out as https where the vendor serves both", () => {
    expect(only(link("http://a.store.example/1", { upgrade: true })).url).toBe(
      "https://a.store.example/1",
    );
  });

  test("may be on the loopback host that the account is configured at", () => {
    const endpoint = "http://127.0.0.1:9001";
    expect(only(link("http://127.0.0.1:9002/1", { endpoint })).url).toBe("http://127.0.0.1:9002/1");
    expect(only(link("http://[::1]:1/1", { endpoint: "http://[::1]:2" })).internal).toBe(false);
  });

  test("comes once, in the order of the first of its kind", () => {
    const printed = ["https://a.store.example/1", "https://a.store.example/2"].flatMap((text) => [
      { text, internal: false, shard: text.slice(-1) },
      { text, internal: true, shard: "again" },
    ]);
    expect(downloadsOf(printed, rules).map(({ shard, internal }) => [shard, internal])).toEqual([
      ["1", false],
      ["2", false],
    ]);
  });

  test("is left out where the vendor printed none", () => {
    expect(
      downloadsOf(
        [
          { text: null, internal: false },
          { text: " ", internal: true },
        ],
        rules,
      ),
    ).toEqual([]);
  });
});

describe("a glued link", () => {
  test("is the last whole one", () => {
    const inner = "http://a.inside.example/1?Signature=x";
    expect(only(link(`https://a.store.example/${inner}`))).toMatchObject({
      url: inner,
      internal: true,
    });
  });

  test("is refused where the last one is not the vendor's", () => {
    const glued = "https://a.store.example/https://evil.example/1";
    expect(refusalOf(() => link(glued)).kind).toBe("BAD_RESPONSE");
  });
});

describe("a link that is refused, and not quoted", () => {
  test.each([
    { what: "http on a public host", text: "http://a.store.example/canary" },
    { what: "a foreign host", text: "https://canary.example/" },
    { what: "a host that only ends alike", text: "https://canarystore.example/" },
    { what: "the vendor's host inside another's", text: "https://a.store.example.canary.net/" },
    { what: "an inside host in another's", text: "http://a.inside.example.canary.net/" },
    { what: "the suffix as a path", text: "https://canary.example/.store.example" },
    { what: "a name before the host", text: "https://canary@a.store.example/" },
    { what: "a name and a password", text: "https://canary:b@a.store.example/" },
    { what: "another scheme", text: "ftp://a.store.example/canary" },
    { what: "a script", text: "javascript:canary" },
    { what: "white space inside", text: "https://a.store.example/can ary" },
    { what: "a control character inside", text: "https://a.store.example/\u0000canary" },
    { what: "no link", text: "canary" },
    { what: "a very long one", text: "https://a.store.example/canary" + "x".repeat(8192) },
    { what: "a loopback host", text: "http://127.0.0.1:1/canary" },
  ])("$what", ({ text }) => {
    const error = refusalOf(() => link(text));
    expect(error.kind).toBe("BAD_RESPONSE");
    expect(error.message).not.toContain("canary");
  });

  test("a loopback host that is not the account's", () => {
    const read = () => link("http://localhost:1/1", { endpoint: "http://127.0.0.1:9001" });
    expect(refusalOf(read).kind).toBe("BAD_RESPONSE");
    const other = () => link("http://api.store.test/1", { endpoint: "http://api.store.test" });
    expect(refusalOf(other).kind).toBe("BAD_RESPONSE");
  });
});

describe("the end of a link", () => {
  const DOCUMENTED = 1_700_000_000_000;

  test.each([
    { query: "Expires=1780400000&Signature=x", expiresAt: 1780400000000 },
    { query: "q-sign-time=1780272000;1780279200", expiresAt: 1780279200000 },
    { query: "q-sign-time=1780272000%3B1780279200", expiresAt: 1780279200000 },
    {
      query: "x-oss-date=20260601T000000Z&x-oss-expires=3600",
      expiresAt: Date.UTC(2026, 5, 1, 1),
    },
    { query: "x-oss-date=20260601T000000Z", expiresAt: DOCUMENTED },
    { query: "x-oss-date=2026&x-oss-expires=3600", expiresAt: DOCUMENTED },
    { query: "Expires=soon", expiresAt: DOCUMENTED },
    { query: "Expires=1780400000000", expiresAt: DOCUMENTED },
    { query: "", expiresAt: DOCUMENTED },
  ])("of ?$query is what it says, else the documented one", ({ query, expiresAt }) => {
    const text = `https://a.store.example/1?${query}`;
    const found = downloadsOf([{ text, internal: false, expiresAt: DOCUMENTED }], rules);
    expect(only(found).expiresAt).toBe(expiresAt);
  });

  test("is unknown if neither states it", () => {
    expect(only(link("https://a.store.example/1")).expiresAt).toBeNull();
  });
});
