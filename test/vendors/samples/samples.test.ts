import { describe, expect, test } from "vitest";
import type { Backup } from "../../../src/domain/backup.js";
import { EVERY_INSTANCE } from "../../../src/domain/filter.js";
import type { Row } from "../../../src/domain/row.js";
import type {
  BackupListing,
  ProductDeclaration,
  VendorDeclaration,
} from "../../../src/listing/declaration.js";
import { validate } from "../validate.js";
import { readsOf, walkPages } from "../../estate/gateway.js";
import { ucloudAccount } from "../accounts.js";
import { gatewayOver, json, nodesIn, type Answer, type Asked } from "../memoryGateway.js";
import { cirrus } from "./cirrus.js";
import { nimbus } from "./nimbus.js";
import { wanted } from "../../wantedPage.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOON = Date.UTC(2026, 5, 1, 12);

const productOf = (): ProductDeclaration => {
  const [product] = nimbus.products(ucloudAccount);
  if (product === undefined) throw new Error("There is no product.");
  return product;
};

/** The vendor with other parts of its product. */
const withProduct = (parts: Partial<ProductDeclaration>): VendorDeclaration => ({
  ...nimbus,
  products: () => [{ ...productOf(), ...parts }],
});

const isoOf = (instant: number): string => new Date(instant).toISOString();

test.each([
  { what: "XML", vendor: cirrus },
  { what: "tokens", vendor: nimbus },
])("the declaration of the vendor with $what has no mistake", ({ vendor }) => {
  expect(validate(vendor, ucloudAccount)).toEqual([]);
});

