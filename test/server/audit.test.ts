import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { SourceError } from "../../src/errors.js";
import { BACKUPS } from "../graphql/fakeEstate.js";
import { fakeReads } from "../graphql/fakeReads.js";
import type { Reads } from "../../src/domain/reads.js";
import { asCaller, keyNamed, serveGated } from "./gated.js";
import { ask } from "./harness.js";

/** A gateway whose log is kept, for a caller who may have links and one who may not. */
async function serving(reads: Partial<Reads> = {}, level = "info") {
  const lines: string[] = [];
  const logger = pino({ level }, { write: (line) => void lines.push(line) });
  const apiKeys = [
    keyNamed("operator", ["backups:read", "backups:download"]),
    keyNamed("reader", ["backups:read"]),
  ];
  const server = await serveGated({
    gate: { auth: { mode: "apiKey", apiKeys } },
    server: { logger, makeReads: () => fakeReads(reads).reads },
  });
  const answer = (caller: string) =>
    ask(server.url, "{ backups(first: 2) { nodes { downloads { url } } } }", {
      ...asCaller(caller),
      "x-request-id": "r-1",
    });
  return { answer, written: () => lines };
}

describe("links that are given out", () => {
  test("leave a line for each backup with the caller and the backup, but never the link", async () => {
    const { answer, written } = await serving();
    expect((await answer("operator")).text).toContain("Signature=");
    expect(written().map((line) => JSON.parse(line) as unknown)).toMatchObject(
      BACKUPS.slice(0, 2).map(({ id, provider }) => ({
        requestId: "r-1",
        principal: "operator",
        backup: id,
        provider,
        links: 1,
        msg: "Links to a backup were given out.",
      })),
    );
    expect(written().join("")).not.toMatch(/Signature|files\.example/);
  });

  test.each(["warn", "silent"])("leave it also in a log of level %s", async (level) => {
    const { answer, written } = await serving({}, level);
    await answer("operator");
    expect(written()).toHaveLength(2);
  });

  test("leave none where none were", async () => {
    const refused = await serving();
    await refused.answer("reader");
    expect(refused.written()).toEqual([]);
    const failing = await serving({
      downloads: () => Promise.reject(new SourceError("NOT_FOUND", "It is gone.")),
    });
    expect((await failing.answer("operator")).text).toContain("UPSTREAM_FAILED");
    expect(failing.written()).toEqual([]);
    const without = await serving({ downloads: async () => [] });
    expect((await without.answer("operator")).text).toContain('"downloads":[]');
    expect(without.written()).toEqual([]);
  });
});
