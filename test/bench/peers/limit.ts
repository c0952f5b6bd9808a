import { createServer } from "node:http";
import type { CloudAccount } from "../clouds.js";
import { given, listen } from "./given.js";
import { backupsOfAlibaba, instancesOf as alibabaInstances } from "./alibaba.js";
import type { Found } from "./found.js";
import { backupsOfTencent, instancesOf as tencentInstances } from "./tencent.js";
import { backupsOfAws } from "./aws.js";
import { backupsOfUCloud, backupsOfUMem, groupsOf } from "./ucloud.js";

/*
 * The hand-written minimum: the same calls in parallel, a merge, JSON. It caches nothing, checks nothing,
 * limits nothing, and assumes that every list fits a page.
 */
const accounts = given<readonly CloudAccount[]>();
const accountOf = (vendor: string): CloudAccount =>
  accounts.find((account) => account.vendor === vendor) as CloudAccount;
const ucloud = accountOf("ucloud");
const tencent = accountOf("tencent");
const alibaba = accountOf("alibaba");
/** Absent if the query is not about it. */
const aws = accounts.find(({ vendor }) => vendor === "aws");
const hasUMem = ucloud.products?.includes("umem") ?? true;

const PAGE = 100;
const LATEST = 5;

/** This vendor has no region-wide list, so its instances must be known first. */
async function alibabaBackups(): Promise<{ readonly ids: string[]; readonly found: Found[][] }> {
  const ids = await alibabaInstances(alibaba);
  return { ids, found: await Promise.all(ids.map((id) => backupsOfAlibaba(alibaba, id))) };
}

async function page(): Promise<object> {
  const [a, b, c, d, e] = await Promise.all([
    backupsOfUCloud(ucloud),
    backupsOfTencent(tencent),
    alibabaBackups(),
    hasUMem ? backupsOfUMem(ucloud) : [],
    aws === undefined ? [] : backupsOfAws(aws),
  ]);
  const all = [...a, ...b, ...c.found.flat(), ...d, ...e];
  return { backups: connectionOf(all, PAGE) };
}

async function latest(): Promise<object> {
  const [a, b, c, groups, instances] = await Promise.all([
    backupsOfUCloud(ucloud),
    backupsOfTencent(tencent),
    alibabaBackups(),
    groupsOf(ucloud),
    tencentInstances(tencent),
  ]);
  const byInstance = new Map<string, Found[]>();
  for (const id of [...groups, ...instances]) byInstance.set(id, []);
  for (const found of [...a, ...b]) byInstance.get(found.instance)?.push(found);
  c.ids.forEach((id, index) => byInstance.set(id, c.found[index] ?? []));
  const edges = [...byInstance].map(([nativeId, found]) => ({
    node: { nativeId, backups: connectionOf(found, LATEST) },
  }));
  return { instances: { edges } };
}

function connectionOf(found: Found[], first: number): object {
  found.sort((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1));
  const edges = found.slice(0, first).map((one) => ({
    cursor: Buffer.from(`${one.startedAt} ${one.id}`).toString("base64url"),
    node: one.node(),
  }));
  return {
    edges,
    pageInfo: {
      hasNextPage: found.length > first,
      hasPreviousPage: false,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => void chunks.push(chunk));
  request.on("end", () => {
    const { query } = JSON.parse(Buffer.concat(chunks).toString()) as { query: string };
    const work = query.startsWith("query Latest") ? latest() : page();
    void work.then((data) => {
      const body = JSON.stringify({ data });
      response.writeHead(200, {
        "content-type": "application/json; charset=utf-8",
        "content-length": Buffer.byteLength(body),
      });
      response.end(body);
    });
  });
});
await listen(server);
