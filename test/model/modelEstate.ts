import type { Row } from "../../src/domain/row.js";
import { backupId, instanceId } from "../../src/domain/id.js";
import type { SourceIssueCode } from "../../src/domain/words.js";
import { SourceError } from "../../src/errors.js";
import type { CallContext } from "../../src/http/bounds.js";
import type { ListShape } from "../../src/listing/shape.js";
import {
  payloadOf,
  providerKey,
  REFUSED,
  TOKEN_REFUSED,
  type CloudProduct,
  type CloudQuestion,
  type InstanceFacts,
} from "./modelCloud.js";
import {
  change,
  ModelList,
  newWorld,
  startAt,
  type Change,
  type Extent,
  type ModelRow,
} from "./modelList.js";
import { faultsAt, type Faults, type PageFault } from "./modelFaults.js";
import { hasEnded, PLAIN, servePage, type Behaviour } from "./modelPages.js";
import { changeSets, nodeOf, putSet, setOf } from "./modelShards.js";

/** An instance of a model account. */
export interface InstanceScenario {
  readonly region: number;
  /** How long before the world's beginning it was created; null where nobody says. */
  readonly ageMs: number | null;
  /** Whether the instance list shows it; else it is gone, and only its backups are left. */
  readonly listed: boolean;
  /** How many shards it has, where its account keeps backups in shards. */
  readonly shards?: number;
}

/** A list as it is declared and as it behaves. */
export interface ListBehaviour {
  readonly shape: ListShape;
  readonly behaviour: Behaviour;
}

/** One account of a model cloud. */
export interface AccountScenario {
  readonly own: ListBehaviour;
  readonly wide: ListBehaviour | null;
  readonly refusesWide: boolean;
  /** Whether a backup is a row for each shard of its instance. */
  readonly sharded?: boolean;
  /** Whether the tags of an instance take a call of their own. */
  readonly tagsByCall?: boolean;
  readonly instanceList: ListBehaviour;
  readonly extent: Extent;
  readonly regions: number;
  readonly instances: readonly InstanceScenario[];
  readonly rows: readonly {
    readonly instance: number;
    readonly start: number;
    readonly lasts: number | null;
  }[];
}

/** A change in one of an estate's regions. */
export type EstateChange = { readonly place: number; readonly instance: number } & (
  | { readonly what: Change }
  | { readonly what: "create instance" | "delete instance" }
  /** The vendor begins, or ceases, to refuse an account the lists of whole regions. */
  | { readonly what: "turn wide" }
);

/**
 * Sets of shards that come are not older. A vendor lists them when they start, and a reading during which an old
 * one came would show what it saw of it as a failed backup, with another id.
 */
const NEW_SET_MS = 3 * 3_600_000;

/** How a call fails: with a code, or because the token of its page is refused, if it has one. */
export type Failure = SourceIssueCode | "TOKEN";

/** How calls of an estate's lists fail: for each list, call by call; null answers. */
export type Failures = readonly (readonly (Failure | null)[])[];

interface RegionModel {
  readonly account: number;
  readonly region: string;
  readonly backups: ModelList;
  readonly instances: ModelList;
}

/** What an estate does while it is asked. */
export interface Script {
  /** What changes before each call. */
  changes: (readonly EstateChange[])[];
  failures: Failures;
  /** How a call fails besides; null answers. */
  failing: (question: CloudQuestion) => Failure | null;
  /** What is wrong with the pages of lists for a while. */
  faults: Faults;
  /** Whether a call takes all the time that it is given. */
  hanging: (question: CloudQuestion) => boolean;
  /** Milliseconds that each other call takes. */
  latencyMs: number;
  /** How many turns of other work each question and each answer waits for, one after the other, and again. */
  turns: readonly number[];
}

/** No walk of a model needs more calls that are answered. */
const MOST_CALLS = 20_000;

/** Lists that are asked for the first time after so many others do not fail. */
const FAILING_LISTS = 24;

