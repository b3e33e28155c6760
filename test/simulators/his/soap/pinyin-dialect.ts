/**
 * A service with `runservice(name, in, ref out)`: the call is an argument, the message carries a BASEINFO and is answered through the out parameter with an
 * OUTMSG, names are whole pinyin, everything is GBK and in CDATA. Exceptions come as a SOAP Fault with HTTP 500.
 */
import { leavesOf, readXml } from '@hospay/plugin-sdk/his-mapping';
import type { Trade, TradeResult } from '../trades.js';
import type { SoapDialect } from './dialect.js';
import { cdata, element, escaped } from './xml-text.js';

const USER = 'ZZJ01';
const PASSWORD = 'zzj-2024';

const settlement = { settlement_no: 'JIESUANID', receipt_no: 'SHOUJUHAO', pickup_window: 'QUYAOCK', guide: 'DAOZHENXX' } as const;
export const pinyinTrades: Readonly<Record<string, Trade>> = {
  'HIS1.Biz.RENYUANXX': { procedure: 'usp_hospay_find_patient', rows: true, whenEmpty: '1', takes: { JIUZHENKLX: 'card_type', JIUZHENKH: 'card_no' }, gives: { patient_id: 'BINGRENID', name: 'XINGMING', sex: 'XINGBIE', birthday: 'CHUSHENGRQ', id_no: 'ZHENGJIANHM', card_no: 'JIUZHENKH', phone: 'LIANXIDH' } },
  'HIS1.Biz.MENZHENFYMX': { procedure: 'usp_hospay_list_open_bills', rows: true, takes: { BINGRENID: 'patient_id' }, gives: { bill_no: 'CHUFANGHAO', bill_type: 'CHUFANGLX', bill_date: 'KAIDANRQ', dept_name: 'KAIDANKSMC', doctor_name: 'KAIDANYSXM', amount: 'ZONGJINE' } },
  'HIS1.Biz.MENZHENYJS': { procedure: 'usp_hospay_presettle', takes: { BINGRENID: 'patient_id', CHUFANGHAO: 'bill_nos' }, gives: { quote_no: 'YUJIESUANID', total: 'ZONGJINE', fund: 'YIBAOJE', account: 'ZHANGHUJE', self_pay: 'ZIFUJE', valid_until: 'YOUXIAOSJ' } },
  'HIS1.Biz.MENZHENJS': {
    procedure: 'usp_hospay_confirm',
    takes: { PINGTAIDDH: 'trade_no', YUJIESUANID: 'quote_no', BINGRENID: 'patient_id', ZHIFUJE: 'self_pay', ZHIFUSJ: 'paid_time', ZHIFULX: 'pay_method', YINHANGLSH: 'channel_trade_no', ZHONGDUANBH: 'terminal_no' },
    gives: { ...settlement, booked_trade_no: 'PINGTAIDDH', booked_amount: 'ZHIFUJE' },
  },
  'HIS1.Biz.JIESUANCX': { procedure: 'usp_hospay_query_confirmation', rows: true, whenEmpty: '1', takes: { PINGTAIDDH: 'trade_no' }, gives: { ...settlement, trade_no: 'PINGTAIDDH', amount: 'ZHIFUJE', status: 'ZHUANGTAI' } },
  'HIS1.Biz.MENZHENTF': { procedure: 'usp_hospay_refund', takes: { PINGTAIDDH: 'trade_no', TUIFEIDH: 'refund_no', TUIFEIJE: 'refund_amount', TUIFEIYY: 'reason' }, gives: { his_refund_no: 'TUIFEIID' } },
  'HIS1.Biz.TUIFEICX': { procedure: 'usp_hospay_query_refund', rows: true, whenEmpty: '1', takes: { TUIFEIDH: 'refund_no' }, gives: { refund_no: 'TUIFEIDH', his_refund_no: 'TUIFEIID' } },
  'HIS1.Biz.DUIZHANGMX': { procedure: 'usp_hospay_day_list', rows: true, takes: { RIQI: 'day', YEMA: 'page', MEIYETS: 'page_size' }, gives: { kind: 'LEIXING', trade_no: 'PINGTAIDDH', refund_no: 'TUIFEIDH', settlement_no: 'JIESUANID', amount: 'JINE', paid_time: 'JIAOYISJ' } },
  'HIS1.Biz.XITONGSJ': { procedure: 'usp_hospay_ping', rows: true, takes: {}, gives: { server_time: 'XITONGSJ' } },
};

/** Codes of this vendor are small; what they mean stands in the mapping. */
const CODES: Readonly<Record<string, string>> = { '300301': '-3', '300302': '-4', '300303': '-5', '300304': '-6', '20100804': '-7', '20100806': '-8', '20100807': '-9', '99': '-100' };

export const pinyinDialect: SoapDialect = {
  name: 'runservice', namespace: 'http://tempuri.org/', soap: '1.1', charset: 'gbk', method: 'runservice', arguments: ['servicename', 'inxml', 'outxml'], answer: 'outxml', spelling: 'cdata',
  open(given) {
    const read = readXml(given.get('inxml') ?? '');
    if (read.kind === 'malformed') return { kind: 'answer', text: fail('-1', '入参格式错误') };
    const leaves = leavesOf(read.root);
    if (leaves.get('baseinfo/caozuoydm') !== USER || leaves.get('baseinfo/caozuoymm') !== PASSWORD) return { kind: 'answer', text: fail('-2', '操作员验证失败') };
    const trade = pinyinTrades[given.get('servicename') ?? ''];
    if (trade === undefined) return { kind: 'answer', text: fail('-1', '服务名不存在') };
    return { kind: 'call', trade, given: new Map(Object.keys(trade.takes).map((name) => [name, leaves.get(name.toLowerCase()) ?? ''])), reply };
  },
  exception: () => ({ kind: 'fault' }),
};

export const pinyinCredentials = { user: USER, password: PASSWORD } as const;

function reply({ code, message, values, rows }: TradeResult): string {
  const told = element('OUTMSG', `${element('ERRNO', CODES[code] ?? code)}${element('ERRMSG', cdata(message))}`);
  const list = rows.map((row) => element('MINGXI', row.map(([name, text]) => element(name, cdata(text))).join(''))).join('');
  const body = values.map(([name, text]) => element(name, escaped(text))).join('');
  return `<?xml version="1.0" encoding="GBK"?>${element('RESPONSE', `${told}${body}${element('MINGXILB', list)}`)}`;
}

function fail(code: string, message: string): string {
  return reply({ kind: 'result', code, message, values: [], rows: [] });
}
