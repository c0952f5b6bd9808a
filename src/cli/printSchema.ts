import type { Command } from "commander";
import { examples } from "./helpText.js";
import { UsageError, type Surroundings } from "./surroundings.js";

/** Which schema is printed. */
interface SchemaFlags {
  readonly subgraph?: boolean;
  readonly routerDirectives?: boolean;
}

/** Adds the command that prints the schema, or the subgraph that composers read. */
export function addPrintSchema(program: Command, { stdout }: Surroundings): void {
  program
    .command("print-schema")
    .description("print the GraphQL schema")
    .option("--subgraph", "as a federation subgraph, for composition")
    .option("--router-directives", "with what only routers take that check scopes themselves")
    .addHelpText(
      "after",
      examples([
        "redis-backup-gateway print-schema > schema.graphql",
        "redis-backup-gateway print-schema --subgraph > subgraph.graphql",
      ]),
    )
    .action(async (flags: SchemaFlags) => void stdout.write(await schemaText(flags)));
}

/** Errors: `UsageError` for flags that contradict each other. */
async function schemaText({ subgraph, routerDirectives = false }: SchemaFlags): Promise<string> {
  if (subgraph === true) {
    const { printSubgraphSdl } = await import("../graphql/federation/sdl.js");
    return printSubgraphSdl({ routerDirectives });
  }
  if (routerDirectives)
    throw new UsageError("--router-directives says how a subgraph is printed: add --subgraph.");
  const { printSdl } = await import("../graphql/schema.js");
  return printSdl();
}
