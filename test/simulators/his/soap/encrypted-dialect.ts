/**
 * A regional platform's interface: ROOT with FUN_CODE, USER_ID, SIGN and REQ_ENCRYPTED, answered with RETURN_CODE, SIGN and RES_ENCRYPTED. AES-128-ECB, MD5,
 * amounts in fen, SOAP 1.2. It repeats the number of each message. Exceptions are told as 99.
 */
import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import { leavesOf, readXml } from '@hospay/plugin-sdk/his-mapping';
import type { Trade, TradeResult } from '../trades.js';
import type { SoapDialect } from './dialect.js';
import { cdata, element } from './xml-text.js';

export const encryptedCredentials = { user: 'HOSPAY-01', encryptionKey: 'k7Yw2Qm9Rt4Vx8Zb' } as const;
const { user: USER, encryptionKey: KEY } = encryptedCredentials;

const fen = (name: string) => ({ name, as: 'fen' }) as const;
const time = (name: string) => ({ name, as: 'time' }) as const;
const payment = { settlement_no: 'HOSP_PAY_ID', receipt_no: 'RECEIPT_ID', pickup_window: 'MED_WINDOW', guide: 'HOSP_REMARK' } as const;
export const encryptedTrades: Readonly<Record<string, Trade>> = {
  1003: { procedure: 'usp_hospay_find_patient', rows: true, whenEmpty: '100301', takes: { CARD_TYPE: 'card_type', CARD_NO: 'card_no' }, gives: { patient_id: 'HOSP_PATIENT_ID', name: 'NAME', sex: 'SEX', birthday: 'BIRTHDAY', id_no: 'ID_NO', card_no: 'CARD_NO', phone: 'MOBILE' } },
  3001: { procedure: 'usp_hospay_list_open_bills', rows: true, whenEmpty: '300101', takes: { HOSP_PATIENT_ID: 'patient_id' }, gives: { bill_no: 'HOSP_SEQUENCE', bill_type: 'FEE_TYPE', bill_date: time('BILL_TIME'), dept_name: 'DEPT_NAME', doctor_name: 'DOCTOR_NAME', amount: fen('PAY_TOTAL_FEE') } },
  3002: { procedure: 'usp_hospay_presettle', takes: { HOSP_PATIENT_ID: 'patient_id', HOSP_SEQUENCE: 'bill_nos' }, gives: { quote_no: 'QUOTE_ID', total: fen('PAY_TOTAL_FEE'), fund: fen('PAY_MI_FEE'), account: fen('PAY_ACCOUNT_FEE'), self_pay: fen('PAY_ACTUAL_FEE'), valid_until: time('EXPIRE_TIME') } },
  3003: {
    procedure: 'usp_hospay_confirm',
    takes: { ORDER_ID: 'trade_no', QUOTE_ID: 'quote_no', HOSP_PATIENT_ID: 'patient_id', PAY_ACTUAL_FEE: { name: 'self_pay', as: 'fen' }, PAY_TIME: { name: 'paid_time', as: 'time' }, PAY_CHANNEL_ID: 'pay_method', SERIAL_NUM: 'channel_trade_no', TERMINAL_ID: 'terminal_no' },
    gives: { ...payment, booked_trade_no: 'ORDER_ID', booked_amount: fen('PAY_ACTUAL_FEE') },
  },
  3004: { procedure: 'usp_hospay_query_confirmation', rows: true, whenEmpty: '300401', takes: { ORDER_ID: 'trade_no' }, gives: { ...payment, trade_no: 'ORDER_ID', amount: fen('PAY_ACTUAL_FEE'), status: 'ORDER_STATUS' } },
  2010: { procedure: 'usp_hospay_refund', takes: { ORDER_ID: 'trade_no', REFUND_ID: 'refund_no', REFUND_FEE: { name: 'refund_amount', as: 'fen' }, REFUND_REASON: 'reason' }, gives: { his_refund_no: 'HOSP_REFUND_ID' } },
  2011: { procedure: 'usp_hospay_query_refund', rows: true, whenEmpty: '201101', takes: { REFUND_ID: 'refund_no' }, gives: { refund_no: 'REFUND_ID', his_refund_no: 'HOSP_REFUND_ID' } },
  9003: { procedure: 'usp_hospay_day_list', rows: true, whenEmpty: '900301', takes: { BILL_DATE: 'day', PAGE_NO: 'page', PAGE_SIZE: 'page_size' }, gives: { kind: 'BILL_TYPE', trade_no: 'ORDER_ID', refund_no: 'REFUND_ID', settlement_no: 'HOSP_PAY_ID', amount: fen('FEE'), paid_time: time('PAY_TIME') } },
  9000: { procedure: 'usp_hospay_ping', rows: true, takes: {}, gives: { server_time: time('SYS_TIME') } },
};

