import "reflect-metadata";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import {
  Arg,
  buildSchema,
  Field,
  Float,
  ID,
  Int,
  ObjectType,
  Query,
  registerEnumType,
  Resolver,
} from "type-graphql";
import type { PageJson } from "../queries.js";
import { given, tell } from "./given.js";

/*
 * Apollo Server and type-graphql as on their first documentation pages, with nothing disabled.
 */
const page = given<PageJson>();

const enumOf = (name: string, words: readonly string[]): object => {
  const made = Object.fromEntries(words.map((word) => [word, word]));
  registerEnumType(made, { name });
  return made;
};
const Status = enumOf("BackupStatus", [
  "PENDING",
  "RUNNING",
  "SUCCEEDED",
  "FAILED",
  "EXPIRED",
  "DELETED",
  "LOCKED",
  "UNKNOWN",
]);
const Trigger = enumOf("BackupTrigger", ["AUTOMATIC", "MANUAL", "OTHER", "UNKNOWN"]);
const Method = enumOf("BackupMethod", ["PHYSICAL", "LOGICAL", "UNKNOWN"]);

@ObjectType()
class Backup {
  @Field(() => ID) id!: string;
  @Field(() => String) nativeId!: string;
  @Field(() => String, { nullable: true }) name!: string | null;
  @Field(() => String) instanceNativeId!: string;
  @Field(() => String) region!: string;
  @Field(() => Status) status!: string;
  @Field(() => Trigger) trigger!: string;
  @Field(() => Method) method!: string;
  @Field(() => Date) startedAt!: Date;
  @Field(() => Date, { nullable: true }) finishedAt!: Date | null;
  @Field(() => Float, { nullable: true }) sizeBytes!: number | null;
  @Field(() => String, { nullable: true }) engineVersion!: string | null;
  @Field(() => String, { nullable: true }) remark?: string | null;
}

@ObjectType()
class BackupEdge {
  @Field(() => String) cursor!: string;
  @Field(() => Backup) node!: Backup;
}

@ObjectType()
class PageInfo {
  @Field(() => Boolean) hasNextPage!: boolean;
  @Field(() => Boolean) hasPreviousPage!: boolean;
  @Field(() => String, { nullable: true }) startCursor!: string | null;
  @Field(() => String, { nullable: true }) endCursor!: string | null;
}

@ObjectType()
class BackupConnection {
  @Field(() => [BackupEdge]) edges!: BackupEdge[];
  @Field(() => PageInfo) pageInfo!: PageInfo;
}

const dateOf = (text: string | number | null): Date | null =>
  text === null ? null : new Date(text);
const edges = page.edges.map(({ cursor, node }): BackupEdge => {
  const dates = { startedAt: dateOf(node.startedAt), finishedAt: dateOf(node.finishedAt) };
  return { cursor, node: Object.assign(new Backup(), node, dates) };
});

@Resolver()
class BackupResolver {
  @Query(() => BackupConnection)
  backups(
    @Arg("first", () => Int, { nullable: true }) _first: number,
    @Arg("after", () => String, { nullable: true }) _after: string,
  ): BackupConnection {
    return { edges, pageInfo: page.pageInfo as unknown as PageInfo };
  }
}

const schema = await buildSchema({ resolvers: [BackupResolver] });
const { url } = await startStandaloneServer(new ApolloServer({ schema }), {
  listen: { host: "127.0.0.1", port: 0 },
});
tell(url);
