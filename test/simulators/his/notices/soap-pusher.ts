/** A HIS that calls a web service of the platform: the envelopes of its own interface, turned around. */
import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import iconv from 'iconv-lite';
import { leavesOf, readXml, type XmlElement } from '@hospay/plugin-sdk/his-mapping';
import { encryptedCredentials } from '../soap/encrypted-dialect.js';
import { pinyinCredentials } from '../soap/pinyin-dialect.js';
import { requestCredentials } from '../soap/request-dialect.js';
import { cdata, element, escaped } from '../soap/xml-text.js';
import { spell, told, type Push, type PushFault, type PushReply, type PushSpelling, type PushWire } from './push.js';

type SoapSpelling = PushSpelling & {
  readonly charset: string;
  readonly contentType: string;
  readonly envelope: string;
  write(push: Push, fault: PushFault | undefined): string;
  read(text: string): PushReply;
  readonly answer: string;
};

const EXAMPLE_CALLS = {
  refundRequested: '6001', refundQueried: '6002', clinicStopped: '5001', registrationCancelled: '5002', checkedIn: '5004', billsChanged: '5005', arrears: '5006', medicineReady: '5007', visitDone: '5008', reportReady: '5009', queueCalled: '5010', invoicePrinted: '5016',
} as const;
export const NOTICE_PASSWORD = 'push-2026-for-tests';

const selfService: SoapSpelling = {
  charset: 'utf-8', contentType: 'text/xml; charset=utf-8', envelope: 'http://schemas.xmlsoap.org/soap/envelope/', answer: 'SelfServiceResult',
  calls: EXAMPLE_CALLS, money: 'yuan', results: { 0: 'accepted', 1: 'refused', 2: 'processing', 99: 'unknown' },
  names: {
    hisRefundNo: 'RefundNo', tradeNo: 'TransactionId', receiptNo: 'ReceiptNo', refundFen: 'RefundFee', totalFen: 'TotalFee', reason: 'Reason', operatorId: 'OperID', oldReceiptNo: 'OldReceiptNo', newReceiptNo: 'NewReceiptNo', noticeNo: 'NoticeNo',
    cancelledAtHis: 'IsCancelled', hisRegistrationNo: 'RegisterNo', invoiceNo: 'InvoiceNo', text: 'Content', patientId: 'PatientID', billNo: 'RecipeNo', place: 'Place',
  },
  write(push, fault) {
    const records = (push.registrations ?? []).map((each) => element('Record', element('RegisterNo', each))).join('');
    const values = spell(push, this, fault).map(([name, text]) => element(name, escaped(text))).join('');
    const document = element('Request', `${element('TradeCode', this.calls[push.kind] ?? '')}${element('UserID', requestCredentials.user)}${element('Password', fault === 'wrongKey' ? 'guessed' : NOTICE_PASSWORD)}${values}${records === '' ? '' : element('Records', records)}`);
    return `<SelfService xmlns="http://his.example/selfservice"><Input>${escaped(fault === 'cut' ? document.slice(0, -20) : document)}</Input></SelfService>`;
  },
  read(text) { return fromLeaves(this, text, 'Response', { result: 'resultcode', message: 'resultcontent', state: 'refundstate', refund: 'refundfee' }); },
};

