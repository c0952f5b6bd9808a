import { describe, expect, test } from "vitest";
import { buildSubgraph } from "../../src/graphql/federation/subgraph.js";
import { buildGatewaySchema } from "../../src/graphql/schema.js";
import { serveGated } from "./gated.js";
import { ask, exchange, type Answer } from "./harness.js";

const many = (count: number, text: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => text(i)).join(" ");

const get = (url: string, query: string): Promise<Answer> =>
  exchange(`${url}?query=${encodeURIComponent(query)}`);

const post = (url: string, type: string, body: string): Promise<Answer> =>
  exchange(url, { method: "POST", headers: { "content-type": type }, body });

const circular = `{ __schema { types { ${"fields { type { ".repeat(4)} name ${"} }".repeat(4)} } } }`;

/** A weakness that scanners look for: what they send, and what an answer holds that has it. */
interface Weakness {
  readonly what: string;
  readonly send: (url: string) => Promise<Answer>;
  readonly shows: (answer: Answer) => boolean;
}

const data = ({ body }: Answer): Record<string, unknown> => body.data ?? {};

// The checks of graphql-cop (November 2025): what each sends, and by what each flags an answer.
const WEAKNESSES: readonly Weakness[] = [
  {
    what: "aliases without limit",
    send: (url) => ask(url, `query cop { ${many(101, (i) => `alias${i}:__typename`)} }`),
    shows: (answer) => "alias100" in data(answer),
  },
  {
    what: "fields without limit",
    send: (url) => ask(url, `query cop { ${"__typename ".repeat(500)} }`),
    shows: (answer) => "__typename" in data(answer),
  },
  {
    what: "directives without limit",
    send: (url) => ask(url, `query cop { __typename ${"@aa".repeat(10)} }`),
    shows: ({ body }) => body.errors?.length === 10,
  },
  {
    what: "circular questions about the schema",
    send: (url) => ask(url, circular),
    shows: (answer) => answer.text.length > 2_000 || "__schema" in data(answer),
  },
  {
    what: "batches",
    send: (url) =>
      post(
        url,
        "application/json",
        `[${many(10, () => '{"query":"query cop { __typename }"}').replaceAll("} {", "},{")}]`,
      ),
    shows: ({ text }) => text.startsWith("["),
  },
  {
    what: "introspection",
    send: (url) => ask(url, "query cop { __schema { types { name fields { name } } } }"),
    shows: (answer) => "__schema" in data(answer),
  },
  {
    what: "suggestions",
    send: (url) => ask(url, "query cop { __schema { directive } backup { idd } bakcups { id } }"),
    shows: ({ text }) => text.includes("Did you mean"),
  },
  {
    what: "a page to ask with",
    send: (url) => exchange(url, { headers: { accept: "text/html" } }),
    shows: ({ headers, text }) =>
      String(headers["content-type"]).includes("html") ||
      /graphi?ql-?(?:ide|playground)/i.test(text),
  },
  {
    what: "queries by GET that a link can ask",
    send: (url) => get(url, "query cop{__typename}"),
    shows: (answer) => "__typename" in data(answer),
  },
  {
    what: "mutations by GET",
    send: (url) => get(url, "mutation cop{__typename}"),
    shows: (answer) => "__typename" in data(answer),
  },
  {
    what: "forms of other sites",
    send: (url) =>
      post(url, "application/x-www-form-urlencoded", "query=query%20cop%7B__typename%7D"),
    shows: (answer) => "__typename" in data(answer),
  },
  {
    what: "traces",
    send: (url) =>
      ask(url, "query cop { __typename }", { "apollo-federation-include-trace": "ftv1" }),
    shows: ({ text }) => /extensions|tracing|ftv1/.test(text),
  },
  {
    what: "stacks of unhandled errors",
    send: (url) => ask(url, "qwerty cop { abc }"),
    shows: ({ text }) => /exception|stack|node_modules/i.test(text),
  },
];

describe("as it runs in production, the gateway shows no scanner", () => {
  const schema = buildSubgraph(buildGatewaySchema());
  test.each(WEAKNESSES)("$what", async ({ send, shows }) => {
    // Also where everybody is a router: then all of the schema is there to ask for.
    for (const federation of [null, { schema, secretSha256: null }]) {
      const { url } = await serveGated({ server: { introspection: false, federation } });
      const answer = await send(url);
      expect(answer.status).toBeLessThan(500);
      expect(shows(answer), answer.text.slice(0, 300)).toBe(false);
    }
  });

  test("and yet it answers those who ask as they should", async () => {
    const { url } = await serveGated({ server: { introspection: false } });
    expect(data(await ask(url, "query cop { __typename }"))).toEqual({ __typename: "Query" });
  });
});
