import { ObjectType } from "type-graphql";
import type { BackupDownload } from "../domain/backup.js";
import { Leaf } from "./leaf.js";
import { DateTime, SafeInt, Url } from "./scalars.js";

/** A link to a backup's file. */
@ObjectType("BackupDownload", {
  description:
    "A link to a backup's file. Whoever holds it can read the data: treat it as a secret.",
})
export class BackupDownloadType implements BackupDownload {
  @Leaf(() => Url, "The link, exactly as the vendor signed it.")
  readonly url!: string;
  @Leaf(() => Boolean, "Whether it opens only from inside the vendor's network.")
  readonly internal!: boolean;
  @Leaf(() => String, "The shard whose data it holds; null where the file holds all.", {
    nullable: true,
  })
  readonly shard!: string | null;
  @Leaf(() => SafeInt, "The size of the file in bytes.", { nullable: true })
  readonly sizeBytes!: number | null;
  @Leaf(() => DateTime, "When it ceases to open.", { nullable: true })
  readonly expiresAt!: number | null;
}
