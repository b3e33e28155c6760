/** A HIS that writes what it tells into a middle table, and looks there for what became of it. */
import { setTimeout as pause } from 'node:timers/promises';
import type { HisNoticeKind } from '@hospay/plugin-sdk';
import type { HisSimulator } from '../his-simulator.js';
import type { Push, PushReply, PushWire } from './push.js';

const KINDS: Readonly<Partial<Record<HisNoticeKind, string>>> = { refundRequested: 'TF', refundQueried: 'TF', clinicStopped: 'TZ', registrationCancelled: 'QX', checkedIn: 'QH', invoicePrinted: 'FP', billsChanged: 'TX' };
const RESULTS: Readonly<Record<string, 'accepted' | 'refused' | 'processing'>> = { 1: 'accepted', 2: 'refused', 3: 'processing' };
const LOOKS = 60;

export function middleTablePusher(his: HisSimulator): PushWire {
  const call = his.counter('notices');
  const rowsOf = async (procedure: string, values: Readonly<Record<string, string>>) => {
    const served = await call(procedure, values);
    return served.kind === 'answer' ? served.answer.rows : [];
  };
  return {
    async push(push, fault): Promise<PushReply> {
      const key = { kind: KINDS[push.kind] ?? '', notice_no: String(push.values['hisRefundNo'] ?? push.values['noticeNo']) };
      // The write-back of the platform is done and its answer lost.
      if (fault === 'dropBeforeAnswer') his.faults.add({ procedure: 'usp_mid_notice_told', fault: { kind: 'drop-before-execute' } });
      if (push.kind === 'refundQueried') await rowsOf('usp_mid_notice_told', { ...key, status: '0', ret_msg: '', refund_state: '' });
      else await rowsOf('usp_mid_notice_put', { ...key, ...columnsOf(push) });
      if (fault === 'dropBeforeAnswer') {
        await pause(200);
        return { kind: 'noAnswer' };
      }
      for (let look = 0; look < LOOKS; look += 1) {
        const [row] = await rowsOf('usp_mid_notice_read', key);
        const result = RESULTS[row?.['status'] ?? ''];
        if (row !== undefined && result !== undefined) return { kind: 'told', result, message: row['ret_msg'] ?? '', state: row['refund_state'] ?? '', ...(push.kind === 'refundRequested' ? { refundFen: Number(push.values['refundFen']) } : {}) };
        await pause(10);
      }
      return { kind: 'noAnswer' };
    },
    close: () => Promise.resolve(),
  };
}

const yuan = (fen: string | number | undefined): string => (fen === undefined ? '' : (Number(fen) / 100).toFixed(2));

function columnsOf({ values, registrations }: Push): Readonly<Record<string, string>> {
  const text = (name: string): string => String(values[name] ?? '');
  return {
    trade_no: text('tradeNo'), receipt_no: text('receiptNo'), refund_amount: yuan(values['refundFen']), total_amount: yuan(values['totalFen']), registration_nos: registrations?.join(',') ?? text('hisRegistrationNo'),
    cancelled: values['cancelledAtHis'] === 'yes' ? '1' : '0', patient_id: text('patientId'), invoice_no: text('invoiceNo'), content: text('reason') + text('text'),
  };
}

