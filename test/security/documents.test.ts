import { afterAll, beforeAll, expect, test } from "vitest";
import { startClouds, type Clouds } from "../../src/clouds/clouds.js";
import { cloudsFile } from "../cli/harness.js";
import { sized } from "../runs.js";
import { ask } from "../server/harness.js";
import { startGateway } from "./gatewayProcess.js";

let clouds: Clouds;
beforeAll(async () => {
  clouds = await startClouds({ estate: { instances: 1, regions: 1, backupsEach: 1 } });
});
afterAll(() => clouds.close());

/** A valid document of about 2 kB, unlike all others. */
const documentOf = (number: number): string => {
  const aliases = Array.from({ length: 20 }, (_, i) => `a${number}_${i}: startedAt`);
  const fields = "id nativeId name instanceNativeId region status trigger method sizeBytes";
  const fragments = Array.from(
    { length: 12 },
    (_, i) => `fragment F${i}_${number} on Backup { ${fields} instance { id name } finishedAt }`,
  );
  const spreads = fragments.map((_, i) => `...F${i}_${number}`);
  return `{ backups(first: 1) { nodes { ${[...aliases, ...spreads].join(" ")} } } } ${fragments.join(" ")}`;
};

test(
  "many distinct documents leave a process with little memory alive",
  { timeout: 300_000 },
  async () => {
    const env = { PORT: "0", NODE_OPTIONS: `--max-old-space-size=${sized(88, 128)}` };
    const config = cloudsFile(clouds, undefined, { limits: { requestsPerMinute: 0 } });
    const { url, child, written } = await startGateway(config, { env });
    const count = sized(500, 7_200);
    let number = 0;
    const client = async (): Promise<void> => {
      while (number < count && child.exitCode === null) {
        const document = documentOf((number += 1));
        // Compiled when it comes again.
        for (let times = 0; times < 2; times += 1)
          expect((await ask(url, document)).body.errors).toBeUndefined();
      }
    };
    await Promise.all([client(), client(), client(), client()]).catch((error: unknown) => {
      throw new Error(`After ${number} documents: ${written.stderr.slice(-2_000)}`, {
        cause: error,
      });
    });
    expect([child.exitCode, child.signalCode]).toEqual([null, null]);
  },
);
