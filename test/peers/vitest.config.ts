import { defineConfig } from "vitest/config";

/** Tests that need a package of their own under `test/peers`: `npm ci` there first. */
export default defineConfig({
  // graphql 16 ships two builds; Node loads index.js, so tests must too.
  resolve: { alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }] },
  // Its source maps have no sources, and Vite would warn of each.
  logLevel: "error",
  test: {
    include: ["test/peers/**/*.peer.test.ts"],
    exclude: ["**/node_modules/**"],
    // The parser of workflows imports JSON as only bundlers do.
    server: { deps: { inline: [/@actions\//] } },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
