import { showFen } from '../../money/fen';

/** 长款 ¥1.00, 短款 ¥1.00, or none: by the word, since a sign alone is misread. */
export function showDifference(differenceFen: number, t: (key: string) => string): string {
  if (differenceFen === 0) return t('shifts.none');
  return `${differenceFen > 0 ? t('shifts.long') : t('shifts.short')} ${showFen(Math.abs(differenceFen))}`;
}
