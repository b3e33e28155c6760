import { yuanText } from '../machinery/yuan-text.js';
import { Refusal, type InsuranceCentre } from './insurance-centre.js';
import type { MobileOrder, MobileVoucher } from './simulated-records.js';
import type { SimulatorStore } from './simulator-store.js';
import { beijing, fenOf, list, text, type Fields } from './wire-values.js';

const FUND_PERCENT: Readonly<Record<string, number>> = { '310': 70, '390': 50 };
/** From here on the insurance part is done. */
const SETTLED = ['4', '5', '6'];

export type MobileOptions = {
  /** `atOnce`: 6202 settles. `later`: it answers 2, and the order settles when the test says so. */
  readonly settles: 'atOnce' | 'later';
};

/** 医保移动支付 as the centre keeps it: vouchers that are good once, orders under the hospital's number, their states. Throws `Refusal` and then has changed nothing. */
export class MobileCentre {
  readonly orders: Map<string, MobileOrder>;
  readonly vouchers: Map<string, MobileVoucher>;
  /** Every transition, as number and state: what a test looks at. */
  readonly transitions: string[] = [];
  /** The pre-settlement takes its time: orders stay in state 0 until `workOut`. */
  isSlow = false;
  /** What refunds answer: done, or EXP with the refund done, or EXP with the order left refunding (17). */
  refunds: 'done' | 'expDone' | 'expRefunding' | 'fail' = 'done';
  /** Told after each settlement. */
  onSettled: (order: MobileOrder) => void = () => undefined;
  readonly #store: SimulatorStore;
  readonly #people: InsuranceCentre;
  readonly #now: () => Date;
  readonly #settles: MobileOptions['settles'];

  constructor(given: { readonly store: SimulatorStore; readonly people: InsuranceCentre; readonly now: () => Date } & MobileOptions) {
    this.#store = given.store;
    this.#people = given.people;
    this.#now = given.now;
    this.#settles = given.settles;
    this.orders = given.store.all('mobileOrder');
    this.vouchers = given.store.all('mobileVoucher');
  }

  /** The person agrees in an app (`payAuthNo`), or shows the electronic voucher (`ecToken`). Good for minutes, and for one order. */
  authorise(personNo: string, kind: MobileVoucher['kind'] = 'payAuthNo', lifeMs = 600_000): string {
    const number = `${kind === 'payAuthNo' ? 'AUTH' : 'EC'}${String(this.vouchers.size + 1).padStart(16, '0')}`;
    this.#voucher({ number, kind, personNo, until: new Date(this.#now().getTime() + lifeMs).toISOString() });
    return number;
  }

