import DataLoader from "dataloader";

/**
 * Makes an operation's loader of slices: questions of one tick are answered in one batch, and the same
 * question is asked once. A question that failed is not asked again within the operation.
 */
export function makeSliceLoader<Question, Slice>(
  readBatch: (questions: readonly Question[]) => Promise<readonly (Slice | Error)[]>,
  nameOf: (question: Question) => string,
): (question: Question) => Promise<Slice> {
  const loader = new DataLoader<Question, Slice, string>((questions) => readBatch(questions), {
    name: "slices",
    cacheKeyFn: nameOf,
  });
  return (question) => loader.load(question);
}
