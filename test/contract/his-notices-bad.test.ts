/** Every rule about notices can fail: a bad adapter for each, which is the sound one with one mistake. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeliverNotice, HospitalAdapter, NoticeReceiver } from '@hospay/plugin-sdk';
import { HOSPITAL_RULES, HospitalBench, type HisNoticeSide } from '@hospay/plugin-sdk/testkit';
import { makeSoapSubject } from './hospital-adapter-soap-subject.js';

type Bad = { readonly deliver?: (deliver: DeliverNotice) => DeliverNotice; readonly receiver?: (receiver: NoticeReceiver) => NoticeReceiver; readonly side?: (side: HisNoticeSide, deliver: DeliverNotice) => HisNoticeSide };

const BAD: Readonly<Record<string, Bad>> = {
  'notice.exact': { deliver: (deliver) => (notice) => deliver(notice.kind === 'refundRequested' ? { ...notice, refundFen: Math.round(notice.refundFen / 100) } : notice) },
  'notice.keptFirst': { deliver: (deliver) => (notice) => { void deliver(notice); return Promise.resolve({ kind: 'accepted' }); } },
  'notice.answers': { deliver: (deliver) => async (notice) => { const answer = await deliver(notice); return answer.kind === 'processing' ? { kind: 'refused', code: 'LATER', message: '' } : answer; } },
  'notice.repeat': {
    deliver: (deliver) => {
      const told = new Map<string, ReturnType<DeliverNotice>>();
      return (notice) => {
        const key = JSON.stringify(notice);
        const answer = told.get(key) ?? deliver(notice);
        told.set(key, answer);
        return answer;
      };
    },
  },
  // It makes the best of what it cannot read.
  'notice.garbage': {
    side: (side, deliver) => ({
      ...side,
      async tellRefund(refund, spoil) {
        if (spoil === undefined) return side.tellRefund(refund);
        return (await deliver({ kind: 'refundRequested', ...refund })).kind;
      },
    }),
  },
  'notice.stopped': { receiver: (receiver) => ({ ...receiver, stop: () => Promise.resolve() }) },
};

for (const rule of HOSPITAL_RULES.filter(({ id }) => id.startsWith('notice.'))) {
  test(`the suite catches an adapter that breaks ${rule.id}`, async () => {
    const bad = BAD[rule.id] ?? assert.fail(`no bad adapter for ${rule.id}`);
    const subject = await makeSoapSubject('selfService');
    const stops: (() => Promise<void>)[] = [];
    let delivering: DeliverNotice = () => Promise.resolve({ kind: 'processing' });
    const adapter: HospitalAdapter = {
      ...subject.adapter,
      async receiveNotices(deliver) {
        delivering = bad.deliver?.(deliver) ?? deliver;
        const receiver = (await subject.adapter.receiveNotices?.(delivering)) ?? assert.fail();
        stops.push(() => receiver.stop());
        return bad.receiver?.(receiver) ?? receiver;
      },
    };
    const { notices } = subject.control;
    const connect = async (receiver: NoticeReceiver): Promise<HisNoticeSide> => {
      const side = (await notices?.connect(receiver)) ?? assert.fail();
      return bad.side?.(side, (notice) => delivering(notice)) ?? side;
    };
    try {
      await assert.rejects(rule.run(new HospitalBench({ ...subject, adapter, control: { ...subject.control, notices: { connect } } })), assert.AssertionError);
    } finally {
      for (const stop of stops) await stop();
      await subject.stop?.();
    }
  });
}