  readonly transactions: Readonly<Record<string, (data: Fields) => Fields>> = {
    '6201': (data) => {
      const person = [...this.#people.people.values()].find(({ idNo, name }) => idNo === text(data, 'idNo') && name === text(data, 'userName'));
      if (person === undefined || text(data, 'idType') !== '01') throw new Refusal('未查询到参保人信息');
      const voucher = this.#voucherOf(data);
      if (voucher.personNo !== person.personNo) throw new Refusal('授权信息与人员不符');
      const [own, fees] = [text(data, 'medOrgOrd'), list(data, 'feedetailList')];
      const known = [...this.orders.values()].find(({ ownOrderNo }) => ownOrderNo === own);
      const content = JSON.stringify([person.personNo, data['medfeeSumamt'], fees.map((fee) => text(fee, 'feedetlSn'))]);
      if (known !== undefined && known.content !== content) throw new Refusal('医疗机构订单号重复');
      if (known !== undefined) return this.#made(known);
      if (voucher.order !== undefined) throw new Refusal('授权已使用');
      if (list(data, 'diseinfoList').length === 0 || own === '' || text(data, 'feeType') === '' || !/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(text(data, 'begntime'))) throw new Refusal('参数不完整');
      const totalFen = fenOf(data['medfeeSumamt']);
      if (!(totalFen > 0) || fees.reduce((sum, fee) => sum + fenOf(fee['detItemFeeSumamt']), 0) !== totalFen) throw new Refusal('费用总额与明细合计不符');
      const ownPayFen = fees.filter((fee) => text(fee, 'medListCodg').startsWith('ZF')).reduce((sum, fee) => sum + fenOf(fee['detItemFeeSumamt']), 0);
      const fundFen = Math.floor(((totalFen - ownPayFen) * (FUND_PERCENT[person.insuranceType] ?? 0)) / 100);
      const accountFen = text(data, 'acctUsedFlag') === '1' ? Math.min(person.balanceFen, totalFen - fundFen) : 0;
      const serial = String(this.orders.size + 1).padStart(12, '0');
      const order: MobileOrder = {
        orderId: `ORD${serial}`, token: `TOKEN${serial}`, ownOrderNo: own, content, personNo: person.personNo, visitNo: `MV${serial}`, state: this.isSlow ? '0' : '1', at: this.#now().toISOString(),
        totalFen, fundFen, accountFen, cashFen: totalFen - fundFen - accountFen, vouchers: [voucher.number],
      };
      this.#order(order);
      this.#voucher({ ...voucher, order: order.orderId });
      return this.#made(order);
    },
    '6202': (data) => {
      const order = this.#orderOf(data);
      const voucher = this.#voucherOf(data);
      if (voucher.personNo !== order.personNo || (voucher.order !== undefined && voucher.order !== order.orderId)) throw new Refusal('授权已使用');
      if (order.state !== '1') throw new Refusal('订单状态不允许支付');
      if (text(data, 'mdtrtId') !== order.visitNo || text(data, 'chrgBchno') !== order.ownOrderNo || text(data, 'orgBizSer') === '') throw new Refusal('参数不完整');
      this.#voucher({ ...voucher, order: order.orderId });
      this.#order({ ...order, state: '2', vouchers: [...new Set([...order.vouchers, voucher.number])] });
      if (this.#settles === 'atOnce') this.settle(order.orderId);
      return this.told(this.#orderOf(data));
    },
    '6203': (data) => {
      const order = this.orders.get(text(data, 'payOrdId'));
      if (order === undefined) throw new Refusal('订单不存在');
      const amounts = ['fundRefdAmt', 'psnAcctRefdAmt', 'cashRefdAmt', 'totlRefdAmt'].map((name) => fenOf(data[name]));
      const [fundFen, accountFen, cashFen, totalFen] = amounts;
      if (text(data, 'refdType') !== 'HI' || fundFen !== order.fundFen || accountFen !== order.accountFen || cashFen !== 0 || totalFen !== order.fundFen + order.accountFen) throw new Refusal('退款金额不正确');
      if ((text(data, 'payAuthNo') === '') === (text(data, 'ecToken') === '') || !order.vouchers.includes(text(data, 'payAuthNo') || text(data, 'ecToken'))) throw new Refusal('授权信息不正确');
      if (!/^\d{14}$/.test(text(data, 'appRefdTime')) || text(data, 'appRefdSn') === '') throw new Refusal('参数不完整');
      // The application's serial number is the key: again it answers what it answered.
      if (order.refundNo === text(data, 'appRefdSn')) return { refStatus: order.state === '17' ? 'EXP' : 'SUCC' };
      if (!SETTLED.includes(order.state)) throw new Refusal('订单状态不允许退款');
      if (this.refunds === 'fail') return { refStatus: 'FAIL' };
      const isRefunding = this.refunds === 'expRefunding';
      this.#order({ ...order, state: isRefunding ? '17' : '8', refundNo: text(data, 'appRefdSn') });
      if (!isRefunding) this.#pay(order.personNo, order.accountFen);
      return { refStatus: this.refunds === 'done' ? 'SUCC' : 'EXP' };
    },
    '6301': (data) => this.told(this.#orderOf(data)),
    '6401': (data) => {
      const order = this.#orderOf(data);
      if (order.state === '12') return {};
      if (!['0', '1', '2'].includes(order.state)) throw new Refusal('订单状态不允许撤销');
      this.#order({ ...order, state: '12' });
      return {};
    },
  };

  /** The pre-settlement of every waiting order is done. */
  workOut(): void {
    for (const order of this.orders.values()) if (order.state === '0') this.#order({ ...order, state: '1' });
  }

  /** The insurance part settles: 4 where the patient still pays something, 6 where nothing is left. */
  settle(orderId: string): void {
    const order = this.orders.get(orderId);
    if (order?.state !== '2') throw new Error(`order ${orderId} is not settling`);
    // Worked out anew: the account may hold less than it did.
    const accountFen = Math.min(order.accountFen, this.#people.people.get(order.personNo)?.balanceFen ?? 0);
    const cashFen = order.totalFen - order.fundFen - accountFen;
    const settled = { ...order, accountFen, cashFen, state: cashFen === 0 ? '6' : '4', settledAt: this.#now().toISOString() };
    this.#order(settled);
    this.#pay(order.personNo, -accountFen);
    this.onSettled(settled);
  }

  /** Puts an order into any state, as an operator of the centre might. */
  put(orderId: string, state: string): void {
    const order = this.orders.get(orderId);
    if (order !== undefined) this.#order({ ...order, state });
  }

  byOwnNumber(ownOrderNo: string): MobileOrder {
    const order = [...this.orders.values()].find((found) => found.ownOrderNo === ownOrderNo);
    if (order === undefined) throw new Error(`there is no order ${ownOrderNo}`);
    return order;
  }

  /** As 6202 and 6301 tell an order. */
  told({ orderId, ownOrderNo, state, totalFen, fundFen, accountFen, cashFen, settledAt, visitNo }: MobileOrder): Fields {
    return {
      ordStas: state, payOrdId: orderId, medOrgOrd: ownOrderNo, setlType: 'ALL', callType: '', feeSumamt: yuanText(totalFen), ownPayAmt: yuanText(cashFen), psnAcctPay: yuanText(accountFen), fundPay: yuanText(fundFen), othFeeAmt: '0.00', hospPartAmt: '0.00',
      acctMulaidPay: '0.00', deposit: '0.00', delvFee: '0.00', traceTime: settledAt === undefined ? null : beijing(settledAt), revsToken: null, extData: { setlinfo: { mdtrtId: visitNo, setlTime: settledAt === undefined ? null : beijing(settledAt) } },
    };
  }

  /** As 6302 tells it. */
  notice(order: MobileOrder, institutionCode: string): Fields {
    const { extData, feeSumamt, ownPayAmt, psnAcctPay, fundPay, traceTime } = this.told(order);
    return { callType: '02', payOrdId: order.orderId, medOrgOrd: order.ownOrderNo, orgCodg: institutionCode, orgName: '测试医院', traceTime, feeSumamt, ownPayAmt, psnAcctPay, fundPay, setlType: 'HI', revsToken: `REVS${order.orderId}`, extData };
  }

  #made({ orderId, token, visitNo }: MobileOrder): Fields {
    return { payOrdId: orderId, payToken: token, extData: { mdtrtId: visitNo } };
  }

  #orderOf(data: Fields): MobileOrder {
    const order = this.orders.get(text(data, 'payOrdId'));
    if (order?.token !== text(data, 'payToken')) throw new Refusal('订单不存在');
    const person = this.#people.people.get(order.personNo);
    if (text(data, 'idNo') !== '' && text(data, 'idNo') !== person?.idNo) throw new Refusal('人员信息不符');
    return order;
  }

  #voucherOf(data: Fields): MobileVoucher {
    const [authorisation, token] = [text(data, 'payAuthNo'), text(data, 'ecToken')];
    const voucher = this.vouchers.get(authorisation || token);
    if ((authorisation === '') === (token === '') || voucher?.kind !== (authorisation === '' ? 'ecToken' : 'payAuthNo')) throw new Refusal('授权信息不正确');
    if (Date.parse(voucher.until) < this.#now().getTime()) throw new Refusal('授权已失效');
    return voucher;
  }

  #order(order: MobileOrder): void {
    if (this.orders.get(order.orderId)?.state !== order.state) this.transitions.push(`${order.orderId} ${order.state}`);
    this.orders.set(order.orderId, order);
    this.#store.save('mobileOrder', order.orderId, order);
  }

  #voucher(voucher: MobileVoucher): void {
    this.vouchers.set(voucher.number, voucher);
    this.#store.save('mobileVoucher', voucher.number, voucher);
  }

  #pay(personNo: string, byFen: number): void {
    const person = this.#people.people.get(personNo);
    if (person !== undefined) this.#people.keepPerson({ ...person, balanceFen: person.balanceFen + byFen });
  }
}