const DAY_MS = 86_400_000;

/** The values of the tag that every instance has. */
const TEAMS = ["red", "blue", "blue"];

const STATUSES = ["SUCCEEDED", "FAILED", "RUNNING"] as const;

/** Several accounts whose backups come and go while they are asked. */
export class ModelEstate {
  readonly world;
  readonly regions: RegionModel[] = [];
  readonly script: Script = {
    changes: [],
    failures: [],
    failing: () => null,
    faults: [],
    hanging: () => false,
    latencyMs: 1,
    turns: [],
  };
  calls = 0;
  private answered = 0;
  /** Whether new backups start when they come, as they do where a list shows those under way. */
  startsAreFresh = false;
  /** Accounts that may not list whole regions now, and those that once might not. */
  private readonly refused = new Set<number>();
  private readonly onceRefused = new Set<number>();
  private readonly lists: string[] = [];
  private readonly callsOf = new Map<string, number>();
  private created = 0;
  private waits = 0;

  constructor(
    readonly accounts: readonly AccountScenario[],
    now: number,
  ) {
    this.world = newWorld(now - 100_000_000);
    accounts.forEach((scenario, account) => this.fill(scenario, account));
    accounts.forEach(({ refusesWide }, account) => refusesWide && this.turnWide(account));
    this.world.now = now;
  }

  get products(): CloudProduct[] {
    return this.accounts.map(
      ({ own, wide, instanceList, sharded = false, tagsByCall = false }) => ({
        backups: own.shape,
        instances: instanceList.shape,
        wide: wide?.shape ?? null,
        sharded,
        tagsByCall,
        lookbackMs: null,
      }),
    );
  }

  /** Answers one call, after other work had its turns; so does the answer on its way back. */
  async answerInTurn(question: CloudQuestion, context: CallContext): Promise<Row> {
    await this.otherWork();
    try {
      return this.answer(question, context);
    } finally {
      await this.otherWork();
    }
  }

  /** Answers one call. */
  answer(question: CloudQuestion, { deadline }: CallContext): Row {
    const { world, script } = this;
    this.calls += 1;
    for (const one of script.changes.shift() ?? []) this.change(one);
    if (script.hanging(question) || world.now + script.latencyMs > deadline) {
      world.now = Math.max(world.now, deadline);
      throw new SourceError("CUT", "The deadline has passed.");
    }
    this.answered += 1;
    if (this.answered > MOST_CALLS) throw new Error("The vendors are asked without end.");
    world.now += script.latencyMs;
    const faults = this.scripted(question);
    if (question.action === "ListRegions") return { rows: this.regionsOf(question.account) };
    const region = this.regionOf(question);
    const scenario = this.accounts[region.account] as AccountScenario;
    if (question.action === "ListInstances")
      return instancePayload(
        servePage(region.instances, { ...scenario.instanceList, faults }, question.page),
      );
    const { instance } = question;
    if (question.action === "ListTags") return tagsOf(region, instance);
    if (instance !== null) {
      const shows = ({ facts }: ModelRow): boolean => facts["instance"] === instance;
      const list = { ...scenario.own, name: `${question.region} ${instance}`, shows, faults };
      return payloadOf(servePage(region.backups, list, question.page));
    }
    if (scenario.wide === null || this.refused.has(region.account))
      throw new SourceError("BAD_RESPONSE", "Not allowed.", { code: REFUSED });
    return payloadOf(servePage(region.backups, { ...scenario.wide, faults }, question.page));
  }

  /** Every backup that ever was, with its id; a set has the id of its first node. */
  backups(): { id: string; row: ModelRow; region: RegionModel }[] {
    return this.rows().filter(({ row }) => (nodeOf(row) ?? 0) === 0);
  }

