/** What the hospital does with a message: which procedure is called, and how its answer is spelt in segments. */
import type { HospitalAnswer, HospitalCounter, Served } from '../hospital-counter.js';
import { components, escaped, repetitions, segmentOf, valueOf, type Message, type Segment } from './hl7-message.js';

export type DeskAnswer =
  | { readonly kind: 'answer'; readonly type: string; /** MSA-1 */ readonly code: 'AA' | 'AE' | 'AR'; /** QAK-2 */ readonly status?: string; readonly error?: { readonly code: string; readonly text: string }; readonly segments: readonly Segment[] }
  | Exclude<Served, { readonly kind: 'answer' | 'serverError' }>;

type Rows = HospitalAnswer['rows'];
type Row = Readonly<Record<string, string>>;
type Desk = {
  readonly procedure: string;
  readonly values: (message: Message) => Readonly<Record<string, string>>;
  readonly segments: (answer: HospitalAnswer, message: Message) => readonly Segment[];
};

/** MSH-9, of transactions with FT1-6. */
export async function answerAtDesk(counter: HospitalCounter, message: Message): Promise<DeskAnswer> {
  const header = segmentOf(message, 'MSH');
  const [kind, trigger] = [valueOf(header, 9), valueOf(header, 9, 2)];
  const name = kind === 'DFT' ? `DFT ${valueOf(segmentOf(message, 'FT1'), 6)}` : `${kind} ${trigger}`;
  const desk = DESKS[name];
  const type = kind === 'QBP' ? (trigger === 'Q22' ? 'RSP^K22^RSP_K22' : `RSP^${trigger}^RSP_${trigger}`) : kind === 'NMQ' ? 'NMR^N01^NMR_N01' : `ACK^${trigger}^ACK`;
  if (desk === undefined) return { kind: 'answer', type: 'ACK', code: 'AR', error: { code: '200', text: '不支持的消息类型' }, segments: [] };
  const served = await counter(desk.procedure, desk.values(message));
  const query = kind === 'QBP';
  if (served.kind === 'serverError') return { kind: 'answer', type, code: 'AE', ...(query ? { status: 'AE' } : {}), error: { code: '207', text: served.text }, segments: [] };
  if (served.kind !== 'answer') return served;
  const code = served.answer.out['ret_code'] ?? '0';
  const segments = desk.segments(served.answer, message);
  if (code === '0') return { kind: 'answer', type, code: 'AA', ...(query ? { status: segments.length === 0 ? 'NF' : 'OK' } : {}), segments };
  const refusal = code === '99' ? 'AE' : 'AR';
  return { kind: 'answer', type, code: refusal, ...(query ? { status: refusal } : {}), error: { code, text: served.answer.out['ret_msg'] ?? '' }, segments: code === '300302' ? segments : [] };
}

const CARD_TYPES: Readonly<Record<string, string>> = { NI: '1', VC: '2', SS: '10', HC: '12', OP: '25' };

const query = (message: Message): Segment => segmentOf(message, 'QPD');
const each = (rows: Rows, segments: (row: Row) => readonly Segment[]): readonly Segment[] => rows.flatMap(segments);
const of = (row: Row, name: string): string => row[name] ?? '';
const money = (yuan: string): string => `${escaped(yuan)}&CNY`;

