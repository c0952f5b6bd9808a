import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { loadConfig } from "../../../src/config/load.js";
import { hasProgram } from "../../tools.js";

const DEPLOY = fileURLToPath(new URL("../../../deploy", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "kubernetes-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: Readonly<Record<string, never>>;
  readonly data?: Readonly<Record<string, string>>;
}

/** Renders the overlay as its first lines say. */
function rendered(): readonly Manifest[] {
  cpSync(join(DEPLOY, "kubernetes"), folder, { recursive: true });
  const overlay = join(folder, "production");
  cpSync(join(overlay, "credentials.example"), join(overlay, "credentials"), { recursive: true });
  writeFileSync(
    join(overlay, "secrets.env"),
    `CURSOR_KEY=${Buffer.alloc(32, 1).toString("base64")}\n` +
      `GATEWAY_KEY_SHA256=${"0".repeat(64)}\nVALKEY_PASSWORD=secret\n`,
  );
  const text = execFileSync("kubectl", ["kustomize", overlay], { encoding: "utf8" });
  const manifests = parseAllDocuments(text).map((document) => document.toJS() as Manifest);
  return manifests.map((manifest) => {
    if (manifest.kind !== "Secret" || manifest.data === undefined) return manifest;
    // Long values are written in several lines, which Kubernetes reads and the schema's format does not.
    const joined = Object.entries(manifest.data).map(([key, text]) => [
      key,
      text.replace(/\s/g, ""),
    ]);
    return { ...manifest, data: Object.fromEntries(joined) as Record<string, string> };
  });
}

describe.skipIf(!hasProgram("kubectl"))("the manifests for Kubernetes", () => {
  const manifests = hasProgram("kubectl") ? rendered() : [];
  const one = (kind: string, name = "redis-backup-gateway"): Manifest => {
    const names = new RegExp(`^${name}(-[a-z0-9]{10})?$`);
    const found = manifests.find((it) => it.kind === kind && names.test(it.metadata.name));
    if (found === undefined) throw new Error(`There is no ${kind} ${name}.`);
    return found;
  };

  test("are valid by the schemas of Kubernetes and of the Prometheus operator", async () => {
    expect(manifests.length).toBeGreaterThanOrEqual(12);
    for (const manifest of manifests) {
      const { apiVersion, kind } = manifest;
      const isOperators = apiVersion.startsWith("monitoring.coreos.com/");
      const path = `${isOperators ? "@kubernetes-models/prometheus-operator" : "kubernetes-models"}/${apiVersion}`;
      const models = (await import(path)) as Record<
        string,
        new (data: unknown) => { validate(): void }
      >;
      const Model = models[kind];
      if (Model === undefined) throw new Error(`${apiVersion} has no ${kind}.`);
      expect(() => new Model(manifest).validate(), kind).not.toThrow();
    }
  });

  test("select the pods that they mean, and name ports that these have", () => {
    const text = (kind: string): string => JSON.stringify(one(kind));
    const label = '"app.kubernetes.io/name":"redis-backup-gateway"';
    for (const kind of ["Deployment", "Service", "PodDisruptionBudget", "NetworkPolicy"])
      expect(text(kind)).toContain(label);
    for (const port of ["http", "metrics"])
      expect(text("Deployment")).toMatch(new RegExp(`"name":"${port}"`));
    expect(text("ServiceMonitor")).toContain('"port":"metrics"');
    expect(one("ServiceMonitor").metadata.namespace).toBe("backup-gateway");
  });

  test("hold a config that the gateway accepts, whose credentials are files of the Secret", () => {
    const config = one("ConfigMap").data?.["gateway.yaml"] ?? "";
    const env = Object.fromEntries(
      Object.entries(one("Secret").data ?? {}).map(([name, value]) => [
        name,
        Buffer.from(value, "base64").toString(),
      ]),
    );
    const mounted = one("Secret", "redis-backup-gateway-credentials").data ?? {};
    const files = [...config.matchAll(/credentialsFile: (\S+)/g)].map(([, path = ""]) => path);
    expect(files.map((path) => path.replace("/etc/gateway-credentials/", ""))).toEqual(
      expect.arrayContaining(Object.keys(mounted)),
    );
    expect(Object.keys(mounted)).toHaveLength(files.length);
    const mounts = JSON.stringify(one("Deployment"));
    expect(mounts).toContain('"mountPath":"/etc/gateway-credentials"');
    expect(
      loadConfig({
        text: config.replaceAll("/etc/gateway-credentials", join(folder, "production/credentials")),
        env: { ...env, GATEWAY_HOST: "0.0.0.0" },
      }).accounts,
    ).toHaveLength(files.length);
  });

  test("run without root, without capabilities, with a read-only file system", () => {
    for (const name of ["redis-backup-gateway", "valkey"]) {
      const text = JSON.stringify(one("Deployment", name));
      for (const part of [
        '"runAsNonRoot":true',
        '"readOnlyRootFilesystem":true',
        '"allowPrivilegeEscalation":false',
        '"capabilities":{"drop":["ALL"]}',
        '"automountServiceAccountToken":false',
        '"seccompProfile":{"type":"RuntimeDefault"}',
      ])
        expect(text, name).toContain(part);
    }
  });
});

describe.skipIf(!hasProgram("systemd-analyze"))("the unit for systemd", () => {
  const unit = join(DEPLOY, "systemd/redis-backup-gateway.service");
  const analyze = (...args: readonly string[]): string =>
    execFileSync("systemd-analyze", [...args, unit], { encoding: "utf8", stdio: "pipe" });

  test("is accepted without a warning", () => {
    expect(analyze("verify")).toBe("");
  });

  test("exposes little: at most 2 of 10 points of `systemd-analyze security`", () => {
    expect(() => analyze("security", "--offline=true", "--threshold=20")).not.toThrow();
  });
});
