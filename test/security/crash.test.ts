import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startClouds, type Clouds } from "../../src/clouds/clouds.js";
import { DEMO_KEYS } from "../../src/clouds/accounts.js";
import { cloudsFile } from "../cli/harness.js";
import { canary, formsOf } from "./forms.js";
import { startGateway } from "./gatewayProcess.js";

const CRASH = fileURLToPath(new URL("crash.mjs", import.meta.url));
const CANARY = DEMO_KEYS.ucloud.secret;

let clouds: Clouds;
beforeAll(async () => {
  clouds = await startClouds({ estate: { instances: 1, regions: 1, backupsEach: 1 } });
});
afterAll(() => clouds.close());

describe("a process that a bug ends", () => {
  test.each([
    ["in a promise that nobody awaits", "SIGUSR2"],
    ["in a callback", "SIGWINCH"],
  ] as const)("%s says what it was, without a secret, and ends with 1", async (_, signal) => {
    const starting = { imports: [CRASH], env: { PORT: "0", CANARY } };
    const gateway = await startGateway(cloudsFile(clouds), starting);
    gateway.child.kill(signal);
    expect(await gateway.ended).toEqual([1, null]);
    const { stderr } = gateway.written;
    expect(stderr).toContain("Error: No answer to https://x.example/?Signature=[redacted]");
    expect(stderr).toContain("crash.mjs");
    for (const form of formsOf(canary("", CANARY))) expect(stderr).not.toContain(form);
  });
});
