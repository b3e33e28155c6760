import { createHash } from 'node:crypto';

import { type AbandonOutcome, beijingTime, type CallContext, type FindInsuredOutcome, type InsuranceVoucher, type PluginContext, type PresettlementOutcome, type PresettlementRequest, type Presettling } from '@hospay/plugin-sdk';

import { fenAt, fieldsAt, listAt, textAt } from './answer-fields.js';
import type { CentreAnswer } from './centre-answer.js';
import type { CentreLine } from './centre-line.js';
import { COST_FIELDS, feesInput, registrationInput, settlementInput, visitInput } from './outpatient-messages.js';
import { ABANDONED, type Presettlement, type PresettlementBook } from './presettlement-book.js';
import { HOSPITAL_PART, readSplit } from './settlement.js';
import { reverse } from './settling.js';
import type { SettlingRight } from './settling-right.js';
import type { CompleteSettings, MedicalInsuranceSettings } from './settings.js';

type Failed = Exclude<CentreAnswer, { kind: 'done' }>;
/** A step that went well has a pre-settlement; one that did not says why. */
type Step = { readonly presettlement: Presettlement } | Failed;

const CHANGED = { kind: 'notSent', reason: 'this pre-settlement number was used with other content' } as const;
const LATE = { kind: 'notSent', reason: 'the deadline had passed before sending' } as const;

