import importX from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";
import { createTypeScriptImportResolver } from "eslint-import-resolver-typescript";

/** Folder → the folders it may import. Anything not listed is forbidden; `src/errors.ts` and `src/ownPackage.ts` are open to all. */
const MAY_IMPORT = {
  domain: [],
  paging: ["domain"],
  http: [],
  source: ["domain", "paging", "http"],
  shared: ["domain", "http", "source"],
  vendors: ["domain", "paging", "http", "source"],
  loaders: ["domain", "paging"],
  graphql: ["domain", "paging", "loaders"],
  server: ["domain", "paging", "loaders", "graphql"],
  clouds: ["domain"],
  config: ["domain"],
};
const folders = [...Object.keys(MAY_IMPORT), "cli"];
const zones = Object.entries(MAY_IMPORT).map(([folder, allowed]) => ({
  target: `./src/${folder}`,
  from: folders.filter((f) => f !== folder && !allowed.includes(f)).map((f) => `./src/${f}`),
  message: `src/${folder} may import only: ${allowed.join(", ") || "nothing"}.`,
}));
// Declarations use the signing primitives of http and nothing else of it.
zones.push({
  target: "./src/vendors",
  from: "./src/http",
  except: ["./sign", "./message.ts"],
  message: "src/vendors may import only http/sign and http/message of src/http.",
});

const SIZE_LIMITS = {
  "max-params": ["error", 4],
  "max-depth": ["error", 3],
  "max-lines": ["error", { max: 150, skipBlankLines: true, skipComments: true }],
  "max-lines-per-function": ["error", { max: 40, skipBlankLines: true, skipComments: true }],
};

export default tseslint.config(
  {
    ignores: [
      "dist",
      "node_modules",
      "coverage",
      "**/generated/**",
      "test/peers/**",
      "test/bench/.build",
    ],
  },
  {
    files: ["src/**/*.ts", "src/**/*.tsx", "test/**/*.ts"],
    extends: [tseslint.configs.recommended],
    plugins: { "import-x": importX },
    settings: {
      "import-x/resolver-next": [createTypeScriptImportResolver({ project: "tsconfig.json" })],
    },
    rules: {
      "import-x/no-cycle": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/ban-ts-comment": [
        "error",
        { "ts-expect-error": "allow-with-description" },
      ],
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", ignoreRestSiblings: true },
      ],
      eqeqeq: "error",
      "no-console": "error",
    },
  },
  {
    files: ["src/**/*.ts"],
    rules: {
      "import-x/no-restricted-paths": ["error", { zones }],
      "import-x/no-default-export": "error",
      ...SIZE_LIMITS,
    },
  },
);