const DESKS: Readonly<Record<string, Desk>> = {
  'QBP Q22': {
    procedure: 'usp_hospay_find_patient',
    values: (message) => {
      const asked = query(message);
      const parts = new Map(Array.from({ length: repetitions(asked, 3) }, (_, index) => [valueOf(asked, 3, 1, index + 1), valueOf(asked, 3, 2, index + 1)]));
      return { card_type: CARD_TYPES[parts.get('@PID.3.5') ?? ''] ?? '', card_no: parts.get('@PID.3.1') ?? '' };
    },
    segments: ({ rows }) => each(rows, (row) => [
      [
        'PID', '1', '', [components([of(row, 'patient_id'), '', '', 'HIS', 'PI']), components([of(row, 'card_no'), '', '', 'HIS', 'VC']), components([of(row, 'id_no'), '', '', 'GA', 'NI'])].join('~'), '',
        components([of(row, 'name')]), '', escaped(of(row, 'birthday')), SEXES[of(row, 'sex')] ?? 'U', '', '', '', '', components([of(row, 'phone')]),
      ],
      ['PV1', '1', 'O', ...Array.from({ length: 17 }, () => ''), components([of(row, 'patient_type')])],
    ]),
  },
  'QBP Z01': {
    procedure: 'usp_hospay_list_open_bills',
    values: (message) => ({ patient_id: valueOf(query(message), 3) }),
    segments: ({ rows }) => each(rows, (row) => [['ZBL', '1', escaped(of(row, 'bill_no')), escaped(of(row, 'bill_type')), hl7Time(of(row, 'bill_date')), components([of(row, 'dept_name')]), components([of(row, 'doctor_name')]), money(of(row, 'amount'))]]),
  },
  'QBP Z03': {
    procedure: 'usp_hospay_bill_lines',
    values: (message) => ({ patient_id: valueOf(query(message), 3), bill_no: valueOf(query(message), 4) }),
    segments: ({ rows }) => each(rows, (row) => [['ZBD', escaped(of(row, 'line_no')), components([of(row, 'item_code'), of(row, 'item_name')]), escaped(of(row, 'spec')), escaped(of(row, 'unit')), escaped(of(row, 'qty')), money(of(row, 'amount'))]]),
  },
  'QBP Z04': {
    procedure: 'usp_hospay_presettle',
    values: (message) => ({ patient_id: valueOf(query(message), 3), bill_nos: Array.from({ length: repetitions(query(message), 4) }, (_, index) => valueOf(query(message), 4, 1, index + 1)).join(',') }),
    segments: ({ out }) => [['ZQT', escaped(of(out, 'quote_no')), money(of(out, 'total')), money(of(out, 'fund')), money(of(out, 'account')), money(of(out, 'self_pay')), hl7Time(of(out, 'valid_until'))]],
  },
  'DFT PY': { procedure: 'usp_hospay_confirm', values: paymentOf, segments: ({ out }) => [payment({ ...out, trade_no: of(out, 'booked_trade_no'), amount: of(out, 'booked_amount') })] },
  'QBP Z02': { procedure: 'usp_hospay_query_confirmation', values: (message) => ({ trade_no: valueOf(query(message), 3) }), segments: ({ rows }) => each(rows, (row) => [payment(row)]) },
  'DFT CD': {
    procedure: 'usp_hospay_refund',
    values: (message) => {
      const returned = segmentOf(message, 'FT1');
      return { trade_no: valueOf(returned, 31), refund_no: valueOf(returned, 2), refund_amount: valueOf(returned, 11), reason: valueOf(returned, 8) };
    },
    // The procedure does not repeat our number; the program in front of it does, and is spoiled when its answer is.
    segments: ({ out }, message) => [['ZRF', escaped(of(out, 'his_refund_no')), of(out, 'his_refund_no').startsWith('#') ? '#' : escaped(valueOf(segmentOf(message, 'FT1'), 2))]],
  },
  'QBP Z05': { procedure: 'usp_hospay_query_refund', values: (message) => ({ refund_no: valueOf(query(message), 3) }), segments: ({ rows }) => each(rows, (row) => [['ZRF', escaped(of(row, 'his_refund_no')), escaped(of(row, 'refund_no'))]]) },
  'QBP Z06': {
    procedure: 'usp_hospay_day_list',
    values: (message) => ({ day: valueOf(query(message), 3), page: valueOf(query(message), 4), page_size: valueOf(query(message), 5) }),
    segments: ({ rows }) => each(rows, (row) => [transaction({
      2: escaped(of(row, 'settlement_no')), 4: hl7Time(of(row, 'paid_time')), 6: of(row, 'kind') === '2' ? 'CD' : 'PY', 11: money(of(row, 'amount')), 30: escaped(of(row, 'refund_no')), 31: escaped(of(row, 'trade_no')),
    })]),
  },
  'QBP Z07': { procedure: 'usp_hospay_departments', values: () => ({}), segments: ({ rows }) => each(rows, (row) => [['ZDP', escaped(of(row, 'dept_code')), components([of(row, 'dept_name')])]]) },
  'QBP Z08': {
    procedure: 'usp_hospay_insurance_visit',
    values: insuredOf,
    segments: ({ rows }) => each(rows, (row) => [[
      'ZVS', escaped(of(row, 'visit_no')), hl7Time(of(row, 'visit_time')), escaped(of(row, 'complaint')), components([of(row, 'doctor_code'), of(row, 'doctor_name')]), components([of(row, 'dept_code'), of(row, 'dept_name')]),
      components([of(row, 'name')]), escaped(of(row, 'id_no')),
    ]]),
  },
  'QBP Z09': { procedure: 'usp_hospay_insurance_diagnoses', values: insuredOf, segments: ({ rows }) => each(rows, (row) => [['DG1', '1', '', components([of(row, 'diagnosis_code'), of(row, 'diagnosis_name')]), '', '', escaped(of(row, 'diagnosis_kind'))]]) },
  'QBP Z10': {
    procedure: 'usp_hospay_insurance_fees',
    values: insuredOf,
    segments: ({ rows }) => each(rows, (row) => [transaction({
      2: escaped(of(row, 'fee_no')), 3: escaped(of(row, 'bill_no')), 4: hl7Time(of(row, 'bill_date')), 6: 'CG', 7: components([of(row, 'item_code'), '', '', of(row, 'national_code')]), 10: escaped(of(row, 'qty')), 11: money(of(row, 'amount')), 12: money(of(row, 'price')),
    })]),
  },
  'NMQ N01': { procedure: 'usp_hospay_ping', values: () => ({}), segments: ({ rows }) => each(rows, (row) => [['NCK', hl7Time(of(row, 'server_time'))]]) },
};

