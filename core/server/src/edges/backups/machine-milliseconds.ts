/** Since the machine started: the same for every thread and process of it, and untouched by clocks that are set. */
export function machineMilliseconds(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}
