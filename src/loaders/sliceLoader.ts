import DataLoader from "dataloader";

/**
 * Makes an operation's loader of slices: questions of one tick are asked in one batch, and the same
 * question is asked once; each is answered as soon as its own answer has come. A question that failed is
 * not asked again within the operation.
 */
export function makeSliceLoader<Question, Answer>(
  readBatch: (questions: readonly Question[]) => readonly Promise<Answer>[],
  nameOf: (question: Question) => string,
): (question: Question) => Promise<Answer> {
  const loader = new DataLoader<Question, { readonly answer: Promise<Answer> }, string>(
    async (questions) => readBatch(questions).map((answer) => ({ answer })),
    { name: "slices", cacheKeyFn: nameOf },
  );
  return async (question) => (await loader.load(question)).answer;
}