  /** Deletes a backup, with all of its rows. */
  remove(id: string): void {
    const gone = this.identities().get(id);
    const identities = this.identities();
    for (const { backups } of this.regions)
      for (const row of [...backups.rows]) {
        const own = this.rows().find((one) => one.row === row)?.id ?? "";
        if (identities.get(own) === gone) backups.delete(backups.rows.indexOf(row));
      }
  }

  /** Which backup an id is: rows of one set are one. */
  identities(): Map<string, string> {
    return new Map(
      this.rows().map(({ id, row, region }) => {
        const set = setOf(row);
        return [id, set === null ? id : `${region.account} ${region.region} ${set}`];
      }),
    );
  }

  /** Every row that ever was, with the id that it gives a backup. */
  rows(): { id: string; row: ModelRow; region: RegionModel }[] {
    return this.regions.flatMap((region) =>
      region.backups.ever.map((row) => ({ id: idOf(region, row), row, region })),
    );
  }

  /** The ids of all instances that were ever listed, or have backups. */
  instanceIds(): string[] {
    return this.regions.flatMap(({ account, region, backups, instances }) => {
      const listed = instances.ever.map(({ key }) => key);
      const others = backups.ever.map(({ facts }) => String(facts["instance"]));
      return [...new Set([...listed, ...others])].map((key) =>
        instanceId(providerKey(account), region, key),
      );
    });
  }

  /** The instance of a backup; undefined if it was never listed. */
  instanceOf({ row, region }: { row: ModelRow; region: RegionModel }): ModelRow | undefined {
    return region.instances.ever.find(({ key }) => key === row.facts["instance"]);
  }

  /**
   * Whether a backup can be seen at all from `since` on: its instance is listed, or a whole region is, if the
   * filter does not select instances. No instance is asked for what is older than itself by more than a day.
   */
  isVisible(
    { row, region }: { row: ModelRow; region: RegionModel },
    since: number,
    selects = false,
  ): boolean {
    const { wide } = this.accounts[region.account] as AccountScenario;
    if (wide !== null && !selects && !this.onceRefused.has(region.account)) return true;
    const instance = this.instanceOf({ row, region });
    if (instance === undefined) return false;
    const createdAt = Number(instance.facts["createdAt"] ?? Number.NEGATIVE_INFINITY);
    if (row.startedAt < createdAt - DAY_MS) return false;
    return instance.bornAt < since && instance.died === null;
  }

  /** Whether all rows of a backup have been there since before an instant, and are. */
  isSteady(row: ModelRow, since: number): boolean {
    const set = setOf(row);
    const rows = this.regions.flatMap(({ backups }) => (set === null ? [] : backups.ever));
    return [row, ...rows.filter((one) => setOf(one) === set)].every(
      ({ bornAt, died }) => bornAt < since && died === null,
    );
  }

  /**
   * Whether answers since an instant lacked a row of a backup, or its instance, that they should have shown, and
   * whether counts showed that each time. If other rows went meanwhile, the rows that were read may be as many as
   * the vendor counts.
   */
  wasHidden(
    { row, region }: { row: ModelRow; region: RegionModel },
    since: number,
  ): "no" | "counted" | "uncounted" {
    const set = setOf(row);
    const others = set === null ? [] : region.backups.ever.filter((one) => setOf(one) === set);
    const rows = [row, ...others, ...[this.instanceOf({ row, region }) ?? []].flat()];
    if (rows.some(({ lostAt }) => lostAt >= since)) return "uncounted";
    const all = [...region.backups.ever, ...region.instances.ever];
    const isHidden = rows.some(({ hiddenAt }) => hiddenAt >= since);
    if (isHidden && all.some(({ diedAt }) => (diedAt ?? -Infinity) >= since)) return "uncounted";
    return isHidden ? "counted" : "no";
  }

  /** Whether a cap that had cut a page before a row of a backup ended at an instant or later. */
  wasUncapped({ row, region }: { row: ModelRow; region: RegionModel }, since: number): boolean {
    const set = setOf(row);
    const others = set === null ? [] : region.backups.ever.filter((one) => setOf(one) === set);
    return [row, ...others].some(({ uncappedAt }) => uncappedAt >= since);
  }

