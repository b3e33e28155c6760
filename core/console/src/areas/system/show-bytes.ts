const STEP = 1_024;
const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/** As people say it: `3.4 GB`. */
export function showBytes(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= STEP && unit < UNITS.length - 1) {
    value /= STEP;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? String(Math.round(value)) : value.toFixed(1)} ${UNITS[unit] ?? ''}`;
}
