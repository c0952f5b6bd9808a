// Prints for how long the worst answers of vendors that we know block the built gateway. Each is just below
// upstream.maxResponseBytes, or just below a limit of src/listing/decoder.ts.
import { fork } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

const RUNS = 5;
const BYTES = 8_388_000;
const SECRET = "a-secret-for-the-benchmark";

/** Repeats a part: as often as 8 MB allow, or `count` times. */
const filled = (part, count = Infinity) =>
  part.repeat(Math.min(count, Math.floor(BYTES / Buffer.byteLength(part))));
const many = (count, part) => Array.from({ length: count }, (_, i) => part(i)).join("");
const list = (part, count) => `${filled(`${part},`, count)}${part}`;
const rows = (count, row) => many(count, (i) => `${i > 0 ? "," : ""}${row(i)}`);
const fields = (count, field) => `{${rows(count, field)}}`;
const nested = (levels) => `${"[".repeat(levels)}${"]".repeat(levels)}`;
/** Numbers that are the same in each run and follow no order. */
const mixed = (i) => (i * 7_919 + 104_729) % 4_001;

/** The rows of a list in JSON. */
const JSON_ROWS = {
  "two backups, for comparison": rows(2, backupOf),
  "9,900 backups": rows(9_900, backupOf),
  "19,000 backups that lack their start": rows(19_000, (i) => `{"BackupId":"b-${i}"}`),
  "2.8 million empty objects": list("{}"),
  "59,000 empty objects": list("{}", 59_000),
  "2.8 million empty lists": list("[]"),
  "19,000 rows of lists": list("[[],[]]", 19_000),
  "4 million levels": nested(4_100_000),
  "9,000 levels": nested(9_000),
  "4,900 distinct keys in one row": fields(4_900, (i) => `"k${i}${"x".repeat(1_600)}":1`),
  "400,000 distinct keys in one row": fields(400_000, (i) => `"k${i}":1`),
  "390 rows of 100 keys in orders of their own": rows(390, (i) =>
    fields(100, (k) => `"k${mixed(i * 100 + k)}":1`),
  ),
  "1,900 rows of 100 keys in orders of their own": rows(1_900, (i) =>
    fields(100, (k) => `"k${mixed(i * 100 + k)}":1`),
  ),
  "rows of two keys, each pair another": rows(19_000, (i) => `{"k${mixed(i)}":1,"l${i % 97}":1}`),
  "4 million numbers": list("1"),
  "249,000 numbers with exponents": list("1.2345678e-290", 249_000),
  "400,000 integers of 20 digits": list("12345678901234567890"),
  "19,000 integers of 20 digits": list("12345678901234567890", 19_000),
  "a number of 8 million digits": filled("9"),
  "numbers of 990 digits": list("9".repeat(990)),
  "a text of 4 million escaped quotes": `"${filled('\\"')}"`,
  "a text of 1.4 million escaped characters": `"${filled("\\u20ac")}"`,
  "a text of 2.8 million characters that are no ASCII": `"${filled("€")}"`,
  "200,000 texts of a line each": list('"\\nabcdefghijklmnopqrstuvwxyz0123456"', 200_000),
  "8 million spaces": `${filled(" ")}{}`,
  "8 million quotes": filled('"'),
};

/** The parts of a list in XML. */
const XML_PARTS = {
  "two snapshots, for comparison": many(2, snapshotOf),
  "5,500 snapshots": many(5_500, snapshotOf),
  "150,000 elements": filled("<a></a>", 74_900),
  "1.2 million elements": filled("<a></a>"),
  "1,900 names of elements": many(74_900, (i) => `<a${i % 1_900}></a${i % 1_900}>`),
  "150,000 names of elements": many(74_900, (i) => `<a${i}></a${i}>`),
  "740 elements of 100 in orders of their own": many(
    740,
    (i) => `<b>${many(100, (k) => `<a${mixed(i * 100 + k) % 1_900}/>`)}</b>`,
  ),
  "9,900 attributes of one element": `<a ${many(9_900, (i) => `a${i}="${"x".repeat(820)}" `)}/>`,
  "1.3 million attributes": `<a ${filled('a="1" ')}/>`,
  "199,000 entities": filled("&amp;", 199_000),
  "1.6 million entities": filled("&amp;"),
  "a comment of 190,000 characters": `<!--${filled("- ", 95_000)}-->`,
  "1.1 million comments": filled("<!---->"),
  "a CDATA section of 190,000 characters": `<![CDATA[${filled("]] >", 47_000)}]]>`,
  "690,000 CDATA sections": filled("<![CDATA[]]>"),
  "90,000 processing instructions": filled("<?a ?>", 90_000),
  "30 levels": `${"<a>".repeat(30)}${filled("x")}${"</a>".repeat(30)}`,
  "a text of 8 million characters": filled("x"),
  "a text of 8 million line ends": filled("\r\n"),
  "8 million spaces in a tag": `<a${filled(" ")}/>`,
  "a name of 4 million characters": `<${filled("a", 4_000_000)}/>`,
  "8 million control characters": filled("\u0001"),
};

