/** ISO 20022 documents as the simulated bank reads and writes them, without the plugin's own code. */
import { chinaDay, chinaText } from '../machinery/china-time.js';
import { fenOfYuan, yuanText } from '../machinery/yuan-text.js';
import type { BankAccount, Movement, Transfer, TransferOrder } from './bank-records.js';

export type Initiation = { readonly messageId: string; readonly order: TransferOrder };
export type Status = { readonly status: string; readonly reason?: string; readonly text?: string; readonly reference?: string };

const NAMESPACE = 'urn:iso:std:iso:20022:tech:xsd:';
const MARK = /^[0-9A-Za-z]{1,35}$/;

/** A pain.001.001.09 with one transfer in CNY, whose sums agree with it and whose elements stand where the schema wants them; undefined for anything else. */
export function readInitiation(body: Buffer): Initiation | undefined {
  const text = body.toString('utf8');
  if (!text.startsWith(`<?xml version="1.0" encoding="UTF-8"?><Document xmlns="${NAMESPACE}pain.001.001.09"><CstmrCdtTrfInitn><GrpHdr>`)) return undefined;
  const at = (...path: readonly string[]): string | undefined => path.reduce<string | undefined>((inside, name) => (inside === undefined ? undefined : new RegExp(`<${name}(?: [^>]*)?>(.*?)</${name}>`, 's').exec(inside)?.[1]), text);
  const [group, payment, transfer] = [at('GrpHdr'), at('PmtInf'), at('CdtTrfTxInf')];
  const messageId = at('GrpHdr', 'MsgId') ?? '';
  const amount = /<InstdAmt Ccy="CNY">([^<]+)<\/InstdAmt>/.exec(transfer ?? '')?.[1];
  const amountFen = fenOfYuan(amount);
  const isOrdered = /<PmtInfId>.*<PmtMtd>TRF<\/PmtMtd>.*<NbOfTxs>1<\/NbOfTxs><CtrlSum>.*<ReqdExctnDt><Dt>\d{4}-\d\d-\d\d<\/Dt><\/ReqdExctnDt><Dbtr>.*<DbtrAcct>.*<DbtrAgt>.*<CdtTrfTxInf><PmtId><InstrId>.*<EndToEndId>.*<Amt>.*<CdtrAgt>.*<Cdtr>.*<CdtrAcct>.*<RmtInf>/s.test(payment ?? '');
  const sumsAgree = at('GrpHdr', 'CtrlSum') === amount && at('PmtInf', 'CtrlSum') === amount && at('GrpHdr', 'NbOfTxs') === '1';
  const [fromAccountNo, payeeAccountNo, name, endToEnd] = [at('DbtrAcct', 'Othr', 'Id'), at('CdtrAcct', 'Othr', 'Id'), at('Cdtr', 'Nm'), at('EndToEndId')];
  if (group === undefined || !isOrdered || !sumsAgree || amountFen === undefined || !MARK.test(messageId) || endToEnd !== messageId || fromAccountNo === undefined || payeeAccountNo === undefined || name === undefined) return undefined;
  const bankName = at('CdtrAgt', 'Nm') ?? at('CdtrAgt', 'MmbId') ?? '';
  return { messageId, order: { clientNo: messageId, fromAccountNo, amountFen, payee: { accountNo: payeeAccountNo, name: plain(name), bankName: plain(bankName) }, summary: plain(at('RmtInf', 'Ustrd') ?? '') } };
}

/** pain.002 about one message. */
export function statusReport(messageId: string, { status, reason, text, reference }: Status): string {
  const why = reason === undefined ? '' : `<StsRsnInf><Rsn><Cd>${reason}</Cd></Rsn>${text === undefined ? '' : `<AddtlInf>${escaped(text)}</AddtlInf>`}</StsRsnInf>`;
  const own = reference === undefined ? '' : `<AcctSvcrRef>${reference}</AcctSvcrRef>`;
  const transaction = `<OrgnlPmtInfAndSts><OrgnlPmtInfId>${messageId}</OrgnlPmtInfId><TxInfAndSts><OrgnlEndToEndId>${messageId}</OrgnlEndToEndId><TxSts>${status}</TxSts>${why}${own}</TxInfAndSts></OrgnlPmtInfAndSts>`;
  return document('pain.002.001.10', `<CstmrPmtStsRpt><GrpHdr><MsgId>R${messageId}</MsgId></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>${messageId}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId></OrgnlGrpInfAndSts>${transaction}</CstmrPmtStsRpt>`);
}

