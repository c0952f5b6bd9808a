const lasting = new WeakSet<object>();

/**
 * Marks an object that is shown again and whose plain properties never change: what an executor writes of
 * it, it may remember.
 */
export const markLasting = (object: object): void => void lasting.add(object);

/** Whether an object bears the mark. */
export const isLasting = (object: object): boolean => lasting.has(object);
