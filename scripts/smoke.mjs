// Runs `npm start`, sends one query over HTTP, and stops the gateway.
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
  stdio: ["ignore", "pipe", "inherit"],
});
const exit = once(npm, "exit");
const timer = setTimeout(() => fail(`not done within ${TIME_LIMIT_MS / 1000} s`), TIME_LIMIT_MS);

const url = await readyUrl();
await ask();
npm.kill("SIGTERM");
const [code, signal] = await exit;
clearTimeout(timer);
if (code !== 0) fail(`npm start ended with ${signal ?? `exit code ${code}`} after SIGTERM`);
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
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ query: QUESTION }),
    signal: AbortSignal.timeout(30_000),
  }).catch((error) => fail(`no answer: ${error.message}`));
  const text = await response.text();
  const { data, errors } = JSON.parse(text);
  const nodes = data?.backups?.nodes ?? [];
  const isWhole = nodes.every(({ id, startedAt, provider }) => id && startedAt && provider.key);
  if (errors || nodes.length !== 3 || !isWhole) fail(`wrong answer: ${text.slice(0, 2000)}`);
}

function fail(why) {
  console.error(`smoke: failed: ${why}`);
  npm.kill("SIGTERM");
  process.exit(1);
}
