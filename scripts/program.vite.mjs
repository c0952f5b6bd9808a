// Builds the program: src/main.ts and what it imports, as few files of CommonJS. Packages stay packages.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** What lies in `dist` would else be taken for modules, as the rest of the package is. */
const commonJs = {
  name: "commonjs-folder",
  generateBundle() {
    this.emitFile({ type: "asset", fileName: "package.json", source: '{ "type": "commonjs" }\n' });
  },
};

export default defineConfig({
  root: here(".."),
  publicDir: false,
  plugins: [commonJs],
  build: {
    ssr: true,
    target: "node20.19",
    outDir: "dist",
    // The pages lie there too; scripts/build.mjs removes what an earlier build of the program left.
    emptyOutDir: false,
    rollupOptions: {
      // The second is for scripts/schema.mjs.
      input: { main: here("../src/main.ts"), jsonSchema: here("../src/config/jsonSchema.ts") },
      output: {
        format: "cjs",
        entryFileNames: "[name].js",
        chunkFileNames: "[name]-[hash].js",
      },
    },
  },
});
