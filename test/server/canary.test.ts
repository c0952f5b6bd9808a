import { describe, expect, test } from "vitest";
import { DEMO_KEYS } from "../../src/clouds/accounts.js";
import { CLOUD_VENDORS } from "../../src/clouds/vendorCloud.js";
import { SCOPES } from "../../src/domain/principal.js";
import { partOf } from "../security/forms.js";
import { ECHO, FAULTS, LINK, SAID } from "../security/matrix.js";
import { asCaller, digestOf, keyNamed } from "./gated.js";
import { ask, codesOf, exchange, type Answer } from "./harness.js";
import { valuesOf } from "./routes.js";
import { startStack, type Stack, type StackOptions } from "./stack.js";
import { UNCACHED } from "../estate/gateway.js";
import { startClock } from "../stillClouds.js";

const KEYS = {
  full: "CaNaRyKeyOfFull41",
  reader: "CaNaRyKeyOfReader42",
  wrong: "CaNaRyKeyOfNobody43",
};

const LIST = `{ backups(first: 30) { edges { cursor node { id raw remark vendorStatus instance { name } } }
  pageInfo { endCursor } complete issues { code message provider { key health { lastIssue } } } }`;
const QUESTIONS = [
  `${LIST} coverage(rpo: "PT24H") { complete issues { message } } providers { regions capabilities { notes } } }`,
  `{ backups(onSourceError: FAIL) { nodes { downloads { url } } } instances(onSourceError: FAIL) { nodes { id } } }`,
  "query Canary($id: ID!) { node(id: $id) { ... on Backup { raw downloads { url } } } }",
  "{ nothing }",
];

/** Links of every product. */
const LINKS =
  "{ providers { backups(first: 3, filter: { statuses: [SUCCEEDED] }) { nodes { id downloads { url } } } } }";

/** Everything that left the gateway, and the secrets of the links that were rightly given. */
interface Seen {
  readonly texts: [where: string, text: string][];
  readonly given: Set<string>;
}

/** An answer without the links themselves, which only callers with the scope are given. */
const shown = (answer: Answer): string =>
  `${JSON.stringify(answer.headers)}\n${answer.text.replaceAll(/"url":"[^"]*"/g, "")}`;

/** The secrets of the links that a caller was rightly given. */
function secretsOfLinks(answer: Answer): string[] {
  const urls = valuesOf(answer.body.data, "url").map((url) => new URL(String(url)).searchParams);
  const names = ["Signature", "q-signature", "q-ak", "UCloudPublicKey", "OSSAccessKeyId"];
  return [...new Set(urls.flatMap((params) => names.flatMap((name) => params.get(name) ?? [])))];
}

/** Asks all kinds of questions, and keeps what leaves. */
async function askAll(stack: Stack, { texts, given }: Seen, id: string): Promise<void> {
  for (const key of Object.values(KEYS))
    for (const query of QUESTIONS) {
      const answer = await ask(stack.url, query, asCaller(key), { id });
      texts.push([`the answer to ${key}`, shown(answer)]);
      for (const secret of secretsOfLinks(answer)) given.add(secret);
      const cursors = [
        ...valuesOf(answer.body.data, "cursor"),
        ...valuesOf(answer.body.data, "endCursor"),
      ];
      for (const cursor of cursors)
        texts.push(["a cursor", Buffer.from(String(cursor), "base64url").toString("latin1")]);
    }
  // Secrets where none belong reach the log only; who sent them may see them again.
  const { url } = stack;
  await exchange(`${url}?token=${SAID}&query=${encodeURIComponent(LINK)}`);
  await exchange(new URL(`/nothing?Signature=${SAID}`, url).href);
  await ask(url, `{ node(id: "${LINK}") { id } }`, {
    ...asCaller(KEYS.full),
    cookie: SAID,
  });
  await ask(url, "{ __typename }", { authorization: `Bearer ${SAID}`, "x-gateway-secret": SAID });
  const json = { "content-type": "application/json", ...asCaller(KEYS.full) };
  await exchange(url, { method: "POST", headers: json, body: `{"query": ${ECHO}` });
  const metrics = await exchange(new URL("/metrics", url).href, { headers: asCaller(KEYS.full) });
  expect(metrics.text).toContain("# HELP");
  texts.push(["the metrics", metrics.text], ["the log", stack.written()]);
}

