// Builds the program: src/main.ts and what it imports, as a few CommonJS files. Packages are not bundled.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Otherwise Node would load the files in `dist` as ES modules, like the rest of the package. */
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
    // The pages are there too; scripts/build.mjs removes the files of earlier builds.
    emptyOutDir: false,
    rollupOptions: {
      // scripts/schema.mjs uses the second.
      input: { main: here("../src/main.ts"), jsonSchema: here("../src/config/jsonSchema.ts") },
      output: {
        format: "cjs",
        // An ES module: what `require` gives holds its default export, and is not the export itself.
        interop: (id) => (id === "string-width" ? "auto" : "default"),
        entryFileNames: "[name].js",
        chunkFileNames: "[name]-[hash].js",
      },
    },
  },
});
