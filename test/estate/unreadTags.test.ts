import { expect, test } from "vitest";
import type { FaultPlan } from "../../src/clouds/knobs/faults.js";
import { ask } from "../server/harness.js";
import { startStack, type Stack, type StackOptions } from "../server/stack.js";

const QUERY = `query ($after: String) {
  instances(first: 3, after: $after, filter: { tags: [{ key: "env" }] }) {
    nodes { id }
    complete
    issues { code instanceNativeIds }
    pageInfo { hasNextPage endCursor }
  }
}`;

interface Page {
  readonly nodes: readonly { readonly id: string }[];
  readonly complete: boolean;
  readonly issues: readonly { readonly code: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}

/** Walks to the end of the list; `onPage` is called with the number of pages so far. */
async function walk({ url }: Stack, onPage: (pages: number) => void = () => undefined) {
  const pages: Page[] = [];
  for (let after: string | null = null; ;) {
    const { body } = await ask(url, QUERY, {}, { after });
    expect(body.errors).toBeUndefined();
    const { instances: page } = body.data as { instances: Page };
    pages.push(page);
    // The tags of an instance that is being created stay unknown.
    if (!page.pageInfo.hasNextPage && page.nodes.length === 0) return pages;
    onPage(pages.length);
    after = page.pageInfo.endCursor;
  }
}

const idsOf = (pages: readonly Page[]): string[] =>
  pages.flatMap(({ nodes }) => nodes.map(({ id }) => id));

/** Where the tags of node-based caches come from. */
const TAGS = "elasticache:ListTagsForResource";

const UNREADABLE: FaultPlan = {
  vendor: "aws",
  action: TAGS,
  effect: { kind: "body", body: "<a/>" },
};

const REFUSED: FaultPlan = {
  vendor: "aws",
  action: TAGS,
  effect: { kind: "vendorError", code: "AccessDenied", status: 403 },
};

const WITHOUT_RETRIES: StackOptions = {
  accounts: (own) => own.map((one) => ({ ...one, upstream: { ...one.upstream, retries: 0 } })),
};

test("instances whose tags cannot be read come once they can, in the same walk", async () => {
  const expected = await walk(await startStack());
  const whole = idsOf(expected);
  expect(whole.length).toBeGreaterThan(9);
  const stack = await startStack(WITHOUT_RETRIES);
  const { faults } = stack.clouds.knobs;
  faults.add(UNREADABLE);
  const pages = await walk(stack, (count) => {
    if (count === 2) faults.clear();
  });
  expect(pages.flatMap(({ issues }) => issues)).toContainEqual(
    expect.objectContaining({ code: "BAD_RESPONSE" }),
  );
  const ids = idsOf(pages);
  expect(ids).not.toEqual(whole);
  expect([...ids].sort()).toEqual([...whole].sort());
  expect(pages.at(-1)?.issues).toEqual(expected.at(-1)?.issues);
});

test("a walk does not end as complete if a vendor refuses to show tags", async () => {
  const stack = await startStack(WITHOUT_RETRIES);
  stack.clouds.knobs.faults.add(REFUSED);
  const pages = await walk(stack);
  const first = pages.findIndex(({ complete }) => !complete);
  expect(pages.length - first).toBeGreaterThan(2);
  for (const { complete, issues } of pages.slice(first)) {
    expect(complete).toBe(false);
    expect(issues.map(({ code }) => code)).toContain("FORBIDDEN");
  }
});

test("an instance that is being created keeps a walk by tag incomplete, says when to retry, and leaves its provider healthy", async () => {
  const stack = await startStack();
  const { body } = await ask(
    stack.url,
    `{
      instances(first: 200, filter: { tags: [{ key: "env" }] }) {
        complete
        issues { code message vendorCode retryable retryAfter instanceNativeIds }
      }
      providers { health { state lastIssue } }
    }`,
  );
  expect(body.data?.["instances"]).toEqual({
    complete: false,
    issues: [
      {
        code: "UNAVAILABLE",
        message:
          "Facts of the instance are unknown: AWS shows the tags of an instance only while it is available, not while it is being created, changed or deleted.",
        vendorCode: "InvalidReplicationGroupState",
        retryable: true,
        retryAfter: "PT1M",
        instanceNativeIds: ["newcomer"],
      },
    ],
  });
  const health = { state: "HEALTHY", lastIssue: null };
  const providers = body.data?.["providers"] as object[];
  expect(providers).toEqual(providers.map(() => ({ health })));
  // Another attempt in the same request would be refused as well.
  expect(stack.clouds.calls.count({ action: TAGS, outcome: "refused" })).toBe(1);
});