const startWatched = (options: Partial<StackOptions>, timeoutMs = 20_000): Promise<Stack> =>
  startStack({
    observed: true,
    auth: {
      mode: "apiKey",
      apiKeys: [
        { ...keyNamed("full", [...SCOPES]), sha256: digestOf(KEYS.full) },
        { ...keyNamed("reader", ["backups:read"]), sha256: digestOf(KEYS.reader) },
      ],
    },
    clouds: {
      now: startClock(),
      estate: { instances: 2, regions: 1, backupsEach: 4 },
      // Enough for every healthy answer, so that a body without an end is soon too long.
      upstream: { timeoutMs, retries: 1, rate: 1_000, maxResponseBytes: 500_000 },
    },
    gateway: { settings: UNCACHED },
    ...options,
  });

const CREDENTIALS = CLOUD_VENDORS.map((vendor) => DEMO_KEYS[vendor]).flatMap(({ id, secret }) => [
  id,
  secret,
]);

describe("no secret leaves while a vendor", () => {
  test.each([["answers as it should", null] as const, ...FAULTS])("%s", async (_, effect) => {
    // Without the scrubber: it must not be what keeps secrets in.
    // Only vendors that do not finish need a short time limit, which healthy ones may exceed on a busy machine.
    const timeoutMs = ["hang", "endless"].includes(effect?.kind ?? "") ? 1_000 : undefined;
    const stack = await startWatched({ scrub: (text) => text }, timeoutMs);
    const granted = await ask(stack.url, LINKS, asCaller(KEYS.full));
    const seen: Seen = { texts: [], given: new Set(secretsOfLinks(granted)) };
    const id = String(valuesOf(granted.body.data, "id")[0]);
    if (effect !== null)
      for (const vendor of CLOUD_VENDORS) stack.clouds.knobs.faults.add({ vendor, effect });
    await askAll(stack, seen, id);
    expect(stack.clouds.knobs.faults.list().every(({ met }) => met > 0)).toBe(true);
    if (effect !== null) expect(stack.written()).toContain("A vendor call failed.");
    expect(seen.given.size).toBeGreaterThan(12);
    const canaries = [SAID, ...Object.values(KEYS), ...CREDENTIALS, ...seen.given];
    for (const canary of canaries)
      for (const [where, text] of seen.texts)
        if (text.includes(canary)) expect.fail(`${canary} in ${where}: ${partOf(text, canary)}`);
  });
});

test("what a bug puts into an error is masked in the answer and scrubbed from the log", async () => {
  const parts = [
    ...CREDENTIALS,
    LINK,
    `Authorization: Bearer ${SAID}`,
    `-----BEGIN KEY-----\n${SAID}`,
  ];
  const broken = new Error(parts.join(" "), {
    cause: { url: LINK, headers: { "x-api-key": SAID } },
  });
  const stack = await startWatched({
    server: {
      makeReads: () => {
        throw Object.assign(broken, { options: { privateKey: CREDENTIALS[1], token: SAID } });
      },
    },
  });
  const answer = await ask(stack.url, "{ __typename }", asCaller(KEYS.full));
  expect([answer.status, codesOf(answer)]).toEqual([500, ["INTERNAL_SERVER_ERROR"]]);
  expect(stack.written()).toContain(answer.headers["x-request-id"]);
  expect(stack.written()).toContain("[redacted]");
  for (const text of [shown(answer), stack.written()])
    for (const canary of [SAID, ...CREDENTIALS]) expect(text).not.toContain(canary);
});
