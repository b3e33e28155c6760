/** A self-service interface (自助机接口) whose one method takes a string of XML: `<Request><TradeCode>…`. UTF-8, escaped, amounts in yuan, exceptions as text. */
import { leavesOf, readXml } from '@hospay/plugin-sdk/his-mapping';
import type { Trade, TradeResult, TradeValues } from '../trades.js';
import type { SoapDialect } from './dialect.js';
import { element, escaped } from './xml-text.js';

const USER = 'HOSPAY';
const PASSWORD = 'kiosk-2024';

const confirmation = { settlement_no: 'InvoiceNo', receipt_no: 'ReceiptNo', pickup_window: 'TakeMedWin', guide: 'Guide' } as const;
export const requestTrades: Readonly<Record<string, Trade>> = {
  1003: { procedure: 'usp_hospay_find_patient', rows: true, whenEmpty: '100301', takes: { CardType: 'card_type', PatientCard: 'card_no' }, gives: { patient_id: 'PatientID', name: 'PatientName', sex: 'Sex', birthday: 'DOB', id_no: 'IDNo', card_no: 'PatientCard', phone: 'Phone', patient_type: 'PatientType' } },
  4902: { procedure: 'usp_hospay_list_open_bills', rows: true, takes: { PatientID: 'patient_id' }, gives: { bill_no: 'RecipeNo', bill_type: 'RecipeType', bill_date: 'RecipeDate', dept_name: 'DeptName', doctor_name: 'DocName', amount: 'RecipeFee' } },
  4903: { procedure: 'usp_hospay_bill_lines', rows: true, takes: { PatientID: 'patient_id', RecipeNo: 'bill_no' }, gives: { line_no: 'ItemNo', item_code: 'ItemCode', item_name: 'ItemName', spec: 'ItemSpecs', unit: 'ItemUnits', qty: 'ItemQty', amount: 'ItemFee' } },
  4904: { procedure: 'usp_hospay_presettle', takes: { PatientID: 'patient_id', RecipeNos: 'bill_nos' }, gives: { quote_no: 'BalBillNo', total: 'BillFee', fund: 'InsurFee', account: 'PayAccount', self_pay: 'SelfFee', valid_until: 'ValidUntil' } },
  4905: {
    procedure: 'usp_hospay_confirm',
    takes: { TransactionId: 'trade_no', BalBillNo: 'quote_no', PatientID: 'patient_id', PayFee: 'self_pay', PayTime: 'paid_time', PayMode: 'pay_method', BankTransNo: 'channel_trade_no', TerminalID: 'terminal_no' },
    gives: { ...confirmation, booked_trade_no: 'TransactionId', booked_amount: 'PayFee' },
  },
  4906: { procedure: 'usp_hospay_query_confirmation', rows: true, whenEmpty: '490601', takes: { TransactionId: 'trade_no' }, gives: { ...confirmation, trade_no: 'TransactionId', amount: 'PayFee', status: 'Status' } },
  4907: { procedure: 'usp_hospay_refund', takes: { TransactionId: 'trade_no', OutRefundNo: 'refund_no', RefundFee: 'refund_amount', Reason: 'reason' }, gives: { his_refund_no: 'RefundNo' } },
  4908: { procedure: 'usp_hospay_query_refund', rows: true, whenEmpty: '490801', takes: { OutRefundNo: 'refund_no' }, gives: { refund_no: 'OutRefundNo', his_refund_no: 'RefundNo' } },
  4909: { procedure: 'usp_hospay_day_list', rows: true, takes: { BillDate: 'day', PageNo: 'page', PageSize: 'page_size' }, gives: { kind: 'TradeType', trade_no: 'TransactionId', refund_no: 'OutRefundNo', settlement_no: 'InvoiceNo', amount: 'Fee', paid_time: 'PayTime' } },
  1001: { procedure: 'usp_hospay_departments', rows: true, takes: {}, gives: { dept_code: 'DepartmentCode', dept_name: 'DepartmentName' } },
  9000: { procedure: 'usp_hospay_ping', rows: true, takes: {}, gives: { server_time: 'ServerTime' } },
};

export const requestDialect: SoapDialect = {
  name: 'selfService', namespace: 'http://his.example/selfservice', soap: '1.1', charset: 'utf-8', method: 'SelfService', arguments: ['Input'], answer: 'SelfServiceResult', spelling: 'escaped',
  open(given) {
    const read = readXml(given.get('Input') ?? '');
    if (read.kind === 'malformed') return { kind: 'answer', text: fail('2', `入参不是合法的XML: ${read.reason}`) };
    const leaves = leavesOf(read.root);
    if (leaves.get('userid') !== USER || leaves.get('password') !== PASSWORD) return { kind: 'answer', text: fail('4', '用户或密码错误') };
    const trade = requestTrades[leaves.get('tradecode') ?? ''];
    if (trade === undefined) return { kind: 'answer', text: fail('5', '交易代码不存在') };
    return { kind: 'call', trade, given: new Map(Object.keys(trade.takes).map((name) => [name, leaves.get(name.toLowerCase()) ?? ''])), reply };
  },
  // Its façade hands on whatever the program below it said.
  exception: (text) => ({ kind: 'text', text: `<ObjectScript>zRunTrade+12^SelfService.1 ${text}` }),
};

export const requestCredentials = { user: USER, password: PASSWORD } as const;

function reply({ code, message, values, rows }: TradeResult): string {
  const list = rows.map((row) => element('Record', elements(row))).join('');
  return element('Response', `${element('ResultCode', code)}${element('ResultContent', escaped(message))}${elements(values)}${rows.length > 0 ? element('Records', list) : ''}`);
}

function fail(code: string, message: string): string {
  return reply({ kind: 'result', code, message, values: [], rows: [] });
}

function elements(values: TradeValues): string {
  return values.map(([name, text]) => element(name, escaped(text))).join('');
}