  /** Whether lists that were exactly as long as a cap have ended it, and it had cut others. */
  isMisled(): boolean {
    return [...this.world.caps.values()].some(hasEnded);
  }

  private async otherWork(): Promise<void> {
    const { turns } = this.script;
    const count = turns[(this.waits += 1) % Math.max(turns.length, 1)] ?? 0;
    for (let turn = 0; turn < count; turn += 1) await undefined;
  }

  change({ place, instance, what }: EstateChange): void {
    const region = this.regions[place % Math.max(this.regions.length, 1)];
    if (region === undefined) return;
    const { instances } = region;
    const createdAt = this.world.now - instance * 1000;
    if (what === "create instance")
      this.create(region, { createdAt, shardCount: this.isSharded(region) ? 2 : null }, true);
    else if (what === "delete instance")
      instances.delete(instance % Math.max(instances.rows.length, 1));
    else if (what === "turn wide") this.turnWide(region.account);
    else {
      const owner = instances.rows[instance % Math.max(instances.rows.length, 1)];
      if (owner !== undefined) this.changeBackups(region, owner, what);
    }
  }

  private turnWide(account: number): void {
    this.onceRefused.add(account);
    if (!this.refused.delete(account)) this.refused.add(account);
  }

  private changeBackups(region: RegionModel, owner: ModelRow, what: Change): void {
    const { extent } = this.accounts[region.account] as AccountScenario;
    const { now } = this.world;
    const isSharded = this.isSharded(region);
    const sinceMs = isSharded && !this.startsAreFresh ? NEW_SET_MS : 0;
    const fresh = { ...extent, oldest: now - sinceMs, newest: now, grain: 1 };
    const used = this.startsAreFresh || isSharded ? fresh : extent;
    const shards = Number(owner.facts["shardCount"] ?? 1);
    const shelf = { list: region.backups, extent: used, owner: { id: owner.key, shards } };
    const factsOf = () => this.factsOf(region, owner.key);
    if (isSharded) changeSets(shelf, what);
    else change(region.backups, used, what, { factsOf });
  }

  private isSharded({ account }: RegionModel): boolean {
    return this.accounts[account]?.sharded ?? false;
  }

  private fill(scenario: AccountScenario, account: number): void {
    const { regions, instances, rows, extent, sharded = false } = scenario;
    const models = Array.from({ length: regions }, (_, index): RegionModel => {
      const lists = { backups: new ModelList(this.world), instances: new ModelList(this.world) };
      return { account, region: `g${index}`, ...lists };
    });
    this.regions.push(...models);
    const owners = instances.map(({ region, ageMs, listed, shards = 1 }) => {
      const home = models[region % regions] as RegionModel;
      const createdAt = ageMs === null ? null : this.world.now - ageMs;
      const shardCount = sharded ? shards : null;
      return { home, id: this.create(home, { createdAt, shardCount }, listed), shards };
    });
    for (const { instance, start, lasts } of rows) {
      const owner = owners[instance % Math.max(owners.length, 1)];
      if (owner === undefined) continue;
      if (sharded) {
        const shelf = { list: owner.home.backups, extent, owner };
        putSet(shelf, { start, lasts, place: "sorted" });
        continue;
      }
      const startedAt = startAt(extent, start);
      const finishedAt = lasts === null ? null : startedAt + lasts;
      const { backups } = owner.home;
      const facts = this.factsOf(owner.home, owner.id);
      backups.insert(backups.placeOf(extent.order, startedAt, start), {
        startedAt,
        finishedAt,
        facts,
      });
    }
  }

