// Checks what is installed, from the lock files alone: `locks` that each package has a hash and
// comes from the registry, `licences` that each licence is one that we accept.
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Licences of packages that users get: with the package, in the image, or inside a page. */
const SHIPPED = "0BSD Apache-2.0 BlueOak-1.0.0 BSD-2-Clause BSD-3-Clause ISC MIT PSF-2.0".split(
  " ",
);
/** Licences accepted also for packages that only build and test. */
const TOOLS = [...SHIPPED, "CC-BY-4.0", "Elastic-2.0", "MPL-2.0", "Python-2.0"];
/** Development dependencies that Vite writes into the pages. */
export const IN_PAGES = [
  "@graphiql/plugin-explorer",
  "@tanstack/react-virtual",
  "graphiql",
  "react",
  "react-dom",
];

/** Every lock file of the repository, relative to its root. */
export const lockFiles = () =>
  readdirSync(root, { recursive: true })
    .filter((path) => path.endsWith("package-lock.json") && !path.includes("node_modules"))
    .sort();

/** The entries of a lock file that npm would install without knowing their content. */
export function lockFaults({ packages }) {
  return installed(packages)
    .filter(([, { resolved = "" }]) => !/^https:|^$/.test(resolved))
    .map(([path]) => `${path}: does not come from the registry`)
    .concat(
      installed(packages)
        .filter(([, { integrity, inBundle }]) => !inBundle && !/^sha512-/.test(integrity ?? ""))
        .map(([path]) => `${path}: has no sha512 integrity`),
    );
}

/** The entries whose licence is not accepted. */
export function licenceFaults({ packages }) {
  const shipped = shippedPaths(packages);
  return installed(packages)
    .filter(([path, { license }]) => !accepts(license, shipped.has(path) ? SHIPPED : TOOLS))
    .map(([path, { license }]) => {
      const where = shipped.has(path) ? "shipped" : "for development";
      return `${path} (${where}): licence ${license ?? "unknown"} is not accepted`;
    });
}

const installed = (packages) =>
  Object.entries(packages).filter(([path, { link }]) => path.includes("node_modules/") && !link);

/** Understands `A`, `A OR B` and `A AND B`, which is all that packages use. */
function accepts(license, accepted) {
  const words = String(license ?? "").replace(/^\((.*)\)$/, "$1");
  if (words.includes(" OR ")) return words.split(" OR ").some((one) => accepts(one, accepted));
  return words.split(" AND ").every((one) => accepted.includes(one));
}

/** The packages that the program or a page needs, directly or through another. */
function shippedPaths(packages) {
  const found = new Set();
  const queue = [...Object.keys(packages[""].dependencies ?? {}), ...IN_PAGES].map((name) => ({
    name,
    from: "",
  }));
  for (const { name, from } of queue) {
    const path = resolved(packages, name, from);
    if (path === null || found.has(path)) continue;
    found.add(path);
    const { dependencies, optionalDependencies, peerDependencies } = packages[path];
    for (const next of Object.keys({
      ...peerDependencies,
      ...optionalDependencies,
      ...dependencies,
    }))
      queue.push({ name: next, from: path });
  }
  return found;
}

/** Where Node finds a package that another one requires; null where it is not installed. */
function resolved(packages, name, from) {
  for (let folder = from; ; folder = dirname(folder)) {
    const path = join(folder === "." ? "" : folder, "node_modules", name);
    if (packages[path]) return path;
    if (folder === "" || folder === ".") return null;
  }
}

const CHECKS = { locks: lockFaults, licences: licenceFaults };

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const check = CHECKS[process.argv[2]];
  if (!check) throw new Error(`Say which check: ${Object.keys(CHECKS).join(" or ")}.`);
  const files = check === licenceFaults ? ["package-lock.json"] : lockFiles();
  const faults = files.flatMap((file) =>
    check(JSON.parse(readFileSync(join(root, file), "utf8"))).map((fault) => `${file}: ${fault}`),
  );
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exit(1);
}
