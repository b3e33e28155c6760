/**
 * An agent beside the kiosk (本地代理): positions between `|`, one call a connection, which it closes behind the answer. Bills come one value behind the other with
 * their number before them; the day's list comes as rows within one position. `|$` ends an answer.
 */
import type { Trade, TradeResult, TradeValues } from '../trades.js';
import type { TcpDialect } from './dialect.js';

export const agentCredentials = { key: 'gc-agent-key', client: 'ZZJ-0101' } as const;

const settlement = { settlement_no: '结算号', receipt_no: '收据号', pickup_window: '取药窗口', guide: '导诊' } as const;
/** The order of `takes` and `gives` is the order of the positions. */
export const agentTrades: Readonly<Record<string, Trade>> = {
  GC0101: { procedure: 'usp_hospay_find_patient', rows: true, whenEmpty: '0101', takes: { 卡类型: 'card_type', 卡号: 'card_no' }, gives: { patient_id: '病人ID', name: '姓名', sex: '性别', birthday: '生日', id_no: '身份证', card_no: '卡号', phone: '电话' } },
  GC0201: { procedure: 'usp_hospay_list_open_bills', rows: true, takes: { 病人ID: 'patient_id' }, gives: { bill_no: '处方号', bill_type: '类别', bill_date: '时间', dept_name: '科室', doctor_name: '医生', amount: '金额' } },
  GC0301: { procedure: 'usp_hospay_presettle', takes: { 病人ID: 'patient_id', 处方号: 'bill_nos' }, gives: { quote_no: '预结算号', total: '总额', fund: '统筹', account: '个账', self_pay: '自付', valid_until: '有效' } },
  GC0401: {
    procedure: 'usp_hospay_confirm',
    takes: { 平台订单号: 'trade_no', 预结算号: 'quote_no', 病人ID: 'patient_id', 金额: 'self_pay', 支付时间: 'paid_time', 支付方式: 'pay_method', 渠道流水: 'channel_trade_no', 终端: 'terminal_no' },
    gives: { booked_trade_no: '平台订单号', booked_amount: '金额', ...settlement },
  },
  GC0501: { procedure: 'usp_hospay_query_confirmation', rows: true, whenEmpty: '0501', takes: { 平台订单号: 'trade_no' }, gives: { trade_no: '平台订单号', amount: '金额', status: '状态', ...settlement } },
  GC0601: { procedure: 'usp_hospay_refund', takes: { 平台订单号: 'trade_no', 退款单号: 'refund_no', 退款金额: 'refund_amount', 原因: 'reason' }, gives: { his_refund_no: '医院退款号' } },
  GC0602: { procedure: 'usp_hospay_query_refund', rows: true, whenEmpty: '0602', takes: { 退款单号: 'refund_no' }, gives: { refund_no: '退款单号', his_refund_no: '医院退款号' } },
  GC0801: { procedure: 'usp_hospay_day_list', rows: true, takes: { 日期: 'day', 页: 'page', 每页: 'page_size' }, gives: { kind: '类型', trade_no: '平台订单号', refund_no: '退款单号', settlement_no: '结算号', amount: '金额', paid_time: '时间' } },
  GC0001: { procedure: 'usp_hospay_ping', rows: true, takes: {}, gives: { server_time: '时间' } },
};

const END = '|$';

export const agentDialect: TcpDialect = {
  name: 'agent', framing: { kind: 'close', end: '\r\n' },
  open(text) {
    const [call = '', key = '', client = '', ...given] = text.split('|');
    if (key !== agentCredentials.key || client !== agentCredentials.client) return { kind: 'answer', text: `${call}|6|密钥错误${END}` };
    const trade = agentTrades[call];
    const names = Object.keys(trade?.takes ?? {});
    if (trade === undefined || given.length !== names.length) return { kind: 'answer', text: `${call}|5|功能码或参数个数错误${END}` };
    return { kind: 'call', trade, given: new Map(names.map((name, index) => [name, given[index] ?? ''])), reply: (result) => reply(call, result) };
  },
};

function reply(call: string, { code, message, values, rows }: TradeResult): string {
  const head = [call, code, message];
  if (call === 'GC0801') return `${[...head, String(rows.length), rows.map((row) => texts(row).join('^')).join(';')].join('|')}${END}`;
  if (call === 'GC0201' || call === 'GC0101') return `${[...head, String(rows.length), ...rows.flatMap(texts)].join('|')}${END}`;
  return `${[...head, ...texts(rows[0] ?? values)].join('|')}${END}`;
}

/** Nothing is quoted: the agent takes its separators out of what people wrote. */
function texts(values: TradeValues): string[] {
  return values.map(([, text]) => text.replaceAll(/[|^;$]/g, ' '));
}