const SEXES: Readonly<Record<string, string>> = { 男: 'M', 女: 'F' };

function paymentOf(message: Message): Readonly<Record<string, string>> {
  const [patient, paid, insurance] = [segmentOf(message, 'PID'), segmentOf(message, 'FT1'), segmentOf(message, 'ZIN')];
  return {
    trade_no: valueOf(paid, 2), quote_no: valueOf(paid, 3), patient_id: valueOf(patient, 3), self_pay: valueOf(paid, 11), paid_time: hisTime(valueOf(paid, 4)), pay_method: valueOf(paid, 7),
    channel_trade_no: valueOf(paid, 30), terminal_no: valueOf(paid, 24),
    ...(insurance.length === 0 ? {} : { insurance_settlement_no: valueOf(insurance, 1), insurance_visit_no: valueOf(insurance, 2), fund: valueOf(insurance, 3), account: valueOf(insurance, 4), cash: valueOf(insurance, 5) }),
  };
}

function insuredOf(message: Message): Readonly<Record<string, string>> {
  return { patient_id: valueOf(query(message), 3), quote_no: valueOf(query(message), 4) };
}

function payment(row: Row): Segment {
  return ['ZPY', escaped(of(row, 'trade_no')), escaped(of(row, 'settlement_no')), escaped(of(row, 'receipt_no')), money(of(row, 'amount')), escaped(of(row, 'pickup_window')), escaped(of(row, 'guide')), escaped(of(row, 'status') === '' ? '0' : of(row, 'status'))];
}

function transaction(fields: Readonly<Record<number, string>>): Segment {
  return ['FT1', ...Array.from({ length: 31 }, (_, index) => fields[index + 1] ?? '')];
}

/** `yyyymmddHH:MM:SS` of the hospital → `yyyymmddHHMMSS`. */
function hl7Time(text: string): string {
  return escaped(text.replaceAll(':', ''));
}

function hisTime(text: string): string {
  return text.replace(/^(\d{8})(\d{2})(\d{2})(\d{2}).*$/, '$1$2:$3:$4');
}
