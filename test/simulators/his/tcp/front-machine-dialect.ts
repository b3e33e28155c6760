/**
 * A front machine (前置机): positional arguments behind 功能码|密钥|客户端|流水号, each text behind eight digits of its length, on a connection that is kept. It
 * answers with what looks like JSON and is none: keys without quotes, text in single quotes, amounts bare and in fen. It repeats the number of each call.
 */
import type { Trade, TradeResult, TradeValues } from '../trades.js';
import type { TcpDialect } from './dialect.js';

export const frontMachineCredentials = { key: 'qzj-2024', client: 'HOSPAY' } as const;

const fen = (name: string) => ({ name, as: 'fen' }) as const;
const settlement = { settlement_no: '结算号', receipt_no: '收据号', pickup_window: '取药窗口', guide: '导诊信息' } as const;
export const frontMachineTrades: Readonly<Record<string, Trade>> = {
  101: { procedure: 'usp_hospay_find_patient', rows: true, takes: { 卡类型: 'card_type', 卡号: 'card_no' }, gives: { patient_id: '病人标识', name: '姓名', sex: '性别', birthday: '出生日期', id_no: '身份证号', card_no: '卡号', phone: '电话' } },
  201: { procedure: 'usp_hospay_list_open_bills', rows: true, takes: { 病人标识: 'patient_id' }, gives: { bill_no: '处方号', bill_type: '类别', bill_date: '开单时间', dept_name: '科室', doctor_name: '医生', amount: fen('金额') } },
  202: { procedure: 'usp_hospay_presettle', takes: { 病人标识: 'patient_id', 处方号: 'bill_nos' }, gives: { quote_no: '预结算号', total: fen('总金额'), fund: fen('统筹'), account: fen('个账'), self_pay: fen('自付'), valid_until: '有效时间' } },
  203: {
    procedure: 'usp_hospay_confirm',
    takes: { 订单号: 'trade_no', 预结算号: 'quote_no', 病人标识: 'patient_id', 金额: { name: 'self_pay', as: 'fen' }, 支付时间: 'paid_time', 支付方式: 'pay_method', 渠道流水: 'channel_trade_no', 终端: 'terminal_no' },
    gives: { booked_trade_no: '订单号', booked_amount: fen('金额'), ...settlement },
  },
  204: { procedure: 'usp_hospay_query_confirmation', rows: true, whenEmpty: '-1', takes: { 订单号: 'trade_no' }, gives: { trade_no: '订单号', amount: fen('金额'), status: '状态码', ...settlement } },
  301: { procedure: 'usp_hospay_refund', takes: { 订单号: 'trade_no', 退款单号: 'refund_no', 金额: { name: 'refund_amount', as: 'fen' }, 原因: 'reason' }, gives: { his_refund_no: '退款流水' } },
  302: { procedure: 'usp_hospay_query_refund', rows: true, whenEmpty: '-1', takes: { 退款单号: 'refund_no' }, gives: { refund_no: '退款单号', his_refund_no: '退款流水' } },
  401: { procedure: 'usp_hospay_day_list', rows: true, takes: { 日期: 'day', 页码: 'page', 条数: 'page_size' }, gives: { kind: '类型', trade_no: '订单号', refund_no: '退款单号', settlement_no: '结算号', amount: fen('金额'), paid_time: '时间' } },
  '001': { procedure: 'usp_hospay_ping', rows: true, takes: {}, gives: { server_time: '系统时间' } },
};

export const frontMachineDialect: TcpDialect = {
  name: 'frontMachine', framing: { kind: 'length', digits: 8 },
  open(text) {
    const [call = '', key = '', client = '', number = '', ...given] = text.split('|');
    const said = (code: string, message: string): string => reply(call, number, { kind: 'result', code, message, values: [], rows: [] });
    if (key !== frontMachineCredentials.key || client !== frontMachineCredentials.client) return { kind: 'answer', text: said('6', '密钥错误') };
    const trade = frontMachineTrades[call];
    const names = Object.keys(trade?.takes ?? {});
    if (trade === undefined || given.length !== names.length) return { kind: 'answer', text: said('5', '功能码或参数个数错误') };
    return { kind: 'call', trade, given: new Map(names.map((name, index) => [name, given[index] ?? ''])), reply: (result) => reply(call, number, result) };
  },
};

function reply(call: string, number: string, { code, message, values, rows }: TradeResult): string {
  const list = rows.map((row) => `{${members(row)}}`).join(',');
  const own = values.length === 0 ? '' : `,${members(values)}`;
  return `{功能码:${call},流水号:${number},状态:${code},信息:'${plain(message)}'${own},明细:[${list}]}`;
}

function members(values: TradeValues): string {
  return values.map(([name, text]) => (/^\d+$/.test(text) ? `${name}:${text}` : `${name}:'${plain(text)}'`)).join(',');
}

function plain(text: string): string {
  return text.replaceAll(/['"|]/g, ' ');
}
