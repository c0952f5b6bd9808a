/**
 * The architecture as rules: imports point downwards only, type imports included.
 *
 * `LAYERS` lists the folders of src from the bottom up. A folder may import itself and the folders
 * before it, unless `ONLY` names fewer. `src/errors.ts` and `src/ownPackage.ts` are open to all.
 */
const LAYERS = [
  "domain",
  "paging",
  "http",
  "listing",
  "vendors",
  "index",
  "shared",
  "providers",
  "sources",
  "engine",
  "lists",
  "loaders",
  "execution",
  "graphql",
  "server",
  "config",
  "clouds",
  "cli",
];

/** Folders that may import fewer than all below them. */
const ONLY = {
  paging: ["domain"],
  http: ["domain"],
  listing: ["domain", "paging", "http"],
  vendors: ["domain", "paging", "http/sign", "http/message", "listing"],
  index: ["domain", "paging", "http", "listing"],
  shared: ["domain", "http", "index"],
  loaders: ["domain", "paging"],
  execution: [],
  graphql: ["domain", "paging", "loaders", "execution"],
  server: ["domain", "paging", "http", "loaders", "graphql", "execution"],
  config: ["domain"],
  clouds: ["domain"],
};

const SHARED_FILES = "errors\\.ts$|ownPackage\\.ts$";

const layerRules = LAYERS.filter((folder) => folder !== "cli").map((folder) => {
  const allowed = ONLY[folder] ?? LAYERS.slice(0, LAYERS.indexOf(folder));
  const paths = [folder, ...allowed].map((path) => `${path}[/.]`).join("|");
  return {
    name: `${folder}-imports-downwards`,
    comment: `src/${folder} may import only: ${allowed.join(", ") || "nothing"}.`,
    severity: "error",
    from: { path: `^src/${folder}/` },
    to: { path: "^src/", pathNot: `^src/(?:${paths}|${SHARED_FILES})` },
  };
});

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "no-circular",
      comment: "Files that import each other cannot be read one after the other.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    ...layerRules,
    {
      name: "execution-is-a-package",
      comment: "src/execution depends on graphql alone.",
      severity: "error",
      from: { path: "^src/execution/" },
      to: { path: "node_modules/", pathNot: "node_modules/graphql/" },
    },
    {
      name: "execution-has-an-interface",
      comment: "Other folders import src/execution/index.ts.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/execution/" },
      to: { path: "^src/execution/", pathNot: "^src/execution/index\\.ts$" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^src/pages/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { extensions: [".ts", ".tsx", ".js", ".mjs"] },
  },
};
