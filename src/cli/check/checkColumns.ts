import type { Column } from "../columns.js";
import { adviceFor } from "./advice.js";
import type { Probe } from "./probe.js";

/** Why a read failed, by our word and the vendor's own, or what works less well than it might. */
export const why = ({ error, note }: Probe): string | null => {
  if (error === null) return note;
  const { code, requestId } = error.details;
  const vendor = [
    ...(code === undefined ? [] : [`code ${code}`]),
    ...(requestId === undefined ? [] : [`request ${requestId}`]),
  ];
  const told = vendor.length === 0 ? "" : ` (${vendor.join(", ")})`;
  return `${error.kind}: ${error.message}${told}`;
};

/** A provider region as `check` writes it. */
export const CHECK_COLUMNS: readonly Column<Probe>[] = [
  { name: "provider", title: "PROVIDER", of: ({ runtime }) => runtime.key },
  {
    name: "region",
    title: "REGION",
    of: ({ region }) => region,
    shown: ({ region }) => region ?? "-",
  },
  {
    name: "works",
    title: "WORKS",
    of: ({ error }) => error === null,
    shown: ({ error }) => (error === null ? "yes" : "NO"),
  },
  { name: "action", title: "ASKED", of: ({ action }) => action },
  {
    name: "why",
    title: "WHY",
    of: why,
    // The rest is told below the table, where it does not make lines too long to read.
    shown: ({ error, note }) => error?.kind ?? note ?? "",
  },
  {
    name: "advice",
    of: ({ error, action }) => (error === null ? null : adviceFor(error, action)),
  },
  { name: "code", of: ({ error }) => error?.kind ?? null },
  { name: "vendorCode", of: ({ error }) => error?.details.code ?? null },
  { name: "requestId", of: ({ error }) => error?.details.requestId ?? null },
];
