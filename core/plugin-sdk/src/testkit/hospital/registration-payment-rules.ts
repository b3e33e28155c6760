/** A registration that is paid: booked once, given back before the patient takes his number and not after, and never for a place somebody else has. */
import assert from 'node:assert/strict';
import type { Confirmation, ConfirmRequest, RefundApproval, RefundApprovalRequest } from '../../hospital-adapter.js';
import { called, fits, okValue, type HospitalBench } from './hospital-bench.js';
import type { HospitalRule } from './hospital-rule.js';
import { onceRules } from './once-rules.js';
import type { OpenSlot } from './registration-control.js';
import { cancel, deskOf, hasDesk, hold, holdFor } from './registration-rules.js';

type Paid = { readonly slot: OpenSlot; readonly registrationNo: string; readonly request: ConfirmRequest & { readonly hisRegistrationNo: string } };

/** A held registration and the payment for it, not told yet. */
async function heldRegistration(bench: HospitalBench): Promise<Paid> {
  const slot = await deskOf(bench).makeSlot(1);
  const asked = holdFor(bench, slot);
  const { hisRegistrationNo, selfPayFen } = okValue(await hold(bench, asked));
  return { slot, registrationNo: asked.registrationNo, request: paymentFor(bench, hisRegistrationNo, selfPayFen) };
}

function paymentFor(bench: HospitalBench, hisRegistrationNo: string, amountFen: number): Paid['request'] {
  const tradeNo = bench.newNumber('CT');
  return {
    tradeNo, patientId: bench.subject.patient.patientId, quoteNo: hisRegistrationNo, billNos: [hisRegistrationNo], amountFen, paidAt: new Date().toISOString(),
    channel: 'WX', channelTradeNo: `42${tradeNo}`, terminalId: 'KIOSK-01', business: 'registration', hisRegistrationNo,
  };
}

const bookings = (bench: HospitalBench, { tradeNo }: ConfirmRequest): Promise<number> => deskOf(bench).countBookings(tradeNo);

