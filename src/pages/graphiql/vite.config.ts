import { defineConfig, mergeConfig } from "vite";
import { pageConfig } from "../pageConfig.js";

// eslint-disable-next-line no-restricted-syntax -- Vite reads the default export.
export default defineConfig(
  mergeConfig(pageConfig("graphiql"), {
    // Monaco is one large piece, and it is read from the same machine or network.
    build: { chunkSizeWarningLimit: 8_000 },
  }),
);
