import { makeAttachment } from "./attached.js";

const lasting = makeAttachment<true>();

/**
 * Marks an object that is shown again and whose plain properties never change: what an executor writes of
 * it, it may remember.
 */
export function markLasting(object: object): void {
  if (!isLasting(object)) lasting.attach(object, true);
}

/** Whether an object bears the mark. */
export const isLasting = (object: object): boolean => lasting.get(object) === true;
