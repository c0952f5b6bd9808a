import { readFileSync } from "node:fs";
import { loadJSONSchemaSubgraph } from "@omnigraph/json-schema";

/*
 * The vendors' backup lists for Hive's REST handler: one operation for each vendor, with the smallest page
 * that contains the latest five. gateway.config.mjs signs the calls and removes `Action` from the path.
 */
const text = { type: "string" };
const objectOf = (title, properties) => ({ type: "object", title, properties });

const CALLS = {
  ucloud: (region) => ({
    method: "GET",
    path: `/?Action=DescribeURedisBackup&Region=${region}&GroupId={args.instance}&Offset=0&Limit=5`,
    argTypeMap: { instance: text },
  }),
  tencent: () => ({
    method: "POST",
    path: "/?Action=DescribeInstanceBackups",
    requestSchema: objectOf("TencentList", { InstanceId: text }),
    requestBaseBody: { Limit: 5, Offset: 0, Status: [1, 2, 3, 4, -1, -2] },
  }),
  // This vendor's smallest page has 30 rows.
  alibaba: () => ({
    method: "GET",
    path: "/?Action=DescribeBackups&InstanceId={args.instance}&StartTime={args.since}&EndTime={args.until}&PageNumber=1&PageSize=30",
    argTypeMap: { instance: text, since: text, until: text },
  }),
};

const ANSWERS = {
  ucloud: (rows) => objectOf("UCloudAnswer", { DataSet: rows }),
  tencent: (rows) =>
    objectOf("TencentAnswer", { Response: objectOf("TencentPage", { BackupSet: rows }) }),
  alibaba: (rows) =>
    objectOf("AlibabaAnswer", { Backups: objectOf("AlibabaPage", { Backup: rows }) }),
};

const { accounts, fields } = JSON.parse(readFileSync(process.env.BENCH_GIVEN, "utf8"));

const rowsOf = (vendor) => {
  const typed = Object.entries(fields[vendor]).map(([name, type]) => [name, { type }]);
  return { type: "array", items: objectOf(`${vendor}Backup`, Object.fromEntries(typed)) };
};

const operationOf = ({ vendor, regions: [region] }) => ({
  type: "Query",
  field: vendor,
  ...CALLS[vendor](region),
  responseSchema: ANSWERS[vendor](rowsOf(vendor)),
});

/** The input of mesh-compose. */
export const composeConfig = {
  subgraphs: accounts.map((account) => ({
    sourceHandler: loadJSONSchemaSubgraph(account.vendor, {
      endpoint: account.endpoint,
      operations: [operationOf(account)],
    }),
  })),
};
