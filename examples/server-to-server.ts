// Prints every backup, newest first, with fetch alone, for jobs and services.
const url = process.env.GATEWAY_URL ?? "http://127.0.0.1:4000/graphql";
const QUERY = `query Backups($after: String) {
  backups(first: 200, after: $after) {
    nodes { id startedAt status }
    pageInfo { hasNextPage endCursor }
    issues { code message }
  }
}`;

interface Page {
  nodes: { id: string; startedAt: string; status: string }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
  issues: { code: string; message: string }[];
}

async function pageAfter(after: string | null): Promise<Page> {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/graphql-response+json",
      authorization: `Bearer ${process.env.GATEWAY_KEY ?? ""}`,
    },
    body: JSON.stringify({ query: QUERY, variables: { after } }),
    signal: AbortSignal.timeout(30_000),
  });
  const { data, errors } = (await response.json()) as {
    data?: { backups: Page | null };
    errors?: { message: string; extensions: { code: string } }[];
  };
  if (data?.backups) return data.backups;
  const [first] = errors ?? [];
  throw new Error(`${first?.extensions.code ?? response.status}: ${first?.message}`);
}

for (let after: string | null = null, more = true; more;) {
  const { nodes, pageInfo, issues } = await pageAfter(after);
  for (const { id, startedAt, status } of nodes) console.log(id, startedAt, status);
  for (const { code, message } of issues) console.error(code, message);
  // The rows of a failed source are pending. A later query after endCursor returns them first.
  ({ hasNextPage: more, endCursor: after } = pageInfo);
}
