import fc from "fast-check";
import { runs } from "./runs.js";

// Properties that name no number of samples take this one.
fc.configureGlobal(runs(100));

/** Variables that change how programs behave: of build servers, terminals, locales, Node, proxies, SDKs, git and the gateway. */
const FOREIGN =
  /^(?:CI|GITHUB_\w+|GITLAB_\w+|TERM|TERM_PROGRAM|COLORTERM|CLICOLOR\w*|NO_COLOR|FORCE_COLOR|COLUMNS|LINES|LANG|LANGUAGE|LC_\w+|NODE_DEBUG|NODE_OPTIONS|\w+_PROXY|OTEL_\w+|AWS_\w+|GIT_\w+|GATEWAY_(?!EXECUTION$)\w+|PORT)$/i;

// Tests and the processes that they start must not notice on which machine they run.
for (const name of Object.keys(process.env)) if (FOREIGN.test(name)) delete process.env[name];
process.env["TERM"] = "xterm";
process.env["NODE_ENV"] = "test";
// Nothing may depend on the local time zone. This one differs from UTC in hours and minutes.
process.env["TZ"] = "Asia/Kathmandu";
