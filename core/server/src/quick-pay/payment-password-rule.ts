/** 支付密码: six digits, and none of those everybody tries first. */

/** Failures after which the password is locked, each time for longer; the last time repeats. PCI DSS 8.3.4 asks for half an hour after ten; six digits want more. */
export const LOCK_AFTER_FAILURES = 5;
export const LOCK_MS = [30 * 60_000, 3 * 3_600_000, 24 * 3_600_000] as const;

/** How long the try that makes so many failures locks, or undefined. */
export function lockAfter(failures: number): number | undefined {
  if (failures < LOCK_AFTER_FAILURES || failures % LOCK_AFTER_FAILURES !== 0) return undefined;
  return LOCK_MS[Math.min(failures / LOCK_AFTER_FAILURES, LOCK_MS.length) - 1];
}

/** Why this password is not taken, or undefined: one digit, a run up or down, a part repeated, a pattern of pairs. */
export function weaknessOf(password: string): string | undefined {
  if (!/^[0-9]{6}$/.test(password)) return 'six digits';
  const digits = Array.from(password, Number);
  const steps = new Set(digits.slice(1).map((digit, index) => (digit - (digits[index] ?? 0) + 10) % 10));
  if (steps.size === 1) return 'not one digit six times, nor a run';
  if (password.slice(0, 3) === password.slice(3) || password.slice(0, 2).repeat(3) === password) return 'no part repeated';
  if (new Set(digits).size <= 2) return 'more than two different digits';
  return undefined;
}
