/** Lets everything that is due in this turn go first: what is long is put down now and then. */
export function breathe(): Promise<void> {
  return new Promise((go) => { setImmediate(go); });
}