export function statusOf({ state, isLost, transferNo }: Transfer): Status {
  if (isLost) return { status: 'PDNG', reference: transferNo };
  switch (state) {
    case 'paid':
      return { status: 'ACSC', reference: transferNo };
    case 'processing':
      return { status: 'ACSP', reference: transferNo };
    case 'awaitingApproval':
      return { status: 'PDNG', reason: 'AUTH', text: 'awaits authorisation', reference: transferNo };
    case 'failed':
      return { status: 'RJCT', reason: 'AC04', text: 'account closed' };
    case 'refusedInApproval':
    case 'cancelled':
      return { status: 'CANC', text: 'cancelled by the customer' };
  }
}

/** camt.053 of one day. */
export function statement(account: BankAccount, { day, openingFen, rows }: { readonly day: string; readonly openingFen: number; readonly rows: readonly Movement[] }): string {
  const closingFen = rows.at(-1)?.balanceFen ?? openingFen;
  const body = `<Acct><Id><Othr><Id>${account.accountNo}</Id></Othr></Id></Acct>${balance('OPBD', openingFen, day)}${balance('CLBD', closingFen, day)}${rows.map((row) => entry(account, row)).join('')}`;
  return document('camt.053.001.08', `<BkToCstmrStmt><GrpHdr><MsgId>S${day}</MsgId></GrpHdr><Stmt><Id>S${day}</Id>${body}</Stmt></BkToCstmrStmt>`);
}

/** camt.052: the booked entries under one end-to-end number. */
export function entriesReport(account: BankAccount, rows: readonly Movement[]): string {
  return document('camt.052.001.08', `<BkToCstmrAcctRpt><GrpHdr><MsgId>E1</MsgId></GrpHdr><Rpt><Id>E1</Id><Acct><Id><Othr><Id>${account.accountNo}</Id></Othr></Id></Acct>${rows.map((row) => entry(account, row)).join('')}</Rpt></BkToCstmrAcctRpt>`);
}

function balance(code: string, amountFen: number, day: string): string {
  return `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">${yuanText(Math.abs(amountFen))}</Amt><CdtDbtInd>${amountFen < 0 ? 'DBIT' : 'CRDT'}</CdtDbtInd><Dt><Dt>${day}</Dt></Dt></Bal>`;
}

function entry({ accountNo, name }: BankAccount, { lineNo, direction, amountFen, at, counterparty, summary, clientNo, returns }: Movement): string {
  const them = { name: counterparty.name, accountNo: counterparty.accountNo };
  const us = { name, accountNo };
  // A returned transfer keeps the parties of what it returns.
  const [from, to] = direction === 'out' || returns !== undefined ? [us, them] : [them, us];
  const parties = `<RltdPties><Dbtr><Pty><Nm>${escaped(from.name)}</Nm></Pty></Dbtr><DbtrAcct><Id><Othr><Id>${from.accountNo}</Id></Othr></Id></DbtrAcct><Cdtr><Pty><Nm>${escaped(to.name)}</Nm></Pty></Cdtr><CdtrAcct><Id><Othr><Id>${to.accountNo}</Id></Othr></Id></CdtrAcct></RltdPties>`;
  const returned = returns === undefined ? '' : '<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>';
  const details = `<NtryDtls><TxDtls><Refs><EndToEndId>${clientNo ?? 'NOTPROVIDED'}</EndToEndId></Refs>${parties}<RmtInf><Ustrd>${escaped(summary)}</Ustrd></RmtInf>${returned}</TxDtls></NtryDtls>`;
  return `<Ntry><Amt Ccy="CNY">${yuanText(amountFen)}</Amt><CdtDbtInd>${direction === 'in' ? 'CRDT' : 'DBIT'}</CdtDbtInd><RvslInd>${String(returns !== undefined)}</RvslInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><DtTm>${chinaText(at).replace(' ', 'T')}+08:00</DtTm></BookgDt><ValDt><Dt>${chinaDay(at)}</Dt></ValDt><AcctSvcrRef>${lineNo}</AcctSvcrRef>${details}</Ntry>`;
}

function document(name: string, content: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="${NAMESPACE}${name}">${content}</Document>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function plain(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&apos;', "'").replaceAll('&amp;', '&');
}
