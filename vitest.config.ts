import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Tests of whole processes, browsers and the heap, whose helpers clean up at the end of each file. */
const PROCESSES = [
  "test/{cli,scripts,security}/**/*.test.ts",
  "test/**/*.browser.test.ts",
  "test/execution/bytes.test.ts",
  "test/{shared,server/observe}/process*.test.ts",
];

export default defineConfig({
  // graphql 16 ships two builds; Node loads index.js, so tests must too.
  resolve: { alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }] },
  test: {
    // Vitest would leave one core idle.
    maxWorkers: Math.max(2, availableParallelism()),
    // Long, because machines that run tests may be busy: these only end what would never end.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    setupFiles: ["test/setup.ts"],
    projects: [
      {
        extends: true,
        test: {
          name: "processes",
          include: PROCESSES,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "inProcess",
          include: ["test/**/*.test.ts"],
          exclude: ["**/node_modules/**", "test/peers/**", ...PROCESSES],
          // Files share a worker and its loaded modules: loading them takes longer than most tests.
          isolate: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
