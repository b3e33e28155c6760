import { beijingTime } from '@hospay/plugin-sdk';
import { type Bilingual, yuanOf } from '../domain/bilingual.js';
import type { CaseDraft, JobRequest } from '../domain/order-change.js';
import type { Comparison, Difference, RowKind, RowState } from '../domain/reconciliation.js';
import type { CompletedRun, DayOf, FoundDifference } from '../domain/reconciliation-store.js';

/** A repair only asks again; more of them than this in one day means that something larger is wrong, and a person looks first. */
export const REPAIR_LIMITS = { rows: 50, fen: 500_000, shareOfRows: 0.005, shareAppliesFrom: 10 } as const;

/** What follows from a comparison: a case for each difference that needs a person, a question for each that needs another look. */
export function judgeDifferences(of: DayOf, comparison: Comparison, now: Date): Pick<CompletedRun, 'found' | 'cases' | 'wake'> {
  const found = comparison.differences.map((difference): FoundDifference => ({ difference, case: caseOf(of, difference) }));
  const wake = comparison.differences.flatMap((difference) => questionOf(difference, now));
  const refusal = overLimit(comparison);
  if (refusal === undefined) return { found, cases: [], wake };
  return { found, cases: [{ kind: 'repairsStopped', subject: `${of.comparison}/${of.source}/${of.day}`, severity: 1, detail: { zh: `自动核实超限，已停止：${refusal.zh}。请先查明当日对账的总体原因`, en: `nothing was asked again: ${refusal.en}. Something larger is wrong with the day: find it first` } }], wake: [] };
}

/** What the state machine asks by itself when it is woken. Nothing is written off, nothing cancelled at the HIS. */
function questionOf({ class: found, ours }: Difference, dueAt: Date): (JobRequest & { readonly tradeNo: string })[] {
  const tradeNo = ours?.tradeNo;
  if (ours === undefined || tradeNo === undefined) return [];
  if (found === 'longUnknown') return [{ kind: 'advancePayment', subject: ours.key, dueAt, tradeNo }];
  if (found === 'status' && ours.kind === 'refund' && ours.state === 'open') return [{ kind: 'advanceRefund', subject: ours.key, dueAt, tradeNo }];
  if (found !== 'hisAhead') return [];
  return [ours.kind === 'payment' ? { kind: 'confirmOrder', subject: tradeNo, dueAt, tradeNo } : { kind: 'advanceRefund', subject: ours.key, dueAt, tradeNo }];
}

function overLimit({ differences, theirs }: Comparison): Bilingual | undefined {
  const asked = differences.filter((difference) => questionOf(difference, new Date(0)).length > 0);
  const fen = asked.reduce((sum, { theirs: row }) => sum + (row?.fen ?? 0), 0);
  const rows = theirs.payments + theirs.refunds;
  if (asked.length > REPAIR_LIMITS.rows) return { zh: `${String(asked.length)} 笔，超过上限 ${String(REPAIR_LIMITS.rows)} 笔`, en: `${String(asked.length)} rows are more than ${String(REPAIR_LIMITS.rows)}` };
  if (fen > REPAIR_LIMITS.fen) return { zh: `${yuanOf(fen)} 元，超过上限 ${yuanOf(REPAIR_LIMITS.fen)} 元`, en: `${yuanOf(fen)} yuan are more than ${yuanOf(REPAIR_LIMITS.fen)} yuan` };
  if (asked.length <= REPAIR_LIMITS.shareAppliesFrom || asked.length <= rows * REPAIR_LIMITS.shareOfRows) return undefined;
  return { zh: `${String(rows)} 笔中有 ${String(asked.length)} 笔`, en: `${String(asked.length)} of ${String(rows)} rows` };
}

