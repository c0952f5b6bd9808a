import { fileURLToPath } from "node:url";
import type { UserConfig } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * How one page is built: its shell to `dist/pages/<name>`, what it loads to `dist/pages/assets/<name>`.
 * Pages are built one by one, since GraphiQL takes long and changes seldom.
 */
export const pageConfig = (name: string): UserConfig => ({
  root: here("."),
  base: "/",
  esbuild: { jsx: "automatic" },
  resolve: { dedupe: ["graphql", "react", "react-dom"] },
  worker: { format: "es" },
  build: {
    outDir: here("../../dist/pages"),
    assetsDir: `assets/${name}`,
    // The folder holds the other pages too; scripts/build.mjs removes what this one left there.
    emptyOutDir: false,
    // Nothing inline: the page's policy lets scripts come from files of this host alone.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rollupOptions: {
      input: { [name]: here(`${name}/index.html`) },
      // Libraries mark what runs in browsers, where all of this does.
      onwarn: (warning, warn) => warning.code === "MODULE_LEVEL_DIRECTIVE" || warn(warning),
    },
  },
});
