import type { GraphQLObjectType } from "graphql";
import { Extensions } from "type-graphql";

const MARK = "lasting";

/**
 * Marks a class whose plain properties never change once an object is made, and which makes one object
 * for one row: what an executor writes of such an object, it may remember.
 */
export const Lasting = (): ClassDecorator => Extensions({ [MARK]: true }) as ClassDecorator;

const lists = new WeakSet<object>();

/** Marks a list that is answered again and again, as long as it is: neither it nor its items change. */
export const markLasting = (list: readonly unknown[]): void => void lists.add(list);

/** Whether a list bears the mark. */
export const isLastingList = (list: unknown): list is readonly unknown[] =>
  Array.isArray(list) && lists.has(list);

/** Whether a type's class bears the mark. */
export const isLasting = ({ extensions }: GraphQLObjectType): boolean => extensions[MARK] === true;
