import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "../freePort.js";
import type { CloudAccount } from "./clouds.js";
import { HIVE_FIELDS } from "./hiveQuestion.js";
import { PRELOADED, production, serverOf, type Server } from "./server.js";

const folder = fileURLToPath(new URL("../../../hive", import.meta.url));
const packages = join(folder, "node_modules");
const COMPOSE = join(packages, "@graphql-mesh/compose-cli/esm/bin.js");
const GATEWAY = join(packages, "@graphql-hive/gateway/dist/bin.js");
/** For each of its two programs, which load hundreds of packages. */
const WITHIN_MS = 60_000;

/** Whether Hive Gateway, which is not a dependency, is installed. */
export const isHiveInstalled = (): boolean => existsSync(packages);

/** Composes a supergraph and starts Hive Gateway with it in one process. */
export async function startHive(accounts: readonly CloudAccount[]): Promise<Server> {
  const made = mkdtempSync(join(tmpdir(), "bench-"));
  const remove = (): void => rmSync(made, { recursive: true, force: true });
  const files = { given: join(made, "given.json"), log: join(made, "log") };
  writeFileSync(files.given, JSON.stringify({ accounts, fields: HIVE_FIELDS }));
  try {
    const supergraph = join(made, "supergraph.graphql");
    await ended(start([COMPOSE, "-c", "mesh.config.mjs", "-o", supergraph], files));
    const port = String(await freePort());
    const listen = ["--fork", "1", "--host", "127.0.0.1", "--port", port];
    const args = [GATEWAY, "supergraph", supergraph, "-c", "gateway.config.mjs", ...listen];
    const server = serverOf("hive", `http://127.0.0.1:${port}/graphql`, start(args, files));
    await ready(server);
    return { ...server, close: () => server.close().then(remove) };
  } catch (error) {
    const said = existsSync(files.log) ? readFileSync(files.log, "utf8").slice(-2_000) : "";
    remove();
    throw new Error(`${String(error)}\n${said}`);
  }
}

function start(
  [program = "", ...args]: readonly string[],
  { given, log }: Readonly<Record<"given" | "log", string>>,
): ChildProcess {
  const output = openSync(log, "a");
  const child = fork(program, args, {
    cwd: folder,
    execArgv: PRELOADED,
    env: { ...production(), BENCH_GIVEN: given },
    stdio: ["ignore", output, output, "ipc"],
  });
  closeSync(output);
  return child;
}

/** @throws if a program fails or does not end in time. */
async function ended(child: ChildProcess): Promise<void> {
  const timer = setTimeout(() => child.kill("SIGKILL"), WITHIN_MS);
  const [code] = (await once(child, "exit")) as [number | null];
  clearTimeout(timer);
  if (code !== 0) throw new Error("Hive's supergraph could not be composed.");
}

/** @throws if a server ends or is not ready in time; it is then stopped. */
async function ready(server: Server): Promise<void> {
  const began = Date.now();
  while (server.child.exitCode === null && Date.now() - began < WITHIN_MS) {
    const signal = AbortSignal.timeout(WITHIN_MS);
    const answer = await fetch(new URL("/readiness", server.url), { signal }).catch(() => null);
    if (answer?.ok === true) return;
    await wait(100);
  }
  await server.close();
  throw new Error("Hive Gateway did not become ready.");
}
