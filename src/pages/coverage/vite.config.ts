import { defineConfig } from "vite";
import { pageConfig } from "../pageConfig.js";

// eslint-disable-next-line no-restricted-syntax -- Vite reads the default export.
export default defineConfig(pageConfig("coverage"));
