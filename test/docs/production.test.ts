import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startClouds } from "../../src/clouds/clouds.js";
import { fileAccountOf } from "../fileAccount.js";
import { freePort } from "../freePort.js";
import { hasProgram, runProgram } from "../tools.js";

const PROGRAMS = ["redis-server", "nginx", "prometheus", "amtool", "prometheus-alertmanager"];
/** All ports of the page. */
const PORTS = ["4001", "4002", "6379", "8443", "9090", "9093", "9464", "9465"];

/** The commands of the page, in their order. */
function commands(): string {
  const page = readFileSync("docs/production.md", "utf8");
  return [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block).join("");
}

/** Where the second key is written, and the check once the first is deleted. */
const MAKE_KEY = "cat > credentials/next.json";
const DELETE_KEY = /\ndone\nnpx redis-backup-gateway check/;

/** The program in the place of the package that npm would install. */
const NPM = (main: string): string => `#!/bin/sh
[ "$1 $2" = "install redis-backup-gateway" ] || exit 1
mkdir -p node_modules/.bin
printf '#!/bin/sh\\nexec "${process.execPath}" "${main}" "$@"\\n' > node_modules/.bin/redis-backup-gateway
chmod +x node_modules/.bin/redis-backup-gateway
`;
const NPX = '#!/bin/sh\nname=$1; shift\nexec "node_modules/.bin/$name" "$@"\n';

// Skipped where a program is not installed.
test.skipIf(!PROGRAMS.every(hasProgram))(
  "every command that leads from nothing to production works",
  { timeout: 240_000 },
  async () => {
    const clouds = await startClouds({ estate: { instances: 2, backupsEach: 2 } });
    const folder = mkdtempSync(join(tmpdir(), "production-"));
    onTestFinished(async () => {
      await clouds.close();
      rmSync(folder, { recursive: true, force: true });
    });
    const tools = join(folder, "tools");
    mkdirSync(tools);
    for (const [name, text] of Object.entries({ npm: NPM(resolve("dist/main.js")), npx: NPX })) {
      writeFileSync(join(tools, name), text);
      chmodSync(join(tools, name), 0o755);
    }
    const [account] = clouds.accounts.filter(({ vendor }) => vendor === "ucloud");
    if (account?.vendor !== "ucloud") throw new Error("The clouds have an account of UCloud.");
    const { endpoint } = fileAccountOf(account);
    const ports = new Map<string, string>();
    for (const port of PORTS) ports.set(port, String(await freePort()));
    const ofPort = new RegExp(`\\b(?:${PORTS.join("|")})\\b`, "g");
    const own = commands().replaceAll(ofPort, (port) => ports.get(port) ?? port);
    const { publicKey, privateKey } = account.credentials;
    const first = { id: publicKey, secret: privateKey };
    const next = { id: "next-public", secret: "next-private" };
    const { control } = clouds;
    const accept = (...keys: readonly object[]): string =>
      `curl -fsS -H 'x-clouds-token: ${control.token}' -d '${JSON.stringify({ vendor: "ucloud", keys })}' ${control.url}/keys\n`;
    const script = own
      .replace("    vendor: ucloud\n", `    vendor: ucloud\n    endpoint: ${String(endpoint)}\n`)
      // What the page leaves to the cloud's console: a second key, and the end of the first.
      .replace(MAKE_KEY, (line) => accept(first, next) + line)
      .replace(DELETE_KEY, (lines) => lines.replace("npx", () => `${accept(next)}npx`));
    expect(script.split("/keys\n")).toHaveLength(3);
    // The last command stops everything; so does a failure before it.
    const text = `set -euo pipefail\ntrap 'kill $(cat ./*.pid) 2> /dev/null || true' ERR\n${script}wait\n`;
    const ran = await runProgram("bash", ["-c", text], {
      cwd: folder,
      env: {
        PATH: `${tools}${delimiter}${process.env["PATH"] ?? ""}`,
        SOURCE: resolve("."),
        UCLOUD_PUBLIC_KEY: first.id,
        UCLOUD_PRIVATE_KEY: first.secret,
        NEXT_UCLOUD_PUBLIC_KEY: next.id,
        NEXT_UCLOUD_PRIVATE_KEY: next.secret,
        GATEWAY_CONFIG: "",
        GATEWAY_HOST: "",
      },
    });
    expect([ran.code, ran.stderr]).toEqual([0, expect.any(String)]);
    expect(ran.stdout).toContain('"complete":true');
    // Nothing used the first key after its end.
    expect(clouds.calls.count({ outcome: "refused" })).toBe(0);
  },
);
