import { randomInt } from "node:crypto";
import { connect } from "node:net";
import fc, { type Arbitrary } from "fast-check";
import { GraphQLError, parse, validate, type DocumentNode } from "graphql";
import { describe, expect, test } from "vitest";
import { SourceError } from "../../src/errors.js";
import { checkDocument } from "../../src/server/limits/document.js";
import { schema } from "../graphql/run.js";
import { runs } from "../runs.js";
import { LIMITS, serveGated } from "../server/gated.js";

/** `SEED=n npx vitest run test/security/fuzz.test.ts` repeats a run. */
const SEED = Number(process.env["SEED"] ?? randomInt(2 ** 31));

/** A response without its data has at most this many times the bytes of its request. */
const MOST_BYTES = 20;
/** Errors that a refusal may contain, and that may be created on the way. */
const MOST_ERRORS = 5;
const MOST_CREATED = 40;
/** Times that validation may read a node of a document; 200 fragments at one level took 450,000. */
const MOST_READS = 200_000;

const many = (count: number, text: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => text(i)).join(" ");

/** Mostly small counts, and some far beyond every limit. */
const count: Arbitrary<number> = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 8 }) },
  fc.integer({ min: 0, max: 250 }),
  { weight: 1, arbitrary: fc.integer({ min: 250, max: 2_000 }) },
);

const word = fc.constantFrom(
  ..."id name complete nodes edges node backups instances providers instance provider key pageInfo".split(
    " ",
  ),
  ..."issues message totalCount coverage __typename __schema types ofType raw downloads url x".split(
    " ",
  ),
);
const typeName = fc.constantFrom("Query", "Backup", "Instance", "Provider", "Node", "T", "__Type");

/** A selection whose parts multiply in different ways. */
const selection: Arbitrary<string> = fc.letrec<{ all: string }>((tie) => ({
  all: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    word,
    fc.tuple(word, tie("all")).map(([name, below]) => `${name} { ${below} }`),
    fc.tuple(count, word).map(([n, name]) => many(n, (i) => `a${i}: ${name}`)),
    fc.tuple(count, word).map(([n, name]) => many(n, () => name)),
    fc.tuple(count, typeName).map(([n, on]) => many(n, (i) => `... on ${on}${i} { id }`)),
    fc.tuple(count, tie("all")).map(([n, one]) => many(n % 6, () => `... { ${one} }`)),
    fc
      .tuple(count, fc.integer({ min: 1, max: 50 }))
      .map(([n, m]) => many(n, (i) => `...F${i % m}`)),
    fc.tuple(count, word).map(([n, name]) => `${name} ${many(n, () => "@skip(if: true)")}`),
    fc.tuple(word, count).map(([name, n]) => `${name}(first: ${n}) { nodes { id } }`),
    fc.tuple(word, count).map(([name, n]) => `${name}(ids: [${many(n, () => '""')}]) { id }`),
    fc.tuple(tie("all"), tie("all")).map(([a, b]) => `${a} ${b}`),
  ),
})).all;

const fragments: Arbitrary<string> = fc
  .tuple(count, typeName, selection)
  .map(([n, on, below]) => many(n, (i) => `fragment F${i} on ${on} { ${below} ...F${i + 1} }`));

const HEAD = fc.constantFrom(
  "",
  "query Q",
  "query ($f: BackupFilter, $n: Int, $i: [ID!]!)",
  "query ($f: InstanceFilter = {})",
  "mutation",
  "subscription",
);

/** All fragments spread at one level, which validation compares with each other. */
const spreads: Arbitrary<string> = fc
  .tuple(
    fc.integer({ min: 1, max: 230 }),
    fc.integer({ min: 1, max: 230 }),
    fc.subarray(["id", "name", "zone"], { minLength: 1 }),
  )
  .map(
    ([n, m, fields]) => `{ backups { nodes { ${many(n, (i) => `...F${i % m}`)} } } }
      ${many(Math.min(n, m), (i) => `fragment F${i} on Backup { ${fields.join(" ")} }`)}`,
  );

const document: Arbitrary<string> = fc
  .tuple(HEAD, selection, fc.oneof(fc.constant(""), fragments))
  .map(([head, root, rest]) => `${head} { ${root} } ${rest}`.slice(0, 30_000));

