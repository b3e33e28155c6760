import { chinaBillTime, chinaDay } from './china-time.js';
import type { BillFault, FundBillFault } from './fault-rules.js';
import type { MerchantAccounts } from './merchant-account.js';
import type { SimulatedOrder, SimulatedRefund } from './simulated-records.js';

export type TradeBillType = 'ALL' | 'SUCCESS' | 'REFUND';

/** The ledger a bill is written from. */
export type BillLedger = {
  readonly orders: readonly SimulatedOrder[];
  readonly refunds: readonly SimulatedRefund[];
  readonly merchantId: string;
  readonly appId: string;
  readonly accounts: MerchantAccounts;
};

type TradeRow = {
  readonly appId: string | undefined;
  readonly subMerchantId: string | undefined;
  readonly at: string;
  readonly outTradeNo: string;
  readonly transactionId: string;
  readonly deviceId: string;
  readonly openId: string;
  readonly tradeType: string;
  readonly state: string;
  readonly bankType: string;
  readonly description: string;
  readonly attach: string;
  readonly paidFen: number;
  readonly feeFen: number;
  readonly refund: { readonly id: string; readonly outRefundNo: string; readonly fen: number; readonly status: string; readonly settledAt: string | undefined } | undefined;
};

const COMMON_HEADER = ['交易时间', '公众账号ID', '商户号', '特约商户号', '设备号', '微信订单号', '商户订单号', '用户标识', '交易类型', '交易状态', '付款银行', '货币种类', '应结订单金额', '代金券金额'];
const REFUND_HEADER = ['微信退款单号', '商户退款单号', '退款金额', '充值券退款金额', '退款类型', '退款状态'];
const REFUND_TIMES_HEADER = ['退款申请时间', '退款成功时间'];
const TAIL_HEADER = ['商品名称', '商户数据包', '手续费', '费率', '订单金额'];
const SUMMARY_HEADER = ['总交易单数', '应结订单总金额', '退款总金额', '充值券退款总金额', '手续费总金额', '订单总金额', '申请退款总金额'];

/**
 * A day's trade bill exactly as WeChat Pay writes it: UTF-8 with BOM, CRLF, back-ticked cells, summary rows. A refund stands on the day it
 * was asked for. `undefined` when the day has no rows.
 */
export function tradeBillFile(request: { ledger: BillLedger; day: string; type: TradeBillType; faults: readonly BillFault[]; subMerchantId?: string | undefined }): Buffer | undefined {
  const { ledger, type, faults, subMerchantId } = request;
  const wanted = tradeRows(ledger)
    .filter(({ at }) => chinaDay(new Date(at)) === request.day)
    .filter((row) => subMerchantId === undefined || row.subMerchantId === subMerchantId)
    .filter(({ refund }) => type === 'ALL' || (type === 'REFUND') === (refund !== undefined));
  const rows = [...wanted.flatMap((row) => faultyRow(row, faults)), ...extraRows(request.day, faults)].toSorted(inTimeOrder);
  if (rows.length === 0) return undefined;
  const surplus = faults.some(({ kind }) => kind === 'summaryMismatch') ? 1 : 0;
  const paidFen = sum(rows.map((row) => row.paidFen)) + surplus;
  const refundedFen = sum(rows.map(({ refund }) => refund?.fen ?? 0));
  const feeFen = sum(rows.map((row) => row.feeFen));
  const summary = [String(rows.length + surplus), yuan(paidFen), yuan(refundedFen), '0.00', feeText(feeFen), yuan(paidFen), yuan(refundedFen)];
  return billFile([tradeHeader(type), ...rows.map((row) => dataLine(tradeCells(row, ledger, type))), SUMMARY_HEADER.join(','), dataLine(summary)]);
}

/** A day's fund flow of the basic account of the merchant, or of a sub-merchant. `undefined` when nothing moved that day. */
export function fundFlowBillFile(request: { ledger: BillLedger; day: string; subMerchantId?: string | undefined; fault?: FundBillFault | undefined }): Buffer | undefined {
  const { fault } = request;
  const rows = fundRows(request.ledger, request.subMerchantId).filter(({ at }) => chinaDay(new Date(at)) === request.day);
  if (rows.length === 0) return undefined;
  const header = '记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号';
  const lines = rows.map((row) =>
    dataLine([
      chinaBillTime(new Date(row.at)),
      row.businessNumber,
      row.flowNumber,
      row.type,
      row.type,
      row.fen >= 0 ? '收入' : '支出',
      yuan(Math.abs(row.fen)),
      yuan(row.balanceFen),
      'system',
      '',
      row.voucher,
    ]),
  );
  const income = rows.filter(({ fen }) => fen >= 0).map(({ fen }) => fen);
  const outgo = rows.filter(({ fen }) => fen < 0).map(({ fen }) => -fen);
  const summary = [rows.length + (fault?.kind === 'summaryMismatch' ? 1 : 0), income.length, yuan(sum(income)), outgo.length, yuan(sum(outgo))].map(String);
  const written = fault?.kind === 'fullWidthBrackets' ? header.replaceAll('(', '（').replaceAll(')', '）') : header;
  return billFile([written, ...lines, '资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额', dataLine(summary)]);
}

