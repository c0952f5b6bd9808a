import { pathToFileURL } from "node:url";
import { join } from "node:path";
import {
  createOperationDescriptor,
  Environment,
  fetchQuery,
  getSingularSelector,
  Network,
  RecordSource,
  Store,
} from "relay-runtime";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compareKeys } from "../../../src/domain/id.js";
import { ask, serveGateway, type Served } from "../served.js";
import { compileExamples, type Examples } from "./examples.js";

let examples: Examples;
let served: Served;
let newestFirst: readonly Row[];

interface Row {
  readonly id: string;
  readonly startedAt: string;
  readonly status: string;
}

beforeAll(async () => {
  examples = compileExamples();
  served = await serveGateway();
  newestFirst = await everyRow();
});
afterAll(async () => {
  await served.close();
  examples.remove();
});

/** The whole list in pages of another size, compared with the clouds' data. */
async function everyRow(): Promise<Row[]> {
  const rows: Row[] = [];
  for (let after: string | null = null, more = true; more;) {
    const { data } = await ask(
      served.url,
      `query ($after: String) { backups(first: 37, after: $after) {
        nodes { id startedAt status } pageInfo { hasNextPage endCursor } } }`,
      { variables: { after } },
    );
    rows.push(...data.backups.nodes);
    ({ hasNextPage: more, endCursor: after } = data.backups.pageInfo);
  }
  const keys = rows.map(({ id, startedAt }) => ({ id, startedAt: Date.parse(startedAt) }));
  expect(keys).toEqual(keys.toSorted((a, b) => compareKeys(b, a)));
  expect(keys.map(({ startedAt }) => startedAt).toSorted()).toEqual(
    served.clouds.estate
      .truth()
      .map(({ startedAt }) => startedAt)
      .toSorted(),
  );
  return rows;
}

describe("the example", () => {
  test.each(["apollo-client.js", "urql.js", "server-to-server.js"])(
    "%s prints every backup of every cloud, in order",
    async (name) => {
      const lines = await examples.run(name, served.url);
      expect(lines).toEqual(
        newestFirst.map(({ id, startedAt, status }) => `${id} ${startedAt} ${status}`),
      );
    },
  );

  test("for Relay pages to the end of its list", async () => {
    const succeeded = newestFirst.filter(({ status }) => status === "SUCCEEDED");
    const { data, pages } = await pageByRelay({ statuses: ["SUCCEEDED"] });
    expect(data.backups.edges.map(({ node }) => node.id)).toEqual(succeeded.map(({ id }) => id));
    expect(pages).toBe(Math.ceil(succeeded.length / 50));
    expect(data.backups.complete).toBe(true);
  });
});

interface RelayPage {
  readonly backups: {
    readonly edges: readonly { readonly node: Row }[];
    readonly complete: boolean;
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  };
}

/** Pages like `usePaginationFragment`, with what the compiler made of the example. */
async function pageByRelay(filter: object): Promise<{ data: RelayPage; pages: number }> {
  const artifact = async (name: string) => {
    const file = join(examples.dist, `relay/__generated__/${name}.graphql.js`);
    return (await import(pathToFileURL(file).href)).default;
  };
  const [first, next, fragment] = await Promise.all(
    ["BackupListQuery", "BackupListPageQuery", "BackupList_query"].map(artifact),
  );
  const environment = new Environment({
    network: Network.create(({ text }, variables) =>
      ask(served.url, text ?? "", { variables }).then((answer) => answer as never),
    ),
    store: new Store(new RecordSource()),
  });
  const operation = createOperationDescriptor(first, { filter });
  environment.retain(operation);
  const merged = (): RelayPage => {
    const root = environment.lookup(operation.fragment).data;
    const selector = getSingularSelector(fragment, root);
    return environment.lookup(selector!).data as unknown as RelayPage;
  };
  let pages = 1;
  await fetchQuery(environment, first, { filter }).toPromise();
  for (; merged().backups.pageInfo.hasNextPage; pages += 1) {
    const cursor = merged().backups.pageInfo.endCursor;
    await fetchQuery(environment, next, { filter, count: 50, cursor }).toPromise();
  }
  return { data: merged(), pages };
}
