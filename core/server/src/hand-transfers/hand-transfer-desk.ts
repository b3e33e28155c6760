import { beijingDay } from '@hospay/plugin-sdk';
import { assertNever } from '../domain/assert-never.js';
import { yuanOf } from '../domain/bilingual.js';
import { ok, refused } from '../domain/errors.js';
import { maskName } from '../domain/mask.js';
import { DECIDED_BEFORE, NOT_WHAT_WAS_SHOWN } from '../domain/refusal-words.js';
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
      if (draft.paidOn > beijingDay(now)) return refused('MALFORMED_REQUEST', { zh: '转账日期还没有到', en: 'paidOn: this day has not come yet' });
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
          return refused('AMOUNT_DIFFERS', { zh: `应付 ${yuanOf(recorded.amountFen)} 元`, en: `owed: ${yuanOf(recorded.amountFen)} yuan` });
        case 'waits':
          return refused('CONFLICT', { zh: `转账登记 ${recorded.transferNo} 尚待另一人确认`, en: `${recorded.transferNo} waits for confirmation` });
        case 'slipUsed':
          return refused('CONFLICT', { zh: `该银行流水号已登记在 ${recorded.transferNo}`, en: `the bank's number was recorded as ${recorded.transferNo}` });
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
          return refused('APPROVAL_OVER', NOT_WHAT_WAS_SHOWN);
        case 'decidedBefore':
          return refused('CONFLICT', DECIDED_BEFORE);
        default:
          return assertNever(decided);
      }
    },
  };
}
