/** A promise and its ends. `Promise.withResolvers` is younger than the browsers of many kiosks. */
export type Deferred<Value> = { readonly promise: Promise<Value>; readonly resolve: (value: Value) => void };

export function deferred<Value>(): Deferred<Value> {
  let end: ((value: Value) => void) | undefined;
  const promise = new Promise<Value>((resolve) => {
    end = resolve;
  });
  return { promise, resolve: (value) => end?.(value) };
}
