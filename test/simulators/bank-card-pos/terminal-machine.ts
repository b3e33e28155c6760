import type { SimulatorStore } from './simulator-store.js';
import type { MachineAnswer, MachineRequest, MachineState, Transaction } from './simulated-records.js';

/** What the person at the terminal does with the card. `removeCard` and `cancel` end it without money. */
export type CardAct = 'approve' | 'decline51' | 'decline54' | 'decline55' | 'removeCard' | 'cancel';

/** Codes 51, 54 and 55 are ISO 8583's. The others are this simulator's own: every make of terminal has its own. */
export const ACT_ANSWERS: Readonly<Record<Exclude<CardAct, 'approve'>, { readonly code: string; readonly message: string }>> = {
  decline51: { code: '51', message: '余额不足' },
  decline54: { code: '54', message: '卡片已过期' },
  decline55: { code: '55', message: '密码错误' },
  removeCard: { code: 'X1', message: '卡片已拔出，交易终止' },
  cancel: { code: 'X2', message: '持卡人取消' },
};

const FIRST: MachineState = { batchNo: 1, voucherNo: 0, references: 0, transactions: [] };

export type MachineOptions = { readonly terminalNo: string; readonly merchantNo: string; readonly store: SimulatorStore; readonly now: () => Date };

/** One card terminal: it does one thing at a time, waits for a card, counts its vouchers and remembers its transactions through a power cut. */
export class TerminalMachine {
  readonly terminalNo: string;
  readonly merchantNo: string;
  /** Every request that reached it, in order: what a test counts. */
  readonly received: MachineRequest[] = [];
  hasPower = true;
  hasPaper = true;
  /** Undo and refund ask for a card too. */
  refundsNeedCard = false;
  readonly #options: MachineOptions;
  #state: MachineState;
  #waiting: { readonly request: MachineRequest; readonly decide: (act: CardAct | 'powerCut') => void } | undefined;

  constructor(options: MachineOptions) {
    this.#options = options;
    this.terminalNo = options.terminalNo;
    this.merchantNo = options.merchantNo;
    this.#state = options.store.load(options.terminalNo) ?? FIRST;
  }

  get transactions(): readonly Transaction[] {
    return this.#state.transactions;
  }

  get waitingFor(): MachineRequest | undefined {
    return this.#waiting?.request;
  }