function tradeRows(ledger: BillLedger): readonly TradeRow[] {
  const ordersByNumber = new Map(ledger.orders.map((order) => [order.outTradeNo, order]));
  const payments = ledger.orders.flatMap((order) =>
    order.payments.map((payment): TradeRow => ({
      ...factsOf(order),
      at: payment.paidAt,
      transactionId: payment.transactionId,
      openId: payment.payerOpenId,
      bankType: payment.bankType,
      state: 'SUCCESS',
      paidFen: payment.paidFen,
      feeFen: payment.feeFen,
      refund: undefined,
    })),
  );
  const refunds = ledger.refunds.flatMap((refund): TradeRow[] => {
    const order = ordersByNumber.get(refund.outTradeNo);
    const payment = order?.payments.find(({ transactionId }) => transactionId === refund.transactionId);
    if (order === undefined || payment === undefined) return [];
    return [
      {
        ...factsOf(order),
        at: refund.createdAt,
        transactionId: refund.transactionId,
        openId: payment.payerOpenId,
        bankType: payment.bankType,
        state: 'REFUND',
        paidFen: 0,
        feeFen: -refund.feeReturnedFen,
        refund: {
          id: refund.refundId,
          outRefundNo: refund.outRefundNo,
          fen: refund.refundFen,
          status: BILL_REFUND_STATUS[refund.status],
          settledAt: refund.settledAt,
        },
      },
    ];
  });
  return [...payments, ...refunds, ...reversals(ledger)];
}

/** A reversed scanned code: a row of its own, without the number of a refund. */
function reversals(ledger: BillLedger): readonly TradeRow[] {
  return ledger.orders.flatMap((order) =>
    order.payments.flatMap((payment): TradeRow[] => {
      if (payment.returnedAt === undefined) return [];
      const refund = { id: '0', outRefundNo: '0', fen: payment.paidFen, status: '', settledAt: payment.returnedAt };
      return [{ ...factsOf(order), at: payment.returnedAt, transactionId: payment.transactionId, openId: payment.payerOpenId, bankType: payment.bankType, state: 'REVOKED', paidFen: 0, feeFen: -payment.feeFen, refund }];
    }),
  );
}

const BILL_REFUND_STATUS = { PROCESSING: 'PROCESSING', SUCCESS: 'SUCCESS', ABNORMAL: 'CHANGE', CLOSED: 'FAIL' } as const;

function factsOf(order: SimulatedOrder): Pick<TradeRow, 'appId' | 'subMerchantId' | 'outTradeNo' | 'deviceId' | 'tradeType' | 'description' | 'attach'> {
  return {
    appId: order.appId,
    subMerchantId: order.partner?.subMerchantId,
    outTradeNo: order.outTradeNo,
    deviceId: order.deviceId ?? '',
    tradeType: order.tradeType,
    description: order.description,
    attach: order.attach ?? '',
  };
}

function tradeHeader(type: TradeBillType): string {
  if (type === 'SUCCESS') return [...COMMON_HEADER, ...TAIL_HEADER, '费率备注'].join(',');
  const times = type === 'REFUND' ? REFUND_TIMES_HEADER : [];
  return [...COMMON_HEADER, ...times, ...REFUND_HEADER, ...TAIL_HEADER, '申请退款金额', '费率备注'].join(',');
}

function tradeCells(row: TradeRow, ledger: BillLedger, type: TradeBillType): readonly string[] {
  const { refund } = row;
  const common = [
    chinaBillTime(new Date(row.at)),
    row.appId ?? ledger.appId,
    ledger.merchantId,
    row.subMerchantId ?? '0',
    row.deviceId,
    row.transactionId,
    row.outTradeNo,
    row.openId,
    row.tradeType,
    row.state,
    row.bankType,
    'CNY',
    yuan(row.paidFen),
    '0.00',
  ];
  const times =
    type === 'REFUND' ? [chinaBillTime(new Date(row.at)), settledTime(refund?.settledAt)] : [];
  const refundCells =
    refund === undefined ? ['0', '0', '0.00', '0.00', '', ''] : [refund.id, refund.outRefundNo, yuan(refund.fen), '0.00', 'ORIGINAL', refund.status];
  const tail = [row.description, row.attach, feeText(row.feeFen), rateText(ledger.accounts.of(row.subMerchantId).feeRateBasisPoints), yuan(row.paidFen)];
  if (type === 'SUCCESS') return [...common, ...tail, ''];
  return [...common, ...times, ...refundCells, ...tail, yuan(refund?.fen ?? 0), ''];
}

function settledTime(settledAt: string | undefined): string {
  return settledAt === undefined ? '' : chinaBillTime(new Date(settledAt));
}

