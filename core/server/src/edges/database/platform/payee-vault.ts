import { PayeeSchema } from '@hospay/plugin-sdk';
import { Value } from 'typebox/value';
import type { PayeeVault } from '../../../payouts/ports.js';
import { SecretUnreadable, type SecretBox } from './secret-box.js';

const placeOf = (place: string): string => `payout.payee_sealed/${place}`;

/** Payees under the platform's own key, which lies in no database and no backup of one. */
export function payeeVault(box: SecretBox): PayeeVault {
  return {
    seal: (payee, place) => box.seal(JSON.stringify(payee), placeOf(place)),
    open(sealed, place) {
      try {
        return Value.Parse(PayeeSchema, JSON.parse(box.open(sealed, placeOf(place)).toString('utf8')));
      } catch (error) {
        if (error instanceof SecretUnreadable) return undefined;
        throw error;
      }
    },
    fingerprint: ({ accountNo, accountName, bankName = '', bankNo = '', isPersonal }) => box.fingerprint(JSON.stringify([accountNo, accountName, bankName, bankNo, isPersonal]), 'payout.payee'),
  };
}
