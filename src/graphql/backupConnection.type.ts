import { ObjectType } from "type-graphql";
import { BackupType } from "./backup.type.js";
import { connectionOf, edgeOf } from "./connection.type.js";
import { Leaf } from "./leaf.js";

/** One backup of a page. */
@ObjectType("BackupEdge", { description: "One backup of a page." })
export class BackupEdgeType extends edgeOf(BackupType) {
  @Leaf(
    () => Boolean,
    "Whether its source failed earlier in this walk, so that it comes after its place has passed.",
  )
  readonly late!: boolean;
}

/** One page of backups. */
@ObjectType("BackupConnection", {
  description: "One page of backups, ordered by start and then id.",
})
export class BackupConnectionType extends connectionOf(BackupEdgeType, BackupType) {}
