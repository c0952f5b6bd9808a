import { coldReads } from "./cold.js";
import { jsonOf } from "./json.js";
import { manySources } from "./sources.js";
import { tableOf } from "./table.js";
import { walkAll } from "./walk.js";
import { warmPage } from "./warm.js";

/** All results of one run of the benchmark. */
export interface Results {
  readonly warm?: Awaited<ReturnType<typeof warmPage>>;
  readonly cold?: Awaited<ReturnType<typeof coldReads>>;
  readonly walk?: Awaited<ReturnType<typeof walkAll>>;
  readonly sources?: Awaited<ReturnType<typeof manySources>>;
}

const PARTS = { warm: warmPage, cold: coldReads, walk: walkAll, sources: manySources };

const args = process.argv.slice(2);
// `npm run bench --json` passes the flag to npm, which puts it into the environment.
const asJson = args.includes("--json") || process.env["npm_config_json"] === "true";
const named = args.filter((arg) => !arg.startsWith("-"));

const results: Record<string, unknown> = {};
for (const [name, part] of Object.entries(PARTS)) {
  if (named.length > 0 && !named.includes(name)) continue;
  process.stderr.write(`${name} …\n`);
  results[name] = await part();
}
process.stdout.write(tableOf(results as Results));
if (asJson) process.stdout.write(`${JSON.stringify(jsonOf(results as Results))}\n`);
