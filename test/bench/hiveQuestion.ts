import { isDeepStrictEqual } from "node:util";
import type { CloudAccount } from "./clouds.js";
import { bodyOf, type PageJson } from "./queries.js";

/** The answer of the other servers to the query for the newest five of every instance. */
export interface LatestJson {
  readonly instances: {
    readonly edges: readonly { readonly node: { nativeId: string; backups: PageJson } }[];
  };
}

type Vendor = "ucloud" | "tencent" | "alibaba";

/** The fields of a vendor's row from which the hand-written minimum makes its twelve. */
export const HIVE_FIELDS: Readonly<Record<Vendor, Readonly<Record<string, "string" | "number">>>> =
  {
    ucloud: {
      BackupId: "string",
      GroupId: "string",
      BackupName: "string",
      BackupTime: "number",
      BackupSize: "number",
      BackupType: "string",
      State: "string",
      RedisVersion: "string",
    },
    tencent: {
      BackupId: "string",
      InstanceId: "string",
      StartTime: "string",
      EndTime: "string",
      BackupType: "string",
      BackupSize: "number",
      Status: "number",
      FileType: "string",
    },
    alibaba: {
      BackupId: "number",
      BackupStartTime: "string",
      BackupEndTime: "string",
      BackupStatus: "string",
      BackupMode: "string",
      BackupMethod: "string",
      BackupSize: "number",
      EngineVersion: "string",
    },
  };

/** The field and arguments of a list, with the selection of its rows. */
const CALLS: Readonly<Record<Vendor, (id: string, rows: string) => string>> = {
  ucloud: (id, rows) => `ucloud(instance: "${id}") { DataSet ${rows} }`,
  tencent: (id, rows) =>
    `tencent(input: { InstanceId: "${id}" }) { Response { BackupSet ${rows} } }`,
  alibaba: (id, rows) =>
    `alibaba(instance: "${id}", since: $since, until: $until) { Backups { Backup ${rows} } }`,
};

const DAY = 86_400_000;
const LATEST = 5;

/** The backups of each instance, each under an alias, because Hive does not merge lists. */
export function hiveQuestion(accounts: readonly CloudAccount[], latest: LatestJson): Buffer {
  const lists = latest.instances.edges.map(({ node }, index) => {
    const region = node.backups.edges[0]?.node.region;
    const account = accounts.find(({ regions }) => regions.some((one) => one === region));
    if (account === undefined) throw new Error(`No account has ${node.nativeId}.`);
    const vendor = account.vendor as Vendor;
    const fields = Object.keys(HIVE_FIELDS[vendor]).join(" ");
    return `${aliasOf(index)}: ${CALLS[vendor](node.nativeId, `{ ${fields} }`)}`;
  });
  const minute = (instant: number): string => `${new Date(instant).toISOString().slice(0, 16)}Z`;
  const window = { since: minute(Date.now() - 365 * DAY), until: minute(Date.now() + DAY) };
  return bodyOf(`query Latest($since: String!, $until: String!) { ${lists.join(" ")} }`, window);
}

const aliasOf = (index: number): string => `list${index}`;

/** One list, in the envelope of its vendor. */
interface ListJson {
  readonly DataSet?: readonly RowJson[];
  readonly Response?: { readonly BackupSet: readonly RowJson[] };
  readonly Backups?: { readonly Backup: readonly RowJson[] };
}

interface RowJson {
  readonly BackupId: string | number;
}

/** Lists by their aliases. */
export type ListsJson = Readonly<Record<string, ListJson>>;

/** @throws if a list does not begin with the backups that the others show for its instance. */
export function compareHive(lists: ListsJson, latest: LatestJson): void {
  latest.instances.edges.forEach(({ node }, index) => {
    const { DataSet, Response, Backups } = lists[aliasOf(index)] ?? {};
    const rows = DataSet ?? Response?.BackupSet ?? Backups?.Backup ?? [];
    const shown = rows.slice(0, LATEST).map(({ BackupId }) => String(BackupId));
    const expected = node.backups.edges.map((edge) => edge.node.nativeId);
    if (shown.length !== LATEST || !isDeepStrictEqual(shown, expected))
      throw new Error(`Hive shows ${shown.join()} of ${node.nativeId}, not ${expected.join()}.`);
  });
}
