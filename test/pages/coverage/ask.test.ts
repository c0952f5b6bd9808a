import { afterEach, describe, expect, test, vi } from "vitest";
import { AskError, makeAsk } from "../../../src/pages/coverage/ask.js";
import { EstateProvidersDocument } from "../../../src/pages/coverage/generated/graphql.js";
import { NEVER } from "./fixtures.js";

const DATA = { providers: [] };

/** Answers `fetch` with one response after another. */
function answer(...responses: (Response | Error)[]) {
  const sent: RequestInit[] = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    expect(path).toBe("/graphql");
    sent.push(init);
    const next = responses[sent.length - 1];
    if (next instanceof Response) return next;
    throw next;
  });
  return sent;
}

const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers });
const ask = (key: string | null, signal = NEVER) =>
  makeAsk(key)(EstateProvidersDocument, {}, signal);

describe("asking the gateway", () => {
  afterEach(() => vi.unstubAllGlobals());

  test("posts the document with its variables, and gives the data", async () => {
    const [request] = [answer(json({ data: DATA })), await ask(null)];
    expect(request[0]?.method).toBe("POST");
    expect(JSON.parse(String(request[0]?.body))).toMatchObject({ variables: {} });
    expect(String(request[0]?.body)).toContain("query EstateProviders");
    expect(request[0]?.headers).not.toHaveProperty("authorization");
  });

  test("sends the key that it was made with", async () => {
    const sent = answer(json({ data: DATA }));
    expect(await ask("secret")).toEqual(DATA);
    expect(sent[0]?.headers).toMatchObject({ authorization: "Bearer secret" });
  });

  test.each([
    [
      { errors: [{ message: "A key is needed.", extensions: { code: "UNAUTHENTICATED" } }] },
      401,
      "UNAUTHENTICATED",
    ],
    [{ data: DATA, errors: [{ message: "In part." }] }, 200, "HTTP_200"],
    [{ data: null }, 200, "HTTP_200"],
    ["no object", 502, "HTTP_502"],
  ])("rejects for %j with status %i as %s", async (body, status, code) => {
    answer(json(body, status));
    await expect(ask(null)).rejects.toMatchObject({ name: "AskError", code });
  });

  test("replaces characters that control terminals or the direction of text, however they are sent", async () => {
    const name = "\u001b[31m\u202egnp\u2066\u0085\u2028\u007f שלום\t\n<b>";
    const shown = "\ufffd[31m\ufffdgnp\ufffd\ufffd\ufffd\ufffd שלום\t\n<b>";
    const data = { providers: [{ key: name }], [name]: 1 };
    const escaped = JSON.stringify({ data }).replace(
      /[^ -~]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
    answer(json({ data }), new Response(escaped));
    for (let times = 0; times < 2; times += 1)
      expect(await ask(null)).toMatchObject({ providers: [{ key: shown }] });
    answer(json({ errors: [{ message: name }] }));
    await expect(ask(null)).rejects.toMatchObject({ message: shown });
  });

  test("rejects for an answer that is no JSON, and for none", async () => {
    answer(new Response("<html>", { status: 502 }), new TypeError("fetch failed"));
    await expect(ask(null)).rejects.toMatchObject({ code: "HTTP_502" });
    await expect(ask(null)).rejects.toMatchObject({ code: "UNREACHABLE" });
  });

  test.each([429, 503])("waits for a gateway that is busy (%i), and asks again", async (status) => {
    vi.useFakeTimers();
    const sent = answer(json({}, status, { "retry-after": "7" }), json({ data: DATA }));
    const asked = ask(null);
    await vi.advanceTimersByTimeAsync(6_999);
    expect(sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(await asked).toEqual(DATA);
    vi.useRealTimers();
  });

  test("gives up on a gateway that stays busy", async () => {
    vi.useFakeTimers();
    const busy = { errors: [{ message: "Too many.", extensions: { code: "RATE_LIMITED" } }] };
    const sent = answer(...Array.from({ length: 9 }, () => json(busy, 429)));
    const asked = expect(ask(null)).rejects.toThrow(new AskError("RATE_LIMITED", "Too many."));
    await vi.advanceTimersByTimeAsync(60_000);
    await asked;
    expect(sent).toHaveLength(6);
    vi.useRealTimers();
  });

  test("stops waiting when its signal aborts", async () => {
    const stop = new AbortController();
    answer(json({}, 429, { "retry-after": "3600" }));
    const asked = expect(ask(null, stop.signal)).rejects.toThrow("enough");
    stop.abort(new Error("enough"));
    await asked;
  });
});
