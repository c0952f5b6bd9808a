import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { getOperationAST, parse, print, validate } from "graphql";
import { describe, expect, test } from "vitest";
import {
  BackupPageDocument,
  FailedBackupsDocument,
  InstancesWithLatestBackupDocument,
} from "../generated/graphql.js";
import { BACKUPS, INSTANCES } from "../graphql/fakeEstate.js";
import { schema } from "../graphql/run.js";
import { ask, serve } from "../server/harness.js";

/** Asks over HTTP; what comes back is typed as the document says. */
async function askFor<Data, Variables extends Record<string, unknown>>(
  url: string,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const { body } = await ask(url, print(document), {}, variables);
  expect(body.errors).toBeUndefined();
  return body.data as Data;
}

describe("the typed documents", () => {
  test("walk a list to its end", async () => {
    const { url } = await serve();
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { backups }: Awaited<ReturnType<typeof pageAfter>> = await pageAfter(url, after);
      seen.push(...(backups?.edges.map(({ node }) => node.id) ?? []));
      after = backups?.pageInfo.hasNextPage ? backups.pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen).toEqual(BACKUPS.map(({ id }) => id));
  });

  test("type scalars as JSON has them", async () => {
    const { url } = await serve();
    const { backups } = await askFor(url, BackupPageDocument, { first: 1 });
    const node = backups?.edges[0]?.node;
    const startedAt: string | undefined = node?.startedAt;
    const sizeBytes: number | null | undefined = node?.sizeBytes;
    expect(startedAt).toBe(new Date(BACKUPS[0]!.startedAt).toISOString());
    expect(sizeBytes).toBe(BACKUPS[0]!.sizeBytes);
  });

  test("take filters in the schema's own words", async () => {
    const { url } = await serve();
    const failed = await askFor(url, FailedBackupsDocument, {
      filter: { statuses: ["FAILED"], startedAfter: "2025-05-31T00:00:00Z" },
    });
    expect(failed.backups?.complete).toBe(true);
    const { instances } = await askFor(url, InstancesWithLatestBackupDocument, { first: 2 });
    expect(instances?.nodes.map(({ nativeId }) => nativeId)).toEqual(
      INSTANCES.slice(0, 2).map(({ nativeId }) => nativeId),
    );
  });
});

const pageAfter = (url: string, after: string | null) =>
  askFor(url, BackupPageDocument, { first: 7, after });

describe("the manifest of persisted documents", () => {
  const read = (path: string): string =>
    readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
  const manifest = JSON.parse(read("test/generated/persisted-documents.json")) as Record<
    string,
    string
  >;

  test("has every committed operation, under the hash of its text", () => {
    const names = Object.entries(manifest).map(([key, text]) => {
      expect(key).toBe(`sha256:${createHash("sha256").update(text).digest("hex")}`);
      const document = parse(text);
      expect(validate(schema(), document)).toEqual([]);
      return getOperationAST(document)?.name?.value;
    });
    const files = readdirSync(new URL("../../schema/operations", import.meta.url));
    expect(names.toSorted()).toEqual(
      files.map((name) => name.replace(".graphql", "")).toSorted(),
    );
  });
});
