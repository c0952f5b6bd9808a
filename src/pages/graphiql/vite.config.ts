import { defineConfig, mergeConfig } from "vite";
import { pageConfig } from "../pageConfig.js";

// eslint-disable-next-line no-restricted-syntax -- Vite reads the default export.
export default defineConfig(
  mergeConfig(pageConfig("graphiql"), {
    // Monaco is one large file, but it is loaded from the same machine or network.
    build: { chunkSizeWarningLimit: 8_000 },
  }),
);
