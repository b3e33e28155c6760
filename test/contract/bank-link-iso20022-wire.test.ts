/** What stands on the wire between the ISO 20022 plugin and a bank, and what is made of reports and entries nobody may believe. */
import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { test, type TestContext } from 'node:test';
import type { BankLink, TransferRequest } from '@hospay/plugin-sdk';
import { makeTestContext } from '@hospay/plugin-sdk/testkit';
import iso20022, { type IsoSettings } from '@hospay/bank-link-iso20022';
import { selfSignedCertificate } from '../simulators/machinery/certificate-writer.js';
import { statusReport, type Status } from '../simulators/bank/iso-messages.js';
import { startIsoStand, type IsoStandOptions } from './bank-link-iso20022-stand.js';
import { ACCOUNT_NO, PAYEE } from './bank-link-plain-subject.js';

const REQUEST: TransferRequest = { instructionNo: 'T20261127000000001', fromAccountNo: ACCOUNT_NO, payee: PAYEE, amountFen: 123_456, purpose: '退预交金' };
const REFERENCE = { instructionNo: REQUEST.instructionNo, fromAccountNo: ACCOUNT_NO, amountFen: REQUEST.amountFen, requestedAt: '2026-11-26T02:00:00Z' };
const call = (timeoutMs = 5_000) => ({ deadline: new Date(Date.now() + timeoutMs).toISOString(), signal: AbortSignal.timeout(timeoutMs) });

async function stand(context: TestContext, options: IsoStandOptions = {}) {
  const started = await startIsoStand(options);
  context.after(() => started.stop());
  return started;
}

test('an instruction is a pain.001 with one transfer: our number in each of its places, yuan with two decimals, the payee as the hospital wrote him', async (context) => {
  const { link, iso, bank } = await stand(context);
  assert.equal((await link.pay({ ...REQUEST, payee: { ...PAYEE, accountName: '王\u{20BB7}<&>"贸易"' } }, call())).kind, 'succeeded');
  const sent = iso.received.at(-1) ?? assert.fail('nothing was sent');
  for (const place of ['MsgId', 'PmtInfId', 'InstrId', 'EndToEndId']) assert.ok(sent.includes(`<${place}>${REQUEST.instructionNo}</${place}>`), place);
  assert.match(sent, /<InstdAmt Ccy="CNY">1234\.56<\/InstdAmt><\/Amt><CdtrAgt><FinInstnId><ClrSysMmbId><ClrSysId><Cd>CNAPS<\/Cd><\/ClrSysId><MmbId>308100005019<\/MmbId>/);
  assert.equal(bank.transfers.find(REQUEST.instructionNo)?.order.payee.name, '王\u{20BB7}<&>"贸易"');
});

test('what the message cannot carry is refused before anything is sent', async (context) => {
  const { link, iso } = await stand(context);
  const { bankName: _bankName, bankNo: _bankNo, ...nowhere } = PAYEE;
  for (const [code, payee] of [['LINK_BANK_MISSING', nowhere], ['LINK_NOT_IN_XML', { ...PAYEE, accountName: '张\u0001三' }]] as const) {
    const outcome = await link.pay({ ...REQUEST, payee }, call());
    assert.equal(outcome.kind === 'refused' && outcome.code, code);
  }
  assert.deepEqual(iso.received, []);
});

test('over TLS the hospital shows its certificate; without one a link does not become active', async (context) => {
  const keys = Array.from({ length: 2 }, () => generateKeyPairSync('rsa', { modulusLength: 2048, privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } }).privateKey);
  const [bankKeyPem = '', ourKeyPem = ''] = keys;
  const certificatePem = certificateOf('4B'.repeat(20), bankKeyPem);
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, certificatePem]);
  context.after(() => { setDefaultCACertificates(before); });
  const { link, bank } = await stand(context, { bank: { tls: { keyPem: bankKeyPem, certificatePem } }, settings: { clientCertificatePem: certificateOf('4C'.repeat(20), ourKeyPem), clientKeyPem: ourKeyPem } });
  assert.equal((await link.pay(REQUEST, call())).kind, 'succeeded');
  const listed = await link.listCredentials?.({}, call());
  assert.deepEqual(listed?.kind === 'credentials' && listed.credentials.map(({ name, holder }) => [name, holder]), [['clientCertificatePem', 'ours'], ['clientKeyPem', 'ours']]);
  await assert.rejects(scripted([], { baseUrl: 'https://localhost' }), /clientCertificatePem is needed/);
  assert.equal(bank.transfers.paidUnder(REQUEST.instructionNo), 1);
});

