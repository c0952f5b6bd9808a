import { describe, expect, test } from "vitest";
import { EVERY_BACKUP } from "../../src/domain/filter.js";
import type { StatsQuery } from "../../src/domain/stats.js";
import { BACKUPS, INSTANCES } from "./fakeEstate.js";
import { codesOf, run } from "./run.js";

const statsWith = (args: string, fields = "complete") =>
  run(`{ backupStats(${args}) { ${fields} } }`);

describe("backupStats", () => {
  test("shows buckets with their keys, and the total without", async () => {
    const { data, errors } = await statsWith(
      "by: [DAY, INSTANCE, PROVIDER]",
      `complete issues { code }
       total { keys { value } count sizeBytes sizedCount firstStartedAt lastStartedAt }
       buckets { count keys { dimension value instanceNativeId provider { key } instance { nativeId } } }`,
    );
    expect(errors).toEqual([]);
    const [row] = BACKUPS;
    const startedAt = new Date(row?.startedAt ?? 0).toISOString();
    const nativeId = row?.instanceNativeId;
    const provider = { key: row?.provider };
    expect(data).toEqual({
      backupStats: {
        complete: true,
        issues: [],
        total: {
          keys: [],
          count: 1,
          sizeBytes: 5,
          sizedCount: 1,
          firstStartedAt: startedAt,
          lastStartedAt: startedAt,
        },
        buckets: [
          {
            count: 1,
            keys: [
              {
                dimension: "DAY",
                value: "day",
                instanceNativeId: null,
                provider: null,
                instance: null,
              },
              {
                dimension: "INSTANCE",
                value: "instance",
                instanceNativeId: nativeId,
                provider,
                instance: {
                  nativeId: INSTANCES.find((one) => one.nativeId === nativeId)?.nativeId,
                },
              },
              {
                dimension: "PROVIDER",
                value: "provider",
                instanceNativeId: null,
                provider,
                instance: null,
              },
            ],
          },
        ],
      },
    });
  });

  test("asks with the filter, in UTC unless another zone is named", async () => {
    const queryOf = async (args: string): Promise<StatsQuery> => {
      const { asked } = await statsWith(args);
      return asked.find(([name]) => name === "backupStats")?.[1] as StatsQuery;
    };
    expect(await queryOf("by: [STATUS]")).toEqual({
      filter: EVERY_BACKUP,
      by: ["STATUS"],
      timeZone: "UTC",
    });
    const given = 'by: [WEEK, STATUS], timeZone: "asia/shanghai", filter: { statuses: [FAILED] }';
    expect(await queryOf(given)).toMatchObject({
      by: ["WEEK", "STATUS"],
      timeZone: "Asia/Shanghai",
      filter: { statuses: ["FAILED"], startedAfter: null },
    });
  });

  test.each([
    ["by: []", "Expected by to have one to three different dimensions, but got none."],
    [
      "by: [DAY, STATUS, DAY]",
      'Expected by to have one to three different dimensions, but got "DAY, STATUS, DAY".',
    ],
    ["by: [DAY, WEEK, MONTH, STATUS]", /^Expected by to have one to three .*MONTH, STATUS/],
    [
      'by: [DAY], timeZone: "Europe/Berlim"',
      /^timeZone: there is no time zone "Europe\/Berlim"\. Nearest: Europe\/Berlin, /,
    ],
    ['by: [DAY], timeZone: "+08:00"', /^timeZone: there is no time zone "\+08:00"/],
    [
      'by: [DAY], filter: { providers: ["ali/kvstor"] }',
      /^filter\.providers: there is no provider "ali\/kvstor"/,
    ],
  ])("refuses %s before any read", async (args, message) => {
    const answer = await statsWith(args);
    expect(codesOf(answer)).toEqual(["BAD_USER_INPUT"]);
    expect(answer.errors[0]?.message).toMatch(message);
    expect(answer.asked.map(([name]) => name)).not.toContain("backupStats");
  });
});