export const REGISTRATION_PAYMENT_RULES: readonly HospitalRule[] = [
  ...onceRules<ConfirmRequest, Confirmation>({
    id: 'registration', what: 'a paid registration', facets: ['registering'], applies: hasDesk, operation: 'confirmRegistration',
    prepare: async (bench) => (await heldRegistration(bench)).request,
    send: (bench, request, timeoutMs) => bench.confirm(request, timeoutMs),
    count: bookings,
    question: { operation: 'queryRegistration', ask: (bench, { tradeNo }, timeoutMs) => bench.query(tradeNo, timeoutMs, 'registration') },
  }),
  {
    id: 'registration.amountDiffers',
    title: 'an amount that is not the hold\'s is a mismatch, and nothing is booked',
    facets: ['registering'], applies: hasDesk,
    run: async (bench) => {
      const { request } = await heldRegistration(bench);
      for (const differenceFen of [1, -1]) {
        const wrong = { ...request, tradeNo: bench.newNumber('CT'), amountFen: request.amountFen + differenceFen };
        const result = await bench.confirm(wrong);
        assert.equal(result.kind, 'mismatch', JSON.stringify(result));
        assert.equal(await bookings(bench, wrong), 0);
      }
    },
  },
  {
    id: 'registration.secondPayment',
    title: 'a second trade number for a paid registration is rejected: that payment must go back',
    facets: ['registering'], applies: hasDesk,
    run: async (bench) => {
      const { request } = await heldRegistration(bench);
      await bench.book(request);
      const second = paymentFor(bench, request.hisRegistrationNo, request.amountFen);
      const result = await bench.confirm(second);
      assert.equal(result.kind, 'rejected', JSON.stringify(result));
      assert.equal(await bookings(bench, second), 0);
      assert.equal(await bookings(bench, request), 1);
    },
  },
  {
    id: 'registration.slotTaken',
    title: 'money for a hold that ran out and whose place somebody else has is rejected, and nothing is booked',
    facets: ['registering'], applies: hasDesk,
    run: async (bench) => {
      const { slot, request } = await heldRegistration(bench);
      await deskOf(bench).expireHolds(slot);
      await deskOf(bench).fillSlot(slot);
      const result = await bench.confirm(request);
      assert.equal(result.kind, 'rejected', JSON.stringify(result));
      assert.equal(await bookings(bench, request), 0);
    },
  },
  {
    id: 'registration.cancelled',
    title: 'a cancelled registration is not booked any more, and a paid one is not cancelled but refunded',
    facets: ['registering'], applies: hasDesk,
    run: async (bench) => {
      const cancelled = await heldRegistration(bench);
      okValue(await cancel(bench, cancelled.registrationNo, cancelled.request.hisRegistrationNo));
      const refused = await bench.confirm(cancelled.request);
      assert.equal(refused.kind, 'rejected', JSON.stringify(refused));
      const paid = await heldRegistration(bench);
      await bench.book(paid.request);
      const result = await cancel(bench, paid.registrationNo, paid.request.hisRegistrationNo);
      assert.notEqual(result.kind, 'ok', 'money was taken for it');
      assert.equal(okValue(await bench.query(paid.request.tradeNo, undefined, 'registration')).amountFen, paid.request.amountFen);
    },
  },
  {
    id: 'registration.stopped',
    title: 'money for a clinic that was stopped is rejected; a registration booked before is listed as stopped and goes back',
    facets: ['registering', 'refunds'], applies: hasDesk,
    run: async (bench) => {
      const unpaid = await heldRegistration(bench);
      const paid = await heldRegistration(bench);
      await bench.book(paid.request);
      for (const { slot } of [unpaid, paid]) await deskOf(bench).stopClinic(slot);
      const refused = await bench.confirm(unpaid.request);
      assert.equal(refused.kind, 'rejected', JSON.stringify(refused));
      assert.equal(await stateOf(bench, paid), 'stopped');
      okValue(await bench.approveRefund(bench.refundOf(paid.request)));
    },
  },
  ...onceRules<RefundApprovalRequest, RefundApproval>({
    id: 'registrationRefund', what: 'a refund of a registration', facets: ['registering', 'refunds'], applies: hasDesk, operation: 'approveRegistrationRefund',
    prepare: async (bench) => {
      const { request } = await heldRegistration(bench);
      await bench.book(request);
      return bench.refundOf(request);
    },
    send: (bench, request, timeoutMs) => bench.approveRefund(request, timeoutMs),
    count: (bench, { refundNo }) => deskOf(bench).countRefunds(refundNo),
    question: { operation: 'queryRegistrationRefund', ask: (bench, request, timeoutMs) => bench.queryRefund(request, timeoutMs) },
  }),
  {
    id: 'registrationRefund.afterCheckIn',
    title: 'after the patient has taken his number the HIS refuses the refund, and nothing is reversed',
    facets: ['registering', 'refunds'], applies: hasDesk,
    run: async (bench) => {
      const { request } = await heldRegistration(bench);
      await bench.book(request);
      await deskOf(bench).checkIn(request.tradeNo);
      const refund = bench.refundOf(request);
      const result = await bench.approveRefund(refund);
      assert.equal(result.kind, 'rejected', JSON.stringify(result));
      assert.equal(await deskOf(bench).countRefunds(refund.refundNo), 0);
    },
  },
  {
    id: 'registration.checkIn',
    title: 'a number is taken of a paid registration only, and taken again it is the same number',
    facets: ['registering', 'checkingIn'], applies: hasDesk,
    run: async (bench) => {
      const { patientId } = bench.subject.patient;
      const take = async (hisRegistrationNo: string) => fits('checkIn', await called(bench.adapter.checkIn?.({ hisRegistrationNo, patientId }, bench.context())));
      const paid = await heldRegistration(bench);
      assert.equal((await take(paid.request.hisRegistrationNo)).kind, 'rejected');
      await bench.book(paid.request);
      const first = okValue(await take(paid.request.hisRegistrationNo));
      assert.deepEqual(okValue(await take(paid.request.hisRegistrationNo)), first);
      assert.equal(await stateOf(bench, paid), 'checkedIn');
    },
  },
];

async function stateOf(bench: HospitalBench, { slot, request }: Paid): Promise<string | undefined> {
  const listed = okValue(fits('listRegistrations', await called(bench.adapter.listRegistrations?.({ patientId: request.patientId, from: slot.day, to: slot.day }, bench.context()))));
  return listed.find(({ hisRegistrationNo }) => hisRegistrationNo === request.hisRegistrationNo)?.state;
}
