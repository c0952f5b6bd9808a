import {
  defaultFieldResolver,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLSchema,
} from "graphql";
import {
  collectFields,
  selectionsOf,
  type CollectedFields,
  type SelectionParts,
} from "../../graphql/collectFields.js";
import { completeOf } from "./complete.js";
import type { TextKeeper } from "./keptTexts.js";
import { objectTextOf } from "./objectText.js";
import type {
  CompiledOperation,
  Field,
  FieldPlan,
  PlainText,
  SelectionTexts,
  Variables,
} from "./plan.js";
import { plainSelection, plainTextOf } from "./plainText.js";

/**
 * The selections of one operation, each made when it is first met.
 *
 * Variables decide which fields `@skip` and `@include` leave; all others are read while the operation
 * runs, so one of these serves every execution in which those few are the same.
 */
export class Selections {
  private readonly made = new WeakMap<
    readonly FieldNode[],
    Map<GraphQLObjectType, SelectionTexts>
  >();

  private readonly parts: SelectionParts;

  constructor(
    private readonly compiled: CompiledOperation,
    variables: Variables,
    private readonly keeper: TextKeeper,
  ) {
    const { schema, fragments } = compiled;
    this.parts = { schema, fragments, variables };
  }

  /** What an operation selects at its root. */
  root(type: GraphQLObjectType): SelectionTexts {
    const { selectionSet } = this.compiled.operation;
    return this.make(type, collectFields(this.parts, type, [selectionSet]));
  }

  /** What the nodes of one field select on an object of a type. */
  readonly of = (type: GraphQLObjectType, nodes: readonly FieldNode[]): SelectionTexts => {
    const ofNodes = this.made.get(nodes) ?? new Map<GraphQLObjectType, SelectionTexts>();
    this.made.set(nodes, ofNodes);
    const known = ofNodes.get(type);
    if (known !== undefined) return known;
    const made = this.make(type, collectFields(this.parts, type, selectionsOf(nodes)));
    ofNodes.set(type, made);
    return made;
  };

  private readonly texts = () => this.keeper.texts();

  private make(type: GraphQLObjectType, collected: CollectedFields): SelectionTexts {
    const fields = [...collected].flatMap(
      ([name, nodes]) => this.fieldPlan(type, name, nodes) ?? [],
    );
    const selection = { type, fields };
    const plain = plainSelection(selection, this.keeper.texts());
    return { text: objectTextOf(selection, plain), plain };
  }

  private fieldPlan(
    parentType: GraphQLObjectType,
    name: string,
    nodes: FieldPlan["nodes"],
  ): FieldPlan | null {
    const field = fieldOf(this.compiled.schema, parentType, nodes[0].name.value);
    if (field === undefined) return null;
    return {
      name,
      key: `${JSON.stringify(name)}:`,
      nodes,
      parentType,
      field,
      resolve: field.resolve ?? defaultFieldResolver,
      complete: completeOf(field.type, { nodes, selectionOf: this.of, texts: this.texts }),
      plain: this.plainField(parentType, field, nodes),
    };
  }

  /** The plain way from an object to the text of one of its fields. */
  private plainField(
    parentType: GraphQLObjectType,
    field: Field,
    nodes: FieldPlan["nodes"],
  ): PlainText | null {
    if (field === TypeNameMetaFieldDef) {
      const text = JSON.stringify(parentType.name);
      return () => text;
    }
    if (field.resolve !== undefined || field.args.length > 0) return null;
    const plain = this.plainValue(field, nodes);
    const { name } = field;
    if (plain === null) return null;
    return (source, run, info) =>
      plain((source as Readonly<Record<string, unknown>>)[name], run, info);
  }

  /** A selection that cannot be made fails where it is met, and not with what is around it. */
  private plainValue(field: Field, nodes: FieldPlan["nodes"]): PlainText | null {
    try {
      return plainTextOf(field.type, { nodes, selectionOf: this.of, texts: this.texts });
    } catch {
      return null;
    }
  }
}

/** A field of a type, also one of those that describe the schema. */
function fieldOf(
  schema: GraphQLSchema,
  parentType: GraphQLObjectType,
  name: string,
): Field | undefined {
  const isQuery = schema.getQueryType() === parentType;
  if (isQuery && name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
  if (isQuery && name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
  return parentType.getFields()[name];
}