  private create(
    { instances }: RegionModel,
    facts: Pick<InstanceFacts, "createdAt" | "shardCount">,
    listed: boolean,
  ): string {
    const key = `i${(this.created += 1)}`;
    if (!listed) return key;
    const tags = [{ key: "team", value: TEAMS[this.created % TEAMS.length] as string }];
    const all: InstanceFacts = { ...facts, name: `Cache of ${key}`, tags };
    instances.insert(0, { key, startedAt: 0, finishedAt: null, facts: { ...all } });
    return key;
  }

  private factsOf({ backups }: RegionModel, instance: string): Record<string, unknown> {
    return { instance, status: STATUSES[backups.ever.length % STATUSES.length] };
  }

  private regionsOf(account: string): Row[] {
    const index = Number(account.slice(1));
    return this.regions
      .filter((one) => one.account === index)
      .map(({ region }) => ({ id: region }));
  }

  private regionOf({ account, region }: CloudQuestion): RegionModel {
    const index = Number(account.slice(1));
    const found = this.regions.find((one) => one.account === index && one.region === region);
    if (found === undefined) throw new Error(`No region ${region} in ${account}.`);
    return found;
  }

  /** Each list fails by a pattern of its own, in the order in which lists are first asked, and has faults. */
  private scripted(question: CloudQuestion): PageFault[] {
    const { account, action, region, instance } = question;
    const { failures, failing, faults } = this.script;
    const scripted = failing(question);
    if (scripted !== null) failWith(scripted, question);
    if (failures.length + faults.length === 0) return [];
    const name = `${account} ${action} ${region} ${instance}`;
    if (!this.lists.includes(name)) this.lists.push(name);
    const list = this.lists.indexOf(name);
    if (list >= FAILING_LISTS) return [];
    const call = this.callsOf.get(name) ?? 0;
    this.callsOf.set(name, call + 1);
    const kind = failures[list % failures.length]?.[call] ?? null;
    if (kind !== null) failWith(kind, question);
    return faultsAt(faults[list % faults.length] ?? [], call);
  }
}

function failWith(failure: Failure, { page }: CloudQuestion): void {
  if (failure !== "TOKEN") throw new SourceError(failure, "As the script says.");
  if (typeof page.at === "string")
    throw new SourceError("BAD_RESPONSE", "As the script says.", { code: TOKEN_REFUSED });
}

const instancePayload = (page: ReturnType<typeof servePage>): Row => ({
  rows: page.rows.map(({ key, facts }) => ({ id: key, ...facts })),
  total: page.total,
  next: page.next,
});

/** The tags of an instance. What the vendor does not list, it does not find. */
function tagsOf({ instances }: RegionModel, instance: string | null): Row {
  const found = instances.rows.find(({ key }) => key === instance);
  if (found === undefined) throw new SourceError("NOT_FOUND", "There is no such instance.");
  return { tags: found.facts["tags"] };
}

const idOf = ({ account, region }: RegionModel, { key, startedAt, facts }: ModelRow): string =>
  backupId({
    provider: providerKey(account),
    region,
    instanceNativeId: String(facts["instance"]),
    nativeId: key,
    startedAt,
  });

/** The behaviour of lists that nothing is tested with. */
export const PLAIN_LIST: ListBehaviour = {
  shape: {
    page: { style: "offset", offset: "o", limit: "l", max: 100, aligned: false },
    window: null,
    defaultSize: 10,
    order: "unknown",
    counts: "rows",
  } as ListShape,
  behaviour: PLAIN,
};

/** A list with time windows that is read a few rows at a time. */
export const WINDOWED_LIST: ListBehaviour = {
  ...PLAIN_LIST,
  shape: {
    page: { style: "offset", offset: "o", limit: "l", max: 4, aligned: false },
    window: {
      since: "since",
      until: "until",
      precisionMs: 1000,
      mandatory: false,
      selects: "start",
      longestMs: 0,
      maxSpanMs: null,
    },
    defaultSize: 2,
    order: "unknown",
    counts: "rows",
  },
};