function faultyRow(row: TradeRow, faults: readonly BillFault[]): readonly TradeRow[] {
  let changed = row;
  for (const fault of faults) {
    if (fault.kind === 'addRow' || fault.kind === 'summaryMismatch' || fault.kind === 'hashMismatch') continue;
    if (fault.outTradeNo !== row.outTradeNo || fault.outRefundNo !== row.refund?.outRefundNo) continue;
    if (fault.kind === 'dropRow') return [];
    changed = fault.kind === 'changeAmount' ? withAmount(changed, fault.amountFen) : withStatus(changed, fault.status);
  }
  return [changed];
}

function withAmount(row: TradeRow, amountFen: number): TradeRow {
  return row.refund === undefined ? { ...row, paidFen: amountFen } : { ...row, refund: { ...row.refund, fen: amountFen } };
}

function withStatus(row: TradeRow, status: string): TradeRow {
  return row.refund === undefined ? { ...row, state: status } : { ...row, refund: { ...row.refund, status } };
}

function extraRows(day: string, faults: readonly BillFault[]): readonly TradeRow[] {
  return faults.flatMap((fault): TradeRow[] => {
    if (fault.kind !== 'addRow') return [];
    const { outTradeNo, transactionId, amountFen, outRefundNo, refundId } = fault.row;
    const isRefund = outRefundNo !== undefined;
    const at = new Date(`${day}T12:00:00+08:00`).toISOString();
    return [
      {
        appId: undefined,
        subMerchantId: undefined,
        at,
        outTradeNo,
        transactionId,
        deviceId: '',
        openId: 'oSimulatedUnknownPayer0000',
        tradeType: 'NATIVE',
        state: isRefund ? 'REFUND' : 'SUCCESS',
        bankType: 'OTHERS',
        description: '账单多出的一笔',
        attach: '',
        paidFen: isRefund ? 0 : amountFen,
        feeFen: 0,
        refund: isRefund ? { id: refundId ?? '', outRefundNo, fen: amountFen, status: 'SUCCESS', settledAt: at } : undefined,
      },
    ];
  });
}

type FundRow = {
  readonly at: string;
  readonly businessNumber: string;
  readonly flowNumber: string;
  readonly type: string;
  readonly fen: number;
  readonly balanceFen: number;
  readonly voucher: string;
};

/** Every movement of the account since its opening, with the running balance. A closed refund never moved money for good: left out. */
function fundRows(ledger: BillLedger, ofSubMerchant: string | undefined): readonly FundRow[] {
  const payments = ledger.orders.filter(({ partner }) => partner?.subMerchantId === ofSubMerchant).flatMap((order) =>
    order.payments.flatMap((payment) => {
      const facts = { at: payment.paidAt, businessNumber: payment.transactionId, voucher: order.outTradeNo };
      const returned = { ...facts, at: payment.returnedAt ?? '' };
      return [
        { ...facts, type: '交易', fen: payment.paidFen },
        { ...facts, type: '扣除交易手续费', fen: -payment.feeFen },
        ...(payment.returnedAt === undefined ? [] : [{ ...returned, type: '退款', fen: -payment.paidFen }, { ...returned, type: '退还交易手续费', fen: payment.feeFen }]),
      ];
    }),
  );
  const refunds = ledger.refunds
    .filter(({ status, subMerchantId }) => status !== 'CLOSED' && subMerchantId === ofSubMerchant)
    .flatMap((refund) => {
      const facts = { at: refund.createdAt, businessNumber: refund.refundId, voucher: refund.outRefundNo };
      return [
        { ...facts, type: '退款', fen: -refund.refundFen },
        { ...facts, type: '退还交易手续费', fen: refund.feeReturnedFen },
      ];
    });
  let balanceFen = ledger.accounts.of(ofSubMerchant).openingBalanceFen;
  return [...payments, ...refunds]
    .filter(({ fen }) => fen !== 0)
    .toSorted(inTimeOrder)
    .map((movement, index) => {
      balanceFen += movement.fen;
      return { ...movement, balanceFen, flowNumber: `${movement.businessNumber.slice(0, 12)}${String(index).padStart(10, '0')}` };
    });
}

/** Equal times keep their order: payments stand before refunds. */
function inTimeOrder(left: { readonly at: string }, right: { readonly at: string }): number {
  return left.at < right.at ? -1 : left.at > right.at ? 1 : 0;
}

function billFile(lines: readonly string[]): Buffer {
  return Buffer.from(`\uFEFF${lines.join('\r\n')}\r\n`, 'utf8');
}

/** Back-ticks and line ends inside a cell would break the file: blanks stand in for them. */
function dataLine(cells: readonly string[]): string {
  return cells.map((cell) => `\`${cell.replace(/[`\r\n]/g, ' ')}`).join(',');
}

function yuan(fen: number): string {
  const digits = String(Math.abs(fen)).padStart(3, '0');
  return `${fen < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

function feeText(fen: number): string {
  return `${yuan(fen)}000`;
}

function rateText(basisPoints: number): string {
  return `${yuan(basisPoints)}%`;
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