export const encryptedDialect: SoapDialect = {
  name: 'platform', namespace: 'http://platform.example/service', soap: '1.2', charset: 'utf-8', method: 'Invoke', arguments: ['request'], answer: 'InvokeResult', spelling: 'escaped',
  open(given) {
    const read = readXml(given.get('request') ?? '');
    if (read.kind === 'malformed') return { kind: 'answer', text: seal('2', 'XML解析异常', '') };
    const sent = leavesOf(read.root);
    const valueOf = (name: string): string => sent.get(name.toLowerCase()) ?? '';
    if (valueOf('USER_ID') !== USER) return { kind: 'answer', text: seal('4', '无效的用户', '') };
    if (valueOf('SIGN') !== sign([['FUN_CODE', valueOf('FUN_CODE')], ['REQ_ENCRYPTED', valueOf('REQ_ENCRYPTED')], ['USER_ID', valueOf('USER_ID')]])) return { kind: 'answer', text: seal('7', '签名错误', '') };
    const trade = encryptedTrades[valueOf('FUN_CODE')];
    if (trade === undefined) return { kind: 'answer', text: seal('5', '非法功能号', '') };
    const request = readXml(decrypt(valueOf('REQ_ENCRYPTED')));
    if (request.kind === 'malformed') return { kind: 'answer', text: seal('9', '解密后不是XML', '') };
    const leaves = leavesOf(request.root);
    const number = leaves.get('msg_id') ?? '';
    return { kind: 'call', trade, given: new Map(Object.keys(trade.takes).map((name) => [name, leaves.get(name.toLowerCase()) ?? ''])), reply: (result) => reply(result, number) };
  },
  exception: (text) => ({ kind: 'text', text: seal('99', `系统错误: ${text}`, '') }),
};

function reply({ code, message, values, rows }: TradeResult, number: string): string {
  const list = rows.map((row) => element('ITEM', row.map(([name, text]) => element(name, cdata(text))).join(''))).join('');
  const body = values.map(([name, text]) => element(name, cdata(text))).join('');
  return seal(code, message, element('RES', `${element('MSG_ID', cdata(number))}${body}${rows.length > 0 ? element('LIST', list) : ''}`));
}

/** Signed as it leaves the platform. */
export function seal(code: string, message: string, content: string): string {
  const encrypted = encrypt(content);
  const signature = sign([['RES_ENCRYPTED', encrypted], ['RETURN_CODE', code], ['RETURN_MSG', message]]);
  const values = [['RETURN_CODE', code], ['RETURN_MSG', message], ['SIGN_TYPE', 'MD5'], ['SIGN', signature], ['RES_ENCRYPTED', encrypted]] as const;
  return element('ROOT', values.map(([name, text]) => element(name, cdata(text))).join(''));
}

function sign(sorted: readonly (readonly [string, string])[]): string {
  return createHash('md5').update(`${sorted.map(([name, text]) => `${name}=${text}`).join('&')}&KEY=${KEY}`).digest('hex').toUpperCase();
}

function encrypt(text: string): string {
  const cipher = createCipheriv('aes-128-ecb', KEY, null);
  return cipher.update(text, 'utf8', 'base64') + cipher.final('base64');
}

function decrypt(encrypted: string): string {
  const decipher = createDecipheriv('aes-128-ecb', KEY, null);
  try {
    return decipher.update(encrypted, 'base64', 'utf8') + decipher.final('utf8');
  } catch {
    return '';
  }
}
