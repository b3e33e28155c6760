/** Lets pieces of work run one at a time, in the order they came. A piece that fails fails for its caller alone. */
export function oneAfterAnother(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
}

/** The same for each subject apart: work on one subject waits for earlier work on that subject, and for nothing else. */
export function oneAfterAnotherPerSubject(): <Result>(subject: string, work: () => Promise<Result>) => Promise<Result> {
  const last = new Map<string, Promise<unknown>>();
  return (subject, work) => {
    const result = (last.get(subject) ?? Promise.resolve()).then(work);
    const settled = result.catch(() => undefined).then(() => {
      if (last.get(subject) === settled) last.delete(subject);
    });
    last.set(subject, settled);
    return result;
  };
}
