import type { Instance } from "../../domain/instance.js";
import type { Key } from "../../domain/key.js";
import { SourceError } from "../../errors.js";
import { AFTER_IDS } from "../../paging/direction.js";
import type { MergeSource } from "../../paging/mergeSource.js";
import type { Slice } from "../../paging/slice.js";
import type { Dated } from "../../index/readThrough.js";
import type { InstanceList } from "../../providers/instanceList.js";
import type { Whereabouts } from "../issues.js";
import type { Reader } from "../readContext.js";
import { placeName, placeOf, readInstanceList, type ListedPlace, type Place } from "../scope.js";
import type { WalkSources } from "../walk.js";

/** An instance in the order of its list: by provider key, region and native id. */
export interface InstanceRow extends Key {
  readonly instance: Instance;
}

/** The lists of instances of several places, as one walk reads them. */
export interface InstanceSources extends WalkSources<InstanceRow> {
  readonly sources: MergeSource<InstanceRow>[];
  readonly aliases: Map<string, string[]>;
  readonly where: Map<string, Whereabouts>;
}

/** The lists of these places. */
export function instanceSources(
  reader: Reader,
  places: readonly Place[],
  walkStart: number,
): InstanceSources {
  const unsure = places.some(({ region }) => region === null);
  const found: InstanceSources = {
    sources: [],
    debtors: [],
    aliases: new Map(),
    where: new Map(),
    unsure,
  };
  for (const place of places) {
    const { runtime, region } = place;
    const name = placeName(runtime, region);
    found.sources.push(toldSource(place, (listed) => readInstanceList(reader, listed, walkStart)));
    found.where.set(name, placeOf(runtime, region));
    const whole = placeName(runtime, null);
    if (name === whole) continue;
    found.aliases.set(whole, [...(found.aliases.get(whole) ?? []), name]);
  }
  return found;
}

/** What is known of a list of instances, or why it cannot be told. */
type Told = Dated<InstanceList> | SourceError;

/** A place's list, as it is told. */
export const toldSource = (
  place: Place,
  tell: (place: ListedPlace) => Told | Promise<Told>,
): MergeSource<InstanceRow> => ({
  ...boundsOf(place),
  read: () => {
    const told = place.region === null ? place.error : tell(place);
    return told instanceof Promise ? told.then(toldSlice) : toldSlice(told);
  },
});

function toldSlice(told: Told): Slice<InstanceRow> {
  if (told instanceof SourceError) throw told;
  return sliceOf(told);
}

function boundsOf({
  runtime,
  region,
}: Place): Pick<MergeSource<InstanceRow>, "name" | "low" | "high"> {
  const prefix = [runtime.key, ...(region === null ? [] : [region.id]), ""].join("\0");
  return {
    name: placeName(runtime, region),
    low: { startedAt: 0, id: prefix },
    high: { startedAt: 0, id: prefix + AFTER_IDS },
  };
}

const slices = new WeakMap<Dated<InstanceList>, Slice<InstanceRow>>();

/** An instance list as one slice; made once a list. */
function sliceOf(list: Dated<InstanceList>): Slice<InstanceRow> {
  const made = slices.get(list);
  if (made !== undefined) return made;
  const { value, asOf, stale } = list;
  const slice: Slice<InstanceRow> = {
    since: Number.NEGATIVE_INFINITY,
    until: Number.POSITIVE_INFINITY,
    rows: value.instances.map(rowOf).reverse(),
    asOf,
    notices: value.faults.map((fault) => ({
      code: "BAD_RESPONSE",
      message: `An instance was left out. ${fault}`,
    })),
    stale: stale === null ? null : { code: stale.kind, message: stale.message },
  };
  slices.set(list, slice);
  return slice;
}

/** An instance with its place in the order. */
export const rowOf = (instance: Instance): InstanceRow => ({
  startedAt: 0,
  id: [instance.provider, instance.region, instance.nativeId].join("\0"),
  instance,
});