/** The link in front of a bank that answers what it is told, file after file. */
async function scripted(answers: readonly string[], settings: Partial<IsoSettings> = {}): Promise<BankLink> {
  const left = [...answers];
  const made = makeTestContext({ settings: { baseUrl: 'http://127.0.0.1:9', accountNos: [ACCOUNT_NO], debtorName: '示范医院', debtorBankNo: '302100011000', spacingMs: 0, ...settings }, now: () => new Date('2026-11-27T04:00:00Z') });
  const { bankLinks = {} } = await iso20022.activate({ ...made, http: { request: () => Promise.resolve({ kind: 'answer', status: 200, headers: {}, body: Buffer.from(left.shift() ?? assert.fail('asked more often than expected')) }) } });
  return bankLinks['iso20022'] ?? assert.fail();
}

test('only ACSC of our transfer is paid; a rejection is final only for a listed reason, and "duplicate" never, whatever is listed', async () => {
  const pay = async (status: Status, settings: Partial<IsoSettings> = {}, about = REQUEST.instructionNo): Promise<string> => (await (await scripted([statusReport(about, status)], settings)).pay(REQUEST, call())).kind;
  for (const status of ['RCVD', 'ACTC', 'ACCP', 'ACSP', 'ACWC', 'PDNG']) assert.equal(await pay({ status }), 'accepted', status);
  assert.equal(await pay({ status: 'ACSC' }), 'succeeded');
  assert.equal(await pay({ status: 'ACSC' }, {}, 'T20261127000000002'), 'unknown', 'about another message');
  assert.equal(await pay({ status: 'PART' }), 'unknown');
  assert.equal(await pay({ status: 'RJCT', reason: 'AC01' }), 'refused');
  assert.equal(await pay({ status: 'RJCT', reason: 'NARR' }), 'unknown');
  assert.equal(await pay({ status: 'RJCT', reason: 'AM05' }, { refusedReasonCodes: ['AM05'] }), 'unknown');
  const group = statusReport(REQUEST.instructionNo, { status: 'ACSC' }).replace(/<OrgnlPmtInfAndSts>.*<\/OrgnlPmtInfAndSts>/, '').replace('</OrgnlMsgNmId>', '</OrgnlMsgNmId><GrpSts>ACSC</GrpSts>');
  assert.equal((await (await scripted([group])).pay(REQUEST, call())).kind, 'unknown', 'said of the group alone');
  const declared = `<!DOCTYPE a [<!ENTITY b "ACSC">]>${statusReport(REQUEST.instructionNo, { status: '&b;' }).replace(/^<\?xml[^>]*\?>/, '')}`;
  assert.equal((await (await scripted([declared])).pay(REQUEST, call())).kind, 'unknown');
});

