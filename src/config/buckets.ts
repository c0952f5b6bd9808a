import { readKeyTemplate, TemplateError, type KeyTemplate } from "../domain/keyTemplate.js";
import { fault, formatPath, valueAt, type ConfigFault, type ConfigPath } from "./fault.js";

/** A bucket of the tree whose template was understood. */
interface Bucket {
  readonly path: ConfigPath;
  readonly name: unknown;
  readonly template: KeyTemplate;
}

/** The faults of an account's buckets that concern several values, or the meaning of a template. */
export function bucketFaults(account: unknown, place: ConfigPath): ConfigFault[] {
  const buckets = valueAt(account, ["buckets"]);
  if (valueAt(account, ["vendor"]) !== "s3" || !Array.isArray(buckets)) return [];
  const endpoint = valueAt(account, ["endpoint"]);
  const faults: ConfigFault[] = [];
  const read: Bucket[] = [];
  for (const [at, bucket] of buckets.entries()) {
    const path = [...place, "buckets", at];
    faults.push(...addressFaults(path, bucket, endpoint));
    const template = templateOf([...path, "key"], valueAt(bucket, ["key"]), faults);
    if (template === null) continue;
    const one = { path, name: valueAt(bucket, ["name"]), template };
    faults.push(...shardFaults(one, bucket), ...overlapFaults(one, read));
    read.push(one);
  }
  return faults;
}

function templateOf(path: ConfigPath, key: unknown, faults: ConfigFault[]): KeyTemplate | null {
  if (typeof key !== "string") return null;
  try {
    return readKeyTemplate(key);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    faults.push(fault(path, error.message));
    return null;
  }
}

/** A name in front of an IP address is no name. */
function addressFaults(path: ConfigPath, bucket: unknown, endpoint: unknown): ConfigFault[] {
  if (valueAt(bucket, ["addressing"]) !== "virtual") return [];
  const host =
    typeof endpoint === "string" && URL.canParse(endpoint) ? new URL(endpoint).hostname : "";
  const isAddress = /^[\d.]+$|^\[/.test(host);
  const name = valueAt(bucket, ["name"]);
  if (isAddress)
    return [fault([...path, "addressing"], "must be path, because the endpoint is an IP address")];
  if (typeof name === "string" && !/^[a-z0-9][a-z0-9.-]*$/.test(name))
    return [fault([...path, "addressing"], "must be path, because the name is not that of a host")];
  return [];
}

function shardFaults({ path, template }: Bucket, bucket: unknown): ConfigFault[] {
  if (template.hasShard || valueAt(bucket, ["shards"]) === undefined) return [];
  return [fault([...path, "shards"], "must be left out, because the key has no {shard}")];
}

/** Two templates for one bucket must not match the same key. */
function overlapFaults({ path, name, template }: Bucket, before: readonly Bucket[]): ConfigFault[] {
  const other = before.find(
    (one) =>
      one.name === name &&
      (one.template.prefix.startsWith(template.prefix) ||
        template.prefix.startsWith(one.template.prefix)),
  );
  if (other === undefined) return [];
  const expected = `must begin with another text before its first placeholder than ${formatPath([...other.path, "key"])}, because the bucket is the same`;
  return [fault([...path, "key"], expected)];
}
