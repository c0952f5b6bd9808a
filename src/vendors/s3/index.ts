import type { S3Account } from "../../domain/account.js";
import type { ProductDeclaration, VendorDeclaration } from "../../listing/declaration.js";
import { freeze } from "../kit/decode.js";
import { s3Api } from "./api.js";
import type { Layout } from "./keys.js";
import { listsOf, s3Downloads } from "./lists.js";

/** Lists cost money, so they are fresh for ten minutes. */
const TTL_MS = 600_000;

function product(account: S3Account): ProductDeclaration {
  const { instances, perInstance, wide, layouts } = listsOf(account);
  return {
    vendor: "S3",
    product: "S3_RDB",
    word: "rdb",
    capabilities: {
      reach: "what the buckets hold",
      notes: [
        "An instance is a value of {instance} in the keys. A bucket says nothing about its state, version or memory.",
        "Backups that are being uploaded are not listed. Archived objects have no links.",
        ...layouts.filter(({ template }) => template.startForm === null).map(changedNote),
      ],
    },
    undecided: ["retention", "encrypted"],
    regions: null,
    instances: [instances],
    perInstance: [perInstance],
    wide,
    downloads: s3Downloads(account),
    lookbackMs: null,
    leastTtlMs: account.ttlMs ?? TTL_MS,
  };
}

const changedNote = ({ name }: Layout): string =>
  `The keys of ${name} have no start, so a backup starts when its object was last changed. The same file with another time is another backup.`;

/** RDB files in buckets of S3, or of a store that is compatible with it. */
export const s3: VendorDeclaration<S3Account> = freeze({
  vendor: "S3",
  account: "s3",
  api: s3Api,
  products: (account: S3Account) => [freeze(product(account))],
});