const ENTRY = { amount: '1234.56', side: 'DBIT', reversal: 'false', at: '2026-11-26T10:11:12+08:00', no: '1', details: [`<Refs><EndToEndId>${REQUEST.instructionNo}</EndToEndId></Refs>`] };
const entry = (changes: Partial<typeof ENTRY> = {}): string => {
  const { amount, side, reversal, at, no, details } = { ...ENTRY, ...changes };
  return `<Ntry><Amt Ccy="CNY">${amount}</Amt><CdtDbtInd>${side}</CdtDbtInd><RvslInd>${reversal}</RvslInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><DtTm>${at}</DtTm></BookgDt><AcctSvcrRef>${no}</AcctSvcrRef><NtryDtls>${details.map((each) => `<TxDtls>${each}</TxDtls>`).join('')}</NtryDtls></Ntry>`;
};
const balance = (code: string, yuan: string, day: string): string => `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">${yuan}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>${day}</Dt></Dt></Bal>`;
const report = (name: string, part: string, body: string): string => `<Document><${name}><${part}><Acct><Id><Othr><Id>${ACCOUNT_NO}</Id></Othr></Id></Acct>${body}</${part}></${name}></Document>`;
const statement = (body: string, { closing = '8765.44', day = '2026-11-26' } = {}): string => report('BkToCstmrStmt', 'Stmt', `${balance('OPBD', '10000.00', '2026-11-25')}${balance('CLBD', closing, day)}${body}`);

test('a success whose return could not be asked about is unknown; what came in under our number without being a return is nobody’s return', async () => {
  const paid = statusReport(REQUEST.instructionNo, { status: 'ACSC' });
  const news = async (answer: string): Promise<string> => (await (await scripted([paid, answer])).query(REFERENCE, call())).kind;
  const entries = (body: string): string => report('BkToCstmrAcctRpt', 'Rpt', body);
  assert.equal(await news('<html></html>'), 'unknown');
  assert.equal(await news(entries('').replace(ACCOUNT_NO, '1')), 'unknown');
  assert.equal(await news(entries('')), 'succeeded');
  assert.equal(await news(entries(entry() + entry({ side: 'CRDT', no: '2' }))), 'succeeded');
  assert.equal(await news(entries(entry() + entry({ side: 'CRDT', no: '2', reversal: 'true' }))), 'returned');
});

test('a statement is of this account and this day, adds up, and is read with or without a time; a batch of many transfers is none of them', async () => {
  const read = async (answer: string) => (await scripted([answer])).statement({ accountNo: ACCOUNT_NO, day: '2026-11-26' }, call());
  const reasonOf = async (answer: string): Promise<string> => {
    const outcome = await read(answer);
    return outcome.kind === 'statement' ? 'statement' : `${outcome.kind}: ${outcome.reason}`;
  };
  const whole = await read(statement(entry({ at: '2026-11-26T10:11:12' })));
  assert.deepEqual(whole.kind === 'statement' && [whole.openingFen, whole.closingFen, whole.lines.map(({ instructionNo, at }) => [instructionNo, at])], [1_000_000, 876_544, [[REQUEST.instructionNo, '2026-11-26T10:11:12+08:00']]]);
  const batch = await read(statement(entry({ details: [...ENTRY.details, '<Refs><EndToEndId>T20261127000000002</EndToEndId></Refs>'] })));
  assert.deepEqual(batch.kind === 'statement' && batch.lines.map(({ instructionNo }) => instructionNo), [undefined]);
  assert.match(await reasonOf(statement(entry(), { closing: '8765.45' })), /^unusable: opening/);
  assert.match(await reasonOf(statement(entry(), { day: '2026-11-25' })), /^unusable: it does not name/);
  assert.match(await reasonOf(statement(entry({ at: '2026-11-25T10:11:12+08:00' }))), /^unusable: an entry is of another day/);
  assert.match(await reasonOf(statement(entry({ amount: '1234.567' }))), /^unusable: an entry cannot be read/);
  assert.match(await reasonOf(statement(entry()).replace(ACCOUNT_NO, '7111010182600999999')), /^unusable: it is of another account/);
  assert.match(await reasonOf('<html></html>'), /^unknown: the answer is no statement/);
});

function certificateOf(serialNumber: string, privateKeyPem: string): string {
  const privateKey = createPrivateKey(privateKeyPem);
  return selfSignedCertificate({ serialNumber, commonName: 'localhost', organisation: 'Hospay tests', notBefore: new Date(Date.now() - 3_600_000), notAfter: new Date(Date.now() + 86_400_000), publicKey: createPublicKey(privateKey), privateKey });
}
