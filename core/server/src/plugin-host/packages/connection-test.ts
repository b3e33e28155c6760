import type { Clock, RandomSource } from '../../domain/time.js';
import { makePaymentNo, makeTradeNo } from '../../domain/trade-number.js';
import type { Trial } from '../plugin-host.js';

export type ConnectionTest = { readonly answered: boolean; readonly found: string };

/** One harmless call: a channel is asked about a number that nobody used, a hospital system for its time. Any answer in its own words will do, "not found" above all. */
export async function testConnection({ channel, hospital }: Trial, { clock, random }: { readonly clock: Clock; readonly random: RandomSource }): Promise<ConnectionTest> {
  if (hospital !== undefined) {
    const { kind, ...rest } = await hospital.ping();
    if (kind === 'ok') return { answered: true, found: 'the hospital system answered' };
    return { answered: false, found: 'reason' in rest ? rest.reason : `the hospital system answered ${kind}` };
  }
  const [method] = channel?.methods ?? [];
  if (channel === undefined || method === undefined) return { answered: true, found: 'nothing to ask' };
  const now = clock.now();
  const news = await channel.query({ tradeNo: makePaymentNo(makeTradeNo(now, random), 99), submittedAt: now.toISOString(), amountFen: 1, method });
  return news.kind === 'unknown' ? { answered: false, found: `unknown: ${news.reason}` } : { answered: true, found: `the channel answered ${news.kind}` };
}
