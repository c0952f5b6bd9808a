import { fork } from "node:child_process";
import { median } from "./rounds.js";
import type { Rows } from "./figures.js";
import { main, production } from "./server.js";

const TIMES = 5;
/** The newest backups of all vendors of the demo. */
const QUERY = "{ backups(first: 100) { nodes { id startedAt } complete } }";

/** Seconds from the process to the line that says it is ready, and from there to the first merged page. */
export async function startUp(): Promise<Rows> {
  const took: { readySeconds: number; firstPageSeconds: number }[] = [];
  for (let i = 0; i < TIMES; i += 1) took.push(await startOnce());
  return {
    demo: {
      readySeconds: median(took.map(({ readySeconds }) => readySeconds)),
      firstPageSeconds: median(took.map(({ firstPageSeconds }) => firstPageSeconds)),
    },
  };
}

async function startOnce() {
  const began = performance.now();
  const env = { ...production(), PORT: "0" };
  const child = fork(main, ["serve", "--demo"], {
    env,
    stdio: ["ignore", "pipe", "ignore", "ipc"],
  });
  try {
    const url = await readyUrl(child.stdout as NodeJS.ReadableStream);
    const ready = performance.now();
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: QUERY }),
    });
    const { data } = (await response.json()) as { data: { backups: { nodes: unknown[] } } };
    if (data.backups.nodes.length !== 100) throw new Error("The demo has no whole page.");
    const end = performance.now();
    return { readySeconds: (ready - began) / 1000, firstPageSeconds: (end - ready) / 1000 };
  } finally {
    child.kill("SIGKILL");
  }
}

async function readyUrl(output: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  for await (const part of output.setEncoding("utf8")) {
    text += part;
    const [, url] = / ready at (\S+)\n/.exec(text) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error(`The demo did not start: ${text}`);
}
