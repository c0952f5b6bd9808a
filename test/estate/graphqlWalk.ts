import { ask } from "../server/harness.js";

/** One page of `backups` as GraphQL over HTTP shows it. */
export interface HttpPage {
  readonly edges: {
    readonly cursor: string;
    readonly late: boolean;
    readonly node: { readonly id: string; readonly nativeId: string };
  }[];
  readonly complete: boolean;
  readonly totalCount?: number | null;
  readonly issues: {
    readonly code: string;
    readonly message: string;
    readonly provider: { readonly key: string };
  }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly endCursor: string | null;
  };
}

/** What a page is asked for; variables of the query. */
export interface HttpQuestion {
  readonly first: number;
  readonly after?: string | null;
  readonly filter?: object;
  readonly onSourceError?: "PARTIAL" | "FAIL";
}

const QUERY = `query ($first: Int!, $after: String, $filter: BackupFilter, $onSourceError: OnSourceError) {
  backups(first: $first, after: $after, filter: $filter, onSourceError: $onSourceError) {
    edges { cursor late node { id nativeId } }
    complete
    issues { code message provider { key } }
    pageInfo { hasNextPage hasPreviousPage endCursor }
  }
}`;

/** Asks one page over HTTP. */
export const askPage = (url: string, question: HttpQuestion) =>
  ask(url, QUERY, {}, { onSourceError: "PARTIAL", ...question });

/** The page of an answer without errors. */
export async function pageOf(url: string, question: HttpQuestion): Promise<HttpPage> {
  const { body } = await askPage(url, question);
  if (body.errors !== undefined) throw new Error(JSON.stringify(body.errors));
  return (body.data as { backups: HttpPage }).backups;
}

/** Every page of a list, as long as there is a next one. */
export async function pagesOf(url: string, question: HttpQuestion): Promise<HttpPage[]> {
  const pages: HttpPage[] = [];
  let after: string | null = null;
  for (;;) {
    const page: HttpPage = await pageOf(url, { ...question, after });
    pages.push(page);
    if (!page.pageInfo.hasNextPage) return pages;
    after = page.pageInfo.endCursor;
  }
}

export const nativeIdsOf = (pages: readonly HttpPage[]): string[] =>
  pages.flatMap(({ edges }) => edges.map(({ node }) => node.nativeId));