const gbk: SoapSpelling = {
  charset: 'gbk', contentType: 'text/xml; charset=gbk', envelope: 'http://schemas.xmlsoap.org/soap/envelope/', answer: 'outxml', money: 'yuan', results: { 0: 'accepted', '-1': 'refused', 1: 'processing', 9: 'unknown' },
  calls: { refundRequested: 'HIS1.Push.TUIFEI', refundQueried: 'HIS1.Push.TUIFEICX', clinicStopped: 'HIS1.Push.TINGZHEN', registrationCancelled: 'HIS1.Push.QUXIAOGH', checkedIn: 'HIS1.Push.QUHAO', invoicePrinted: 'HIS1.Push.HUANKAIFP', billsChanged: 'HIS1.Push.DAIJIAOFEI' },
  names: {
    hisRefundNo: 'TUIFEIID', tradeNo: 'PINGTAIDDH', receiptNo: 'SHOUJUHAO', refundFen: 'TUIFEIJE', totalFen: 'ZONGJINE', reason: 'TUIFEIYY', operatorId: 'CAOZUOYDM', noticeNo: 'TONGZHIID', cancelledAtHis: 'YIQUXIAO', hisRegistrationNo: 'GUAHAOID', invoiceNo: 'FAPIAOHAO',
    text: 'NEIRONG', patientId: 'BINGRENID', billNo: 'CHUFANGHAO',
  },
  write(push, fault) {
    const values = spell(push, this, fault).map(([name, text]) => element(name, cdata(text).replace('<![CDATA[', '').replace(']]>', ''))).join('');
    const registrations = push.registrations === undefined ? '' : element('GUAHAOID', push.registrations.join(','));
    const base = element('BASEINFO', element('CAOZUOYDM', pinyinCredentials.user) + element('CAOZUOYMM', fault === 'wrongKey' ? 'guessed' : NOTICE_PASSWORD));
    const document = element('REQUEST', `${base}${values}${registrations}`);
    return `<runservice xmlns="http://tempuri.org/"><servicename>${this.calls[push.kind] ?? ''}</servicename><inxml>${cdata(fault === 'cut' ? document.slice(0, -20) : document)}</inxml><outxml></outxml></runservice>`;
  },
  read(text) { return fromLeaves(this, text, 'RESPONSE', { result: 'outmsg/errno', message: 'outmsg/errmsg', state: 'tuifeizt', refund: 'tuifeije' }); },
};

const { user: USER, encryptionKey: KEY } = encryptedCredentials;
const signature = (values: readonly (readonly [string, string])[]): string => createHash('md5').update(`${values.map(([name, text]) => `${name}=${text}`).join('&')}&KEY=${KEY}`).digest('hex').toUpperCase();

const encrypted: SoapSpelling = {
  charset: 'utf-8', contentType: 'application/soap+xml; charset=utf-8', envelope: 'http://www.w3.org/2003/05/soap-envelope', answer: 'InvokeResult', money: 'fen', results: { 0: 'accepted', 13: 'refused', 20: 'processing', 99: 'unknown' },
  calls: { refundRequested: '2014', refundQueried: '2015', clinicStopped: '2016', registrationCancelled: '2017', checkedIn: '2018', invoicePrinted: '2019', billsChanged: '2020' },
  names: {
    hisRefundNo: 'HOSP_REFUND_ID', tradeNo: 'ORDER_ID', receiptNo: 'RECEIPT_ID', refundFen: 'REFUND_FEE', totalFen: 'PAY_TOTAL_FEE', reason: 'REFUND_REASON', noticeNo: 'NOTICE_ID', cancelledAtHis: 'IS_CANCELLED', hisRegistrationNo: 'HOSP_ORDER_ID', invoiceNo: 'INVOICE_ID',
    text: 'CONTENT', patientId: 'HOSP_PATIENT_ID', billNo: 'HOSP_SEQUENCE',
  },
  write(push, fault) {
    const items = (push.registrations ?? []).map((each) => element('ITEM', element('HOSP_ORDER_ID', cdata(each)))).join('');
    const values = spell(push, this, fault).map(([name, text]) => element(name, cdata(text))).join('');
    const content = element('REQ', `${element('MSG_ID', cdata('M1'))}${values}${items === '' ? '' : element('LIST', items)}`);
    const cipher = createCipheriv('aes-128-ecb', Buffer.from(KEY), null);
    const hidden = Buffer.concat([cipher.update(fault === 'cut' ? content.slice(0, -20) : content, 'utf8'), cipher.final()]).toString('base64');
    const call = this.calls[push.kind] ?? '';
    const sign = fault === 'wrongKey' ? 'A'.repeat(32) : signature([['FUN_CODE', call], ['REQ_ENCRYPTED', hidden], ['USER_ID', USER]]);
    const root = element('ROOT', [['FUN_CODE', call], ['USER_ID', USER], ['SIGN_TYPE', 'MD5'], ['SIGN', sign], ['REQ_ENCRYPTED', hidden]].map(([name = '', text = '']) => element(name, cdata(text))).join(''));
    return `<Invoke xmlns="http://platform.example/service"><request>${escaped(root)}</request></Invoke>`;
  },
  read(text) {
    const read = readXml(text);
    if (read.kind === 'malformed') return { kind: 'error', reason: read.reason };
    const leaves = leavesOf(read.root);
    const valueOf = (name: string): string => leaves.get(name) ?? '';
    const sign = signature([['RES_ENCRYPTED', valueOf('res_encrypted')], ['RETURN_CODE', valueOf('return_code')], ['RETURN_MSG', valueOf('return_msg')]]);
    if (sign !== valueOf('sign')) return { kind: 'error', reason: 'the signature is wrong' };
    const decipher = createDecipheriv('aes-128-ecb', Buffer.from(KEY), null);
    const inner = readXml(Buffer.concat([decipher.update(valueOf('res_encrypted'), 'base64'), decipher.final()]).toString('utf8'));
    const within = inner.kind === 'document' ? leavesOf(inner.root) : new Map<string, string>();
    if (within.get('msg_id') !== 'M1') return { kind: 'error', reason: 'the number is not repeated' };
    return told(this, valueOf('return_code'), { message: valueOf('return_msg'), state: within.get('refund_status'), refund: within.get('refund_fee') });
  },
};

