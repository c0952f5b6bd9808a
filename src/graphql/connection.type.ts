import { Field, Int, ObjectType, type ClassType } from "type-graphql";
import type { Connection, Edge, SourceIssue } from "../domain/connection.js";
import { Leaf, NullableLeaf } from "./fields.js";
import { SourceIssueType } from "./sourceIssue.type.js";
import { listsOf } from "./views.js";

/** A GraphQL class, and the function that makes its object from a row. */
interface NodeClass<Row, Node extends object> {
  readonly prototype: Node;
  readonly of: (row: Row) => Node;
}

/** An edge whose cursor is made only when it is selected. */
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

/** Makes the class that `<name>Edge` extends. */
export function edgeOf<Row, Node extends object>(NodeType: NodeClass<Row, Node>) {
  @ObjectType()
  abstract class EdgeType {
    @Leaf(() => NodeType, "The object.")
    readonly node!: Node;
    @Leaf(() => String, "Opaque position of the row. Pass it as after or before.")
    readonly cursor!: string;
  }
  return EdgeType;
}

/** Relay's page information. What may cost vendor calls is read only if it is selected, and once. */
@ObjectType("PageInfo", { description: "The position of a page in its list." })
class PageInfoType {
  @NullableLeaf(
    () => String,
    "Pass it as before to read the page before this one. When paging backwards, it is set while rows are pending, even on an empty page.",
  )
  readonly startCursor: string | null;
  @NullableLeaf(
    () => String,
    "Pass it as after to read the next page. When paging forwards, it is set while rows are pending, even on an empty page.",
  )
  readonly endCursor: string | null;
  private next: boolean | Promise<boolean> | undefined;
  private previous: boolean | Promise<boolean> | undefined;

  constructor(private readonly connection: Connection<unknown>) {
    this.startCursor = connection.startCursor;
    this.endCursor = connection.endCursor;
  }

  @Leaf(() => Boolean, "Whether a source that can be read has more rows after this page.")
  get hasNextPage(): boolean | Promise<boolean> {
    return (this.next ??= this.connection.peekNextPage() ?? this.connection.hasNextPage());
  }

  @Leaf(() => Boolean, "Whether a source that can be read has more rows before this page.")
  get hasPreviousPage(): boolean | Promise<boolean> {
    return (this.previous ??=
      this.connection.peekPreviousPage() ?? this.connection.hasPreviousPage());
  }
}

const TOTAL_COUNT =
  "The number of all rows that match, regardless of the page. Null if it is not known exactly. May cost vendor calls.";
const COMPLETE =
  "Whether the page has everything up to its end: no issues, and no rows pending in the end cursor.";

/**
 * Makes the class that `<name>Connection` extends.
 *
 * A total and the `pageInfo` are read only when they are selected, because they may cost vendor calls.
 */
export function connectionOf<Row, Node extends object>(
  Edges: ClassType<{ node: Node; cursor: string }>,
  Nodes: NodeClass<Row, Node>,
) {
  const shownEdges = listsOf((edge: Edge<Row>) => new ShownEdge(edge, Nodes.of(edge.node)));
  const shownNodes = listsOf(({ node }: Edge<Row>) => Nodes.of(node));

  @ObjectType()
  abstract class ConnectionType {
    private info: PageInfoType | null = null;

    constructor(readonly connection: Connection<Row>) {
      this.complete = connection.complete;
      this.issues = connection.issues;
    }

    @Leaf(() => [Edges], "The objects of the page with their cursors.")
    get edges(): readonly Edge<Node>[] {
      return shownEdges(this.connection.edges);
    }

    @Leaf(() => [Nodes], "The objects of the page.")
    get nodes(): readonly Node[] {
      return shownNodes(this.connection.edges);
    }

    @Leaf(() => PageInfoType, "The position of the page in its list.")
    get pageInfo(): PageInfoType {
      return (this.info ??= new PageInfoType(this.connection));
    }

    @Field(() => Int, { nullable: true, description: TOTAL_COUNT })
    totalCount(): Promise<number | null> {
      return this.connection.totalCount();
    }

    @Leaf(() => Boolean, COMPLETE)
    readonly complete: boolean;

    @Leaf(
      () => [SourceIssueType],
      "The sources whose rows are missing, cut off or out of date, and why.",
    )
    readonly issues: readonly SourceIssue[];
  }
  return ConnectionType;
}
