import { randomInt } from 'node:crypto';

import { mustBe, textOf, type AcpRequest } from './acp-request.js';
import { momentOf, settlementDayOf, stampOf } from './beijing-time.js';
import { Refusal } from './refusal.js';
import type { PayerBehaviour, SimulatedPaymentCode, SimulatedTransaction, TransactionState, TransactionType } from './simulated-records.js';
import type { SimulatorStore } from './simulator-store.js';

export type PayOptions = {
  /** From a wallet of digital yuan. */
  readonly isECny?: boolean;
  /** The payer pays although the order is over or its time has passed: what UnionPay would refuse. */
  readonly evenIfOver?: true;
};

export type TransactionBookOptions = {
  readonly store: SimulatorStore;
  readonly now: () => Date;
  /** `HHmm` from which the next settlement day counts. */
  readonly cutOff: string;
  readonly feeRateBasisPoints: number;
  /** Something a notification tells of. */
  readonly onSettled: (transaction: SimulatedTransaction) => void;
};

const CODE_LIFE_MS = 180_000;
const PAGE_LIFE_MS = 24 * 3_600_000;

/** Payments, undos, refunds, reversals and payers of one merchant. */
export class TransactionBook {
  readonly #options: TransactionBookOptions;
  #holdsRefunds = false;

  constructor(options: TransactionBookOptions) {
    this.#options = options;
  }

  /** By its whole identity, or the first of the number. */
  find(orderId: string, txnTime?: string): SimulatedTransaction | undefined {
    const { transactions } = this.#options.store;
    const found = txnTime === undefined ? transactions.all().find((candidate) => candidate.orderId === orderId) : transactions.get(`${orderId} ${txnTime}`);
    return found === undefined ? undefined : this.#asItStands(found);
  }

  list(): readonly SimulatedTransaction[] {
    return this.#options.store.transactions.all().map((transaction) => this.#asItStands(transaction));
  }

  /** Undos and refunds of a payment, those that failed too. */
  returnsOf(orderId: string): readonly SimulatedTransaction[] {
    return this.list().filter((candidate) => candidate.txnType !== '01' && candidate.origOrderId === orderId);
  }

  /** Takes a new payment order. The same identity a second time is refused as a duplicate. */
  order(request: AcpRequest): SimulatedTransaction {
    const { fields } = request;
    const payTimeout = fields['payTimeout'] ?? '';
    const isCode = fields['txnSubType'] === '06';
    mustBe(fields['currencyCode'] === '156', 'currencyCode');
    if (!isCode) mustBe(payTimeout === '' || momentOf(payTimeout) !== undefined, 'payTimeout');
    const expiresAt = momentOf(payTimeout) ?? new Date(this.#nowMs() + (isCode ? CODE_LIFE_MS : PAGE_LIFE_MS));
    this.#mustBeNew(fields['orderId'] ?? '', fields['txnTime'] ?? '');
    mustBe(expiresAt.getTime() > this.#nowMs(), 'payTimeout');
    const made = this.#transaction(request, '01', { expiresAt: expiresAt.toISOString() });
    return this.#put({
      ...made,
      qrCode: fields['txnSubType'] === '07' ? `https://qr.95516.com/00010000/${made.queryId}` : undefined,
      tn: fields['txnSubType'] === '01' ? made.queryId : undefined,
    });
  }

  /** The page of an order that is opened once more: the same order while nobody has paid it. */
  reopen({ fields }: AcpRequest): SimulatedTransaction | undefined {
    const found = this.find(fields['orderId'] ?? '', fields['txnTime'] ?? '');
    return found?.state === 'waiting' && found.txnSubType === '01' && String(found.txnAmt) === fields['txnAmt'] ? found : undefined;
  }

