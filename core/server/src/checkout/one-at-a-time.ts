export type OneAtATime<Value> = (key: string, work: () => Promise<Value>) => Promise<Value>;

/** Whoever asks for the same thing while it is being done shares the answer. */
export function createOneAtATime<Value>(): OneAtATime<Value> {
  const running = new Map<string, Promise<Value>>();
  return (key, work) => {
    const shared = running.get(key);
    if (shared !== undefined) return shared;
    const mine = work().finally(() => { running.delete(key); });
    running.set(key, mine);
    return mine;
  };
}
