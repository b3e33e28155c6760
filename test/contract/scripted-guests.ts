/**
 * A channel and a HIS whose answers a test writes down beforehand, each with its own truth (what it really did). For stories of one order;
 * the wire-true simulators and the simulation cover the rest.
 */
import { fen, type AbandonOutcome, type Notification, type FindInsuredOutcome, type InsuranceDetails, type PresettlementOutcome, type PresettlementRequest, type ChargeOutcome, type CloseOutcome, type Confirmation, type ConfirmRequest, type HisQueryResult, type HisResult, type HospitalFacet, type PaymentNews, type RefundApproval, type RefundNews, type RefundOutcome } from '@hospay/plugin-sdk';
import type { ChannelGuest, FacetCall, HospitalGuest, PresettlingGuest } from '@hospay/server/domain/guests.js';
import type { StoredQuote } from '@hospay/server/domain/order.js';

export class ScriptedChannel implements ChannelGuest {
  readonly id: string;
  readonly merchantNo: string;
  readonly methods = ['nativeQr'] as const;
  readonly canClose = true;
  readonly canRefund = true;
  readonly calls: string[] = [];
  chargeAnswers: ChargeOutcome[] = [];
  queryAnswers: PaymentNews[] = [];
  closeAnswers: CloseOutcome[] = [];
  refundAnswers: RefundOutcome[] = [];
  queryRefundAnswers: RefundNews[] = [];

  constructor({ id, merchantNo }: { readonly id: string; readonly merchantNo: string } = { id: 'scripted', merchantNo: '1900000001' }) {
    this.id = id;
    this.merchantNo = merchantNo;
  }

  charge(request: { readonly tradeNo: string }): Promise<ChargeOutcome> {
    return this.#answer('charge', request.tradeNo, this.chargeAnswers, { kind: 'pending', present: { kind: 'qr', content: 'weixin://test' } });
  }
  query(request: { readonly tradeNo: string }): Promise<PaymentNews> {
    return this.#answer('query', request.tradeNo, this.queryAnswers, { kind: 'pending' });
  }
  close(request: { readonly tradeNo: string }): Promise<CloseOutcome> {
    return this.#answer('close', request.tradeNo, this.closeAnswers, { kind: 'closed' });
  }
  refund(request: { readonly refundNo: string }): Promise<RefundOutcome> {
    return this.#answer('refund', request.refundNo, this.refundAnswers, { kind: 'processing' });
  }
  queryRefund(request: { readonly refundNo: string }): Promise<RefundNews> {
    return this.#answer('queryRefund', request.refundNo, this.queryRefundAnswers, { kind: 'processing' });
  }
  /** What the next notifications say. */
  notification: Notification = { kind: 'refused', reason: 'scripted' };
  readNotification(): ReturnType<ChannelGuest['readNotification']> {
    return Promise.resolve(this.notification);
  }
  answerNotification(result: 'stored' | 'refused' | 'retryLater') {
    return { status: result === 'stored' ? 200 : 401, headers: {}, body: '' };
  }
  downloadStatement(): ReturnType<ChannelGuest['downloadStatement']> {
    return Promise.resolve({ kind: 'empty' });
  }
  #answer<Answer>(call: string, number: string, answers: Answer[], otherwise: Answer): Promise<Answer> {
    this.calls.push(`${call} ${number}`);
    return Promise.resolve(answers.shift() ?? otherwise);
  }
}

/** An insurance centre: 60 % fund, 15 % account, unless a test says otherwise. */
export class ScriptedCentre implements PresettlingGuest {
  readonly calls: string[] = [];
  findAnswers: FindInsuredOutcome[] = [];
  presettleAnswers: PresettlementOutcome[] = [];
  abandonAnswers: AbandonOutcome[] = [];
  /** Requests as they arrived. */
  readonly presettled: PresettlementRequest[] = [];

  findInsured({ voucher }: { readonly voucher: { readonly number: string } }): Promise<FindInsuredOutcome> {
    this.calls.push(`findInsured ${voucher.number}`);
    return Promise.resolve(this.findAnswers.shift() ?? { kind: 'found', person: { personNo: '4400', name: '张小三', insurances: [{ type: '310', place: '449900', isActive: true, accountBalanceFen: 100_00 }] } });
  }
  presettle(request: PresettlementRequest): Promise<PresettlementOutcome> {
    const { presettlementNo, fees } = request;
    this.calls.push(`presettle ${presettlementNo}`);
    this.presettled.push(request);
    const totalFen = fees.reduce((sum, { amountFen }) => sum + amountFen, 0);
    const [fundFen, accountFen] = [Math.floor((totalFen * 60) / 100), Math.floor((totalFen * 15) / 100)];
    return Promise.resolve(this.presettleAnswers.shift() ?? { kind: 'presettled', presettlementNo, visitNo: 'MD1', totalFen, fundFen, accountFen, cashFen: totalFen - fundFen - accountFen });
  }
  abandon({ presettlementNo }: { readonly presettlementNo: string }): Promise<AbandonOutcome> {
    this.calls.push(`abandon ${presettlementNo}`);
    return Promise.resolve(this.abandonAnswers.shift() ?? { kind: 'abandoned' });
  }
}

