import { Field, Int, ObjectType, type ClassType } from "type-graphql";
import type { Connection, Edge } from "../domain/connection.js";
import { Leaf } from "./leaf.js";
import { PageInfoType } from "./pageInfo.type.js";
import { SourceIssueType } from "./sourceIssue.type.js";
import { listsOf, viewsOf } from "./views.js";

/** A type's class, and how it shows one row. */
export interface NodeClass<Row, Node extends object> {
  readonly prototype: Node;
  readonly of: (row: Row) => Node;
}

/** An edge whose cursor is made when it is asked for. */
class ShownEdge<Node> implements Edge<Node> {
  readonly late: boolean;

  constructor(
    private readonly edge: Edge<unknown>,
    readonly node: Node,
  ) {
    this.late = edge.late;
  }

  get cursor(): string {
    return this.edge.cursor;
  }
}

/** Makes the class that `<name>Edge` extends, for the class of its nodes. */
export function edgeOf<Row, Node extends object>(NodeType: NodeClass<Row, Node>) {
  @ObjectType()
  abstract class EdgeType {
    @Leaf(() => NodeType, "The row.")
    readonly node!: Node;
    @Leaf(() => String, "Opaque; the place of the row, for after and before.")
    readonly cursor!: string;
  }
  return EdgeType;
}

const TOTAL_COUNT =
  "All rows that match, whatever the page; null where it cannot be exact. Costs vendor calls.";
const COMPLETE = "Whether no source is missing here and none is owed by the end cursor.";

/**
 * Makes the class that `<name>Connection` extends, for the classes of its edges and nodes.
 *
 * Its fields are asked of the page one by one, so that a total or the other direction's `pageInfo`
 * costs vendor calls only where it is selected.
 */
export function connectionOf<Row, Node extends object>(
  Edges: ClassType<{ node: Node; cursor: string }>,
  Nodes: NodeClass<Row, Node>,
) {
  const edgeOf = viewsOf((edge: Edge<Row>) => new ShownEdge(edge, Nodes.of(edge.node)));
  const shownEdges = listsOf(edgeOf);
  const shownNodes = listsOf(({ node }: Edge<Row>) => Nodes.of(node));

  @ObjectType()
  abstract class ConnectionType {
    constructor(readonly connection: Connection<Row>) {}

    @Field(() => [Edges], { description: "The page's rows with their cursors." })
    edges(): readonly Edge<Node>[] {
      return shownEdges(this.connection.edges);
    }

    @Field(() => [Nodes], { description: "The page's rows alone." })
    nodes(): readonly Node[] {
      return shownNodes(this.connection.edges);
    }

    @Field(() => PageInfoType, { description: "Where the page stands in its list." })
    pageInfo(): PageInfoType {
      return new PageInfoType(this.connection);
    }

    @Field(() => Int, {
      nullable: true,
      description: TOTAL_COUNT,
    })
    totalCount(): Promise<number | null> {
      return this.connection.totalCount();
    }

    @Field(() => Boolean, { description: COMPLETE })
    complete(): boolean {
      return this.connection.complete;
    }

    @Field(() => [SourceIssueType], { description: "What is missing, cut or old, and why." })
    issues(): readonly SourceIssueType[] {
      return this.connection.issues.map(SourceIssueType.of);
    }
  }
  return ConnectionType;
}
