/** Lets pieces of work about the same subject run one at a time, in the order they came. */
export function oneAfterAnother(): <Result>(subject: string, work: () => Promise<Result>) => Promise<Result> {
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
