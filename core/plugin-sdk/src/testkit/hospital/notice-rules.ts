/** What a HIS tells by itself (HIS 推送): delivered as it was told, acknowledged only when it is kept, and answered in words the HIS cannot mistake. */
import assert from 'node:assert/strict';
import type { DeliverNotice, HisNotice, NoticeAnswer, NoticeReceiver } from '../../hospital/his-notices.js';
import type { HospitalBench } from './hospital-bench.js';
import type { HospitalRule } from './hospital-rule.js';
import type { HospitalSubject } from './hospital-subject.js';
import type { HisNoticeSide, ToldRefund } from './notice-control.js';

const hasLine = ({ control }: HospitalSubject): boolean => control.notices !== undefined;
const about = { facets: ['noticing'], applies: hasLine, shown: 'whenOffered' } as const;
/** Long enough for an acknowledgement that must not come. */
const HASTE_MS = 150;

async function open(bench: HospitalBench, deliver: DeliverNotice): Promise<{ readonly side: HisNoticeSide; readonly receiver: NoticeReceiver; close(): Promise<void> }> {
  const receiver = (await bench.adapter.receiveNotices?.(deliver)) ?? assert.fail('the adapter receives nothing');
  const side = (await bench.control.notices?.connect(receiver)) ?? assert.fail('the subject has no line for notices');
  return {
    side, receiver,
    async close() {
      await side.close();
      await receiver.stop();
    },
  };
}

const refundOf = (bench: HospitalBench): ToldRefund => ({ hisRefundNo: bench.newNumber('TF'), tradeNo: bench.newNumber('CT'), refundFen: 12_307, reason: '退药' });
const ANSWERS: readonly NoticeAnswer[] = [
  { kind: 'accepted', state: 'processing', refundFen: 12_307 }, { kind: 'processing' }, { kind: 'refused', code: 'REFUND_EXCEEDS_PAYMENT', message: '退款金额超过可退金额' }, { kind: 'unknown', reason: 'not kept: send it again' },
];

export const NOTICE_RULES: readonly HospitalRule[] = [
  {
    id: 'notice.exact',
    title: 'a notice is delivered as the HIS told it: its numbers, its amount to the fen, its reason',
    ...about,
    run: async (bench) => {
      const delivered: HisNotice[] = [];
      const line = await open(bench, (notice) => { delivered.push(notice); return Promise.resolve({ kind: 'accepted' }); });
      try {
        const refund = refundOf(bench);
        assert.equal(await line.side.tellRefund(refund), 'accepted');
        const [notice] = delivered;
        assert.ok(notice?.kind === 'refundRequested');
        assert.deepEqual({ hisRefundNo: notice.hisRefundNo, tradeNo: notice.tradeNo, refundFen: notice.refundFen, reason: notice.reason }, refund);
      } finally {
        await line.close();
      }
    },
  },
  {
    id: 'notice.keptFirst',
    title: 'the HIS is told nothing before the core has kept the notice',
    ...about,
    run: async (bench) => {
      const kept = Promise.withResolvers<NoticeAnswer>();
      const line = await open(bench, () => kept.promise);
      try {
        const told = line.side.tellRefund(refundOf(bench));
        const early = await Promise.race([told, new Promise<'waits'>((resolve) => { setTimeout(() => { resolve('waits'); }, HASTE_MS); })]);
        kept.resolve({ kind: 'accepted' });
        assert.equal(early, 'waits', 'acknowledged before it was kept: a power cut would lose it');
        assert.equal(await told, 'accepted');
      } finally {
        kept.resolve({ kind: 'accepted' });
        await line.close();
      }
    },
  },
  {
    id: 'notice.answers',
    title: 'each answer reaches the HIS as itself; what is under way or perhaps not kept is never told as refused or as accepted',
    ...about,
    run: async (bench) => {
      let answer: NoticeAnswer = { kind: 'processing' };
      const line = await open(bench, () => Promise.resolve(answer));
      try {
        for (answer of ANSWERS) {
          const told = await line.side.tellRefund(refundOf(bench));
          assert.ok(told === answer.kind || (answer.kind === 'unknown' && told === 'nothing'), `${answer.kind} was told as ${told}`);
        }
      } finally {
        await line.close();
      }
    },
  },
  {
    id: 'notice.repeat',
    title: 'a notice that is told again is delivered again under its number: the core knows that it is the same',
    ...about,
    run: async (bench) => {
      const numbers: string[] = [];
      const line = await open(bench, (notice) => { if (notice.kind === 'refundRequested') numbers.push(notice.hisRefundNo); return Promise.resolve({ kind: 'accepted', state: 'succeeded', refundFen: 12_307 }); });
      try {
        const refund = refundOf(bench);
        for (let count = 1; count <= 2; count += 1) assert.equal(await line.side.tellRefund(refund), 'accepted');
        assert.deepEqual([...new Set(numbers)], [refund.hisRefundNo]);
        assert.ok(numbers.length >= 2, 'answered from memory: the core decides what a repeat is told');
      } finally {
        await line.close();
      }
    },
  },
  {
    id: 'notice.garbage',
    title: 'what is cut, no message, or no amount is no notice: nothing is delivered, and the HIS is told neither yes nor no; the next one is taken',
    ...about,
    run: async (bench) => {
      let delivered = 0;
      const line = await open(bench, () => { delivered += 1; return Promise.resolve({ kind: 'accepted' }); });
      try {
        for (const spoil of line.side.spoils) assert.equal(await line.side.tellRefund(refundOf(bench), spoil), 'nothing', spoil);
        assert.equal(delivered, 0);
        assert.equal(await line.side.tellRefund(refundOf(bench)), 'accepted');
      } finally {
        await line.close();
      }
    },
  },
  {
    id: 'notice.stopped',
    title: 'a receiver that was stopped delivers nothing more and acknowledges nothing',
    ...about,
    run: async (bench) => {
      let delivered = 0;
      const line = await open(bench, () => { delivered += 1; return Promise.resolve({ kind: 'accepted' }); });
      await line.receiver.stop();
      try {
        assert.equal(await line.side.tellRefund(refundOf(bench)), 'nothing');
        assert.equal(delivered, 0);
      } finally {
        await line.close();
      }
    },
  },
];