/** Person, registration, visit, fees and pre-settlement at the window: 1101, 2201, 2203, 2204, 2206; taken back by 2205 and 2202. */
export function createPresettling({ context, settings, line, book, right }: { readonly context: PluginContext<MedicalInsuranceSettings>; readonly settings: CompleteSettings; readonly line: CentreLine; readonly book: PresettlementBook; readonly right: SettlingRight }): Presettling {
  const voucherType = ({ kind }: InsuranceVoucher): string | undefined => (kind === 'authorization' ? undefined : settings.voucherTypes[kind]);

  /** Sends a message that changes the centre's state; its number is kept until it is answered. */
  const change = async (presettlement: Presettlement, infno: string, input: Readonly<Record<string, unknown>>, operatorId: string | undefined, signal: AbortSignal): Promise<{ presettlement: Presettlement; answer: CentreAnswer }> => {
    const { presettlementNo, insuredPlace } = presettlement;
    const msgid = await line.number(infno, presettlementNo);
    const opened = await book.change(presettlement, { open: { infno, msgid } });
    const answer = await line.ask({ infno, input, of: presettlementNo, insuredPlace, operatorId, msgid, signal });
    return { answer, presettlement: answer.kind === 'unknown' || answer.kind === 'done' ? opened : await book.keep(presettlement) };
  };

  /** 2205. What was taken back already, or never arrived, is refused by the centre and just as gone: a fee that were still there would be refused as a duplicate. */
  const takeFeesBack = async (presettlement: Presettlement, signal: AbortSignal): Promise<Step> => {
    const { open, feesUploaded, visitNo, personNo, presettlementNo } = presettlement;
    const mayBeGone = open?.infno === '2205' || (open?.infno === '2204' && feesUploaded === 0);
    const { answer, presettlement: sent } = await change(presettlement, '2205', { data: { mdtrt_id: visitNo, chrg_bchno: presettlementNo, psn_no: personNo } }, undefined, signal);
    if (answer.kind === 'done' || (answer.kind === 'refused' && mayBeGone)) return { presettlement: await book.answered(sent, { feesUploaded: 0 }) };
    return answer;
  };

  /** What a message without an answer may have done is taken back where it would count twice; what would not is simply sent again. */
  const afterLostAnswer = async (presettlement: Presettlement, signal: AbortSignal): Promise<Step> => {
    const { open, personNo, insuredPlace, presettlementNo } = presettlement;
    if (open?.infno === '2204' || open?.infno === '2205') return takeFeesBack(presettlement, signal);
    // Stays open until a repeat is answered: that one may be refused because this one was done.
    if (open?.infno === '2202') return { presettlement };
    if (open?.infno === '2201' && settings.reversesRegistration) {
      const attempt = { msgid: open.msgid, personNo, number: presettlementNo, ...(insuredPlace === undefined ? {} : { insuredPlace }) };
      const undone = await reverse({ line, attempt, infno: open.infno, signal });
      if (undone.kind !== 'done') return { kind: 'unknown', reason: undone.kind === 'refused' ? `the reversal was refused: ${undone.message}`.slice(0, 500) : undone.reason };
    }
    return { presettlement: await book.answered(presettlement) };
  };

  const register = async (presettlement: Presettlement, request: PresettlementRequest, signal: AbortSignal): Promise<Step> => {
    if (presettlement.visitNo !== undefined) return { presettlement };
    const sent = await change(presettlement, '2201', registrationInput(request, presettlement), request.operatorId, signal);
    if (sent.answer.kind !== 'done') return sent.answer;
    const registered = fieldsAt(sent.answer.output, 'data');
    const visitNo = textAt(registered, 'mdtrt_id');
    if (visitNo === '' || textAt(registered, 'psn_no') !== presettlement.personNo) return { kind: 'unknown', reason: 'the registration is not of this person' };
    return { presettlement: await book.answered(sent.presettlement, { visitNo }) };
  };

  const tellVisit = async (presettlement: Presettlement, request: PresettlementRequest, signal: AbortSignal): Promise<Step> => {
    if (presettlement.hasDiagnoses) return { presettlement };
    const sent = await change(presettlement, '2203', visitInput(request, presettlement), request.operatorId, signal);
    return sent.answer.kind === 'done' ? { presettlement: await book.answered(sent.presettlement, { hasDiagnoses: true }) } : sent.answer;
  };

  const uploadFees = async (given: Presettlement, request: PresettlementRequest, signal: AbortSignal): Promise<Step> => {
    let presettlement = given;
    while (presettlement.feesUploaded < request.fees.length) {
      const [from, to] = [presettlement.feesUploaded, Math.min(presettlement.feesUploaded + settings.feesPerUpload, request.fees.length)];
      const sent = await change(presettlement, '2204', feesInput(request, presettlement, from, to, settings.amountForm), request.operatorId, signal);
      if (sent.answer.kind !== 'done') return sent.answer;
      const results = listAt(sent.answer.output, 'result');
      const isWhole = request.fees.slice(from, to).every(({ feeNo }) => results.some((result) => textAt(result, 'feedetl_sn') === feeNo));
      // The number stays open: what the centre took is undone when this is asked again.
      if (!isWhole) return { kind: 'unknown', reason: 'the centre did not take every fee' };
      presettlement = await book.answered(sent.presettlement, { feesUploaded: to });
    }
    return { presettlement };
  };

  const calculate = async (presettlement: Presettlement, { operatorId }: PresettlementRequest, signal: AbortSignal): Promise<Step> => {
    const { presettlementNo: of, insuredPlace, visitNo, totalFen } = presettlement;
    // 2206 changes nothing at the centre.
    const answer = await line.ask({ infno: '2206', input: settlementInput(presettlement, settings), of, insuredPlace, operatorId, signal });
    if (answer.kind !== 'done') return answer;
    const setlinfo = fieldsAt(answer.output, 'setlinfo');
    const split = readSplit(setlinfo, settings);
    if (typeof split === 'string') return { kind: 'unknown', reason: split };
    if (textAt(setlinfo, 'mdtrt_id') !== visitNo || split.totalFen !== totalFen) return { kind: 'unknown', reason: 'the answer is about another visit or another total' };
    const costs = Object.fromEntries(COST_FIELDS.flatMap((name) => {
      const value = setlinfo?.[name];
      return typeof value === 'string' || typeof value === 'number' ? [[name, value] as const] : [];
    }));
    if (split.hospitalFen !== undefined) return { kind: 'refused', ...HOSPITAL_PART };
    return { presettlement: await book.change(presettlement, { split, costs }) };
  };

  const begin = async (request: PresettlementRequest, type: string, signal: AbortSignal): Promise<Step> => {
    const { presettlementNo, personNo, insuredPlace, voucher, insuranceType, usesAccount, visit, fees } = request;
    // A repeat may come from another window.
    const [digest, feesDigest] = [digestOf([personNo, insuranceType, visit]), digestOf([usesAccount, fees])];
    const content = { feesDigest, usesAccount, totalFen: fees.reduce((sum, { amountFen }) => sum + amountFen, 0) };
    const fresh: Presettlement = {
      presettlementNo, digest, begunAt: context.now().toISOString(), personNo, voucherType: type, voucherNumber: voucher.number, insuranceType, medicalType: visit.medicalType,
      hospitalVisitNo: visit.hospitalVisitNo, hasDiagnoses: false, feesUploaded: 0, ...content, ...(insuredPlace === undefined ? {} : { insuredPlace }),
    };
    if (await book.begin(fresh)) return { presettlement: fresh };
    const known = await book.find(presettlementNo);
    if (known?.abandoned === true) return ABANDONED;
    if (known?.digest !== digest) return CHANGED;
    // An electronic voucher lives for minutes: the one shown last is used.
    const { split, costs, ...before } = { ...known, voucherType: type, voucherNumber: voucher.number };
    const step = await afterLostAnswer(known.feesDigest === feesDigest && split !== undefined ? { ...before, split, costs: costs ?? {} } : before, signal);
    if (!('presettlement' in step) || known.feesDigest === feesDigest) return step;
    const taken = step.presettlement.feesUploaded === 0 ? step : await takeFeesBack(step.presettlement, signal);
    return 'presettlement' in taken ? { presettlement: await book.change(taken.presettlement, content) } : taken;
  };

  const presettle = async (request: PresettlementRequest, { signal }: CallContext): Promise<PresettlementOutcome> => {
    const type = voucherType(request.voucher);
    if (type === undefined) return { kind: 'notSent', reason: 'an authorisation is for mobile payment' };
    if (signal.aborted) return LATE;
    if (!(await right.isFree(request.presettlementNo))) return { kind: 'notSent', reason: 'a payment settles this pre-settlement already' };
    let step: Step = await begin(request, type, signal);
    for (const next of [register, tellVisit, uploadFees, calculate]) {
      if (!('presettlement' in step)) return asOutcome(step);
      step = await next(step.presettlement, request, signal);
    }
    if (!('presettlement' in step)) return asOutcome(step);
    const { presettlementNo, visitNo = '', split } = step.presettlement;
    if (split === undefined) return { kind: 'unknown', reason: 'there is no split' };
    const { totalFen, fundFen, accountFen, cashFen } = split;
    return { kind: 'presettled', presettlementNo, visitNo, totalFen, fundFen, accountFen, cashFen };
  };

  return {
    presettle,

    async findInsured({ voucher, operatorId }, { signal }): Promise<FindInsuredOutcome> {
      const type = voucherType(voucher);
      if (type === undefined) return { kind: 'notSent', reason: 'an authorisation is for mobile payment' };
      const data = { mdtrt_cert_type: type, mdtrt_cert_no: voucher.number, card_sn: voucher.cardSerial ?? '', begntime: beijingTime(context.now()), psn_cert_type: '', certno: '', psn_name: '' };
      const answer = await line.ask({ infno: '1101', input: { data }, of: 'person', operatorId, signal });
      if (answer.kind !== 'done') return asOutcome(answer);
      const base = fieldsAt(answer.output, 'baseinfo');
      const [personNo, name] = [textAt(base, 'psn_no'), textAt(base, 'psn_name')];
      if (personNo === '' || name === '') return { kind: 'unknown', reason: 'the answer names no person' };
      try {
        const insurances = listAt(answer.output, 'insuinfo').map((insurance) => {
          const balanceFen = fenAt(insurance, 'balc');
          return { type: textAt(insurance, 'insutype'), place: textAt(insurance, 'insuplc_admdvs'), isActive: textAt(insurance, 'psn_insu_stas') === '1', ...(balanceFen === undefined || balanceFen < 0 ? {} : { accountBalanceFen: balanceFen }) };
        });
        return { kind: 'found', person: { personNo, name, insurances: insurances.filter(({ type: insuranceType }) => insuranceType !== '') } };
      } catch {
        return { kind: 'unknown', reason: 'a balance is no amount' };
      }
    },

    async abandon({ presettlementNo }, { signal }): Promise<AbandonOutcome> {
      const known = await book.find(presettlementNo);
      if (known === undefined || known.abandoned === true) return { kind: 'abandoned' };
      if (!(await right.isFree(presettlementNo))) return { kind: 'settled' };
      // A registration taken back already, or that never came about, is refused and just as gone.
      const mayBeGone = known.open?.infno === '2202';
      let step = await afterLostAnswer(known, signal);
      if ('presettlement' in step && step.presettlement.feesUploaded > 0) step = await takeFeesBack(step.presettlement, signal);
      if (!('presettlement' in step)) return asOutcome(step);
      let { presettlement } = step;
      const { visitNo, personNo, hospitalVisitNo } = presettlement;
      if (visitNo !== undefined) {
        const taken = await change(presettlement, '2202', { data: { psn_no: personNo, mdtrt_id: visitNo, ipt_otp_no: hospitalVisitNo } }, undefined, signal);
        if (taken.answer.kind !== 'done' && !(taken.answer.kind === 'refused' && mayBeGone)) return asOutcome(taken.answer);
        presettlement = taken.presettlement;
      }
      await book.answered(presettlement, { abandoned: true, voucherNumber: '' });
      return { kind: 'abandoned' };
    },
  };
}

function digestOf(content: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

function asOutcome(failed: Failed): Exclude<PresettlementOutcome, { kind: 'presettled' }> {
  return failed.kind === 'refused' ? { kind: 'declined', code: failed.code, message: failed.message } : failed;
}
