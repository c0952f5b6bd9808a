import {
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  OperationTypeNode,
  visit,
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from "graphql";
import { fragmentsOf } from "../../graphql/collectFields.js";
import type { Context } from "../../graphql/context.js";
import { FieldErrors } from "./fieldErrors.js";
import type { TextKeeper } from "./keptTexts.js";
import type { Json } from "./longJson.js";
import { isPromise, type ObjectText, type Soon, type Variables } from "./plan.js";
import { Selections } from "./selections.js";

/** What an execution gives. */
export interface Executed {
  readonly data: Json;
  readonly errors: readonly GraphQLError[];
}

/** Executes an operation; never throws, never rejects. */
export type Execute = (variables: Variables, context: Context) => Soon<Executed>;

/** An operation of a document that was found valid. */
export interface ValidOperation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

/** Ways through an operation that are kept, by the variables that decide them. */
const KEPT_WAYS = 64;

/**
 * Compiles a query: all that depends on schema and document alone is found out once.
 *
 * The answer is made as JSON text at once, without objects in between.
 * Null for an operation that is no query.
 */
export function compile(valid: ValidOperation, keeper: TextKeeper): Execute | null {
  const { schema, document, operation } = valid;
  const type = schema.getQueryType();
  if (operation.operation !== OperationTypeNode.QUERY || !type) return null;
  const compiled = { schema, operation, fragments: fragmentsOf(document) };
  const rootOf = remembered(
    decidingVariables(document),
    (variables) => new Selections(compiled, variables, keeper).root(type).text,
  );
  return (variables, context) => {
    const errors = new FieldErrors();
    const run = { compiled, variables, context, errors, args: new Map() };
    const give = (data: Json): Executed => ({ data, errors: errors.list });
    const fail = (error: unknown): Executed => {
      errors.add(error as GraphQLError, undefined);
      return give("null");
    };
    try {
      const text = rootOf(variables)(run, undefined, undefined, null);
      return isPromise(text) ? text.then(give, fail) : give(text);
    } catch (error) {
      return fail(error);
    }
  };
}

function remembered(
  names: readonly string[],
  make: (variables: Variables) => ObjectText,
): (variables: Variables) => ObjectText {
  const roots = new Map<string, ObjectText>();
  return (variables) => {
    const key = names.length === 0 ? "" : JSON.stringify(names.map((name) => variables[name]));
    const known = roots.get(key);
    if (known !== undefined) return known;
    if (roots.size >= KEPT_WAYS) roots.clear();
    const made = make(variables);
    roots.set(key, made);
    return made;
  };
}

/** Names of the variables by which fields are skipped or included. */
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
