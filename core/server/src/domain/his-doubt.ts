/**
 * A refusal is the answer to one request. An earlier one under the same number that had no answer may still be carried out: as long as it may, nothing is decided by the refusal of its repeat.
 */

/** A HIS, or what stands between it and us, may carry a request out long after we stopped listening; after this no longer. */
const LATEST_MS = 10 * 60_000;

/** Written with the intent, before the request goes out. A definite answer puts back what is left of the doubt before: that of the requests that have no answer. */
export function hisDoubtUntil(now: Date): string {
  return new Date(now.getTime() + LATEST_MS).toISOString();
}

/**
 * Until when a request before the one that was answered may still be carried out; undefined once none may. Never longer than from now on: a clock that was ahead wrote a time that is far off.
 * @param before the doubt as it stood before the request that was answered
 */
export function doubtLeft(before: string | undefined, now: Date): string | undefined {
  if (before === undefined || Date.parse(before) <= now.getTime()) return undefined;
  const longest = hisDoubtUntil(now);
  return before < longest ? before : longest;
}