function backupOf(i) {
  const texts = `"BackupName":"backup ${i}","GroupId":"g-${i % 900}","Zone":"cn-bj2-02"`;
  return `{"BackupId":"b-${i}","BackupTime":${1_790_000_000 - i},"BackupSize":${i},"State":"Success","BackupType":"Auto",${texts},"Note":"${"x".repeat(620)}"}`;
}

function snapshotOf(i) {
  const node = `<NodeSnapshot><CacheSize>1 MB</CacheSize><SnapshotCreateTime>2026-11-01T00:00:00Z</SnapshotCreateTime></NodeSnapshot>`;
  const texts = `<SnapshotStatus>available</SnapshotStatus><Note>${"x".repeat(1_100)}</Note>`;
  return `<Snapshot><SnapshotName>s-${i}</SnapshotName><CacheClusterId>c-${i % 900}</CacheClusterId>${texts}<NodeSnapshots>${node}</NodeSnapshots></Snapshot>`;
}

const jsonAnswer = (inner) => {
  const count = inner.split('"BackupId"').length - 1 || 2;
  return `{"RetCode":0,"Action":"DescribeURedisBackupResponse","TotalCount":${count},"DataSet":[${inner}]}`;
};
const xmlAnswer = (inner) =>
  `<DescribeSnapshotsResponse><DescribeSnapshotsResult><Snapshots>${inner}</Snapshots></DescribeSnapshotsResult></DescribeSnapshotsResponse>`;

const CASES = [
  ...Object.entries(JSON_ROWS).map(([name, inner]) => ({ name, answer: jsonAnswer(inner) })),
  ...Object.entries(XML_PARTS).map(([name, inner]) => ({ name, answer: xmlAnswer(inner), xml: 1 })),
];

/** One account for each run of each case, because a list is read once while it is fresh. */
const accountOf = (index, run, endpoint) => {
  const id = `case-${index}-${run}`;
  const common = { id, endpoint, regions: [CASES[index].xml ? "us-east-1" : "cn-bj2"] };
  return CASES[index].xml
    ? {
        ...common,
        vendor: "aws",
        products: ["elasticache"],
        credentials: { accessKeyId: id, secretAccessKey: SECRET },
      }
    : {
        ...common,
        vendor: "ucloud",
        products: ["uredis"],
        credentials: { publicKey: id, privateKey: SECRET },
      };
};

/** The answers to requests for other lists. */
const OTHERS = {
  json: '{"RetCode":0,"Action":"DescribeURedisGroupResponse","TotalCount":1,"DataSet":[{"GroupId":"g-1"}]}',
  xml: "<DescribeGroupsResponse><DescribeGroupsResult><Groups/></DescribeGroupsResult></DescribeGroupsResponse>",
};

