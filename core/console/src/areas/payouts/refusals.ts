import type { PayoutResult } from '../../api/console-api';

/** What became of several: how many were done, and why the others were not, in words. */
export function toldResults(results: readonly PayoutResult[], { t, word }: { readonly t: (key: string, values?: Record<string, unknown>) => string; readonly word: (group: string, key: string) => string }): { readonly done: number; readonly text: string; readonly refusals: readonly string[] } {
  const refusals = results.flatMap(({ subject, refused }) => (refused === undefined ? [] : [`${subject}：${word('payoutRefusal', refused.code)}`]));
  const done = results.length - refusals.length;
  return { done, refusals, text: refusals.length === 0 ? t('payouts.done', { done }) : `${t('payouts.done', { done })}；${t('payouts.someRefused', { refused: refusals.length })}` };
}
