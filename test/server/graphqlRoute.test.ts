import type { ApolloServer, HTTPGraphQLRequest, HTTPGraphQLResponse } from "@apollo/server";
import { describe, expect, it } from "vitest";
import type { Context } from "../../src/graphql/context.js";
import { askApollo } from "../../src/server/graphqlRoute.js";

const POST = { method: "POST", url: "/graphql?query=no", headers: {}, body: { query: "{ a }" } };
const ANSWER = { headers: new Map(), body: { kind: "complete", string: "{}" } };

/** Asks a server that answers so, and gives what it was asked and what was set on the reply. */
async function ask(request: Parameters<typeof askApollo>[1], answer: object = ANSWER) {
  const asked: HTTPGraphQLRequest[] = [];
  const reply = { statusCode: 0, headers: {} as Record<string, unknown> };
  const apollo = {
    executeHTTPGraphQLRequest: async ({ httpGraphQLRequest, context }) => {
      asked.push(httpGraphQLRequest);
      await context();
      return answer as HTTPGraphQLResponse;
    },
  } as Pick<ApolloServer<Context>, "executeHTTPGraphQLRequest"> as ApolloServer<Context>;
  const setters = {
    code: (status: number) => Object.assign(reply, { statusCode: status }),
    header: (name: string, value: unknown) => Object.assign(reply.headers, { [name]: value }),
  } as unknown as Parameters<typeof askApollo>[2];
  const body = await askApollo(apollo, request, setters, async () => ({}) as Context);
  return { asked: asked[0], reply, body };
}

describe("what Apollo Server is asked", () => {
  it("is the body of a POST, whatever its URL says", async () => {
    const { asked } = await ask(POST);
    expect(asked).toMatchObject({ method: "POST", search: "", body: { query: "{ a }" } });
  });

  it.each([
    ["/graphql?query=%7Ba%7D", "?query=%7Ba%7D"],
    ["http://127.0.0.1/graphql?query=a", "?query=a"],
    ["/graphql", ""],
    ["/graphql?query=a#?query=b", "?query=a"],
  ])("is the search of a GET of %s", async (url, search) => {
    const { asked } = await ask({ ...POST, method: "GET", url, body: undefined });
    expect(asked?.search).toBe(search);
  });

  it("has the headers by lower-case names, several values as one list, and no empty ones", async () => {
    const headers = { accept: "text/html", "x-two": ["a", "b"], empty: "" };
    const { asked } = await ask({ ...POST, headers });
    expect([...(asked?.headers ?? [])]).toEqual([
      ["accept", "text/html"],
      ["x-two", "a, b"],
    ]);
    expect(asked?.headers.get("Accept")).toBe("text/html");
  });
});

describe("its answer", () => {
  it("sets status and headers, and gives the body", async () => {
    const headers = new Map([["allow", "POST"]]);
    const body = { kind: "complete", string: "no\n" };
    const { reply, body: given } = await ask(POST, { status: 405, headers, body });
    expect(reply).toEqual({ statusCode: 405, headers: { allow: "POST" } });
    expect(given).toBe("no\n");
  });

  it("has the status 200 where none is named", async () => {
    expect((await ask(POST)).reply.statusCode).toBe(200);
  });

  it("is refused in parts", async () => {
    const body = { kind: "chunked", asyncIterator: {} };
    await expect(ask(POST, { headers: new Map(), body })).rejects.toThrow("in chunks");
  });
});