/** Answers each request for a list of backups by the case that its credential names. */
function answerTo(request, body) {
  const text = `${request.url} ${body} ${request.headers.authorization ?? ""}`;
  const { answer, xml } = CASES[Number(/case-(\d+)-/.exec(text)?.[1])];
  // The last page holds the last row again.
  if (/Offset=[1-9]/.test(text)) return answer.replace(/\[.*\},(?=\{)/, "[");
  if (/DescribeURedisBackup|DescribeSnapshots/.test(text)) return answer;
  const subject = /Action=Describe(\w+)/.exec(text)?.[1];
  return xml ? OTHERS.xml.replaceAll("Groups", subject) : OTHERS.json;
}

/**
 * Loaded before the gateway: reports the longest time that its event loop was blocked. Linux counts the CPU
 * time of the main thread, so that other programs on the machine do not matter.
 */
const WATCH = `
  import { readFileSync } from "node:fs";
  const file = "/proc/self/task/" + process.pid + "/schedstat";
  const cpuMs = () => Number(readFileSync(file, "latin1").split(" ")[0]) / 1e6;
  let [last, longest] = [cpuMs(), 0];
  setImmediate(function turn() {
    const now = cpuMs();
    longest = Math.max(longest, now - last);
    last = now;
    setImmediate(turn);
  });
  process.on("message", () => {
    process.send(longest);
    longest = 0;
  });
  process.on("disconnect", () => process.exit());`;

/** Prints one line for each answer. */
export async function printAnswers(main) {
  const vendor = createServer((request, response) => {
    let body = "";
    request.setEncoding("latin1").on("data", (part) => (body += part));
    request.on("end", () => response.end(answerTo(request, body)));
  });
  await new Promise((resolve) => vendor.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${vendor.address().port}`;
  const folder = mkdtempSync(join(tmpdir(), "hostile-"));
  const accounts = CASES.flatMap((_, index) =>
    Array.from({ length: RUNS }, (_, run) => accountOf(index, run, endpoint)),
  );
  const limits = { requestsPerMinute: 0 };
  const config = { server: { port: 0 }, accounts, cache: { ttl: "PT1H" }, limits };
  writeFileSync(join(folder, "gateway.json"), JSON.stringify(config));
  const gateway = fork(main, ["serve", "--config", join(folder, "gateway.json")], {
    execArgv: ["--import", `data:text/javascript,${encodeURIComponent(WATCH)}`],
    env: { ...process.env, NODE_ENV: "production", GATEWAY_LOG_LEVEL: "silent" },
    stdio: ["ignore", "pipe", "ignore", "ipc"],
  });
  const url = await ready(gateway);
  await measure(gateway, url, 0, 0);
  console.log(`${"".padEnd(52)}   MB  blocked ms (median, longest)  result`);
  for (const index of CASES.keys()) {
    const runs = [];
    for (let run = 0; run < RUNS; run += 1) runs.push(await measure(gateway, url, index, run));
    print(index, runs);
  }
  gateway.kill("SIGKILL");
  vendor.close();
  vendor.closeAllConnections();
  rmSync(folder, { recursive: true });
}

function print(index, runs) {
  const { name, answer, xml } = CASES[index];
  const times = runs.map(({ ms }) => ms).sort((a, b) => a - b);
  const [median, longest] = [times[times.length >> 1], times.at(-1)];
  const megabytes = (Buffer.byteLength(answer) / 1e6).toFixed(1).padStart(5);
  const shown = [median, longest].map((ms) => ms.toFixed(0).padStart(6)).join("");
  console.log(
    `${`${xml ? "XML" : "JSON"}: ${name}`.padEnd(60)}${megabytes}${shown}  ${runs[0].result}`,
  );
}

async function measure(gateway, url, index, run) {
  const product = CASES[index].xml ? "elasticache" : "uredis";
  const query = `{ backups(first: 1, filter: { providers: ["case-${index}-${run}/${product}"] }) { nodes { id } issues { code message } } }`;
  await longestDelay(gateway);
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = await response.json();
  const ms = await longestDelay(gateway);
  const issue = errors?.[0] ?? data.backups.issues[0];
  const result = issue?.code ?? issue?.message ?? `${data.backups.nodes.length} row`;
  return { ms, result };
}

function longestDelay(gateway) {
  return new Promise((resolve) => {
    gateway.once("message", resolve);
    gateway.send("longest");
  });
}

/** The address that a gateway prints when it is ready. */
export function ready({ stdout }) {
  return new Promise((resolve, reject) => {
    let text = "";
    stdout.setEncoding("utf8").on("data", (part) => {
      text += part;
      const found = /ready at (\S+)/.exec(text);
      if (found) resolve(found[1]);
    });
    stdout.once("end", () => reject(new Error(`The gateway did not start. ${text}`)));
  });
}
