/**
 * Long work over rows that is put down now and then: between two slices payments go on. A day of a large hospital is compared beside them, in the same process, without holding one of them up for longer than a slice.
 */
export type Sliced<Result> = Generator<undefined, Result>;

/** About two milliseconds of comparing, or of reading rows. */
export const SLICE_ROWS = 2_000;

/** Without a pause: small inputs, and tests. */
export function atOnce<Result>(work: Sliced<Result>): Result {
  let step = work.next();
  while (step.done !== true) step = work.next();
  return step.value;
}

export async function inSlices<Result>(work: Sliced<Result>, breathe: () => Promise<void>): Promise<Result> {
  let step = work.next();
  while (step.done !== true) {
    await breathe();
    step = work.next();
  }
  return step.value;
}

/** Counts rows, and says when a slice is full. */
export function sliceCounter(): () => boolean {
  let rows = 0;
  return () => {
    rows += 1;
    return rows % SLICE_ROWS === 0;
  };
}
