/** Waits. @returns false when the caller left meanwhile. */
export function pause(delayMs: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const finish = (completed: boolean) => (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      resolve(completed);
    };
    const onAbort = finish(false);
    const timer = setTimeout(finish(true), delayMs);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