  /** The payer pays. @throws Error when UnionPay would not let him. */
  pay(orderId: string, { isECny = false, evenIfOver }: PayOptions = {}): SimulatedTransaction {
    const found = this.find(orderId);
    if (found === undefined) throw new Error(`there is no order ${orderId}`);
    if (found.state === 'succeeded') throw new Error(`the order ${orderId} is paid`);
    if (found.state !== 'waiting' && evenIfOver !== true) throw new Error(`the order ${orderId} is ${found.state} (${found.failCode ?? ''})`);
    const feeFen = Math.round((found.txnAmt * this.#options.feeRateBasisPoints) / 10_000);
    return this.#settle({ ...found, isECny, payCardType: isECny ? '00' : found.payCardType, feeFen }, 'succeeded');
  }

  /** The card failed; the order still waits for another. */
  failCard(orderId: string, failCode: string): SimulatedTransaction {
    const found = this.find(orderId);
    if (found?.state !== 'waiting') throw new Error(`the order ${orderId} does not wait`);
    return this.#put({ ...found, failCode });
  }

  /** The code of a payer was read at the window. @throws Refusal */
  payByCode(request: AcpRequest): SimulatedTransaction {
    const { fields } = request;
    mustBe(/^[0-9A-Za-z]{8}$/.test(textOf(fields, 'termId')), 'termId');
    const qrNo = textOf(fields, 'qrNo');
    const code = this.#options.store.codes.get(qrNo);
    this.#mustBeNew(fields['orderId'] ?? '', fields['txnTime'] ?? '');
    if (code === undefined) throw new Refusal('10', '二维码无效');
    if (code.usedBy !== undefined) throw new Refusal('38', '二维码已使用');
    this.#options.store.codes.put(code.code, { ...code, usedBy: fields['orderId'] });
    const made = this.order(request);
    if (code.behaviour === 'paysAtOnce') return this.pay(made.orderId, { isECny: code.isECny });
    if (code.behaviour === 'asksPassword') return made;
    this.#put({ ...made, state: 'failed', failCode: '64' });
    throw new Refusal('64', '卡上的余额不足');
  }

  newPaymentCode(behaviour: PayerBehaviour, isECny = false): SimulatedPaymentCode {
    const code = { code: `62${String(randomInt(10 ** 8)).padStart(8, '0')}${String(randomInt(10 ** 9)).padStart(9, '0')}`, behaviour, isECny, usedBy: undefined };
    this.#options.store.codes.put(code.code, code);
    return code;
  }

  /** 消费撤销: the whole payment, on its own settlement day. @throws Refusal */
  undo(request: AcpRequest): SimulatedTransaction {
    const original = this.#original(request);
    const { now, cutOff } = this.#options;
    if (settlementDayOf(new Date(original.doneAt ?? ''), cutOff) !== settlementDayOf(now(), cutOff)) throw new Refusal('35', '原交易不在当日，不允许撤销');
    if (Number(request.fields['txnAmt']) !== original.txnAmt) throw new Refusal('36', '与原交易信息不符');
    if (this.#returnedFen(original.orderId) > 0) throw new Refusal('35', '原交易状态不正确');
    return this.#giveBack(request, '31', original);
  }

  /** 退货: several, together never more than was paid. @throws Refusal */
  refund(request: AcpRequest): SimulatedTransaction {
    const original = this.#original(request);
    if (this.#returnedFen(original.orderId) + Number(request.fields['txnAmt']) > original.txnAmt) throw new Refusal('36', '退货金额超过原交易金额');
    return this.#giveBack(request, '04', original);
  }

  /** 冲正: of a scanned code only, by the identity of the payment. What was paid goes back. @throws Refusal */
  reverse({ fields }: AcpRequest): SimulatedTransaction {
    const found = this.find(fields['orderId'] ?? '', fields['txnTime'] ?? '');
    if (found?.txnType !== '01' || found.txnSubType !== '06') throw new Refusal('34', '查无此交易');
    if (found.state === 'reversed') throw new Refusal('12', '重复交易');
    if (found.state === 'failed' || this.#returnedFen(found.orderId) > 0) throw new Refusal('35', '原交易状态不正确');
    return this.#put({ ...found, state: 'reversed' });
  }

  /** From now on refunds that are taken stay under way. */
  holdRefunds(): void {
    this.#holdsRefunds = true;
  }

  settleRefund(orderId: string, as: 'succeeded' | { readonly failCode: string }): SimulatedTransaction {
    const found = this.find(orderId);
    if (found?.state !== 'processing') throw new Error(`there is no refund ${orderId} under way`);
    return this.#settle(found, as);
  }

  /** Queries do not find it for a while. */
  hide(orderId: string, forMs: number): void {
    const found = this.find(orderId);
    if (found !== undefined) this.#put({ ...found, visibleFrom: new Date(this.#nowMs() + forMs).toISOString() });
  }

  #original({ fields }: AcpRequest): SimulatedTransaction {
    this.#mustBeNew(fields['orderId'] ?? '', fields['txnTime'] ?? '');
    mustBe(/^[1-9]\d{0,11}$/.test(textOf(fields, 'txnAmt')), 'txnAmt');
    const origQryId = textOf(fields, 'origQryId');
    const original = this.list().find((candidate) => candidate.txnType === '01' && candidate.queryId === origQryId);
    if (original?.state !== 'succeeded') throw new Refusal('35', '原交易不存在或状态不正确');
    return original;
  }

  #giveBack(request: AcpRequest, txnType: '31' | '04', original: SimulatedTransaction): SimulatedTransaction {
    const share = Number(request.fields['txnAmt']) / original.txnAmt;
    const made = this.#put({
      ...this.#transaction(request, txnType, { expiresAt: new Date(this.#nowMs() + PAGE_LIFE_MS).toISOString() }),
      state: 'processing',
      origQryId: original.queryId,
      origOrderId: original.orderId,
      isECny: original.isECny,
      payCardType: original.payCardType,
      feeFen: Math.round(original.feeFen * share),
    });
    return this.#holdsRefunds ? made : this.#settle(made, 'succeeded');
  }

  #settle(transaction: SimulatedTransaction, as: 'succeeded' | { readonly failCode: string }): SimulatedTransaction {
    const state: TransactionState = as === 'succeeded' ? 'succeeded' : 'failed';
    const settled = this.#put({ ...transaction, state, failCode: as === 'succeeded' ? undefined : as.failCode, doneAt: this.#options.now().toISOString() });
    this.#options.onSettled(settled);
    return settled;
  }

