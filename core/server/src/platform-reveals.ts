/** 脱敏数据查看 joined: where the plain values of each kind stand. Called by the composition root, of which it is a part. */
import type { PlatformDatabase } from './edges/database/platform/open-platform-database.js';
import type { MoneyReader } from './edges/http/console-api/ports.js';
import { createRevealDesk } from './reveals/reveal-desk.js';
import type { RevealDesk, RevealPorts } from './reveals/ports.js';

export type RevealParts = Omit<RevealPorts, 'plainOf'> & { readonly money: Pick<MoneyReader, 'readPlain'>; readonly database: { readonly payees: Pick<PlatformDatabase['payees'], 'open'>; readonly quickPay: { readonly agreements: Pick<PlatformDatabase['quickPay']['agreements'], 'find'> } } };

export function composeReveals({ money, database: { payees, quickPay }, ...ports }: RevealParts): RevealDesk {
  return createRevealDesk({
    ...ports,
    async plainOf({ kind, id }) {
      if (kind === 'cardAgreement') {
        const found = await quickPay.agreements.find(id);
        return found === undefined ? undefined : { userId: found.holder.userId };
      }
      const read = await money.readPlain({ kind, id });
      if (read?.sealedPayee === undefined) return read;
      const payee = payees.open(read.sealedPayee, id);
      return payee === undefined ? undefined : { accountName: payee.accountName, accountNo: payee.accountNo };
    },
  });
}