const text: Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: document },
  fc.constant("query ($f: BackupFilter) { backups(filter: $f, first: 1) { complete } }"),
  fc.constant(
    "query ($n: Int, $i: [ID!]!) { nodes(ids: $i) { id } instances(first: $n) { complete } }",
  ),
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.tuple(document, fc.nat()).map(([whole, at]) => whole.slice(0, at % (whole.length + 1))),
);

const hostileValue: Arbitrary<string> = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.stringify(value)),
  count.map((n) => `{${Array.from({ length: n * 4 }, (_, i) => `"k${i}":1`).join(",")}}`),
  count.map((n) => `{"statuses":[${Array.from({ length: n + 1 }, () => '"X"').join(",")}]}`),
  count.map((n) => `[${Array.from({ length: n + 1 }, (_, i) => `"${i}"`).join(",")}]`),
  count.map((n) => `${"[".repeat(n * 20)}${"]".repeat(n * 20)}`),
  count.map((n) => JSON.stringify("\u0000".repeat(n * 10))),
  fc.constantFrom('{"__proto__":{"x":1}}', "1e999", "-0", "9".repeat(400)),
);

const json: Arbitrary<string> = fc
  .tuple(
    text.map((query) => JSON.stringify(query)),
    fc.oneof(
      fc.constant("{}"),
      fc.tuple(fc.constantFrom("f", "n", "i", "z"), hostileValue).map(([k, v]) => `{"${k}":${v}}`),
      hostileValue,
    ),
    fc.oneof({ weight: 4, arbitrary: fc.constant("null") }, hostileValue),
    fc.oneof({ weight: 4, arbitrary: fc.constant("null") }, hostileValue),
  )
  .map(
    ([query, variables, extensions, operationName]) =>
      `{"query":${query},"variables":${variables},"extensions":${extensions},"operationName":${operationName}}`,
  );

const body: Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: json },
  hostileValue,
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.tuple(json, fc.nat()).map(([whole, at]) => whole.slice(0, at % (whole.length + 1))),
  fc.tuple(json, json).map(([a, b]) => `[${a},${b}]`),
);

const headers: Arbitrary<Record<string, string>> = fc.record(
  {
    "content-type": fc.constantFrom(
      "application/json",
      "application/json",
      "application/json; charset=utf-16",
      "text/plain",
      "multipart/form-data; boundary=x",
      ";;;",
    ),
    accept: fc.oneof(
      fc.constantFrom("*/*", "text/html", "application/graphql-response+json", "multipart/mixed"),
      count.map((n) => Array.from({ length: n + 1 }, (_, i) => `a/b;q=0.${i}`).join(",")),
    ),
    "content-encoding": fc.constantFrom("gzip", "br", "x".repeat(900)),
    "accept-encoding": fc.constantFrom("gzip", "*;q=0", ",".repeat(900)),
    host: fc.constantFrom("localhost", "evil.example", "a".repeat(900), "[::1]:4", "@"),
    origin: fc.constantFrom("null", "https://evil.example"),
    "x-request-id": fc.constantFrom("a", "b".repeat(900), "{}"),
    "x-gateway-calls": fc.constant("1"),
    "x-gateway-secret": fc.constant("s".repeat(900)),
    authorization: fc.constantFrom("Bearer x", `Bearer ${"x".repeat(9_000)}`),
    traceparent: fc.constantFrom("00-0-0-0", "x".repeat(900)),
    "apollo-require-preflight": fc.constant("1"),
  },
  { requiredKeys: [] },
);

