/** Numbers remembered at once: more than are open in the busiest hour; an evicted one counts as a first attempt again, which is harmless. */
const MOST_NUMBERS = 10_000;

/** Counts the attempts made under one number since start: 1 for the first. */
export function createAttempts(): { next(number: string): number } {
  const counts = new Map<string, number>();
  return {
    next(number) {
      const attempt = (counts.get(number) ?? 0) + 1;
      counts.delete(number);
      counts.set(number, attempt);
      const oldest = counts.size > MOST_NUMBERS ? counts.keys().next().value : undefined;
      if (oldest !== undefined) counts.delete(oldest);
      return attempt;
    },
  };
}
