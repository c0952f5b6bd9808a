import { serverAudits } from "graphql-http";
import { describe, expect, test } from "vitest";
import { serve } from "./harness.js";

// CSRF prevention stays on: the audit's client says that it is no form, as every client may.
const preflighted: typeof fetch = (url, init) =>
  fetch(url, {
    ...init,
    headers: { ...(init?.headers as Record<string, string>), "apollo-require-preflight": "1" },
  });

describe("GraphQL over HTTP", () => {
  let url = "";
  const audits = serverAudits({ url: () => url, fetchFn: preflighted });

  test("has 61 audits", () => {
    expect(audits).toHaveLength(61);
  });

  test.each(audits)("$id $name", async (audit) => {
    url = (await serve()).url;
    const result = await audit.fn();
    expect(result, result.status === "ok" ? "" : result.reason).toMatchObject({ status: "ok" });
  });
});