interface Hostile {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

const search = (parameters: Record<string, string>): string =>
  new URLSearchParams(parameters).toString().slice(0, 9_000);

const hostile: Arbitrary<Hostile> = fc.oneof(
  {
    weight: 6,
    arbitrary: body.map((sent) => ({
      method: "POST",
      path: "/graphql",
      headers: { "content-type": "application/json" },
      body: sent,
    })),
  },
  fc.record({
    method: fc.constantFrom("GET", "POST", "PUT", "OPTIONS", "HEAD"),
    path: fc.oneof(
      fc.constantFrom("/", "/graphql", "/health/ready", "/metrics", "/%00", "/assets/../x", "/a?b"),
      text.map((query) => `/graphql?${search({ query })}`),
      hostileValue.map((variables) => `/graphql?${search({ query: "{ __typename }", variables })}`),
    ),
    headers,
    body,
  }),
);

interface Exchange {
  /** 0 if the connection was cut before an answer arrived. */
  readonly status: number;
  readonly body: string;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** Writes a request as it is on a connection of its own, and counts the bytes of both directions. */
const send = (
  url: string,
  { method, path, headers: given, body: sent }: Hostile,
): Promise<Exchange> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(url);
    const length = { "content-length": String(Buffer.byteLength(sent)), connection: "close" };
    const lines = Object.entries({ host: "localhost", ...given, ...length });
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    const bytes = `${method} ${path} HTTP/1.1\r\n${head}\r\n${sent}`;
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let answer = "";
    socket.setEncoding("utf8").on("data", (part: string) => (answer += part));
    socket.on("error", () => undefined);
    socket.on("close", () => {
      const [top = "", ...rest] = answer.split("\r\n\r\n");
      resolve({
        status: Number(top.slice(9, 12)),
        body: rest.join("\r\n\r\n"),
        bytesIn: Buffer.byteLength(bytes),
        bytesOut: Buffer.byteLength(answer),
      });
    });
  });

/** Counts the errors that are created while a promise is pending. */
async function countErrors<T>(work: () => Promise<T>): Promise<[T, number]> {
  const { captureStackTrace } = Error;
  let created = 0;
  Error.captureStackTrace = (target, constructor) => {
    if (target instanceof GraphQLError) created += 1;
    captureStackTrace(target, constructor);
  };
  try {
    return [await work(), created];
  } finally {
    Error.captureStackTrace = captureStackTrace;
  }
}

/** The same document, with a count of how often its nodes are read. */
function countReads(root: DocumentNode): {
  readonly document: DocumentNode;
  readonly reads: () => number;
} {
  let reads = 0;
  const wrapped = new WeakMap<object, object>();
  const wrap = <T>(value: T): T => {
    if (typeof value !== "object" || value === null) return value;
    const known = wrapped.get(value);
    if (known !== undefined) return known as T;
    const proxy = new Proxy(value, {
      get(target, name, receiver) {
        reads += 1;
        return wrap(Reflect.get(target, name, receiver));
      },
    });
    wrapped.set(value, proxy);
    return proxy as T;
  };
  return { document: wrap(root), reads: () => reads };
}

describe(`with SEED=${SEED}`, () => {
  test("no request costs more than it should, or breaks anything", async () => {
    const downloads = () => Promise.reject(new SourceError("FORBIDDEN", "No links."));
    const server = await serveGated({ reads: { downloads } });
    await fc.assert(
      fc.asyncProperty(hostile, async (one) => {
        const [answer, created] = await countErrors(() => send(server.url, one));
        expect(answer.status).toBeLessThan(500);
        expect(answer.body).not.toContain("INTERNAL_SERVER_ERROR");
        expect(server.log).toEqual([]);
        expect(created).toBeLessThanOrEqual(MOST_CREATED);
        if (!answer.body.startsWith('{"errors":[')) return;
        const { data, errors } = JSON.parse(answer.body) as { data?: unknown; errors: unknown[] };
        const isRefusal = data === undefined;
        const bytesOfData = isRefusal ? 0 : Buffer.byteLength(JSON.stringify(data));
        if (isRefusal) expect(errors.length).toBeLessThanOrEqual(MOST_ERRORS);
        expect(answer.bytesOut - bytesOfData).toBeLessThanOrEqual(MOST_BYTES * answer.bytesIn);
      }),
      { ...runs(800), seed: SEED },
    );
  });

  test("no document that passes the limits keeps validation busy", () => {
    const types = schema();
    let most = 0;
    fc.assert(
      fc.property(fc.oneof(document, spreads), (query) => {
        let parsed: DocumentNode;
        try {
          parsed = parse(query, { maxTokens: LIMITS.tokens, noLocation: true });
          checkDocument(parsed, LIMITS);
        } catch {
          return;
        }
        const { document: counted, reads } = countReads(parsed);
        validate(types, counted, undefined, { maxErrors: 4 });
        most = Math.max(most, reads());
        expect(reads()).toBeLessThanOrEqual(MOST_READS);
      }),
      { ...runs(400), seed: SEED },
    );
    expect(most).toBeGreaterThan(1_000);
  });
});
