import { onTestFinished } from "vitest";
import { makeGateway } from "../../src/app.js";
import type { Account } from "../../src/domain/account.js";
import type { Backup } from "../../src/domain/backup.js";
import type { Connection } from "../../src/domain/connection.js";
import type { HttpRequest, HttpResponse } from "../../src/http/message.js";
import type { Transport } from "../../src/http/transport.js";
import type { VendorDeclaration } from "../../src/listing/declaration.js";
import { BACKUPS, readsOf } from "../estate/gateway.js";
import { vendorOf } from "../../src/vendors/index.js";
import { wanted } from "../wantedPage.js";

/** A request as a cloud reads it. */
export interface Asked {
  readonly host: string;
  readonly action: string;
  /** The fields of a form, a JSON body or the query. */
  readonly params: URLSearchParams;
  readonly headers: HttpRequest["headers"];
}

export type Answer = Pick<HttpResponse, "status" | "body">;

export const json = (value: unknown, status = 200): Answer => ({
  status,
  body: JSON.stringify(value),
});

function askedIn({ url, body = "", headers }: HttpRequest): Asked {
  const { host, pathname, searchParams } = new URL(url);
  const type = headers["content-type"] ?? "";
  const fields = type.includes("json") ? (JSON.parse(body) as Record<string, string>) : body;
  const sent = type === "" ? searchParams : new URLSearchParams(fields);
  const target = headers["x-amz-target"]?.split(".").at(-1);
  const named = target ?? headers["x-tc-action"] ?? headers["x-acs-action"] ?? sent.get("Action");
  return { host, action: named ?? pathname.split("/").at(-1) ?? "", params: sent, headers };
}

/** A gateway over a cloud that answers in memory. It is closed when the test ends. */
export function gatewayOver(
  account: Account,
  answer: (asked: Asked) => Answer,
  vendor: VendorDeclaration = vendorOf(account),
) {
  const asked: Asked[] = [];
  const clock = { ahead: 0 };
  const transport: Transport = {
    send: async (request) => {
      const question = askedIn(request);
      asked.push(question);
      return { headers: {}, ...answer(question) };
    },
    forget: () => undefined,
    close: async () => undefined,
  };
  const upstream = { ...account.upstream, rate: 10_000, retries: 0 };
  const gateway = makeGateway({
    accounts: [{ ...account, id: "ops", upstream }],
    settings: { ttlMs: 30_000, staleIfErrorMs: 600_000, scanRows: 20_000, cacheRows: 200_000 },
    cursorKeys: [Buffer.alloc(32, 7)],
    now: () => Date.now() + clock.ahead,
    vendorOf: () => vendor,
    transport,
  });
  onTestFinished(() => gateway.close());
  return {
    asked,
    clock,
    gateway,
    countOf: (action: string) => asked.filter((each) => each.action === action).length,
    page: (first: number) => readsOf(gateway).backups({ ...BACKUPS, page: wanted({ first }) }),
  };
}

/** The backups of pages, in order. */
export const nodesIn = (pages: readonly Connection<Backup>[]): Backup[] =>
  pages.flatMap(({ edges }) => edges.map(({ node }) => node));
