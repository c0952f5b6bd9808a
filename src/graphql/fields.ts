import { Field, FieldResolver, ID, InterfaceType, Query, registerEnumType } from "type-graphql";

/** Returns a type when the schema is built, so that classes can refer to each other. */
type TypeThunk = NonNullable<Parameters<typeof Field>[0]>;

/**
 * Declares a field that is a property, a getter or a method of its object.
 *
 * It has no resolver of its own, so executors read the property directly, as they do by default; they call a
 * method with arguments, context and info. Do not use it for a field that checks a scope.
 */
export const Leaf = (type: TypeThunk, description: string) =>
  withoutResolver(Field(type, { description, simple: true }));

/** A `Leaf` that may be null. */
export const NullableLeaf = (type: TypeThunk, description: string) =>
  withoutResolver(Field(type, { nullable: true, description, simple: true }));

/** Hides the descriptor of a getter or method, for which type-graphql would make a resolver. */
const withoutResolver =
  (declare: ReturnType<typeof Field>) =>
  (prototype: object, name: string): void =>
    (declare as (prototype: object, name: string) => void)(prototype, name);

/** Declares a field that may be null, or an argument or input field that may be absent. */
export const Optional = (type: TypeThunk, description: string): PropertyDecorator =>
  Field(type, { nullable: true, description }) as PropertyDecorator;

/** Declares a nullable field whose value its resolver's method returns. */
export const NullableField = (type: TypeThunk, description: string): MethodDecorator =>
  FieldResolver(type, { nullable: true, description });

/** Declares a nullable root field. */
export const NullableQuery = (type: TypeThunk, description: string): MethodDecorator =>
  Query(type, { nullable: true, description });

/** Registers an enum. `words` holds the description of each value; a value equals its name. */
export function enumOf<Word extends string>(
  name: string,
  description: string,
  words: Readonly<Record<Word, string>>,
): Readonly<Record<Word, Word>> {
  const names = Object.keys(words) as Word[];
  const values = Object.fromEntries(names.map((word) => [word, word])) as Record<Word, Word>;
  const valuesConfig = Object.fromEntries(
    names.map((word) => [word, { description: words[word] }]),
  ) as Record<Word, { description: string }>;
  registerEnumType(values, { name, description, valuesConfig });
  return values;
}

/** The description of every `id` field. */
export const GLOBAL_ID = "Opaque global id. It stays the same across restarts and replicas.";

/** Relay's `Node` interface. */
@InterfaceType("Node", {
  description: "An object with a global id. Pass the id to Query.node to fetch the object again.",
})
export abstract class NodeType {
  @Leaf(() => ID, GLOBAL_ID) readonly id!: string;
}
