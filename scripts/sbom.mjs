// Writes dist/sbom.cdx.json: a CycloneDX list of the packages that users of this package get.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { IN_PAGES } from "./packages.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const { name, dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

const sbom = JSON.parse(
  execFileSync(
    "npm",
    ["sbom", "--sbom-format=cyclonedx", "--sbom-type=application", "--package-lock-only"],
    { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
  ),
);

// npm lists the development tools too, and knows nothing of packages that are built into the pages.
const main = sbom.metadata.component;
main.name = name;
const needs = new Map(sbom.dependencies.map(({ ref, dependsOn = [] }) => [ref, dependsOn]));
const named = [...Object.keys(dependencies), ...IN_PAGES];
needs.set(
  main["bom-ref"],
  needs.get(main["bom-ref"]).filter((ref) => named.includes(ref.slice(0, ref.lastIndexOf("@")))),
);
const shipped = new Set([main["bom-ref"]]);
for (const ref of shipped) for (const next of needs.get(ref) ?? []) shipped.add(next);

sbom.components = sbom.components
  .filter((component) => shipped.has(component["bom-ref"]))
  .map((component) => ({ ...component, scope: "required", properties: [] }));
sbom.dependencies = [...shipped].map((ref) => ({ ref, dependsOn: needs.get(ref) ?? [] }));

mkdirSync(join(root, "dist"), { recursive: true });
writeFileSync(join(root, "dist/sbom.cdx.json"), `${JSON.stringify(sbom, null, 2)}\n`);
console.log(`dist/sbom.cdx.json: ${sbom.components.length} packages`);
