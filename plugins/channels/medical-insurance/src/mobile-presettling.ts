import { createHash } from 'node:crypto';

import type { AbandonOutcome, CallContext, InsuranceVoucher, PluginContext, PresettlementOutcome, PresettlementRequest, Presettling } from '@hospay/plugin-sdk';

import { fieldsAt, textAt } from './answer-fields.js';
import { isOpen, type Attempts } from './attempts.js';
import type { MobileLine } from './mobile-line.js';
import { uploadInput } from './mobile-messages.js';
import { readOrderSplit } from './mobile-order.js';
import type { MobileOrders } from './mobile-orders.js';
import { stateOf } from './order-states.js';
import { ABANDONED, type Presettlement, type PresettlementBook } from './presettlement-book.js';
import { HOSPITAL_PART } from './settlement.js';
import type { SettlingRight } from './settling-right.js';
import type { CompleteSettings, MedicalInsuranceSettings } from './settings.js';

type Failed = Exclude<PresettlementOutcome, { kind: 'presettled' }>;

/** Longer than any province's. */
const LONGEST_VOUCHER = 200;
const LONGEST_ORDER = 128;
const VOUCHERS: Readonly<Partial<Record<InsuranceVoucher['kind'], 'payAuthNo' | 'ecToken'>>> = { authorization: 'payAuthNo', electronicVoucher: 'ecToken' };

