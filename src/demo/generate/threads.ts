import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";

/** The server works on one thread of its own; more than a few of ours would only wait for it. */
const threadsMost = 4;

/**
 * Does tasks in threads, a few ahead, and gives their answers in the order of the tasks, so that what is made does not
 * depend on how many threads made it. Holds no more answers than there are tasks under way. What `givenAway` names of a task
 * is moved to its thread, not copied.
 */
export async function* inThreads<Task, Answer>(
  script: URL,
  workerData: unknown,
  tasks: Iterable<Task>,
  givenAway: (task: Task) => readonly ArrayBuffer[] = () => [],
): AsyncGenerator<Answer> {
  const count = Math.max(1, Math.min(threadsMost, availableParallelism() - 1));
  const threads = Array.from({ length: count }, () =>
    threadOf<Task, Answer>(new Worker(script, { workerData })),
  );
  const underWay: Promise<Answer>[] = [];
  try {
    let given = 0;
    for (const task of tasks) {
      const answer = threads[given++ % count]!.ask(task, givenAway(task));
      answer.catch(() => {}); // told to whoever waits for it below
      underWay.push(answer);
      if (underWay.length >= 2 * count + 1) yield await underWay.shift()!;
    }
    for (const answer of underWay) yield await answer;
  } finally {
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  }
}

/** One thread: it answers its tasks in order; when it ends before its time, all of them fail. */
function threadOf<Task, Answer>(worker: Worker) {
  const waiting: PromiseWithResolvers<Answer>[] = [];
  let ended: Error | null = null;
  const end = (error: Error): void => {
    ended = error;
    for (const one of waiting.splice(0)) one.reject(error);
  };
  worker.on("message", (answer: Answer) => waiting.shift()?.resolve(answer));
  worker.on("error", (error) => end(error instanceof Error ? error : new Error(String(error))));
  worker.on("exit", () => end(new Error("a thread has ended")));
  return {
    worker,
    ask(task: Task, given: readonly ArrayBuffer[]): Promise<Answer> {
      const answer = Promise.withResolvers<Answer>();
      if (ended) answer.reject(ended);
      else {
        waiting.push(answer);
        worker.postMessage(task, [...given]);
      }
      return answer.promise;
    },
  };
}
