import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { Context } from "./context.js";
import { providerByKey } from "./nodes.js";
import { ProviderType } from "./provider.type.js";
import { SourceIssueType } from "./sourceIssue.type.js";

/** What leads from an issue to the provider that it is about. */
@Resolver(() => SourceIssueType)
export class SourceIssueResolver {
  @FieldResolver(() => ProviderType, { description: "The provider that could not be read." })
  provider(@Root() { row }: SourceIssueType, @Ctx() context: Context): ProviderType | null {
    return providerByKey(row.provider, context);
  }
}
