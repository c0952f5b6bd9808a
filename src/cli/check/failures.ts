import { adviceFor } from "./advice.js";
import { why } from "./checkColumns.js";
import type { Probe } from "./probe.js";

/** What failed and what to do about it, in lines for people; regions that fail alike are told together. */
export function failuresText(probes: readonly Probe[]): string {
  const groups = new Map<string, Probe[]>();
  for (const probe of probes) {
    const { runtime, error, action } = probe;
    if (error === null) continue;
    const matter = JSON.stringify([runtime.key, error.kind, error.message, error.details.code]);
    groups.set(`${matter} ${action}`, [...(groups.get(`${matter} ${action}`) ?? []), probe]);
  }
  return [...groups.values()].map(groupText).join("");
}

function groupText(group: readonly Probe[]): string {
  const [first] = group as [Probe];
  const { runtime, error, action } = first;
  const regions = group.flatMap(({ region }) => (region === null ? [] : [region])).join(", ");
  const where = `${runtime.key} ${regions}`.trimEnd();
  const advice = error === null ? "" : adviceFor(error, action);
  return `  ${where}, ${action}:\n    ${why(first) ?? ""}\n    To do: ${advice}\n`;
}
