import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// eslint-disable-next-line import-x/no-default-export -- Vite reads the default export.
export default defineConfig({
  root: here("."),
  base: "/",
  esbuild: { jsx: "automatic" },
  // One copy each: GraphiQL's parts share state through React and types through graphql.
  resolve: { dedupe: ["graphql", "react", "react-dom"] },
  worker: { format: "es" },
  build: {
    outDir: here("../../dist/pages"),
    emptyOutDir: true,
    // Nothing inline: the page's policy lets scripts come from files of this host alone.
    assetsInlineLimit: 0,
    // Monaco is one large piece, and it is read from the same machine or network.
    chunkSizeWarningLimit: 8_000,
    reportCompressedSize: false,
    rollupOptions: {
      input: { graphiql: here("graphiql/index.html") },
      // Libraries mark what runs in browsers, where all of this does.
      onwarn: (warning, warn) => warning.code === "MODULE_LEVEL_DIRECTIVE" || warn(warning),
    },
  },
});