/** Visit and one fee, as a HIS tells them. */
export function sampleDetails(amountFen: number): InsuranceDetails {
  return {
    visit: {
      hospitalVisitNo: 'V1', startedAt: '2026-11-20T01:00:00Z', medicalType: '11', complaint: '', doctor: { no: 'D1', name: '测试医生' }, department: { code: '01', name: '内科', category: 'A03' },
      diagnoses: [{ kind: '1', code: 'J06.900', name: '急性上呼吸道感染' }],
    },
    fees: [{ feeNo: 'F1', nationalCode: 'X1', hospitalCode: 'H1', amountFen, quantity: '1', unitPriceYuan: '1', occurredAt: '2026-11-20T01:30:00Z' }],
  };
}

export class ScriptedHospital implements HospitalGuest {
  readonly canApproveRefunds = true;
  readonly calls: string[] = [];
  confirmAnswers: HisResult<Confirmation>[] = [];
  queryAnswers: HisQueryResult<Confirmation>[] = [];
  approveAnswers: HisResult<RefundApproval>[] = [];
  queryApprovalAnswers: HisQueryResult<RefundApproval>[] = [];

  confirm(request: ConfirmRequest): Promise<HisResult<Confirmation>> {
    this.calls.push(`confirm ${request.tradeNo} ${String(request.amountFen)}`);
    return Promise.resolve(this.confirmAnswers.shift() ?? { kind: 'ok', value: { settlementNo: 'S1', receiptNo: 'R1', amountFen: request.amountFen } });
  }
  queryConfirmation(): Promise<HisQueryResult<Confirmation>> {
    this.calls.push('queryConfirmation');
    return Promise.resolve(this.queryAnswers.shift() ?? { kind: 'absent' });
  }
  approveRefund(request: { readonly refundNo: string }): Promise<HisResult<RefundApproval>> {
    this.calls.push(`approveRefund ${request.refundNo}`);
    return Promise.resolve(this.approveAnswers.shift() ?? { kind: 'ok', value: { hisRefundNo: `H-${request.refundNo}` } });
  }
  queryRefundApproval(): Promise<HisQueryResult<RefundApproval>> {
    this.calls.push('queryRefundApproval');
    return Promise.resolve(this.queryApprovalAnswers.shift() ?? { kind: 'absent' });
  }
  /** None: `useFacets` gives it some. */
  facets: { readonly [name in HospitalFacet]?: FacetCall<name> } = {};
  facet<Name extends HospitalFacet>(name: Name): FacetCall<Name> | undefined {
    return this.facets[name];
  }
  findPatient(): ReturnType<HospitalGuest['findPatient']> {
    return Promise.resolve({ kind: 'ok', value: [] });
  }
  listOpenBills(): ReturnType<HospitalGuest['listOpenBills']> {
    return Promise.resolve({ kind: 'ok', value: [] });
  }
  presettle(): ReturnType<HospitalGuest['presettle']> {
    return Promise.resolve({ kind: 'unknown', reason: 'scripted' });
  }
  loadDictionary(): ReturnType<HospitalGuest['loadDictionary']> {
    return Promise.resolve({ kind: 'ok', value: [] });
  }
  ping(): ReturnType<HospitalGuest['ping']> {
    return Promise.resolve({ kind: 'unknown', reason: 'scripted' });
  }
}

export function sampleQuote(quoteId: string, now: Date, set: Partial<StoredQuote> = {}): StoredQuote {
  return {
    quoteId,
    hospitalId: 'demo',
    owner: { kind: 'terminal', id: 'kiosk-1' },
    patientId: 'P1',
    patientLabel: '张*三',
    hisQuoteNo: `HQ-${quoteId}`,
    billNos: [`BILL-${quoteId}`],
    totalFen: fen(10_000),
    fundFen: fen(0),
    personalAccountFen: fen(0),
    selfPayFen: fen(10_000),
    feeType: undefined,
    validUntil: new Date(now.getTime() + 15 * 60_000).toISOString(),
    quotedAt: now.toISOString(),
    ...set,
  };
}
