import type { Agreements } from '@hospay/plugin-sdk';
import type { GuestLife } from './guest-life.js';
import type { WalletWorld } from './wallet-world.js';
import type { Wire } from './wire.js';

/** A code may reach the bank this late. */
const LATEST_CODE_SECONDS = 200;
const notPlayed = (): Promise<{ readonly kind: 'unknown'; readonly reason: string }> => Promise.resolve({ kind: 'unknown', reason: 'binding moves no money: it is in the contract suites' });

/** The agreements of a model gateway, as far as money moves by them: the code a payment waits for. */
export function createBoundCards({ world, wire, life }: { readonly world: WalletWorld; readonly wire: Wire; readonly life: GuestLife }): Agreements {
  return {
    requestBinding: notPlayed, confirmBinding: notPlayed, queryBinding: notPlayed, unbind: notPlayed, queryAgreement: notPlayed,
    async confirmPayment({ payment: { tradeNo }, code }, { signal }) {
      const answer = await wire.exchange({ label: `code of ${tradeNo}`, life, signal, mayBeRefused: true, remote: () => world.enterCode(tradeNo, code), late: { kind: 'create arrives late', mostSeconds: LATEST_CODE_SECONDS } });
      if (answer.kind === 'answer') return answer.reply;
      return answer.kind === 'notSent' ? answer : { kind: 'unknown', reason: answer.reason };
    },
  };
}
