import { isBankReceiptMedia, type BankCallContext, type BankReceiptMedia, type BankReceiptOutcome, type BankReceiptRequest } from '@hospay/plugin-sdk';

import type { AccountRows, Continuation } from './account-rows.js';
import { ACCEPTED, textOf, type CdcWire } from './cdc-wire.js';
import { RECEIPT_FORM, type CmbSettings } from './settings.js';

const MEDIA: Readonly<Record<'PDF' | 'OFD', BankReceiptMedia>> = { PDF: 'application/pdf', OFD: 'application/ofd' };

type Ports = { readonly wire: CdcWire; readonly rows: AccountRows; readonly settings: Pick<CmbSettings, 'receiptForm' | 'receiptNotReadyCodes' | 'noReceiptCodes'> };
type Place = { readonly kind: 'place'; readonly day: string; readonly serial: string } | { readonly kind: 'notReady'; readonly reason: string } | { readonly kind: 'unknown'; readonly reason: string };

/** The receipt of one movement (DCSIGREC), which the bank knows by its day and its number in the statement. */
export function createMovementReceipt({ wire, rows, settings: { receiptForm = RECEIPT_FORM, receiptNotReadyCodes = [], noReceiptCodes = [] } }: Ports) {
  return async (request: BankReceiptRequest, call: BankCallContext): Promise<BankReceiptOutcome> => {
    const place = placeOf(request.bankLineNo) ?? (await findPlace(rows, request, call));
    if (place.kind !== 'place') return place;
    const answer = await wire.ask('DCSIGREC', request.accountNo, { eacnbr: request.accountNo, quedat: place.day, trsseq: place.serial, primod: receiptForm }, call);
    if (answer.kind !== 'answer') return { kind: 'unknown', reason: answer.reason };
    const { code, body } = answer;
    if (receiptNotReadyCodes.includes(code)) return { kind: 'notReady', reason: `the bank answered ${code}` };
    if (noReceiptCodes.includes(code)) return { kind: 'none', reason: `the bank answered ${code}` };
    if (code !== ACCEPTED) return { kind: 'unknown', reason: `the bank answered ${code}` };
    const [receiptNo, content] = [textOf(body, 'istnbr'), textOf(body, 'fildat')];
    if (!/^[0-9A-Za-z._-]{1,64}$/.test(receiptNo)) return { kind: 'unknown', reason: 'the receipt has no number' };
    const bytes = new Uint8Array(Buffer.from(content, 'base64'));
    return isBankReceiptMedia(bytes, MEDIA[receiptForm]) ? { kind: 'receipt', receiptNo, mediaType: MEDIA[receiptForm], bytes } : { kind: 'unknown', reason: `what came is no ${receiptForm}` };
  };
}

/** From the number the statement gave the line. */
function placeOf(bankLineNo: string | undefined): Place | undefined {
  const [, year, month, day, serial] = /^(\d{4})(\d{2})(\d{2})-(.+)$/.exec(bankLineNo ?? '') ?? [];
  return year === undefined || month === undefined || day === undefined || serial === undefined ? undefined : { kind: 'place', day: `${year}-${month}-${day}`, serial };
}

/** Before its statement is read a transfer is found among the movements by our reference. */
async function findPlace(account: AccountRows, { accountNo, instructionNo, amountFen, direction, firstDay, lastDay }: BankReceiptRequest, call: BankCallContext): Promise<Place> {
  const places = new Set<string>();
  let next: Continuation | undefined;
  do {
    const page = await account.page({ accountNo, first: firstDay, last: lastDay }, next, call);
    if (page.kind !== 'page') return { kind: page.kind === 'notReady' ? 'notReady' : 'unknown', reason: page.reason };
    const found = page.rows.find(({ line }) => line.instructionNo === instructionNo && line.direction === direction && line.amountFen === amountFen && !line.isReturn);
    const place = placeOf(found?.line.bankLineNo);
    if (place !== undefined) return place;
    next = page.next;
    const step = JSON.stringify(next?.place);
    if (next !== undefined && places.has(step)) return { kind: 'unknown', reason: 'the movements go on where they were before: they have no end' };
    places.add(step);
  } while (next !== undefined);
  return { kind: 'notReady', reason: 'the account shows no such movement yet' };
}
