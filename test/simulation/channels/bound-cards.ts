import type { Agreements, CallContext } from '@hospay/plugin-sdk';
import type { CardIssuer } from './card-issuer.js';
import type { GuestLife } from './guest-life.js';
import type { WalletWorld } from './wallet-world.js';
import type { Wire } from './wire.js';

/** A code may reach the bank this late. */
const LATEST_CODE_SECONDS = 200;

/** The agreements of a model gateway: cards bound and unbound, and the code a payment waits for. */
export function createBoundCards({ world, issuer, wire, life }: { readonly world: WalletWorld; readonly issuer: CardIssuer; readonly wire: Wire; readonly life: GuestLife }): Agreements {
  const exchange = async <Reply>(label: string, remote: () => Reply, { signal }: CallContext): Promise<Reply | { readonly kind: 'notSent' | 'unknown'; readonly reason: string }> => {
    const answer = await wire.exchange({ label, life, signal, mayBeRefused: true, remote: () => world.troubled(remote), late: { kind: 'create arrives late', mostSeconds: LATEST_CODE_SECONDS } });
    if (answer.kind === 'answer') return answer.reply;
    return answer.kind === 'notSent' ? { kind: 'notSent', reason: answer.reason } : { kind: 'unknown', reason: answer.reason };
  };
  const ask = async <Reply>(label: string, remote: () => Reply, call: CallContext): Promise<Reply | { readonly kind: 'unknown'; readonly reason: string }> => {
    const { signal } = call;
    const answer = await wire.exchange({ label, life, signal, mayBeRefused: true, remote: () => world.troubled(remote) });
    return answer.kind === 'answer' ? answer.reply : { kind: 'unknown', reason: answer.reason };
  };
  return {
    requestBinding: ({ bindingNo, cardHolder, agreementToken }, call) => exchange(`request ${bindingNo}`, () => issuer.request(bindingNo, cardHolder.cardNo, agreementToken), call),
    confirmBinding: ({ bindingNo, code }, call) => exchange(`confirm ${bindingNo}`, () => issuer.confirm(bindingNo, code), call),
    queryBinding: ({ bindingNo }, call) => ask(`query ${bindingNo}`, () => issuer.query(bindingNo), call),
    unbind: ({ unbindingNo, agreementToken }, call) => exchange(`unbind ${unbindingNo}`, () => issuer.unbind(agreementToken), call),
    queryAgreement: ({ agreementToken }, call) => ask('query an agreement', () => issuer.tell(agreementToken), call),
    async confirmPayment({ payment: { tradeNo }, code }, { signal }) {
      const answer = await wire.exchange({ label: `code of ${tradeNo}`, life, signal, mayBeRefused: true, remote: () => world.enterCode(tradeNo, code), late: { kind: 'create arrives late', mostSeconds: LATEST_CODE_SECONDS } });
      if (answer.kind === 'answer') return answer.reply;
      return answer.kind === 'notSent' ? answer : { kind: 'unknown', reason: answer.reason };
    },
  };
}
