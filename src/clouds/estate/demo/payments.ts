import type { RowFacts } from "../rows.js";
import type { Planned } from "../store.js";
import type { TencentInstance } from "../types.js";
import { chanceOf, commonFacts, DAY, HOUR, MINUTE, steadyStarts, withRows } from "./plan.js";
import type { Plan } from "./plan.js";

const MEBIBYTE = 1_048_576;

/** How one production instance is backed up. */
interface Case {
  readonly name: string;
  /** The start of the newest backup. */
  readonly newestAgo: number;
  readonly nights: number;
  readonly facts?: Partial<TencentInstance>;
  /** Values of the newest row. */
  readonly newest?: Partial<RowFacts>;
}

/** The first is as the demo's policy wants it. Each of the others breaks one demand, the last one two. */
const CASES: readonly Case[] = [
  { name: "payments-api", newestAgo: 90 * MINUTE, nights: 30 },
  { name: "payments-history", newestAgo: 40 * HOUR, nights: 30 },
  { name: "payments-fraud", newestAgo: 2 * HOUR, nights: 3, facts: { retentionDays: 3 } },
  {
    name: "payments-invoices",
    newestAgo: 3 * HOUR,
    nights: 30,
    newest: { encrypted: false },
  },
  {
    name: "payments-limits",
    newestAgo: 4 * HOUR,
    nights: 30,
    newest: { sizeBytes: 20 * MEBIBYTE },
  },
  { name: "payments-refunds", newestAgo: 60 * HOUR, nights: 20, facts: { autoBackup: false } },
];

/** Instances with the tag `env: prod`, whose backups break the demo's policy in every way. */
export const planPayments = (plan: Plan): readonly Planned[] =>
  CASES.map(({ name, newestAgo, nights, facts, newest }) => {
    const random = chanceOf(plan, name);
    const instance: TencentInstance = {
      ...commonFacts(plan, random),
      product: "TENCENT_REDIS",
      region: "ap-guangzhou",
      zone: "ap-guangzhou-3",
      nativeId: `crs-${random.word(8)}`,
      name,
      status: "2",
      type: 15,
      createTimeKnown: true,
      tags: { env: "prod", team: "payments" },
      retentionDays: 30,
      encrypted: true,
      ...facts,
    };
    return withRows(plan, instance, () =>
      steadyStarts(plan.now - newestAgo, DAY, nights).map((startedAt, back) => ({
        startedAt,
        expiresAt: startedAt + (instance.retentionDays ?? 7) * DAY,
        sizeBytes: (500 + back) * MEBIBYTE,
        ...(back === 0 ? newest : {}),
      })),
    );
  });
