/** Whoever asks for the same thing while it is being done shares the answer. */
export function createOneAtATime(): <Value>(key: string, work: () => Promise<Value>) => Promise<Value> {
  const running = new Map<string, Promise<unknown>>();
  return async <Value>(key: string, work: () => Promise<Value>): Promise<Value> => {
    const shared = running.get(key);
    // One key always stands for one kind of work, so the running one answers with the same type.
    if (shared !== undefined) return shared as Promise<Value>;
    const mine = work().finally(() => { running.delete(key); });
    running.set(key, mine);
    return mine;
  };
}
