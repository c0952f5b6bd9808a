import { Field, ObjectType } from "type-graphql";
import type { Connection } from "../domain/connection.js";
import { Leaf } from "./leaf.js";

/** Relay's page information; what may cost vendor calls is asked only when selected. */
@ObjectType("PageInfo", { description: "Where a page stands in its list." })
export class PageInfoType {
  @Leaf(() => String, "The cursor before the page's first row; kept also where rows are owed.", {
    nullable: true,
  })
  readonly startCursor: string | null;
  @Leaf(
    () => String,
    "Where the next page goes on. Not null while rows are owed, also on a page without edges.",
    { nullable: true },
  )
  readonly endCursor: string | null;

  constructor(private readonly connection: Connection<unknown>) {
    this.startCursor = connection.startCursor;
    this.endCursor = connection.endCursor;
  }

  @Field(() => Boolean, {
    description: "Whether a source that can be read has rows after this page.",
  })
  hasNextPage(): boolean | Promise<boolean> {
    return this.connection.hasNextPage();
  }

  @Field(() => Boolean, {
    description: "Whether a source that can be read has rows before this page.",
  })
  hasPreviousPage(): boolean | Promise<boolean> {
    return this.connection.hasPreviousPage();
  }
}
