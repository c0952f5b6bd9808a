import { defineConfig } from "vite";
import { pageConfig } from "../pageConfig.js";

// eslint-disable-next-line import-x/no-default-export -- Vite reads the default export.
export default defineConfig(pageConfig("coverage"));
