import type { Key } from "../domain/id.js";
import type { Instance } from "../domain/instance.js";
import { getOrMake } from "../domain/maps.js";
import { SourceError } from "../errors.js";
import type { Dated } from "../index/readThrough.js";
import { wholeSlice, type Slice } from "../paging/slice.js";
import type { InstanceList } from "../providers/instanceList.js";
import { placeName, placeOf, type Place } from "./places.js";

/** An instance with its key: by provider key, region and native id. */
export interface InstanceRow extends Key {
  readonly instance: Instance;
}

export const rowOf = (instance: Instance): InstanceRow => ({
  startedAt: 0,
  // The last separator ends the id: the key directly after `a` must come before `ab`.
  id: [instance.provider, instance.region, instance.nativeId, ""].join("\0"),
  instance,
});

/** Sorts after every native id, in whatever script it is written. */
const AFTER_TEXTS = "\uffff";

/** The name of the list of a place, and the keys between which its instances lie. */
export function boundsOf({ runtime, region }: Place) {
  const prefix = [runtime.key, ...(region === null ? [] : [region.id]), ""].join("\0");
  return {
    name: placeName(runtime, region),
    place: placeOf(runtime, region),
    low: { startedAt: 0, id: prefix },
    high: { startedAt: 0, id: prefix + AFTER_TEXTS },
    freshMs: runtime.ttlMs,
  };
}

const slices = new WeakMap<Dated<InstanceList>, Slice<InstanceRow>>();

/** An instance list as one slice, made once for each list. */
export const sliceOf = (list: Dated<InstanceList>): Slice<InstanceRow> =>
  getOrMake(slices, list, () => {
    const { value, asOf, stale } = list;
    const rows = value.instances.map(rowOf).reverse();
    return wholeSlice(rows, { asOf, notices: value.notices, stale });
  });

/** For a list that was not read. */
export const UNREAD = new SourceError("CUT", "The list was not read lately.");
