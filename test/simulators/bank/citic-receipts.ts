/** Receipts (电子回单) at CITIC's front-end machine: DLEDDRSQ lists those of days, DLEDCDTD gives them as an archive. Which number of a movement transeqNo is, the manual does not say: here it is its tranNo. */
import { chinaDay } from '../machinery/china-time.js';
import { yuanText } from '../machinery/yuan-text.js';
import { writeZip } from '../machinery/zip-writer.js';
import type { Movement } from './bank-records.js';
import { CITIC_CODES, citicRefusal, type CiticAnswer } from './citic-actions.js';
import type { CiticRequest } from './citic-message.js';
import type { SimulatedBank } from './simulated-bank.js';

const MOST_ROWS = 100;
/** 转账回单. */
const TRANSFER = '200000';
const ANSWERED = { status: 'AAAAAAA', statusText: '成功' };

/** DLEDDRSQ. A receipt that is late is not in it. */
export function listReceipts(bank: SimulatedBank, { fields }: CiticRequest): CiticAnswer {
  const { accNo = '', qryType = '', billType = '', minAmt = '', maxAmt = '', startDate = '', endDate = '', pageSize = '', startNo = '' } = fields;
  const account = bank.books.find(accNo);
  if (account === undefined) return citicRefusal(CITIC_CODES.noSuchAccount, '账号不存在');
  const isWellFormed = /^[12]$/.test(qryType) && /^[0-6]$/.test(billType) && [startDate, endDate].every((date) => /^\d{8}$/.test(date)) && [minAmt, maxAmt].every((amount) => /^\d{1,13}\.\d{2}$/.test(amount)) && Number(pageSize) <= MOST_ROWS && /^[1-9]\d{0,5}$/.test(startNo);
  if (!isWellFormed) return citicRefusal(CITIC_CODES.malformed, '查询条件有误');
  const today = chinaDay(bank.now());
  const isAsked = ({ at, amountFen }: Movement): boolean => {
    const day = chinaDay(at);
    return (qryType === '1') === (day === today) && day.replaceAll('-', '') >= startDate && day.replaceAll('-', '') <= endDate && Number(minAmt) * 100 <= amountFen && amountFen <= Number(maxAmt) * 100;
  };
  const all = account.movements.filter(isAsked).flatMap((movement) => {
    const receipt = bank.receipts.receiptOf(movement);
    return receipt === 'late' ? [] : [{ brseqNo: receipt.receiptNo, billType: TRANSFER, transeqNo: movement.lineNo, tranDate: chinaDay(movement.at).replaceAll('-', ''), tranAmt: yuanText(movement.amountFen), cdfg: movement.direction === 'in' ? 'C' : 'D', brStt: '1' }];
  });
  return { fields: { ...ANSWERED, totalCount: String(all.length) }, rows: all.slice(Number(startNo) - 1, Number(startNo) - 1 + Number(pageSize)) };
}

/** DLEDCDTD: a PDF each, and the same beside it in the other form. */
export function downloadReceipts(bank: SimulatedBank, { fields, rows }: CiticRequest): CiticAnswer {
  const account = bank.books.find(fields['accNo'] ?? '');
  if (account === undefined) return citicRefusal(CITIC_CODES.noSuchAccount, '账号不存在');
  if (!/^[12]$/.test(fields['isCurrDay'] ?? '') || rows.length === 0 || rows.length > 10) return citicRefusal(CITIC_CODES.malformed, '下载条件有误');
  const files = rows.map(({ brSeqNo = '', billType = '' }) => {
    const movement = account.movements.find(({ lineNo }) => `HD${lineNo}` === brSeqNo);
    const receipt = movement === undefined || billType !== TRANSFER ? 'late' : bank.receipts.receiptOf(movement);
    return receipt === 'late' ? undefined : { brSeqNo, name: `${brSeqNo}.pdf`, content: Buffer.from(receipt.bytes) };
  });
  if (!files.every((file) => file !== undefined)) return citicRefusal(CITIC_CODES.noReceipt, '无此回单');
  const zip = writeZip(files.flatMap(({ brSeqNo, name, content }) => [{ name: Buffer.from(name), content }, { name: Buffer.from(`${brSeqNo}.ofd`), content: Buffer.from('PK\u0003\u0004') }]));
  return { fields: { ...ANSWERED, fileConTent: zip.toString('base64'), fileName: 'receipts.zip', size: String(files.length) }, rows: files.map(({ brSeqNo, name }) => ({ brSeqNo, billType: TRANSFER, pdfName: name })) };
}
