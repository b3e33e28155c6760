import type { PayoutRefused, PayoutResult } from '../../api/console-api';

/** What became of several: how many were done, and why the others were not, in words. */
export function toldResults(results: readonly PayoutResult[], { t, word, say }: { readonly t: (key: string, values?: Record<string, unknown>) => string; readonly word: (group: string, key: string) => string; readonly say: (failure: { readonly error: PayoutRefused }) => { readonly detail: string | undefined } }): { readonly done: number; readonly text: string; readonly refusals: readonly string[] } {
  const refusals = results.flatMap(({ subject, refused }) => (refused === undefined ? [] : [`${subject}：${word('payoutRefusal', refused.code)}${inBrackets(say({ error: refused }).detail)}`]));
  const done = results.length - refusals.length;
  return { done, refusals, text: refusals.length === 0 ? t('payouts.done', { done }) : `${t('payouts.done', { done })}；${t('payouts.someRefused', { refused: refusals.length })}` };
}

function inBrackets(detail: string | undefined): string {
  return detail === undefined || detail === '' ? '' : `（${detail}）`;
}
