import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { createInterface } from "node:readline";
import { Interrupted } from "../../src/cli/context.js";
import { runCli } from "../../src/cli/program.js";
import { startClouds, type Clouds, type CloudsOptions } from "../../src/clouds/clouds.js";
import { fileAccountOf } from "../fileAccount.js";

// Clients obey these variables and would send loopback requests to a proxy.
for (const name of ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"])
  delete process.env[name];

/** The gateway as users start it, with the embedded clouds. */
export interface Served {
  readonly url: string;
  readonly clouds: Clouds;
  close(): Promise<void>;
}

/** Starts the clouds, and the gateway's command with a config file that names them. */
export async function serveGateway(
  sections: Readonly<Record<string, unknown>> = {},
  options: CloudsOptions = {},
): Promise<Served> {
  const clouds = await startClouds(options);
  const folder = mkdtempSync(join(tmpdir(), "gateway-"));
  const file = join(folder, "gateway.json");
  writeFileSync(file, JSON.stringify({ ...configOf(clouds), ...sections }), { mode: 0o600 });
  const output = new PassThrough();
  const ending = new AbortController();
  const served = runCli(["serve", "--config", file], {
    env: {},
    stdout: output,
    stderr: process.stderr,
    interrupted: ending.signal,
    now: Date.now,
    sleep: () => Promise.resolve(),
  });
  const url = await Promise.race([
    readyUrl(output),
    served.then((code): never => {
      throw new Error(`serve ended with exit code ${code} before it was ready.`);
    }),
  ]);
  return {
    url,
    clouds,
    close: async () => {
      ending.abort(new Interrupted("SIGTERM"));
      await served;
      await clouds.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function configOf({ accounts }: Clouds): Record<string, unknown> {
  return {
    server: { port: 0, graphiql: false, page: false, logLevel: "fatal" },
    accounts: accounts.map((account) => fileAccountOf(account)),
    upstream: { rate: 1000, retries: 0 },
  };
}

async function readyUrl(output: PassThrough): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const [, url] = /^Gateway ready at (\S+)$/.exec(line) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error("The gateway did not say that it is ready.");
}

/** The response to a query over HTTP. */
export interface Answer {
  readonly data: any;
  readonly errors?: readonly {
    message: string;
    path?: readonly (string | number)[];
    extensions: Record<string, unknown>;
  }[];
  readonly extensions?: Record<string, unknown>;
}

/** Sends a query to a GraphQL server over HTTP. */
export async function ask(
  url: string,
  query: string,
  given: { variables?: Record<string, unknown>; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...given.headers },
    body: JSON.stringify({ query, variables: given.variables ?? {} }),
  });
  return (await response.json()) as Answer;
}
