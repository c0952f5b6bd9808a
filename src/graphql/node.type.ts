import { ID, InterfaceType } from "type-graphql";
import { Leaf } from "./leaf.js";

/** What has a global id. */
@InterfaceType("Node", { description: "An object that can be asked for again by its id alone." })
export abstract class NodeType {
  @Leaf(() => ID, "Opaque; stable across restarts and replicas.")
  readonly id!: string;
}
