import {
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  OperationTypeNode,
  visit,
  type DocumentNode,
  type GraphQLError,
  type GraphQLObjectType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from "graphql";
import type { ExecutionContext } from "graphql/execution/execute.js";
import { fragmentsOf, type Variables } from "./collectFields.js";
import { executeSelection } from "./complete.js";
import type { PlannedOperation, Selection } from "./plan.js";
import { FieldErrors, isPromise, type Soon } from "./run.js";
import { Selections, type PlanOptions } from "./selections.js";

/** An operation of a document that passed validation. */
export interface ValidOperation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

/** The result of an execution. */
export interface Executed {
  /** JSON text. */
  readonly data: string;
  readonly errors: readonly GraphQLError[];
}

/** A compiled operation. */
export interface Plan {
  /** About how much memory the plan and its document hold; grows as executions reach further fields. */
  readonly bytes: number;
  /** Executes the operation. Variables must be coerced. Never throws and never rejects. */
  execute(variables: Variables, context: unknown): Soon<Executed>;
}

/**
 * Compiles a query, so that executions repeat nothing that depends on schema and document alone, and write
 * JSON text without making objects first. Null for a mutation or a subscription.
 */
export function compile(
  { schema, document, operation }: ValidOperation,
  { texts = null, shortcuts = true }: Partial<PlanOptions> = {},
): Plan | null {
  const type = schema.getQueryType();
  if (operation.operation !== OperationTypeNode.QUERY || !type) return null;
  const fragments = fragmentsOf(document);
  return new QueryPlan({ schema, operation, fragments }, type, document, { texts, shortcuts });
}

/** Choices of the deciding variables for which a plan keeps its selections. */
const KEPT_CHOICES = 64;
/** Heap bytes of a planned field, with its closures; measured, and rounded up. */
const FIELD_BYTES = 2_000;

class QueryPlan implements Plan {
  private readonly deciding: readonly string[];
  private readonly documentBytes: number;
  private readonly choices = new Map<string, { selections: Selections; root: Selection }>();

  constructor(
    private readonly operation: PlannedOperation,
    private readonly type: GraphQLObjectType,
    document: DocumentNode,
    private readonly options: PlanOptions,
  ) {
    this.deciding = decidingVariables(document);
    this.documentBytes = bytesOfDocument(document);
  }

  get bytes(): number {
    let { documentBytes: bytes } = this;
    for (const [key, { selections }] of this.choices)
      bytes += 2 * key.length + FIELD_BYTES * (1 + selections.fieldCount);
    return bytes;
  }

  execute(variables: Variables, context: unknown): Soon<Executed> {
    const errors = new FieldErrors();
    const execution = { ...this.operation, variableValues: variables } as ExecutionContext;
    const done = (data: string): Executed => ({ data, errors: errors.list });
    const failed = (error: unknown): Executed => {
      errors.add(error as GraphQLError, undefined);
      return done("null");
    };
    try {
      const run = { execution, variables, context, errors, args: new Map() };
      const data = executeSelection(this.rootOf(variables), run, undefined, undefined);
      return isPromise(data) ? data.then(done, failed) : done(data);
    } catch (error) {
      return failed(error);
    }
  }

  private rootOf(variables: Variables): Selection {
    const key = this.keyOf(variables);
    const known = this.choices.get(key);
    if (known !== undefined) return known.root;
    if (this.choices.size >= KEPT_CHOICES) this.choices.clear();
    const selections = new Selections(this.operation, variables, this.options);
    const root = selections.root(this.type);
    this.choices.set(key, { selections, root });
    return root;
  }

  private keyOf(variables: Variables): string {
    if (this.deciding.length === 0) return "";
    const choice = this.deciding.map((name) => (name in variables ? variables[name] : "absent"));
    return JSON.stringify(choice);
  }
}

/** The variables by which `@skip` and `@include` remove fields. */
function decidingVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    Directive: ({ name, arguments: args = [] }) => {
      if (name.value !== GraphQLSkipDirective.name && name.value !== GraphQLIncludeDirective.name)
        return;
      for (const { value } of args) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}

/** Heap bytes of a document besides its nodes. */
const DOCUMENT_BYTES = 1_000;
/** Heap bytes of a node, with its location and tokens: 250 to 370 were measured. */
const NODE_BYTES = 400;

/** About how much memory a parsed document holds. Its JSON is a quarter of that. */
export function bytesOfDocument(document: DocumentNode): number {
  let nodes = 0;
  visit(document, { enter: () => void (nodes += 1) });
  return DOCUMENT_BYTES + NODE_BYTES * nodes + 2 * (document.loc?.source.body.length ?? 0);
}
