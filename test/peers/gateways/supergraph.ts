import { composeServices as composeByApollo } from "@apollo/composition";
import { composeServices as composeByTheGuild } from "@theguild/federation-composition";
import { Kind, parse, valueFromASTUntyped } from "graphql";
import { inventorySdl } from "./inventory.js";

/** The result of composing subgraphs. */
export interface Composed {
  readonly supergraphSdl: string;
  readonly errors: readonly string[];
  readonly hints: readonly string[];
}

/** The subgraph that is composed with ours, and the URLs of both. */
interface Beside {
  readonly inventory?: string;
  readonly urls?: { readonly backups: string; readonly inventory: string };
}

export type Compose = (ours: string, beside?: Beside) => Composed;

const NOWHERE = { backups: "http://backups.test/", inventory: "http://inventory.test/" };

const servicesOf = (
  ours: string,
  { inventory = inventorySdl("vendor"), urls = NOWHERE }: Beside,
) => [
  { name: "backups", url: urls.backups, typeDefs: parse(ours) },
  { name: "inventory", url: urls.inventory, typeDefs: parse(inventory) },
];

const messagesOf = (faults: readonly { message: string }[] | undefined): string[] =>
  (faults ?? []).map(({ message }) => message);

export const byApollo: Compose = (ours, beside = {}) => {
  const { supergraphSdl = "", errors, hints } = composeByApollo(servicesOf(ours, beside));
  return { supergraphSdl, errors: messagesOf(errors), hints: messagesOf(hints) };
};

export const byTheGuild: Compose = (ours, beside = {}) => {
  const { supergraphSdl = "", errors } = composeByTheGuild(servicesOf(ours, beside));
  return { supergraphSdl, errors: messagesOf(errors), hints: [] };
};

/** The directives of a field, by name, with their arguments. */
export function directivesAt(sdl: string, type: string, field: string): Record<string, unknown> {
  const owner = parse(sdl).definitions.find(
    (one) => one.kind === Kind.OBJECT_TYPE_DEFINITION && one.name.value === type,
  );
  const fields = owner?.kind === Kind.OBJECT_TYPE_DEFINITION ? (owner.fields ?? []) : [];
  const directives = fields.find(({ name }) => name.value === field)?.directives ?? [];
  return Object.fromEntries(
    directives.map(({ name, arguments: args = [] }) => [
      name.value,
      Object.fromEntries(args.map((arg) => [arg.name.value, valueFromASTUntyped(arg.value)])),
    ]),
  );
}
