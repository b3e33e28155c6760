import type { RefundPorts, StoppedClinicRequest, StoppedRegistration } from './ports.js';
import { refundForHis } from './refund-for-his.js';
import { requestRefund } from './request-refund.js';

/**
 * A clinic does not take place (停诊): every paid registration of it goes back, each for itself; one that was checked in is for the window. The notice's number keeps a repeat
 * from refunding twice. The HIS either has cancelled the registrations itself, or is asked to reverse each.
 */
export async function refundStoppedClinic(ports: RefundPorts, request: StoppedClinicRequest): Promise<readonly StoppedRegistration[]> {
  const results: StoppedRegistration[] = [];
  for (const hisRegistrationNo of new Set(request.hisRegistrationNos)) results.push(await refundOne(ports, request, hisRegistrationNo));
  return results;
}

async function refundOne(ports: RefundPorts, { hospitalId, noticeNo, isCancelledAtHis, alsoCheckedIn, reason, requestedBy }: StoppedClinicRequest, hisRegistrationNo: string): Promise<StoppedRegistration> {
  const found = await ports.store.findOrderByRegistration(hospitalId, hisRegistrationNo);
  const paidFen = found?.payments.reduce((sum, { state, amountFen }) => (state === 'succeeded' ? sum + amountFen : sum), 0) ?? 0;
  if (found === undefined || paidFen === 0) return { hisRegistrationNo, result: 'notPaid' };
  const { tradeNo } = found.order;
  const key = `${noticeNo}/${hisRegistrationNo}`;
  const asked = isCancelledAtHis
    ? await refundForHis(ports, { hospitalId, of: { tradeNo }, hisRefundNo: key, refundFen: paidFen, reason, requestedBy, ...(alsoCheckedIn === true ? {} : { notAtWindow: true as const }) })
    : await requestRefund(ports, { tradeNo, refundFen: undefined, reason, requestedBy, idempotency: { tenant: `his/${hospitalId}`, key: `stopped/${key}`, requestHash: tradeNo } });
  return asked.kind === 'ok' ? { hisRegistrationNo, result: 'refunding', tradeNo } : { hisRegistrationNo, result: 'window', tradeNo, error: asked };
}
