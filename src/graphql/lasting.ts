import type { GraphQLObjectType } from "graphql";
import { Extensions } from "type-graphql";

const MARK = "lasting";

/**
 * Marks a class whose plain properties never change once an object is made, and which makes one object
 * for one row: what an executor writes of such an object, it may remember.
 */
export const Lasting = (): ClassDecorator => Extensions({ [MARK]: true }) as ClassDecorator;

/** Whether a type's class bears the mark. */
export const isLasting = ({ extensions }: GraphQLObjectType): boolean => extensions[MARK] === true;
