// Sends the worst requests that we know to the built gateway over the embedded clouds, and prints what each
// costs; then what the worst answers of vendors cost.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "./build.mjs";
import { printAnswers, ready } from "./hostileAnswers.mjs";

const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const TIMES = 40;
/** Linux counts the CPU time of a process in hundredths of a second. */
const TICK_MS = 10;

const many = (count, text) => Array.from({ length: count }, (_, i) => text(i)).join(" ");
const nested = (levels) => `${"[".repeat(levels)}${"]".repeat(levels)}`;
const filter = "query ($f: BackupFilter) { backups(first: 1, filter: $f) { complete } }";
const json = (query, variables = "{}") =>
  `{"query":${JSON.stringify(query)},"variables":${variables}}`;
/** A filter of 240 kB, in as many fields as one operation may have. */
const filters = (count) =>
  `query ($f: InstanceFilter) { ${many(count, (i) => `a${i}: instances(first: 1, filter: $f) { totalCount }`)} }`;
const fields = (count) => `{${Array.from({ length: count }, (_, i) => `"k${i}":1`).join(",")}}`;

/** Each is sent with another comment at its end, so that no cache of documents helps. */
const DOCUMENTS = {
  "a small query, for comparison": "{ __typename }",
  "200 fragments at one level": `{ backups { nodes { ${many(200, (i) => `...F${i}`)} } } } ${many(200, (i) => `fragment F${i} on Backup{id}`)}`,
  "95 fragments at one level, within the limit": `{ backups { nodes { ${many(95, (i) => `...F${i}`)} } } } ${many(95, (i) => `fragment F${i} on Backup{id}`)}`,
  "280 type conditions": `{ backups { ${many(280, (i) => `...on T${i}{complete}`)} } }`,
  "fragments that triple": `{ ...F0 } ${many(60, (i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} ...F${i + 1} }`)} fragment F60 on Query { __typename }`,
  "1,900 unknown fields": `{ backups { nodes { ${many(1_900, (i) => `a${i}`)} } } }`,
  "1,900 ids": `{ nodes(ids: [${many(1_900, (i) => `"${i}"`)}]) { id } }`,
  "1,900 wrong enum values": `{ backups(filter: { statuses: [${many(1_900, () => "X")}] }) { complete } }`,
  "130,000 empty comments": `{ __typename }${"\n#".repeat(130_000)}`,
  "a name of 250 kB": `{ ${"x".repeat(250_000)} }`,
  "the largest introspection": `{ __schema { types { fields { args { type { fields { name } } } type { fields { type { name } } } } } } }`,
};

const BODIES = {
  "8,500 unknown variables": json(filter, `{"f":${fields(8_500)}}`),
  "20,000 wrong enum variables": json(
    filter,
    `{"f":{"statuses":[${many(20_000, (i) => `${i > 0 ? "," : ""}"X"`)}]}}`,
  ),
  "variables of 100,000 levels": json(filter, `{"f":${nested(100_000)}}`),
  "extensions of 100,000 levels": `{"query":"{ __typename }","extensions":${nested(100_000)}}`,
  "10 filters of 20,000 ids": json(
    filters(10),
    `{"f":{"nativeIds":[${Array.from({ length: 20_000 }, (_, i) => `"i${i}"`).join(",")}]}}`,
  ),
  "80,000 empty objects": json(filter, `{"f":[${many(80_000, (i) => `${i > 0 ? "," : ""}{}`)}]}`),
  "260 kB that are not JSON": "[".repeat(260_000),
};

if (!build()) process.exit(1);
const gateway = spawn(process.execPath, [main, "serve", "--demo"], {
  env: { ...process.env, PORT: "0", GATEWAY_LOG_LEVEL: "silent" },
  stdio: ["ignore", "pipe", "ignore"],
});
const url = new URL(await ready(gateway));

console.log(`${"".padEnd(46)} CPU ms  bytes in  bytes out`);
for (const [name, text] of Object.entries(DOCUMENTS))
  await measure(name, (i) => json(`${text} # ${i}`));
for (const [name, body] of Object.entries(BODIES)) await measure(name, () => body);
gateway.kill("SIGKILL");
console.log();
await printAnswers(main);

async function measure(name, bodyOf) {
  await send(bodyOf("first"));
  const before = cpuMs();
  let answer;
  for (let i = 0; i < TIMES; i += 1) answer = await send(bodyOf(i));
  const ms = (cpuMs() - before) / TIMES;
  const bytes = [answer.bytesIn, answer.bytesOut].map((count) => String(count).padStart(9));
  console.log(`${name.padEnd(46)} ${ms.toFixed(1).padStart(6)} ${bytes.join(" ")}`);
}

/** The CPU time that the gateway has used so far. */
function cpuMs() {
  const [, rest] = readFileSync(`/proc/${gateway.pid}/stat`, "utf8").split(") ");
  const columns = rest.split(" ");
  return (Number(columns[11]) + Number(columns[12])) * TICK_MS;
}

function send(body) {
  return new Promise((resolve) => {
    const head = `POST /graphql HTTP/1.1\r\nhost: ${url.host}\r\ncontent-type: application/json\r\nconnection: close\r\n`;
    const bytes = `${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
    const socket = connect(Number(url.port), url.hostname, () => socket.write(bytes));
    let bytesOut = 0;
    socket.on("data", (part) => (bytesOut += part.length));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve({ bytesIn: Buffer.byteLength(bytes), bytesOut }));
  });
}