export const SOAP_PUSHES = { selfService, gbk, encrypted } as const;

function fromLeaves(spelling: PushSpelling, text: string, root: string, names: { readonly result: string; readonly message: string; readonly state: string; readonly refund: string }): PushReply {
  const read = readXml(text);
  if (read.kind === 'malformed' || read.root.name !== root) return { kind: 'error', reason: text.slice(0, 100) };
  const leaves = leavesOf(read.root);
  return told(spelling, leaves.get(names.result), { message: leaves.get(names.message) ?? '', state: leaves.get(names.state), refund: leaves.get(names.refund) });
}

export function soapPusher(personality: keyof typeof SOAP_PUSHES, port: number): PushWire {
  const spelling: SoapSpelling = SOAP_PUSHES[personality];
  return {
    push: (push, fault) => send(spelling, port, push, fault),
    close: () => Promise.resolve(),
  };
}

function send(spelling: SoapSpelling, port: number, push: Push, fault: PushFault | undefined): Promise<PushReply> {
  const envelope = fault === 'garbage' ? 'ORA-01403: 未找到任何数据' : `<?xml version="1.0"?><soap:Envelope xmlns:soap="${spelling.envelope}"><soap:Body>${spelling.write(push, fault)}</soap:Body></soap:Envelope>`;
  const body = iconv.encode(envelope, spelling.charset);
  return new Promise((resolve) => {
    const sent = httpRequest({ host: '127.0.0.1', port, path: '/push', method: 'POST', agent: false, headers: { 'content-type': spelling.contentType, 'content-length': body.length } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => { chunks.push(chunk); });
      response.on('error', () => { resolve({ kind: 'noAnswer' }); });
      response.on('end', () => { resolve(readAnswer(spelling, response.statusCode ?? 0, Buffer.concat(chunks))); });
    });
    sent.on('error', () => { resolve({ kind: 'noAnswer' }); });
    sent.end(body, () => {
      if (fault === 'dropBeforeAnswer') sent.destroy();
    });
  });
}

function readAnswer(spelling: SoapSpelling, status: number, bytes: Buffer): PushReply {
  const text = iconv.decode(bytes, spelling.charset);
  const parsed = readXml(text);
  if (status !== 200 || parsed.kind === 'malformed') return { kind: 'error', reason: `HTTP ${String(status)} ${text.slice(0, 200)}` };
  const inner = findElement(parsed.root, spelling.answer);
  return inner === undefined ? { kind: 'error', reason: 'no answer in the envelope' } : spelling.read(inner.text);
}

function findElement(root: XmlElement, name: string): XmlElement | undefined {
  if (root.name === name) return root;
  for (const child of root.children) {
    const found = findElement(child, name);
    if (found !== undefined) return found;
  }
  return undefined;
}
