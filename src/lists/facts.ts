import type { SourceIssue } from "../domain/connection.js";
import { type Fact, type Instance, type InstanceFacts, NO_FACTS } from "../domain/instance.js";
import { SourceError } from "../errors.js";
import type { Dated } from "../index/readThrough.js";
import type { Freshness } from "../index/sliceStore.js";
import type { FactsDeclaration } from "../listing/declaration.js";
import type { Operation } from "../listing/operation.js";
import type { SomeFacts } from "../providers/facts.js";
import type { ProviderRuntime } from "../providers/provider.js";
import { factsIssue } from "./issues.js";

/** Facts of an instance, and what is missing from them. */
interface KnownFacts {
  readonly facts: InstanceFacts;
  readonly issues: readonly SourceIssue[];
}

/** The operation that needs facts. */
interface FactContext {
  readonly operation: Operation;
  readonly providers: ReadonlyMap<string, ProviderRuntime>;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  freshnessFor(freshFor: number): Freshness;
}

type FactsReading = Dated<SomeFacts> | SourceError;

/** The facts of instances as one operation needs them: each call that shows some is made once. */
export class FactReader {
  private readonly answers = new Map<string, FactsReading>();

  constructor(private readonly context: FactContext) {}

  /** The facts of an instance if no call is needed for the wanted ones, else null. */
  peek(instance: Instance, wanted: readonly Fact[]): KnownFacts | null {
    const runtime = this.context.providers.get(instance.provider);
    const calls = runtime?.facts.callsFor(instance, wanted) ?? [];
    if (runtime === undefined || calls.length === 0) return { facts: instance, issues: [] };
    const answers = calls.map((call) => this.answerOf(runtime, call, instance));
    return answers.includes(null) ? null : known(instance, answers as FactsReading[]);
  }

  /** The same, after the calls. Facts that cannot be read are null. */
  async read(instance: Instance, wanted: readonly Fact[]): Promise<KnownFacts> {
    const found = this.peek(instance, wanted);
    if (found !== null) return found;
    const runtime = this.context.providers.get(instance.provider) as ProviderRuntime;
    const calls = runtime.facts.callsFor(instance, wanted);
    const answers = calls.map(async (call) => {
      const answer = await this.ask(runtime, call, instance);
      this.answers.set(keyOf(call, instance), answer);
      return answer;
    });
    return known(instance, await Promise.all(answers));
  }

  /** When a call for the wanted facts last failed, in epoch milliseconds; 0 if none did. */
  failedAt(instance: Instance, wanted: readonly Fact[]): number {
    const known = this.context.providers.get(instance.provider)?.facts;
    const calls = known?.callsFor(instance, wanted) ?? [];
    return Math.max(0, ...calls.map((call) => known?.failedAt(call, instance) ?? 0));
  }

  private async ask(
    runtime: ProviderRuntime,
    call: FactsDeclaration,
    instance: Instance,
  ): Promise<FactsReading> {
    const { operation, startedAt } = this.context;
    const regions = runtime.peekRegions() ?? (await runtime.regions(operation));
    if (regions instanceof SourceError) return regions;
    const region = regions.find(({ id }) => id === instance.region);
    if (region === undefined) return NO_REGION;
    const freshness = this.context.freshnessFor(startedAt);
    return runtime.facts.read(call, { instance, region }, freshness, operation);
  }

  private answerOf(
    runtime: ProviderRuntime,
    call: FactsDeclaration,
    instance: Instance,
  ): FactsReading | null {
    const { operation, startedAt } = this.context;
    const answer = this.answers.get(keyOf(call, instance));
    if (answer !== undefined) return answer;
    const kept = runtime.facts.peek(call, instance, this.context.freshnessFor(startedAt));
    if (kept === null) return null;
    operation.calls.add(runtime.account.vendor, call.action, { cached: 1 });
    this.answers.set(keyOf(call, instance), kept);
    return kept;
  }
}

const NO_REGION = new SourceError("NOT_FOUND", "The instance's region does not exist.");

const keyOf = ({ name }: FactsDeclaration, { id }: Instance): string => `${name} ${id}`;

const FACTS = Object.keys(NO_FACTS) as Fact[];

/** What the instance's list shows comes before what a call of its own shows. */
function known(instance: Instance, answers: readonly FactsReading[]): KnownFacts {
  const { provider, region, nativeId } = instance;
  const place = { provider, region, instanceNativeId: nativeId, list: "facts" } as const;
  const shown: readonly SomeFacts[] = [
    instance,
    ...answers.flatMap((answer) => (answer instanceof SourceError ? [] : answer.value)),
  ];
  const valueOf = (fact: Fact) =>
    shown.map((some) => some[fact] ?? null).find((one) => one !== null);
  const facts = Object.fromEntries(FACTS.map((fact) => [fact, valueOf(fact) ?? null]));
  const issues = answers.flatMap((answer) => factsIssue(place, answer) ?? []);
  return { facts: facts as unknown as InstanceFacts, issues };
}
