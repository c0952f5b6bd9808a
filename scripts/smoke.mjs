// Runs `npm start`, sends one query over HTTP, and stops the gateway. Fails too if Node warns of anything,
// or if the gateway runs on another Node than this script.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const QUESTION = "{ backups(first: 3) { nodes { id startedAt provider { key } } complete } }";
const TIME_LIMIT_MS = 90_000;

const { GATEWAY_CONFIG: _config, GATEWAY_HOST: _host, ...env } = process.env;
const npm = spawn("npm", ["start"], {
  cwd: fileURLToPath(new URL("..", import.meta.url)),
  // npm forwards signals to its shell only, and bash replaces itself by the command.
  env: { ...env, PORT: "0", npm_config_script_shell: "bash" },
  stdio: ["ignore", "pipe", "pipe"],
});
const warnings = [];
createInterface({ input: npm.stderr }).on("line", (line) => {
  console.error(line);
  if (/^\(node:\d+\) /.test(line)) warnings.push(line);
});
const exit = once(npm, "exit");
const timer = setTimeout(() => fail(`not done within ${TIME_LIMIT_MS / 1000} s`), TIME_LIMIT_MS);

const url = await readyUrl();
await ask();
await compareNode();
npm.kill("SIGTERM");
const [code, signal] = await exit;
clearTimeout(timer);
if (code !== 0) fail(`npm start ended with ${signal ?? `exit code ${code}`} after SIGTERM`);
if (warnings.length > 0) fail(`Node warned: ${warnings.join("\n")}`);
console.log("smoke: three backups were read, and SIGTERM stopped the gateway cleanly");

async function readyUrl() {
  for await (const line of createInterface({ input: npm.stdout })) {
    console.log(line);
    const ready = /Gateway ready at (\S+)$/.exec(line);
    if (ready) {
      npm.stdout.resume();
      return ready[1];
    }
  }
  return fail("npm start ended before the gateway was ready");
}

async function ask() {
  const text = await textOf(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ query: QUESTION }),
  });
  const { data, errors } = JSON.parse(text);
  const nodes = data?.backups?.nodes ?? [];
  const isWhole = nodes.every(({ id, startedAt, provider }) => id && startedAt && provider.key);
  if (errors || nodes.length !== 3 || !isWhole) fail(`wrong answer: ${text.slice(0, 2000)}`);
}

async function compareNode() {
  const metrics = await textOf(new URL("/metrics", url));
  if (!metrics.includes(`nodejs_version_info{version="${process.version}"`))
    fail(`the gateway does not run on Node ${process.version}`);
}

function textOf(from, options) {
  return fetch(from, { ...options, signal: AbortSignal.timeout(30_000) })
    .then((response) => response.text())
    .catch((error) => fail(`no answer: ${error.message}`));
}

function fail(why) {
  console.error(`smoke: failed: ${why}`);
  npm.kill("SIGTERM");
  process.exit(1);
}
