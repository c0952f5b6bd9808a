import { readdirSync, readFileSync } from "node:fs";
import { Kind, parse } from "graphql";
import { PACKAGE } from "../../ownPackage.js";

/** Where the operations lie that come with the gateway. */
const OPERATIONS = new URL("schema/operations/", PACKAGE);

/** The label of every operation that did not come with the gateway. */
export const OTHER = "other";

/** The names of the operations that come with the gateway. */
export function readOperationNames(folder: URL = OPERATIONS): ReadonlySet<string> {
  const files = readdirSync(folder).filter((file) => file.endsWith(".graphql"));
  const documents = files.map((file) => parse(readFileSync(new URL(file, folder), "utf8")));
  return new Set(
    documents
      .flatMap(({ definitions }) => definitions)
      .flatMap((one) => (one.kind === Kind.OPERATION_DEFINITION && one.name ? [one.name] : []))
      .map(({ value }) => value),
  );
}

/** Makes labels of operation names: clients may write any name, but make no series with it. */
export const makeLabelOf =
  (names: ReadonlySet<string>) =>
  (name: string | null): string =>
    name !== null && names.has(name) ? name : OTHER;
