import type { HospitalAnswer, HospitalCounter } from '../hospital-counter.js';
import type { RecordedCall } from '../tds/connection.js';
import type { Personality } from './personality.js';
import { readDocument, writeDocument, type Content } from './text-document.js';

/**
 * A hospital with a router procedure (路由存储过程): `EXEC usp_gateway <method>, '<Request>…'` answers one row with one column, a document as text.
 * Its program shows an exception of its own as if it were the document. Faults are planned for `usp_gateway/<method>`.
 */
export const router: Personality = {
  script: 'router.sql',
  extended: (ask) => ({ xp_gateway: ([method = '', request = '']) => answer(ask, method, request) }),
  known: (call) => (call.procedure === 'usp_gateway' || call.procedure === 'usp_gateway_out' ? underItsMethod(call) : call),
  showsErrors: (call) => call.procedure.startsWith('usp_gateway'),
};

interface Method {
  readonly procedure: string;
  /** Elements of the request → parameters of the procedure. */
  readonly takes: Readonly<Record<string, string>>;
  readonly gives: 'rows' | 'row' | 'values';
  /** Rows that are none say so by this code. */
  readonly none?: string;
}

const methods: Readonly<Record<string, Method>> = {
  PatientQuery: { procedure: 'usp_hospay_find_patient', takes: { CardType: 'card_type', CardNo: 'card_no' }, gives: 'rows', none: '100201' },
  BillList: { procedure: 'usp_hospay_list_open_bills', takes: { PatientID: 'patient_id' }, gives: 'rows' },
  BillDetail: { procedure: 'usp_hospay_bill_lines', takes: { PatientID: 'patient_id', BillNo: 'bill_no' }, gives: 'rows' },
  PreSettle: { procedure: 'usp_hospay_presettle', takes: { PatientID: 'patient_id', BillNos: 'bill_nos' }, gives: 'values' },
  Settle: {
    procedure: 'usp_hospay_confirm',
    takes: { OrderNo: 'trade_no', QuoteNo: 'quote_no', PatientID: 'patient_id', PayAmt: 'self_pay', PayTime: 'paid_time', PayType: 'pay_method', SerialNo: 'channel_trade_no', DeviceID: 'terminal_no' },
    gives: 'values',
  },
  SettleQuery: { procedure: 'usp_hospay_query_confirmation', takes: { OrderNo: 'trade_no' }, gives: 'row', none: '300310' },
  Refund: { procedure: 'usp_hospay_refund', takes: { OrderNo: 'trade_no', RefundNo: 'refund_no', RefundAmt: 'refund_amount', Reason: 'reason' }, gives: 'values' },
  RefundQuery: { procedure: 'usp_hospay_query_refund', takes: { RefundNo: 'refund_no' }, gives: 'row', none: '300310' },
  DayList: { procedure: 'usp_hospay_day_list', takes: { Day: 'day', Page: 'page', PageSize: 'page_size' }, gives: 'rows' },
  Departments: { procedure: 'usp_hospay_departments', takes: {}, gives: 'rows' },
  Ping: { procedure: 'usp_hospay_ping', takes: {}, gives: 'row' },
};

async function answer(ask: HospitalCounter, method: string, request: string): Promise<string> {
  const known = methods[method];
  const document = readDocument(request);
  if (document === undefined) return response('2', '字符串/XML异常');
  if (known === undefined) return response('5', '非法功能号');
  const served = await ask(known.procedure, Object.fromEntries(Object.entries(known.takes).map(([element, parameter]) => [parameter, document.get(element.toLowerCase()) ?? ''])));
  if (served.kind !== 'answer') return `System.Data.SqlClient.SqlException: ${served.kind === 'serverError' ? served.text : served.kind}`;
  return written(served.answer, known);
}

function written({ rows, out }: HospitalAnswer, { gives, none }: Method): string {
  switch (gives) {
    case 'values': return response(out['ret_code'] ?? '99', out['ret_msg'] ?? '', elements(out));
    case 'row': return rows[0] === undefined ? response(none ?? '0', '无记录') : response('0', '成功', elements(rows[0]));
    case 'rows': return rows.length === 0 && none !== undefined ? response(none, '无记录') : response('0', '成功', [['List', rows.map((row): [string, Content] => ['Item', elements(row)])]]);
  }
}

function response(code: string, message: string, content: readonly (readonly [string, Content])[] = []): string {
  return writeDocument('Response', [['ResultCode', code], ['ResultMsg', message], ...content]);
}

/** `bill_no` is spelt BillNo; what is empty is left out. */
function elements(values: Readonly<Record<string, string>>): [string, Content][] {
  return Object.entries(values)
    .filter(([name, value]) => value !== '' && !name.startsWith('ret_'))
    .map(([name, value]) => [name.split('_').map((part) => part.slice(0, 1).toUpperCase() + part.slice(1)).join(''), value]);
}

function underItsMethod(call: RecordedCall): RecordedCall {
  const method = call.values.get('@method') ?? '';
  const document = readDocument(call.values.get('@request') ?? '') ?? new Map<string, string>();
  const inside = Object.entries(methods[method]?.takes ?? {}).map(([element, parameter]): [string, string] => [`@${parameter}`, document.get(element.toLowerCase()) ?? '']);
  return { ...call, procedure: `usp_gateway/${method.toLowerCase()}`, values: new Map([...call.values, ...inside]) };
}
