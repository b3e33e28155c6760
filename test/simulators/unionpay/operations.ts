import { mustBe, type AcpRequest } from './acp-request.js';
import type { ApiOperation } from './fault-rules.js';
import type { Fields } from './message-signature.js';
import { Refusal } from './refusal.js';
import type { SettlementDesk } from './settlement-desk.js';
import type { SimulatedTransaction } from './simulated-records.js';
import type { TransactionBook } from './transaction-book.js';
import { transactionFields } from './transaction-fields.js';

export type Doing = {
  readonly book: TransactionBook;
  readonly settlements: SettlementDesk;
  readonly now: () => Date;
  readonly merId: string;
  readonly cutOff: string;
  /** What a query says of an order nobody has paid: `05` (it exists), or `34` (there is none before the payer acts). */
  readonly unpaidAnswer: '05' | '34';
};

export type Endpoint = 'front' | 'back' | 'query' | 'app' | 'file';

export const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  '/gateway/api/frontTransReq.do': 'front',
  '/gateway/api/backTransReq.do': 'back',
  '/gateway/api/queryTrans.do': 'query',
  '/gateway/api/appTransReq.do': 'app',
  '/': 'file',
};

/** Which operation a request is, before it is known to be right: where a fault may strike. */
export function operationOf(endpoint: Endpoint, fields: Fields, book: TransactionBook): ApiOperation {
  if (endpoint === 'file') return 'file';
  if (endpoint === 'query') return (book.find(fields['orderId'] ?? '')?.txnType ?? '01') === '01' ? 'query' : 'queryRefund';
  switch (fields['txnType']) {
    case '31':
      return 'undo';
    case '04':
      return 'refund';
    case '99':
      return 'reversal';
    default:
      return 'charge';
  }
}

/** Does what a server-to-server request asks for and gives the answer's own fields. @throws Refusal */
export function execute(endpoint: Exclude<Endpoint, 'front'>, request: AcpRequest, doing: Doing): Fields {
  const { fields } = request;
  const { book } = doing;
  const kind = `${endpoint} ${fields['txnType'] ?? ''}/${fields['txnSubType'] ?? ''}`;
  switch (kind) {
    case 'back 01/07':
      mustBe(fields['bizType'] === '000000', 'bizType');
      return accepted({ qrCode: book.order(request).qrCode ?? '' });
    case 'back 01/06':
      mustBe(fields['bizType'] === '000000', 'bizType');
      return accepted({ queryId: book.payByCode(request).queryId });
    case 'app 01/01':
      mustBe(fields['bizType'] === '000201' && fields['channelType'] === '08', 'bizType');
      return accepted({ tn: book.order(request).tn ?? '' });
    case 'back 31/00':
      return taken(book.undo(request));
    case 'back 04/00':
      return taken(book.refund(request));
    case 'back 99/01':
      book.reverse(request);
      return accepted({});
    case 'query 00/00':
      return answerToQuery(request, doing);
    case 'file 76/01':
      return accepted(doing.settlements.file(request));
    default:
      throw new Refusal('10', '报文格式错误[txnType]');
  }
}

/** Opens the page of an order that a browser posted. @throws Refusal */
export function openPage(request: AcpRequest, book: TransactionBook): SimulatedTransaction {
  const { fields } = request;
  mustBe(fields['txnType'] === '01' && fields['txnSubType'] === '01' && fields['bizType'] === '000201', 'txnType');
  mustBe(fields['channelType'] === '07' || fields['channelType'] === '08', 'channelType');
  mustBe(/^https?:\/\//.test(fields['frontUrl'] ?? ''), 'frontUrl');
  return book.reopen(request) ?? book.order(request);
}

function answerToQuery({ fields }: AcpRequest, doing: Doing): Fields {
  const { book, now, unpaidAnswer } = doing;
  const found = book.find(fields['orderId'] ?? '', fields['txnTime'] ?? '');
  const isHidden = found === undefined || now().getTime() < Date.parse(found.visibleFrom) || (found.state === 'waiting' && found.failCode === undefined && unpaidAnswer === '34');
  if (isHidden) throw new Refusal('34', '查无此交易');
  return accepted({ ...transactionFields(found, doing), origRespCode: outcomeOf(found), origRespMsg: found.state === 'succeeded' ? '成功[0000000]' : '交易未成功' });
}

function outcomeOf({ state, failCode }: SimulatedTransaction): string {
  switch (state) {
    case 'succeeded':
      return '00';
    case 'waiting':
      return failCode ?? '05';
    case 'processing':
      return '05';
    case 'failed':
      return failCode ?? '01';
    case 'reversed':
      return '01';
  }
}

function taken({ queryId, origQryId = '' }: SimulatedTransaction): Fields {
  return accepted({ queryId, origQryId });
}

function accepted(fields: Fields): Fields {
  return { ...fields, respCode: '00', respMsg: '成功[0000000]' };
}