/** A patient pays in an app: 6201 makes an order of the visit under our number, 6301 tells what the insurance will pay of it, 6401 revokes it. */
export function createMobilePresettling({ context, settings, line, orders, book, attempts, right }: { readonly context: PluginContext<MedicalInsuranceSettings>; readonly settings: CompleteSettings; readonly line: MobileLine; readonly orders: MobileOrders; readonly book: PresettlementBook; readonly attempts: Attempts; readonly right: SettlingRight }): Presettling {
  const begin = async (request: PresettlementRequest, voucherType: string): Promise<Presettlement | Failed> => {
    const { presettlementNo, personNo, insuredPlace, voucher, insuranceType, usesAccount, visit, fees, person } = request;
    const digest = createHash('sha256').update(JSON.stringify([personNo, insuranceType, usesAccount, visit, fees])).digest('hex');
    const fresh: Presettlement = {
      presettlementNo, digest, feesDigest: '', begunAt: context.now().toISOString(), personNo, voucherType, voucherNumber: voucher.number, insuranceType, medicalType: visit.medicalType, usesAccount,
      totalFen: fees.reduce((sum, { amountFen }) => sum + amountFen, 0), hospitalVisitNo: visit.hospitalVisitNo, hasDiagnoses: true, feesUploaded: 0,
      ...(person === undefined ? {} : { person }), ...(insuredPlace === undefined ? {} : { insuredPlace }),
    };
    if (await book.begin(fresh)) return fresh;
    const known = await book.find(presettlementNo);
    if (known?.abandoned === true) return { ...ABANDONED, kind: 'declined' };
    if (known?.digest !== digest) return { kind: 'notSent', reason: 'this pre-settlement number was used with other content' };
    // An order holds its fees for ever; the voucher shown last pays it.
    return { ...known, voucherType, voucherNumber: voucher.number };
  };

  /** 6201. Asked again under our number, the centre answers with the order it has. */
  const upload = async (presettlement: Presettlement, request: PresettlementRequest, signal: AbortSignal): Promise<{ readonly presettlement: Presettlement } | Failed> => {
    if (presettlement.payOrder !== undefined) return { presettlement: await book.keep(presettlement) };
    const opened = await book.change(presettlement, { open: { infno: '6201', msgid: presettlement.presettlementNo } });
    const answer = await line.ask({ infno: '6201', data: uploadInput(request, presettlement, settings), signal });
    if (answer.kind === 'refused') {
      await book.answered(opened);
      return { kind: 'declined', code: answer.code, message: answer.message };
    }
    if (answer.kind !== 'done') return answer;
    const made = fieldsAt(answer, 'output');
    const payOrder = { id: textAt(made, 'payOrdId'), token: textAt(made, 'payToken') };
    if (payOrder.id === '' || payOrder.token === '' || payOrder.id.length + payOrder.token.length > LONGEST_ORDER || payOrder.id.length > 64) return { kind: 'unknown', reason: 'the answer names no order' };
    return { presettlement: await book.answered(opened, { payOrder, visitNo: textAt(fieldsAt(made, 'extData'), 'mdtrtId') || payOrder.id }) };
  };

  const split = async (presettlement: Presettlement, signal: AbortSignal): Promise<PresettlementOutcome> => {
    const { presettlementNo, payOrder, visitNo = '', totalFen, person } = presettlement;
    if (payOrder === undefined) return { kind: 'unknown', reason: 'there is no order' };
    const found = await orders.ask({ payOrder, presettlementNo, person }, signal);
    if (found.kind === 'unknown') return found;
    const state = textAt(found.order, 'ordStas');
    const { part, refund } = stateOf(state);
    if (part === 'closed' || part === 'failed' || refund === 'refunded') return { kind: 'declined', code: state, message: '医保订单已撤销、已退费或结算失败 / the order is revoked or refunded, or its settlement failed' };
    // 0: the centre is still working out what the insurance pays.
    if (state !== '1') return { kind: 'unknown', reason: `the order is in state ${state.slice(0, 4)}` };
    const told = readOrderSplit(found.order, settings);
    if (typeof told === 'string') return { kind: 'unknown', reason: told };
    if (told.totalFen !== totalFen) return { kind: 'unknown', reason: 'the order is of another total' };
    if (told.hospitalFen !== undefined) return { kind: 'declined', ...HOSPITAL_PART };
    await book.change(presettlement, { split: told });
    const { fundFen, accountFen, cashFen } = told;
    return { kind: 'presettled', presettlementNo, visitNo, totalFen, fundFen, accountFen, cashFen, mobileOrder: { payOrderId: payOrder.id, ownOrderNo: presettlementNo } };
  };

  return {
    async presettle(request: PresettlementRequest, { signal }: CallContext): Promise<PresettlementOutcome> {
      const { voucher, person, presettlementNo } = request;
      const voucherType = VOUCHERS[voucher.kind];
      if (voucherType === undefined) return { kind: 'notSent', reason: 'mobile payment wants an authorisation or an electronic voucher' };
      if (person === undefined) return { kind: 'notSent', reason: 'mobile payment names the person' };
      if (voucher.number.length > LONGEST_VOUCHER) return { kind: 'notSent', reason: `a voucher has at most ${String(LONGEST_VOUCHER)} characters` };
      if (signal.aborted) return { kind: 'notSent', reason: 'the deadline had passed before sending' };
      if (!(await right.isFree(presettlementNo))) return { kind: 'notSent', reason: 'a payment settles this pre-settlement already' };
      const begun = await begin(request, voucherType);
      if ('kind' in begun) return begun;
      const uploaded = await upload(begun, request, signal);
      return 'presettlement' in uploaded ? split(uploaded.presettlement, signal) : uploaded;
    },

    findInsured: () => Promise.resolve({ kind: 'notSent', reason: 'mobile payment does not look people up: the app names the person with the authorisation' }),

    async abandon({ presettlementNo }, { signal }): Promise<AbandonOutcome> {
      const known = await book.find(presettlementNo);
      if (known === undefined || known.abandoned === true) return { kind: 'abandoned' };
      const { payOrder, person } = known;
      if (payOrder !== undefined) {
        const revoked = await orders.revoke({ payOrder, presettlementNo, person }, signal);
        // Undone whole: nothing of it is left to take back.
        if (revoked.kind === 'settled' && !revoked.isRefunded) return { kind: 'settled' };
        if (revoked.kind === 'unknown') return revoked;
      }
      const holder = await book.settledBy(presettlementNo);
      const last = holder === undefined ? undefined : (await attempts.of(holder)).at(-1);
      if (last !== undefined && isOpen(last.attempt)) await attempts.end(last, { state: 'reversed' });
      // An order nobody could tell us the number of moves no money and cannot be paid without it.
      await book.change(known, { abandoned: true, voucherNumber: '' });
      return { kind: 'abandoned' };
    },
  };
}
