import type { PluginManifest } from '@hospay/plugin-sdk';
import type { BankLinkGuest, ChannelGuest } from '../../domain/guests.js';
import type { Clock, RandomSource } from '../../domain/time.js';
import { makePaymentNo, makeTradeNo } from '../../domain/trade-number.js';
import type { Trial } from '../plugin-host.js';

/** `answered`: the far side did, in its own words. `silent`: no usable answer came. `skipped`: there is nobody to ask. */
export type ConnectionTest = { readonly result: 'answered' | 'silent' | 'skipped'; readonly found: string };

type Ports = { readonly clock: Clock; readonly random: RandomSource };

/** One harmless question to the far side. */
export async function testConnection({ channel, hospital, bankLink }: Pick<Trial, 'channel' | 'hospital' | 'bankLink'>, { needs }: Pick<PluginManifest, 'needs'>, ports: Ports): Promise<ConnectionTest> {
  if (hospital !== undefined) {
    const answer = await hospital.ping();
    if (answer.kind === 'ok') return { result: 'answered', found: ['the hospital system answered', ...(answer.value.findings ?? [])].join('; ') };
    return { result: 'silent', found: answer.kind === 'unknown' ? answer.reason : `the hospital system answered ${answer.kind}` };
  }
  if (bankLink !== undefined) return askBank(bankLink, ports);
  if (channel === undefined) return { result: 'skipped', found: 'nothing to ask' };
  // What names no host and knows no question of its own (counted cash) would answer from its own book: that proves nothing.
  if (channel.probing === undefined && (needs.network ?? []).length === 0) return { result: 'skipped', found: 'the channel has nobody to ask' };
  return askFarSide(channel, ports);
}

/**
 * By the channel's own probe where it has one; else about a number that nobody used: any answer in the channel's own words will do, "not found" above all. A channel that knows without asking
 * that a number was never sent must have a probe (rule `probe.reachesFarSide`).
 */
export async function askFarSide(channel: ChannelGuest, { clock, random }: Ports): Promise<ConnectionTest> {
  if (channel.probing !== undefined) {
    const outcome = await channel.probing.probe();
    return outcome.kind === 'answered' ? { result: 'answered', found: 'the far side answered the probe' } : { result: 'silent', found: `unknown: ${outcome.reason}` };
  }
  const [method] = channel.methods;
  if (method === undefined) return { result: 'skipped', found: 'the channel offers no method' };
  const now = clock.now();
  const news = await channel.query({ tradeNo: makePaymentNo(makeTradeNo(now, random), 99), submittedAt: now.toISOString(), amountFen: 1, method });
  return news.kind === 'unknown' ? { result: 'silent', found: `unknown: ${news.reason}` } : { result: 'answered', found: `the channel answered ${news.kind}` };
}

/** About a transfer nobody ordered: the bank says that it never had it. */
async function askBank({ accountNos: [fromAccountNo], query }: BankLinkGuest, { clock }: Ports): Promise<ConnectionTest> {
  if (fromAccountNo === undefined) return { result: 'skipped', found: 'the link has no account' };
  const requestedAt = clock.now().toISOString();
  const news = await query({ instructionNo: `PROBE${requestedAt.replaceAll(/\D/g, '').slice(2, 17)}`, fromAccountNo, amountFen: 1, requestedAt });
  return news.kind === 'unknown' ? { result: 'silent', found: `unknown: ${news.reason}` } : { result: 'answered', found: `the bank answered ${news.kind}` };
}
