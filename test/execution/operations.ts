import fc from "fast-check";
import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
  validate,
  type DocumentNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
} from "graphql";

/** Draws one value. */
type Draw = fc.GeneratorValue;

/** Texts that arguments of a scalar may have. */
export type ScalarTexts = Readonly<Record<string, readonly string[]>>;

export interface DrawnOperation {
  readonly source: string;
  readonly document: DocumentNode;
  readonly variables: Record<string, unknown>;
}

const SCALARS: ScalarTexts = {
  Int: ["0", "1", "3", "-1", "201"],
  Float: ["1.5"],
  String: ['""', '"uc/uredis"', '"x"'],
  Boolean: ["true", "false"],
  ID: ['"nothing"'],
};

/** Draws a valid query of a schema, with fragments, aliases, directives, repetitions and variables. */
export function drawOperation(
  draw: Draw,
  schema: GraphQLSchema,
  given: ScalarTexts,
): DrawnOperation {
  const drawn = new OperationText(draw, schema, { ...SCALARS, ...given });
  const { source, variables } = drawn.whole();
  const document = parse(source);
  fc.pre(validate(schema, document).length === 0);
  return { source, document, variables };
}

class OperationText {
  private readonly fragments: string[] = [];
  private readonly declared: string[] = [];
  private readonly variables: Record<string, unknown> = {};
  private budget = 60;

  constructor(
    private readonly draw: Draw,
    private readonly schema: GraphQLSchema,
    private readonly scalars: ScalarTexts,
  ) {}

  whole(): { source: string; variables: Record<string, unknown> } {
    const selection = this.selection(this.schema.getQueryType() as GraphQLCompositeType, 0);
    const head = this.declared.length === 0 ? "query Q" : `query Q(${this.declared.join(", ")})`;
    return {
      source: [`${head} ${selection}`, ...this.fragments].join("\n"),
      variables: this.variables,
    };
  }

  private selection(type: GraphQLCompositeType, depth: number): string {
    const count = this.int(1, 4);
    const parts = Array.from({ length: count }, () => this.part(type, depth));
    return `{ ${parts.join(" ")} }`;
  }

  private part(type: GraphQLCompositeType, depth: number): string {
    const kind = this.int(0, 11);
    if (kind === 0) return `${this.alias()}__typename`;
    if (kind === 1) return `... ${this.directive()} ${this.selection(type, depth + 1)}`;
    if (kind <= 3) return this.fragment(type, depth);
    const fields =
      isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
    const deep = depth >= 5 || (this.budget -= 1) < 0;
    const open = fields.filter((field) => !deep || !isCompositeType(getNamedType(field.type)));
    return open.length === 0 ? "__typename" : this.field(this.pick(open), depth);
  }

  private field(field: GraphQLField<unknown, unknown>, depth: number): string {
    const named = getNamedType(field.type);
    const args = field.args.flatMap(({ name, type }) =>
      isNonNullType(type) || this.int(0, 2) === 0 ? [`${name}: ${this.value(type, 0)}`] : [],
    );
    const list = args.length === 0 ? "" : `(${args.join(", ")})`;
    const below = isCompositeType(named) ? ` ${this.selection(named, depth + 1)}` : "";
    return `${this.alias()}${field.name}${list} ${this.directive()}${below}`;
  }

  private fragment(type: GraphQLCompositeType, depth: number): string {
    const on = isObjectType(type) ? [type] : [type, ...this.schema.getPossibleTypes(type)];
    const condition = this.pick(on);
    const selection = this.selection(condition, depth + 1);
    if (this.int(0, 1) === 0) return `... on ${condition.name} ${this.directive()} ${selection}`;
    const name = `F${this.fragments.length}`;
    this.fragments.push(`fragment ${name} on ${condition.name} ${selection}`);
    return `...${name} ${this.directive()}`;
  }

  private alias(): string {
    return this.pick(["", "", "", "a: ", "b: ", "c: ", `d${this.int(0, 99)}: `, "__proto__: "]);
  }

  private directive(): string {
    const drawn = this.int(0, 9);
    if (drawn > 2) return "";
    const condition = drawn === 0 ? this.condition() : this.pick(["true", "false"]);
    return `@${this.pick(["skip", "include"])}(if: ${condition})`;
  }

  /** A variable with a default may be null, although a directive's `if` must not be. */
  private condition(): string {
    const value = this.pick([true, false]);
    const drawn = this.int(0, 5);
    if (drawn < 3) return this.variable("Boolean!", value);
    return this.variable("Boolean = true", this.pick([undefined, null, value]));
  }

  /** Undefined leaves the variable out. */
  private variable(type: string, value: unknown): string {
    const name = `v${this.declared.length}`;
    this.declared.push(`$${name}: ${type}`);
    if (value !== undefined) this.variables[name] = value;
    return `$${name}`;
  }

  /** A value as text; at the top also a variable. */
  private value(type: GraphQLInputType, depth: number): string {
    if (!isNonNullType(type) && this.int(0, 9) === 0) return "null";
    const nullable = getNullableType(type);
    const text = this.nonNull(nullable, depth);
    if (depth > 0 || !/^(?:-?\d+|true|false|"[^"]*")$/.test(text) || this.int(0, 3) > 0)
      return text;
    return this.variable(String(type), JSON.parse(text));
  }

  private nonNull(type: GraphQLInputType, depth: number): string {
    if (isListType(type)) {
      const item = type.ofType as GraphQLInputType;
      return `[${Array.from({ length: this.int(0, 2) }, () => this.value(item, depth + 1)).join(", ")}]`;
    }
    if (isEnumType(type)) return this.pick(type.getValues()).name;
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter(
        (field) => isNonNullType(field.type) || this.int(0, 3) === 0,
      );
      return `{ ${fields.map((field) => `${field.name}: ${this.value(field.type, depth + 1)}`).join(", ")} }`;
    }
    return this.pick(this.scalars[getNamedType(type).name] ?? ['"?"']);
  }

  private int(min: number, max: number): number {
    return this.draw(fc.integer, { min, max });
  }

  private pick<T>(from: readonly T[]): T {
    return from[this.int(0, from.length - 1)] as T;
  }
}
