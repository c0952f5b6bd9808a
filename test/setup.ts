import fc from "fast-check";
import { afterAll } from "vitest";
import { endFile } from "./fileEnd.js";
import { runs, sized } from "./runs.js";

const SEED = process.env["SEED"];

afterAll(endFile);

/** Less than the time limits of tests, which end a test without its seed or counterexample. */
const LIMIT_MS = sized(150_000, 500_000);

fc.configureGlobal({
  // Properties that name no number of samples take this one.
  ...runs(100),
  ...(SEED === undefined ? {} : { seed: Number(SEED) }),
  // The report of a test has the message of its error, and not the cause.
  includeErrorInReport: true,
  interruptAfterTimeLimit: LIMIT_MS,
  markInterruptAsFailure: true,
});

/** Variables that change how programs behave: of build servers, terminals, locales, Node, proxies, SDKs, git and the gateway. */
const FOREIGN =
  /^(?:CI|GITHUB_\w+|GITLAB_\w+|TERM|TERM_PROGRAM|COLORTERM|CLICOLOR\w*|NO_COLOR|FORCE_COLOR|COLUMNS|LINES|LANG|LANGUAGE|LC_\w+|NODE_DEBUG|NODE_OPTIONS|\w+_PROXY|OTEL_\w+|AWS_\w+|GIT_\w+|GATEWAY_(?!EXECUTION$)\w+|PORT)$/i;

// Tests and the processes that they start must not notice on which machine they run.
for (const name of Object.keys(process.env)) if (FOREIGN.test(name)) delete process.env[name];
process.env["TERM"] = "xterm";
process.env["NODE_ENV"] = "test";
// Nothing may depend on the local time zone. This one differs from UTC in hours and minutes.
process.env["TZ"] = "Asia/Kathmandu";