  #transaction({ fields, signMethod }: AcpRequest, txnType: TransactionType, { expiresAt }: { readonly expiresAt: string }): SimulatedTransaction {
    mustBe(/^[1-9]\d{0,11}$/.test(textOf(fields, 'txnAmt')), 'txnAmt');
    textOf(fields, 'channelType');
    const createdAt = this.#options.now().toISOString();
    return {
      orderId: textOf(fields, 'orderId'),
      txnTime: textOf(fields, 'txnTime'),
      txnType,
      txnSubType: textOf(fields, 'txnSubType'),
      bizType: textOf(fields, 'bizType'),
      channelType: textOf(fields, 'channelType'),
      txnAmt: Number(fields['txnAmt']),
      description: /^\{commodityName=(.*)\}$/.exec(fields['riskRateInfo'] ?? '')?.[1] ?? '',
      backUrl: textOf(fields, 'backUrl'),
      frontUrl: fields['frontUrl'],
      reqReserved: fields['reqReserved'],
      termId: fields['termId'],
      signMethod,
      createdAt,
      expiresAt,
      visibleFrom: createdAt,
      state: 'waiting',
      failCode: undefined,
      queryId: `${stampOf(this.#options.now())}${String(randomInt(10 ** 7)).padStart(7, '0')}`,
      traceNo: String(this.#options.store.transactions.all().length + 1).padStart(6, '0'),
      doneAt: undefined,
      origQryId: undefined,
      origOrderId: undefined,
      qrCode: undefined,
      tn: undefined,
      isECny: false,
      payCardType: '01',
      feeFen: 0,
    };
  }

  /** Past its time what waits has failed. */
  #asItStands(transaction: SimulatedTransaction): SimulatedTransaction {
    if (transaction.state !== 'waiting' || this.#nowMs() < Date.parse(transaction.expiresAt)) return transaction;
    return this.#put({ ...transaction, state: 'failed', failCode: '01' });
  }

  #mustBeNew(orderId: string, txnTime: string): void {
    if (this.find(orderId, txnTime) !== undefined) throw new Refusal('12', '重复交易');
  }

  #returnedFen(orderId: string): number {
    return this.returnsOf(orderId).filter(({ state }) => state === 'succeeded' || state === 'processing').reduce((sum, { txnAmt }) => sum + txnAmt, 0);
  }

  #put(transaction: SimulatedTransaction): SimulatedTransaction {
    this.#options.store.transactions.put(`${transaction.orderId} ${transaction.txnTime}`, transaction);
    return transaction;
  }

  #nowMs(): number {
    return this.#options.now().getTime();
  }
}