function caseOf(of: DayOf, difference: Difference): CaseDraft | undefined {
  const { ours, theirs } = difference;
  const subject = (theirs ?? ours)?.key ?? '';
  const detail = detailOf(of, difference);
  switch (difference.class) {
    case 'longNoOrder': case 'duplicateTheirs':
      return { kind: 'statementLong', subject, severity: 2, detail };
    case 'short': case 'refundOursOnly':
      return { kind: 'statementShort', subject, severity: 1, detail };
    case 'refundTheirsOnly':
      return { kind: 'statementStatus', subject, severity: 2, detail };
    case 'amount':
      return { kind: 'statementAmount', subject, severity: 2, detail };
    case 'status':
      return ours?.state === 'open' ? undefined : { kind: 'statementStatus', subject, severity: 1, detail };
    case 'hisExtra':
      return { kind: 'hisWithoutMoney', subject, severity: 1, detail };
    case 'hisMissing':
      return { kind: 'hisBookingMissing', subject, severity: 2, detail };
    case 'hisAmount':
      return { kind: 'hisBookingAmount', subject, severity: 2, detail };
    case 'fee': case 'bankLong': case 'bankShort':
      return { kind: 'settlementDifference', subject: `${of.source}/${of.day}/${subject}`, severity: 2, detail };
    default:
      return undefined;
  }
}

/** What is different, and what somebody does about it. */
function detailOf({ source, day }: DayOf, difference: Difference): Bilingual {
  const { ours, theirs } = difference;
  const [our, their] = [yuanOf(ours?.fen ?? 0), yuanOf(theirs?.fen ?? 0)];
  const key = (theirs ?? ours)?.key ?? '';
  const kind = ROW_KINDS[(theirs ?? ours)?.kind ?? 'payment'];
  switch (difference.class) {
    case 'longNoOrder':
      return {
        zh: `长款：${source} ${day} 的对账单中 ${key} 已支付 ${their} 元，本平台无此订单。请凭终端日志与医院系统找到患者；经两人同意后退回`,
        en: `long: the statement of ${source} of ${day} has ${their} yuan paid under ${key}, and no order of ours has it. Find the patient by terminal log and HIS; give it back when two persons agree`,
      };
    case 'duplicateTheirs':
      return {
        zh: `长款：${source} ${day} 的对账单中${kind.zh} ${key} 出现多次，每次 ${their} 元。首笔已对平；其余经两人同意后退回`,
        en: `long: the statement of ${source} of ${day} has the ${kind.en} ${key} more than once, ${their} yuan each time. The first is matched; give the rest back when two persons agree`,
      };
    case 'short':
      return {
        zh: `短款：${our} 元于 ${timeOf(ours)} 支付成功，截至 ${day} 的对账单中都没有。若 ${source} 查无此款，即为已服务而未收款：请向渠道查询`,
        en: `short: ${our} yuan were paid at ${timeOf(ours)} and no statement to ${day} has it. Served without money unless ${source} shows it: ask the channel`,
      };
    case 'refundOursOnly':
      return {
        zh: `短款：退款 ${our} 元在本平台已完成，截至 ${day} 的对账单中都没有，患者可能未收到。请向渠道查询`,
        en: `a refund of ${our} yuan is done in our books and in no statement to ${day}: the patient may not have it. Ask the channel`,
      };
    case 'refundTheirsOnly':
      return {
        zh: `${source} ${day} 的对账单中有支付单 ${theirs?.paymentKey ?? ''} 的退款 ${their} 元，并非由本平台发起（可能在渠道商户后台办理）。医院可能仍有入账，请与医院核对`,
        en: `the statement of ${source} of ${day} has a refund of ${their} yuan of ${theirs?.paymentKey ?? ''} that nobody asked us for (made at the channel's own console?). The HIS may still hold its booking: check with the hospital`,
      };
    case 'amount': {
      const isLong = (theirs?.fen ?? 0) > (ours?.fen ?? 0);
      return {
        zh: `金额不一致：${source} ${day} 的对账单为 ${their} 元，本平台为 ${our} 元，差额为${isLong ? '长款' : '短款'}。请与渠道核对`,
        en: `the statement of ${source} of ${day} says ${their} yuan, our books ${our} yuan: ${isLong ? 'long' : 'short'} by the difference. Ask the channel`,
      };
    }
    case 'status': {
      const [said, known] = [ROW_STATES[theirs?.state ?? 'open'], ROW_STATES[ours?.state ?? 'open']];
      return {
        zh: `状态不一致：${source} ${day} 的对账单中该${kind.zh}${said.zh}，本平台为${known.zh}（${our} 元）。请与渠道核对`,
        en: `in the statement of ${source} of ${day} the ${kind.en} is ${said.en}, in our books ${known.en} (${our} yuan). Ask the channel`,
      };
    }
    case 'hisExtra':
      return hisExtraDetail(day, difference);
    case 'hisMissing':
      return {
        zh: `医院曾答复已入账该${kind.zh} ${our} 元，而 ${day} 的医院日账单中没有。平台不再发送；请凭平台订单号 ${ours?.tradeNo ?? ''} 向医院查询`,
        en: `we have the HIS's answer that it booked the ${kind.en} of ${our} yuan, and its list of ${day} does not have it. Nothing is sent again: ask the HIS by the trade number ${ours?.tradeNo ?? ''}`,
      };
    case 'hisAmount':
      return { zh: `${day} 的医院日账单为 ${their} 元，本平台为 ${our} 元。请与医院核对`, en: `the HIS's list of ${day} says ${their} yuan, our books ${our} yuan. Ask the hospital` };
    default:
      return settlementDetail({ source, day }, difference);
  }
}

