import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Tests that measure the heap of their own process, which other files would change. */
const HEAPS = ["test/execution/bytes.test.ts", "test/cli/{reload,list/memory}.test.ts"];

/** Files that take longest begin first, so that none of them runs on alone in the end. */
const LONGEST =
  /(cli\/(process|documentation|reload)|security\/(canaries|documents)|server\/(canary|\w+\.browser)|estate\/(manyFailing|listsByRate|stats|awsFaults|large)|deploy\/prometheus|execution\/bytes|shared\/processes)\.test\.ts$/;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => LONGEST.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  // graphql 16 ships two builds; Node loads index.js, so tests must too.
  resolve: { alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }] },
  test: {
    sequence: { sequencer: LongestFirst },
    // Two more than cores, because tests of processes, browsers and time limits wait most of the time.
    maxWorkers: Math.max(2, availableParallelism()) + 2,
    // Long, because machines that run tests may be busy: these only end what would never end.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    setupFiles: ["test/setup.ts"],
    projects: [
      // A worker for each file.
      { extends: true, test: { name: "processes", include: HEAPS } },
      {
        extends: true,
        test: {
          name: "inProcess",
          include: ["test/**/*.test.ts"],
          exclude: ["**/node_modules/**", "test/peers/**", ...HEAPS],
          // Files share a worker and its loaded modules: loading them takes longer than most tests.
          isolate: false,
          // In MB. Tests leave much garbage, which is collected less often.
          execArgv: ["--max-semi-space-size=64"],
        },
      },
    ],
  },
});
