import DataLoader from "dataloader";

/**
 * Makes an operation's loader of slices: questions of one tick are asked in one batch, and the same
 * question is asked once; each is answered as soon as its own answer has come. A question that failed is
 * not asked again within the operation.
 */
export function makeSliceLoader<Question, Slice>(
  readBatch: (questions: readonly Question[]) => readonly Promise<Slice | Error>[],
  nameOf: (question: Question) => string,
): (question: Question) => Promise<Slice> {
  const loader = new DataLoader<Question, { readonly answer: Promise<Slice | Error> }, string>(
    async (questions) => readBatch(questions).map((answer) => ({ answer })),
    { name: "slices", cacheKeyFn: nameOf },
  );
  return async (question) => {
    const answer = await (await loader.load(question)).answer;
    if (answer instanceof Error) throw answer;
    return answer;
  };
}
