import { fileURLToPath } from "node:url";
import type { UserConfig } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * The build of one page: its HTML goes to `dist/pages/<name>`, its files to `dist/pages/assets/<name>`.
 * Pages are built separately, because GraphiQL takes long to build and rarely changes.
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
    // The folder also holds the other pages. scripts/build.mjs removes the old files of this page.
    emptyOutDir: false,
    // Nothing inline, because the content security policy allows only scripts of this host.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rollupOptions: {
      input: { [name]: here(`${name}/index.html`) },
      // Libraries mark code for browsers, but all of this code runs in browsers.
      onwarn: (warning, warn) => warning.code === "MODULE_LEVEL_DIRECTIVE" || warn(warning),
    },
  },
});