  /** Undefined: the power went while it worked; nobody answers. `holder` acts in place of a person. */
  async handle(request: MachineRequest, holder?: CardAct): Promise<MachineAnswer | undefined> {
    if (!this.hasPower) return undefined;
    this.received.push(request);
    if (this.#waiting !== undefined) return { code: 'B1', message: '终端正在交易' };
    if (request.operation === 'pay' || ((request.operation === 'undo' || request.operation === 'refund') && this.refundsNeedCard)) {
      const act = holder ?? (await this.#card(request));
      if (act === 'powerCut') return undefined;
      if (act !== 'approve') return ACT_ANSWERS[act];
    }
    return this.#perform(request);
  }

  /** A person acts. Throws when the terminal waits for nobody. */
  act(act: CardAct): void {
    if (this.#waiting === undefined) throw new Error(`terminal ${this.terminalNo} waits for no card`);
    this.#waiting.decide(act);
  }

  /** The plug is pulled. `afterBank`: the bank has already approved what it was doing. */
  pullPower(when: 'beforeBank' | 'afterBank' = 'beforeBank'): void {
    this.hasPower = false;
    const waiting = this.#waiting;
    if (waiting !== undefined && when === 'afterBank') this.#perform(waiting.request);
    waiting?.decide('powerCut');
  }

  restorePower(): void {
    this.hasPower = true;
  }

  /** Somebody uses the terminal by hand, past the platform. */
  useByHand(amountFen: number): Transaction {
    const { transaction } = this.#approve({ operation: 'pay', amountFen, operatorNo: '01', originalDate: '', originalReferenceNo: '', originalVoucherNo: '' });
    if (transaction === undefined) throw new Error('a pay by hand has a transaction');
    return transaction;
  }

  async #card(request: MachineRequest): Promise<CardAct | 'powerCut'> {
    const { promise, resolve } = Promise.withResolvers<CardAct | 'powerCut'>();
    this.#waiting = { request, decide: resolve };
    try {
      return await promise;
    } finally {
      this.#waiting = undefined;
    }
  }

  #perform(request: MachineRequest): MachineAnswer {
    switch (request.operation) {
      case 'pay':
        return request.amountFen > 0 ? this.#printed(this.#approve(request)) : { code: '13', message: '金额错误' };
      case 'undo':
      case 'refund':
        return this.#giveBack(request);
      case 'balance':
        return { code: '00', message: '余额查询成功' };
      case 'reprint': {
        const last = this.#state.transactions.at(-1);
        if (last === undefined || last.batchNo !== six(this.#state.batchNo)) return { code: '25', message: '无上笔交易' };
        return this.#printed({ code: '00', message: '重打印成功', transaction: last });
      }
      case 'signIn':
        return { code: '00', message: '签到成功' };
      case 'settle': {
        const batch = this.#state.transactions.filter(({ batchNo }) => batchNo === six(this.#state.batchNo));
        this.#save({ ...this.#state, batchNo: this.#state.batchNo + 1, voucherNo: 0 });
        return { code: '00', message: '结算成功', detail: batch.map((transaction) => detailLine(this.terminalNo, transaction)).join('') };
      }
    }
  }

  #giveBack(request: MachineRequest): MachineAnswer {
    const original = this.#state.transactions.find(
      ({ operation, referenceNo, number }) => operation === 'pay' && (request.originalNumber === undefined ? referenceNo === request.originalReferenceNo : number === request.originalNumber),
    );
    const isMissing = { code: '25', message: '找不到原始交易' };
    if (original === undefined || (request.originalDate !== '' && dateOf(original.at) !== request.originalDate)) return isMissing;
    const takenFen = this.#state.transactions.filter(({ originalReferenceNo }) => originalReferenceNo === original.referenceNo).reduce((sum, { amountFen }) => sum + amountFen, 0);
    if (takenFen + request.amountFen > original.amountFen) return { code: '61', message: '超过原交易金额' };
    if (request.operation === 'undo') {
      const isSame = request.originalNumber !== undefined || original.voucherNo === request.originalVoucherNo;
      const isToday = dateOf(original.at) === dateOf(this.#options.now().toISOString()) && original.batchNo === six(this.#state.batchNo);
      if (!isSame || !isToday || request.amountFen !== original.amountFen) return { code: '12', message: '不能撤销' };
    }
    return this.#printed(this.#approve(request, original.referenceNo));
  }

  #approve(request: MachineRequest, originalReferenceNo?: string): MachineAnswer {
    const { voucherNo, references, transactions, batchNo } = this.#state;
    const transaction: Transaction = {
      operation: request.operation === 'undo' || request.operation === 'refund' ? request.operation : 'pay',
      amountFen: request.amountFen,
      batchNo: six(batchNo),
      voucherNo: six(voucherNo + 1),
      referenceNo: `${this.terminalNo.slice(-4)}${String(references + 1).padStart(8, '0')}`,
      at: this.#options.now().toISOString(),
      operatorNo: request.operatorNo,
      ...(originalReferenceNo === undefined ? {} : { originalReferenceNo }),
      ...(request.number === undefined ? {} : { number: request.number }),
    };
    this.#save({ ...this.#state, voucherNo: voucherNo + 1, references: references + 1, transactions: [...transactions, transaction] });
    return { code: '00', message: '交易成功', transaction };
  }

  /** Without paper the bank has the money and the terminal says something else. */
  #printed(answer: MachineAnswer): MachineAnswer {
    return this.hasPaper ? answer : { code: 'P1', message: '打印机缺纸' };
  }

  #save(state: MachineState): void {
    this.#options.store.save(this.terminalNo, state);
    this.#state = state;
  }
}

/** `yyyyMMdd` in Beijing. */
export function dateOf(at: string): string {
  return new Date(Date.parse(at) + 8 * 3_600_000).toISOString().slice(0, 10).replaceAll('-', '');
}

/** `HHmmss` in Beijing. */
export function timeOf(at: string): string {
  return new Date(Date.parse(at) + 8 * 3_600_000).toISOString().slice(11, 19).replaceAll(':', '');
}

export const KIND_WORDS = { pay: '消费', undo: '撤销', refund: '退货' } as const;

/** A row of the terminal's own settlement detail: fixed width, GBK when it is sent. */
function detailLine(terminalNo: string, { operation, amountFen, batchNo, voucherNo, referenceNo, at }: Transaction): string {
  return `${KIND_WORDS[operation]}${terminalNo}${batchNo}${voucherNo}${referenceNo}${dateOf(at)}${timeOf(at)}${String(amountFen).padStart(12, '0')}\r\n`;
}

function six(value: number): string {
  return String(value).padStart(6, '0');
}
