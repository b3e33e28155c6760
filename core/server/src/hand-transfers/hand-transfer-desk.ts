import { beijingDay } from '@hospay/plugin-sdk';
import { assertNever } from '../domain/assert-never.js';
import { ok, refused } from '../domain/errors.js';
import { maskName } from '../domain/mask.js';
import type { HandTransferDesk, HandTransferPorts } from './ports.js';

const SHOWN = 50;

export function createHandTransferDesk({ transfers, audit, clock }: HandTransferPorts): HandTransferDesk {
  return {
    async listTransfers() {
      const [due, recorded] = await Promise.all([transfers.listDue(), transfers.list(SHOWN)]);
      return { due, recorded };
    },
    async recordTransfer({ accountName, by, ...draft }) {
      const now = clock.now();
      if (draft.paidOn > beijingDay(now)) return refused('MALFORMED_REQUEST', 'paidOn: this day has not come yet');
      const recorded = await transfers.record({ draft: { ...draft, accountLabel: maskName(accountName) }, by, now });
      switch (recorded.kind) {
        case 'recorded': {
          const { transferNo, kind, subject, amountFen, slipNo } = recorded.transfer;
          await audit.record({ who: by, what: 'transfer.record', object: `transfer ${transferNo}`, after: { kind, subject, amountFen, slipNo } });
          return ok(recorded.transfer);
        }
        case 'notFound':
          return refused('NO_SUCH_ITEM', draft.subject);
        case 'amountDiffers':
          return refused('AMOUNT_DIFFERS', `owed: ${String(recorded.amountFen)} fen`);
        case 'waits':
          return refused('CONFLICT', `${recorded.transferNo} waits for confirmation`);
        case 'slipUsed':
          return refused('CONFLICT', `the bank's number was recorded as ${recorded.transferNo}`);
        default:
          return assertNever(recorded);
      }
    },
    async decideTransfer({ by, ...decision }) {
      const decided = await transfers.decide({ ...decision, by, now: clock.now() });
      switch (decided.kind) {
        case 'decided':
          await audit.record({ who: by, what: decision.isConfirmed ? 'transfer.confirm' : 'transfer.reject', object: `transfer ${decision.transferNo}`, after: { subject: decided.transfer.subject, amountFen: decided.transfer.amountFen, slipNo: decided.transfer.slipNo }, reason: decision.reason });
          return ok(decided.transfer);
        case 'notFound':
          return refused('NO_SUCH_ITEM', decision.transferNo);
        case 'ownRecord':
          return refused('SECOND_PERSON_NEEDED');
        case 'notWhatWasShown':
          return refused('APPROVAL_OVER', 'not what was shown');
        case 'decidedBefore':
          return refused('CONFLICT', 'it was decided before');
        default:
          return assertNever(decided);
      }
    },
  };
}
