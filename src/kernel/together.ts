/**
 * Does together what is asked for in one turn of the event loop: `work` gets the keys, at most `most()` at a time, and gives
 * an answer for each, in their order. What it throws is thrown to those of that time alone.
 */
export function together<Key, Answer>(
  work: (keys: readonly Key[]) => Promise<readonly Answer[]>,
  most: () => number,
): (key: Key) => Promise<Answer> {
  type Asked = PromiseWithResolvers<Answer> & { readonly key: Key };
  let asked: Asked[] = [];

  const answer = async (some: readonly Asked[]): Promise<void> => {
    try {
      const answers = await work(some.map(({ key }) => key));
      for (const [index, one] of some.entries()) one.resolve(answers[index] as Answer);
    } catch (error) {
      for (const one of some) one.reject(error);
    }
  };
  const answerAll = (): void => {
    const all = asked;
    asked = [];
    const size = most();
    for (let from = 0; from < all.length; from += size) void answer(all.slice(from, from + size));
  };

  return (key) => {
    const one = { key, ...Promise.withResolvers<Answer>() };
    if (asked.push(one) === 1) setImmediate(answerAll);
    return one.promise;
  };
}
