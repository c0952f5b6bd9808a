import type { Backup } from "../../domain/backup.js";
import { durationOf } from "../../domain/duration.js";
import type { Edge } from "../../domain/connection.js";
import { instantShown, instantText, sizeShown, type Column } from "../columns.js";

const field = (name: keyof Omit<Backup, "raw">): Column<Edge<Backup>> => ({
  name,
  of: ({ node }) => node[name],
});

const instant = (name: "finishedAt" | "expiresAt"): Column<Edge<Backup>> => ({
  name,
  of: ({ node }) => instantText(node[name]),
});

const durationText = ({ startedAt, finishedAt }: Backup): string | null =>
  finishedAt === null ? null : durationOf(finishedAt - startedAt);

/** A backup as `list` writes it, by the names that the GraphQL schema has. */
export const BACKUP_COLUMNS: readonly Column<Edge<Backup>>[] = [
  {
    name: "startedAt",
    title: "STARTED",
    of: ({ node }) => instantText(node.startedAt),
    shown: ({ node }) => instantShown(node.startedAt),
  },
  { ...field("provider"), title: "PROVIDER" },
  { ...field("region"), title: "REGION" },
  { ...field("instanceNativeId"), title: "INSTANCE" },
  { ...field("nativeId"), title: "BACKUP" },
  { ...field("status"), title: "STATUS" },
  { ...field("trigger"), title: "TRIGGER" },
  {
    ...field("sizeBytes"),
    title: "SIZE",
    align: "right",
    shown: ({ node }) => sizeShown(node.sizeBytes),
  },
  field("id"),
  field("zone"),
  field("name"),
  field("vendorStatus"),
  field("method"),
  field("kind"),
  instant("finishedAt"),
  instant("expiresAt"),
  { name: "duration", of: ({ node }) => durationText(node) },
  field("shardCount"),
  field("engineVersion"),
  field("locked"),
  field("remark"),
  { name: "late", of: ({ late }) => late },
];