describe("a vendor with XML, two lists of instances and snapshots of nodes", () => {
  interface Snapshot {
    readonly name: string;
    readonly group: string;
    /** Starts of its nodes; null while it is being made. */
    readonly starts: readonly (number | null)[];
  }

  const snapshot = (index: number): Snapshot => {
    const at = NOON - index * HOUR;
    // The second node begins first.
    return {
      name: `s-${index}`,
      group: index % 2 === 0 ? "orders" : "single",
      starts: [at + 90_000, at],
    };
  };

  const element = ({ name, group, starts }: Snapshot): string => {
    const nodes = starts.map(
      (at) =>
        `<NodeSnapshot><CacheSize>41 MB</CacheSize>${at === null ? "" : `<CreateTime>${isoOf(at)}</CreateTime>`}</NodeSnapshot>`,
    );
    const status = starts.includes(null) ? "creating" : "available";
    return `<Snapshot><Name>${name}</Name><GroupId>${group}</GroupId><Status>${status}</Status><Source>automated</Source><NodeSnapshots>${nodes.join("")}</NodeSnapshots></Snapshot>`;
  };

  const instance = (member: string, id: string, engine = "redis"): string =>
    `<${member}><Id>${id}</Id><Status>available</Status><Engine>${engine}</Engine></${member}>`;

  const xml = (action: string, inner: string): Answer => ({
    status: 200,
    body: `<?xml version="1.0"?><${action}Response xmlns="http://cirrus.example/"><${action}Result>${inner}</${action}Result><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></${action}Response>`,
  });

  const failure = (status: number, code: string): Answer => ({
    status,
    body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>canary &amp; more</Message></Error></ErrorResponse>`,
  });

  const cloudOf =
    (snapshots: readonly Snapshot[], fails: (asked: Asked) => Answer | null = () => null) =>
    (asked: Asked): Answer => {
      const failed = fails(asked);
      if (failed !== null) return failed;
      const { action, params } = asked;
      if (action === "DescribeGroups")
        return xml(action, `<Groups>${instance("Group", "orders")}</Groups>`);
      if (action === "DescribeNodes")
        return xml(
          action,
          `<Nodes>${instance("Node", "single")}${instance("Node", "m", "memcached")}</Nodes>`,
        );
      const group = params.get("GroupId");
      const own = snapshots.filter((each) => group === null || each.group === group);
      const from = Number(params.get("Marker") ?? 0);
      const end = from + Number(params.get("MaxRecords"));
      const rows = own.slice(from, end).map(element).join("");
      const token = end < own.length ? `<Marker>${end}</Marker>` : "";
      return xml(action, `${token}<Snapshots>${rows}</Snapshots>`);
    };

  const inRegion = { ...ucloudAccount, regions: ["eu-1"] };
  const MANY = Array.from({ length: 120 }, (_, index) => snapshot(index));

  test("shows every snapshot once, from the earliest of its nodes, newest first", async () => {
    const { gateway: over, asked } = gatewayOver(inRegion, cloudOf(MANY), cirrus);
    const pages = await walkPages(over, {}, { size: 7 });
    const rows = nodesIn(pages);
    expect(rows.map(({ nativeId }) => nativeId)).toEqual(MANY.map(({ name }) => name));
    expect(rows.map(({ startedAt }) => startedAt)).toEqual(MANY.map(({ starts }) => starts[1]));
    expect(pages.every(({ complete }) => complete)).toBe(true);
    expect(asked.every(({ headers }) => headers["x-signature"] !== undefined)).toBe(true);
  });

  test("shows the instances of both lists, and no size that is not exact", async () => {
    const { gateway: over, page } = gatewayOver(inRegion, cloudOf([snapshot(0)]), cirrus);
    const [row] = nodesIn([await page(10)]);
    expect(row?.sizeBytes).toBeNull();
    expect(JSON.stringify(row?.raw)).toContain("41 MB");
    const query = { parent: { type: "Query" }, page: wanted({}), filter: EVERY_INSTANCE } as const;
    const list = await readsOf(over).instances({ ...query, onSourceError: "PARTIAL" });
    expect(list.edges.map(({ node }) => node.nativeId)).toEqual(["orders", "single"]);
    expect(list.complete).toBe(true);
  });

  test("leaves out a snapshot under way that has no start, without an issue", async () => {
    const underWay: Snapshot = { name: "s-new", group: "orders", starts: [NOON + HOUR, null] };
    const { page } = gatewayOver(inRegion, cloudOf([underWay, snapshot(0)]), cirrus);
    const read = await page(10);
    expect(nodesIn([read]).map(({ nativeId }) => nativeId)).toEqual(["s-0"]);
    expect([read.complete, read.issues]).toEqual([true, []]);
  });

  test.each([
    { what: "throttles", answer: failure(400, "RateExceeded"), code: "THROTTLED" },
    {
      what: "refuses the key",
      answer: failure(403, "InvalidClientTokenId"),
      code: "UNAUTHENTICATED",
    },
    {
      what: "sends half of an answer",
      answer: { status: 200, body: "<DescribeNodesResponse><DescribeNodesResult><Nodes>" },
      code: "BAD_RESPONSE",
    },
    {
      what: "defines entities",
      answer: {
        status: 200,
        body: '<!DOCTYPE a [<!ENTITY x "y">]><DescribeNodesResponse><DescribeNodesResult><Nodes/></DescribeNodesResult></DescribeNodesResponse>',
      },
      code: "BAD_RESPONSE",
    },
  ])("is not complete where one of its two lists of instances $what", async ({ answer, code }) => {
    const fails = ({ action }: Asked) => (action === "DescribeNodes" ? answer : null);
    const { gateway: over } = gatewayOver(inRegion, cloudOf(MANY, fails), cirrus);
    const query = { parent: { type: "Query" }, page: wanted({}), filter: EVERY_INSTANCE } as const;
    const list = await readsOf(over).instances({ ...query, onSourceError: "PARTIAL" });
    expect(list.complete).toBe(false);
    expect(list.issues).toMatchObject([{ code, region: "eu-1" }]);
    expect(JSON.stringify(list.issues)).not.toContain("canary");
  });

  test("is read one instance at a time where its region may not be listed", async () => {
    const fails = ({ action, params }: Asked) =>
      action === "DescribeSnapshots" && !params.has("GroupId")
        ? failure(403, "AccessDenied")
        : null;
    const { page } = gatewayOver(inRegion, cloudOf(MANY, fails), cirrus);
    const read = await page(200);
    expect(nodesIn([read])).toHaveLength(120);
    expect(read.complete).toBe(true);
  });
});

describe("a vendor with tokens of a second host, short pages and regions out of reach", () => {
  interface World {
    /** Tokens that were issued, and those that are not accepted. */
    issued: number;
    readonly refused: Set<string>;
    unreachable: string[];
    backupsMissing: boolean;
    login: Answer | null;
    placeholder: boolean;
  }

  const REGIONS = ["east1", "west1", "west2"];
  const pathOf = (region: string, id: string): string =>
    `projects/p/locations/${region}/instances/${id}`;

  const cloudOf =
    (world: World) =>
    (asked: Asked): Answer => {
      if (asked.host === "login.nimbus.example") {
        if (world.login !== null) return world.login;
        world.issued += 1;
        return json({ access_token: `t-${world.issued}`, expires_in: 3600 });
      }
      const token = asked.headers["authorization"]?.replace("Bearer ", "") ?? "";
      if (!/^t-\d+$/.test(token) || world.refused.has(token))
        return { status: 401, body: JSON.stringify({ error: { status: "UNAUTHENTICATED" } }) };
      const { params } = asked;
      const at = Number(params.get("pageToken") ?? 0);
      const missing = world.unreachable.map((region) => `projects/p/locations/${region}`);
      if (asked.action === "instances") {
        const found = REGIONS.filter((region) => !world.unreachable.includes(region)).flatMap(
          (region) =>
            ["a", "b"].map((id) => ({
              name: pathOf(region, `${region}-${id}`),
              backupCollection: `c-${region}-${id}`,
              state: "ACTIVE",
            })),
        );
        const ghosts = world.placeholder
          ? world.unreachable.map((region) => ({ name: pathOf(region, "-"), state: "ERROR" }))
          : [];
        const rows = [...found, ...ghosts];
        // The second page is empty, and not the last.
        const [from, end] = [
          [0, 2],
          [2, 2],
          [2, rows.length],
        ][at] as [number, number];
        return json({
          instances: rows.slice(from, end),
          ...(at < 2 ? { nextPageToken: String(at + 1) } : {}),
          ...(world.placeholder ? {} : { unreachable: missing }),
        });
      }
      const own = [0, 1, 2].map((index) => ({
        name: `${params.get("collection") ?? ""}/backups/${params.get("collection") ?? ""}-${index}`,
        state: "ACTIVE",
        createTime: isoOf(NOON - index * DAY).replace("Z", "999Z"),
        totalSizeBytes: "9007199254740991",
      }));
      return json({
        backups: own.slice(at, at + 1),
        ...(at + 1 < own.length ? { nextPageToken: String(at + 1) } : {}),
        ...(world.backupsMissing ? { unreachable: ["projects/p/locations/east1"] } : {}),
      });
    };

  const newWorld = (changes: Partial<World> = {}): World => ({
    issued: 0,
    refused: new Set(),
    unreachable: [],
    backupsMissing: false,
    login: null,
    placeholder: false,
    ...changes,
  });

  test("is walked with one token, and one list of instances for all regions", async () => {
    const world = newWorld();
    const { gateway: over, countOf } = gatewayOver(ucloudAccount, cloudOf(world), nimbus);
    const pages = await walkPages(over, {}, { size: 4 });
    const rows = nodesIn(pages);
    expect(rows).toHaveLength(18);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(18);
    expect(new Set(rows.map(({ region }) => region))).toEqual(new Set(REGIONS));
    expect(rows[0]).toMatchObject({ startedAt: NOON, sizeBytes: 9007199254740991 });
    expect(pages.every(({ complete }) => complete)).toBe(true);
    // Three pages of instances, and three of one row for each of six instances.
    expect([countOf("token"), countOf("instances"), countOf("backups")]).toEqual([1, 3, 18]);
  });

  test.each([
    { what: "names it", placeholder: false },
    { what: "has a placeholder for it", placeholder: true },
  ])(
    "is complete but for a region out of reach where the answer $what",
    async ({ placeholder }) => {
      const world = newWorld({ unreachable: ["west1"], placeholder });
      const { page, clock } = gatewayOver(ucloudAccount, cloudOf(world), nimbus);
      const read = await page(50);
      expect(new Set(nodesIn([read]).map(({ region }) => region))).toEqual(
        new Set(["east1", "west2"]),
      );
      expect(read.complete).toBe(false);
      expect(read.issues).toMatchObject([
        { code: "UNAVAILABLE", region: "west1", message: "The vendor could not reach west1." },
      ]);
      world.unreachable = [];
      clock.ahead += 60_000;
      const again = await page(50);
      expect([nodesIn([again]).length, again.complete]).toEqual([18, true]);
    },
  );

  test("shows an old list of instances while its region is out of reach", async () => {
    const world = newWorld();
    const { page, clock } = gatewayOver(ucloudAccount, cloudOf(world), nimbus);
    await page(50);
    world.unreachable = ["east1"];
    clock.ahead += 60_000;
    const read = await page(50);
    expect(nodesIn([read])).toHaveLength(18);
    expect(read.complete).toBe(false);
    expect(new Set(read.issues.map(({ region }) => region))).toEqual(new Set(["east1"]));
  });

  test("shows the backups of an answer that misses some, with an issue", async () => {
    const world = newWorld({ backupsMissing: true });
    const { page } = gatewayOver(ucloudAccount, cloudOf(world), nimbus);
    const read = await page(50);
    expect(nodesIn([read])).toHaveLength(18);
    expect(read.complete).toBe(false);
    expect(new Set(read.issues.map(({ code }) => code))).toEqual(new Set(["UNAVAILABLE"]));
  });

  test("is asked once more with a new token where one was withdrawn", async () => {
    const world = newWorld({ refused: new Set(["t-1"]) });
    const { page, countOf } = gatewayOver(ucloudAccount, cloudOf(world), nimbus);
    const read = await page(50);
    expect([nodesIn([read]).length, read.complete, read.issues]).toEqual([18, true, []]);
    expect(countOf("token")).toBe(2);
  });

  test("shares one renewal among all calls whose token is withdrawn while they are under way", async () => {
    const world = newWorld();
    const { page, countOf, clock } = gatewayOver(ucloudAccount, cloudOf(world), nimbus);
    await page(50);
    world.refused.add("t-1");
    clock.ahead += 120_000;
    const read = await page(50);
    expect([nodesIn([read]).length, read.complete]).toEqual([18, true]);
    expect(countOf("token")).toBe(2);
  });

  test("is UNAUTHENTICATED where the new token is refused too, and asked for no third", async () => {
    const world = newWorld({ refused: new Set(["t-1", "t-2", "t-3", "t-4"]) });
    const { page, countOf } = gatewayOver(ucloudAccount, cloudOf(world), nimbus);
    const read = await page(50);
    expect(read.issues).toMatchObject([{ code: "UNAUTHENTICATED" }]);
    await page(50);
    expect(countOf("token")).toBe(2);
  });

  test("links to files with links of its own, without a call", async () => {
    const { page, gateway: over, asked } = gatewayOver(ucloudAccount, cloudOf(newWorld()), nimbus);
    const [row] = nodesIn([await page(1)]);
    const calls = asked.length;
    const links = await readsOf(over).downloads(row as Backup);
    expect(links.map(({ url }) => new URL(url).pathname)).toEqual([`/${row?.nativeId ?? ""}`]);
    expect(asked).toHaveLength(calls);
  });

  test("is asked again only after its own time, if that is longer than the cache's", async () => {
    const vendor = withProduct({ leastTtlMs: 600_000 });
    const { page, clock, countOf } = gatewayOver(ucloudAccount, cloudOf(newWorld()), vendor);
    const counts = () => [countOf("instances"), countOf("backups")];
    await page(50);
    clock.ahead += 590_000;
    await page(50);
    expect(counts()).toEqual([3, 18]);
    clock.ahead += 20_000;
    await page(50);
    expect(counts()).toEqual([6, 36]);
  });

  test("says how many rows are no backups, and is complete without them", async () => {
    const [backups] = productOf().perInstance as [BackupListing];
    const isStray = (row: Row): boolean => String(row["name"]).endsWith("-1");
    const listing: BackupListing = {
      ...backups,
      map: (row, scope) => (isStray(row) ? null : backups.map(row, scope)),
      strays: { isStray, note: (count) => `${count} rows are no backups.` },
    };
    const vendor = withProduct({ perInstance: [listing] });
    const { page, gateway: over } = gatewayOver(ucloudAccount, cloudOf(newWorld()), vendor);
    const read = await page(50);
    expect([read.complete, read.edges.length]).toEqual([true, 12]);
    const reads = readsOf(over);
    const shown = await Promise.all(reads.providers().map((one) => reads.capabilities(one)));
    const notes = shown.flatMap((capabilities) => capabilities.notes);
    expect(notes).toEqual(["6 rows are no backups."]);
  });

  test("gets a new token before the old one expires", async () => {
    const world = newWorld();
    const { page, clock, asked, countOf } = gatewayOver(ucloudAccount, cloudOf(world), nimbus);
    await page(50);
    clock.ahead += 3_600_000 - 59_000;
    await page(50);
    expect(countOf("token")).toBe(2);
    expect(asked.at(-1)?.headers["authorization"]).toBe("Bearer t-2");
  });

  test.each([
    { what: "is down", login: { status: 503, body: "" }, code: "UNAVAILABLE", calls: 2 },
    {
      what: "refuses the key",
      login: { status: 401, body: "{}" },
      code: "UNAUTHENTICATED",
      calls: 1,
    },
    {
      what: "answers without a token",
      login: { status: 200, body: "{}" },
      code: "BAD_RESPONSE",
      calls: 2,
    },
  ])("is $code while the host of its tokens $what", async ({ login, code, calls }) => {
    const world = newWorld({ login });
    const { page, countOf } = gatewayOver(ucloudAccount, cloudOf(world), nimbus);
    const read = await page(50);
    expect([read.complete, read.edges.length]).toEqual([false, 0]);
    expect(read.issues).toMatchObject([{ code }]);
    await page(50);
    // A refused key is not tried again at once.
    expect(countOf("token")).toBe(calls);
    expect(countOf("instances")).toBe(0);
  });
});
