import { Field } from "type-graphql";

/** Gives a type when the schema is built, so that classes may name each other. */
type TypeThunk = NonNullable<Parameters<typeof Field>[0]>;

/**
 * A field that is a plain property of its object.
 *
 * It gets no resolver of its own, so executors read the property; a field with a guard must not be
 * declared by this.
 */
export const Leaf = (
  type: TypeThunk,
  description: string,
  options: { readonly nullable?: boolean } = {},
): PropertyDecorator => Field(type, { ...options, description, simple: true }) as PropertyDecorator;
