import {
  type GraphQLRequestContextResponseForOperation,
  type GraphQLResponse,
  HeaderMap,
} from "@apollo/server";
import {
  type DocumentNode,
  type FormattedExecutionResult,
  type GraphQLError,
  type GraphQLFormattedError,
  type OperationDefinitionNode,
  OperationTypeNode,
} from "graphql";
import { LRUCache } from "lru-cache";
import { bytesOfDocument, compile, type Plan, TextCache } from "../execution/index.js";
import type { Context } from "../graphql/context.js";
import { MASKED } from "../graphql/errors.js";
import { isReused } from "../graphql/views.js";
import { coercedVariables } from "./limits/limitsPlugin.js";
import type { FormatError, InterpretedReason, OperationPlugin } from "./options.js";

/** What compiled execution is made with. */
interface CompiledExecutionParts {
  readonly format: FormatError;
  /** Called for the errors of an execution before they are formatted. */
  readonly didEncounterErrors: NonNullable<OperationPlugin["didEncounterErrors"]>;
  /** Called for each operation that graphql-js executes. */
  readonly onInterpreted: (reason: InterpretedReason) => void;
}

type Request = GraphQLRequestContextResponseForOperation<Context>;

/** Bytes of plans, with the documents that they were made from. */
const PLAN_BYTES = 16 * 2 ** 20;
/** Bytes of the JSON texts of objects, with the objects. */
const TEXT_BYTES = 24 * 2 ** 20;

/**
 * Executes queries in compiled form, with the responses that graphql-js and Apollo Server would give.
 *
 * A query is compiled when it comes for the second time, so that queries which come once use no memory.
 * What it leaves to graphql-js: the first time, other operations than queries, and invalid variables.
 */
export class CompiledExecution {
  private readonly plans = new LRUCache<OperationDefinitionNode, Plan>({
    maxSize: PLAN_BYTES,
    sizeCalculation: ({ bytes }) => bytes,
  });
  private readonly seen = new WeakSet<OperationDefinitionNode>();
  private readonly texts = new TextCache({ maxBytes: TEXT_BYTES, isImmutable: isReused });

  constructor(private readonly parts: CompiledExecutionParts) {}

  /** The bytes of plans that are held now. */
  get planBytes(): number {
    return this.plans.calculatedSize;
  }

  /** Null leaves the operation to graphql-js. */
  readonly responseForOperation = async (request: Request): Promise<GraphQLResponse | null> => {
    const { operation, contextValue } = request;
    // Apollo Server reports an unknown operation name when it executes, whatever its types say.
    if ((operation as OperationDefinitionNode | undefined) === undefined) return null;
    const plan = this.planOf(request);
    if (typeof plan === "string") return this.interpret(plan);
    const sent = request.request.variables ?? {};
    const variables = coercedVariables(contextValue, {
      schema: request.schema,
      operation,
      variables: sent,
    });
    if (variables === null) return this.interpret("VARIABLES");
    const { bytes } = plan;
    const { data, errors } = await plan.execute(variables, contextValue);
    if (plan.bytes !== bytes) this.keep(operation, plan);
    const http = { headers: new HeaderMap() };
    const singleResult = { data: new JsonData(data) as unknown as Record<string, unknown> };
    if (errors.length === 0) return { http, body: { kind: "single", singleResult } };
    await this.parts.didEncounterErrors(Object.assign(request, { errors }));
    const shown = errors.map((error) => formatted(error, this.parts.format));
    return { http, body: { kind: "single", singleResult: { ...singleResult, errors: shown } } };
  };

  private interpret(reason: InterpretedReason): null {
    this.parts.onInterpreted(reason);
    return null;
  }

  private planOf({ schema, document, operation }: Request): Plan | InterpretedReason {
    const known = this.plans.get(operation);
    if (known !== undefined) return known;
    if (operation.operation !== OperationTypeNode.QUERY) return "NOT_A_QUERY";
    if (!this.seen.has(operation)) {
      this.seen.add(operation);
      return "FIRST_USE";
    }
    const plan = compile({ schema, document, operation }, { texts: this.texts });
    if (plan === null) return "NOT_A_QUERY";
    this.keep(operation, plan);
    return plan;
  }

  /** The cache weighs an entry only when it is new. */
  private keep(operation: OperationDefinitionNode, plan: Plan): void {
    this.plans.delete(operation);
    this.plans.set(operation, plan);
  }
}

/** Formats an error of an execution as Apollo Server does. */
function formatted(error: GraphQLError, format: FormatError): GraphQLFormattedError {
  const code = error.extensions["code"] ?? MASKED;
  try {
    return format({ ...error.toJSON(), extensions: { ...error.extensions, code } }, error);
  } catch {
    return { message: "Internal server error", extensions: { code: MASKED } };
  }
}

/** The data of a response as JSON text; whatever looks into it gets it parsed. */
export class JsonData {
  constructor(readonly json: string) {}

  toJSON(): unknown {
    return JSON.parse(this.json);
  }
}

/** The text of a response; data that is already JSON is put in as it is. */
export function textOfAnswer(answer: FormattedExecutionResult): string {
  const { data, errors, extensions } = answer;
  if (!(data instanceof JsonData)) return `${JSON.stringify(answer)}\n`;
  const before = errors === undefined ? "" : `"errors":${JSON.stringify(errors)},`;
  const after = extensions === undefined ? "" : `,"extensions":${JSON.stringify(extensions)}`;
  return `{${before}"data":${data.json}${after}}\n`;
}

/** Bytes of parsed documents. */
const DOCUMENT_BYTES = 16 * 2 ** 20;

/**
 * The documents that Apollo Server has parsed and validated, least recently used dropped first.
 *
 * Apollo Server's own store counts a document as the length of its JSON, which is a quarter of what it holds.
 */
export class DocumentStore {
  private readonly documents = new LRUCache<string, DocumentNode>({
    maxSize: DOCUMENT_BYTES,
    sizeCalculation: bytesOfDocument,
  });

  /** The bytes that are held now. */
  get bytes(): number {
    return this.documents.calculatedSize;
  }

  readonly get = async (key: string): Promise<DocumentNode | undefined> => this.documents.get(key);

  readonly set = async (key: string, document: DocumentNode): Promise<void> =>
    void this.documents.set(key, document);

  readonly delete = async (key: string): Promise<boolean> => this.documents.delete(key);
}
