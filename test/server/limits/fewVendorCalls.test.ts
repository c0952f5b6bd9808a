import { expect, test } from "vitest";
import { ask } from "../harness.js";
import { makeStack, startStack } from "../stack.js";

const ISSUES = "complete issues { code message retryAfter }";

const SMALL = { estate: { instances: 2, backupsEach: 3 } };

/** A list, and how it is read to its end: `part` is what one answer shows of it. */
interface WholeList {
  readonly query: string;
  part(data: never): { readonly complete: boolean; readonly issues: readonly Issue[] } & Part;
}

interface Issue {
  readonly code: string;
  readonly message: string;
  readonly retryAfter: string | null;
}

/** What an answer shows: rows that come once, or everything that has been read so far. */
interface Part {
  readonly rows?: readonly string[];
  readonly all?: unknown;
  /** The page that follows; null if there is none, or if the same request is sent again. */
  readonly next?: string | null;
}

interface Page {
  readonly nodes: readonly { readonly id: string }[];
  readonly complete: boolean;
  readonly issues: readonly Issue[];
  readonly pageInfo: { readonly endCursor: string | null };
}

const PAGE = `nodes { id } ${ISSUES} pageInfo { endCursor }`;
const partOfPage = ({ list: { nodes, pageInfo, ...page } }: { readonly list: Page }) => ({
  ...page,
  rows: nodes.map(({ id }) => id),
  next: pageInfo.endCursor,
});

const partOfReport = ({
  list: { complete, issues, ...all },
}: {
  readonly list: Pick<Page, "complete" | "issues">;
}) => ({ complete, issues, all });

const LISTS: Readonly<Record<string, WholeList>> = {
  backups: {
    query: `query ($after: String) { list: backups(first: 200, after: $after) { ${PAGE} } }`,
    part: partOfPage,
  },
  "backups of one status": {
    query: `query ($after: String) {
      list: backups(first: 200, after: $after, filter: { statuses: [SUCCEEDED] }) { ${PAGE} } }`,
    part: partOfPage,
  },
  instances: {
    query: `query ($after: String) { list: instances(first: 200, after: $after) { ${PAGE} } }`,
    part: partOfPage,
  },
  coverage: {
    query: `{ list: coverage(rpo: "PT24H") {
      protectedCount violatingCount unknownCount ${ISSUES} } }`,
    part: partOfReport,
  },
  backupStats: {
    query: `{ list: backupStats(by: [STATUS]) { buckets { keys { value } count } ${ISSUES} } }`,
    part: partOfReport,
  },
};

/** Reads a list with few calls per operation; the rows, what was cut, and the number of requests. */
async function readList(vendorCalls: number, { query, part }: WholeList) {
  const { url, close } = await makeStack({ limits: { vendorCalls }, clouds: SMALL });
  const rows: string[] = [];
  const cuts: Issue[] = [];
  let after: string | null = null;
  for (let requests = 1; requests < 1_000; requests += 1) {
    const { body } = await ask(url, query, {}, { after });
    expect(body.errors).toBeUndefined();
    const { complete, issues, ...found } = part(body.data as never);
    rows.push(...(found.rows ?? []));
    cuts.push(...issues);
    expect(complete).toBe(issues.length === 0);
    if (complete) {
      await close();
      return { rows, all: found.all, cuts, requests };
    }
    after = found.next ?? null;
  }
  throw new Error("The list does not become complete.");
}

test.each(Object.keys(LISTS))(
  "%s: all come, however few vendor calls an operation may make",
  async (name) => {
    const list = LISTS[name] as WholeList;
    const whole = await readList(2_000, list);
    expect(whole).toMatchObject({ requests: 1, cuts: [] });
    expect(whole.rows.length > 0 || whole.all !== undefined).toBe(true);
    for (const vendorCalls of [1, 5, 12]) {
      const { rows, all, cuts, requests } = await readList(vendorCalls, list);
      expect(rows).toEqual(whole.rows);
      expect(all).toEqual(whole.all);
      expect(requests).toBeGreaterThan(1);
      for (const { code, message, retryAfter } of cuts) {
        expect(code).toBe("CUT");
        expect(message).toMatch(/ \d+ of \d+ lists have been read\.$/);
        expect(retryAfter).not.toBeNull();
      }
    }
  },
);

test.each([1, 5, 12])(
  "providers and entities of all regions come with %i vendor calls an operation",
  async (vendorCalls) => {
    const { url } = await startStack({ limits: { vendorCalls }, clouds: SMALL });
    const again = async (query: string, variables: Record<string, unknown> = {}) => {
      for (let requests = 1; requests < 100; requests += 1) {
        const { body } = await ask(url, query, {}, variables);
        const codes = (body.errors ?? []).map(({ extensions }) => extensions?.["code"]);
        expect(codes.filter((code) => code !== "UPSTREAM_FAILED")).toEqual([]);
        if (codes.length === 0) return { data: body.data as never, requests };
      }
      throw new Error("Something always fails.");
    };
    const { data, requests } = await again(
      `{ providers { key regions instances(first: 200, onSourceError: FAIL) { nodes { id } complete } } }`,
    );
    expect(requests).toBeGreaterThan(1);
    const { providers } = data as {
      providers: { regions: string[]; instances: Omit<Page, "pageInfo" | "issues"> }[];
    };
    expect(providers.every(({ regions }) => regions.length > 0)).toBe(true);
    expect(providers.every(({ instances: { complete } }) => complete)).toBe(true);
    const ids = providers.flatMap(({ instances: { nodes } }) => nodes.map(({ id }) => id));
    const other = await startStack({ limits: { vendorCalls }, clouds: SMALL });
    const representations = ids.map((id) => ({ __typename: "Instance", id }));
    const entities = `query ($representations: [_Any!]!) {
      _entities(representations: $representations) { ... on Instance { id } } }`;
    for (let tries = 1; ; tries += 1) {
      const { body } = await ask(other.url, entities, {}, { representations });
      if (body.errors !== undefined && tries < 100) continue;
      expect(body.errors).toBeUndefined();
      expect(tries).toBeGreaterThan(1);
      const found = body.data as { _entities: { id: string }[] };
      expect(found._entities.map(({ id }) => id)).toEqual(ids);
      break;
    }
  },
);