/** Sums of a day: the fee, and what reached the account. */
function settlementDetail({ source, day }: Pick<DayOf, 'source' | 'day'>, { class: found, ours, theirs }: Difference): Bilingual {
  const word: Bilingual = found === 'fee' ? { zh: '手续费差异', en: 'fee' } : found === 'bankLong' ? { zh: '实到款多于应到款', en: 'the account received more' } : { zh: '实到款少于应到款', en: 'the account received less' };
  const [our, their] = [yuanOf(ours?.fen ?? 0), yuanOf(theirs?.fen ?? 0)];
  return { zh: `${word.zh}：${source} ${day} 应为 ${our} 元，账户中为 ${their} 元。请与渠道核对`, en: `${word.en}: ${source} should make ${our} yuan on ${day}, its account has ${their} yuan. Ask the channel` };
}

/** 医院单边账. The HIS is never told to cancel: what was dispensed was dispensed. */
function hisExtraDetail(day: string, { ours, theirs }: Difference): Bilingual {
  const their = yuanOf(theirs?.fen ?? 0);
  if (theirs?.kind === 'refund') {
    return {
      zh: `医院单边账：医院于 ${day} 冲销了 ${theirs.paymentKey} 的 ${their} 元，而没有人要求本平台退款。请与医院核对是否应退款给患者`,
      en: `the HIS reversed ${their} yuan of ${theirs.paymentKey} on ${day} and nobody asked us to give money back. Ask the hospital whether the patient should have it`,
    };
  }
  const money: Bilingual = ours === undefined ? { zh: '本平台无此订单', en: 'no order of ours has this number' } : { zh: '本平台未收到该款', en: 'we have no money for it' };
  return {
    zh: `医院单边账：医院于 ${day} 以 ${theirs?.key ?? ''} 入账 ${their} 元，${money.zh}。请补收，或由医院经授权退费；平台不会取消医院的入账，必要时暂停发药`,
    en: `the HIS has booked ${their} yuan under ${theirs?.key ?? ''} on ${day}, ${money.en}. Collect it, or let the HIS refund it with authority; nothing is cancelled by the platform, and dispensing may have to be stopped`,
  };
}

const timeOf = (row: { readonly at: string } | undefined): string => (row === undefined ? '' : beijingTime(row.at).slice(0, 16));
const ROW_KINDS: Readonly<Record<RowKind, Bilingual>> = { payment: { zh: '收款', en: 'payment' }, refund: { zh: '退款', en: 'refund' } };
const ROW_STATES: Readonly<Record<RowState, Bilingual>> = { done: { zh: '已完成', en: 'done' }, open: { zh: '未完成', en: 'open' }, failed: { zh: '失败', en: 'failed' } };
