import { yuanText } from '../machinery/yuan-text.js';
import type { Fee, Message, Person, SettlementRecord, Visit } from './simulated-records.js';
import type { SimulatorStore } from './simulator-store.js';
import { beijing, fenOf, list, part, text, type Fields } from './wire-values.js';

/** A refusal as `err_msg` carries it. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** What 2601 reverses. */
const REVERSIBLE = ['2207', '2208', '2304', '2305', '2401'];
/** Share of the costs within its scope that the fund pays, in percent. */
const FUND_PERCENT: Readonly<Record<string, number>> = { '310': 70, '390': 50 };
export const CLEARING = { type: '11', office: '449900' } as const;

const PEOPLE: readonly Person[] = [
  { personNo: '44000000000000000001', name: '测试甲', idNo: '440000199001010011', cardNo: 'A00000001', insuranceType: '310', place: '449900', balanceFen: 10_000_000 },
  { personNo: '44000000000000000002', name: '测试乙', idNo: '440000198501010022', cardNo: 'A00000002', insuranceType: '390', place: '449900', balanceFen: 0 },
  { personNo: '44000000000000000003', name: '测试丙', idNo: '440000197001010033', cardNo: 'A00000003', insuranceType: '310', place: '430000', balanceFen: 1_500 },
];

type Transaction = (input: unknown, message: { readonly msgid: string }) => Fields;

/** The centre's work and memory: people, visits, fees, settlements and every message number. Throws `Refusal` and then has changed nothing. */
export class InsuranceCentre {
  readonly people: Map<string, Person>;
  readonly visits: Map<string, Visit>;
  readonly fees: Map<string, Fee>;
  readonly settlements: Map<string, SettlementRecord>;
  readonly messages: Map<string, Message>;
  /** What this province reverses beside. */
  readonly alsoReversible: string[] = [];
  readonly #tokens: Map<string, { readonly personNo: string; readonly until: string }>;
  readonly #store: SimulatorStore;
  readonly #now: () => Date;

  constructor(given: { readonly store: SimulatorStore; readonly now: () => Date }) {
    this.#store = given.store;
    this.#now = given.now;
    this.people = given.store.all('person');
    this.visits = given.store.all('visit');
    this.fees = given.store.all('fee');
    this.settlements = given.store.all('settlement');
    this.messages = given.store.all('message');
    this.#tokens = given.store.all('token');
    for (const person of PEOPLE) if (!this.people.has(person.personNo)) this.keepPerson(person);
  }

  /** A person shows the electronic voucher: a token of 28 digits that lives for minutes. */
  showVoucher(personNo: string, lifeMs = 600_000): string {
    const token = `449900${personNo.slice(-6)}${String(this.#tokens.size + 1).padStart(16, '0')}`;
    const record = { personNo, until: new Date(this.#now().getTime() + lifeMs).toISOString() };
    this.#tokens.set(token, record);
    this.#store.save('token', token, record);
    return token;
  }

  /** The person pays elsewhere from the account: what was pre-settled before is worked out anew when it is settled. */
  spend(personNo: string, amountFen: number): void {
    this.#pay(personNo, -amountFen);
  }

  /** A message number arrives; each may do so once, and not after it was reversed. */
  receive(msgid: string, infno: string, personNo: string): void {
    if (this.messages.has(msgid)) throw new Refusal('报文ID重复或已冲正');
    this.#message({ msgid, infno, personNo, state: 'received' });
  }

  executed(msgid: string): void {
    const message = this.messages.get(msgid);
    if (message !== undefined) this.#message({ ...message, state: 'executed' });
  }

  readonly transactions: Readonly<Record<string, Transaction>> = {
    '1101': (input) => {
      const person = this.#personOf(part(input, 'data'));
      const { personNo, idNo, name, insuranceType, place, balanceFen } = person;
      return {
        baseinfo: { psn_no: personNo, psn_cert_type: '01', certno: idNo, psn_name: name, gend: '1', naty: '01', brdy: '1990-01-01', age: 36 },
        insuinfo: [{ balc: yuanText(balanceFen), insutype: insuranceType, psn_type: '11', psn_insu_stas: '1', psn_insu_date: '2010-01-01', paus_insu_date: null, cvlserv_flag: '0', insuplc_admdvs: place, emp_name: '测试单位' }],
        idetinfo: [],
      };
    },
    '2201': (input, { msgid }) => {
      const data = part(input, 'data');
      const person = this.#personOf(data);
      if (person.personNo !== text(data, 'psn_no')) throw new Refusal('就诊凭证与人员编号不符');
      if (person.insuranceType !== text(data, 'insutype')) throw new Refusal('险种类型不符');
      const visitNo = `MD${String(this.visits.size + 1).padStart(10, '0')}`;
      this.#visit({ visitNo, personNo: person.personNo, insuranceType: person.insuranceType, hospitalVisitNo: text(data, 'ipt_otp_no'), msgid, isTaken: false });
      return { data: { mdtrt_id: visitNo, psn_no: person.personNo, ipt_otp_no: text(data, 'ipt_otp_no') } };
    },
    '2202': (input) => {
      const visit = this.#visitOf(part(input, 'data'));
      if (this.feesOf(visit.visitNo).length > 0) throw new Refusal('存在未撤销的费用明细');
      this.#visit({ ...visit, isTaken: true });
      return {};
    },
    '2203': (input, { msgid }) => {
      const visit = this.#visitOf(part(input, 'mdtrtinfo'));
      if (list(input, 'diseinfo').length === 0) throw new Refusal('诊断信息为空');
      this.#visit({ ...visit, diagnosesBy: msgid });
      return {};
    },
    '2204': (input, { msgid }) => {
      const lines = list(input, 'feedetail');
      const taken = lines.map((line) => {
        const visit = this.#visitOf(line);
        if (visit.diagnosesBy === undefined) throw new Refusal('未上传就诊信息');
        const [feeNo, amountFen] = [text(line, 'feedetl_sn'), fenOf(line['det_item_fee_sumamt'])];
        if (this.fees.has(`${visit.visitNo}/${feeNo}`)) throw new Refusal(`费用明细流水号${feeNo}重复`);
        if (!(amountFen > 0)) throw new Refusal('明细项目费用总额不正确');
        return { feeNo, visitNo: visit.visitNo, batchNo: text(line, 'chrg_bchno'), amountFen, ownPayFen: text(line, 'med_list_codg').startsWith('ZF') ? amountFen : 0, msgid };
      });
      if (taken.length === 0 || new Set(taken.map(({ feeNo }) => feeNo)).size !== taken.length) throw new Refusal('费用明细为空或重复');
      for (const fee of taken) this.#fee(fee);
      return {
        result: lines.map((line, index) => ({
          feedetl_sn: text(line, 'feedetl_sn'), det_item_fee_sumamt: yuanText(taken[index]?.amountFen ?? 0), cnt: line['cnt'], pric: line['pric'], pric_uplmt_amt: '999999.00', selfpay_prop: '0',
          fulamt_ownpay_amt: yuanText(taken[index]?.ownPayFen ?? 0), overlmt_amt: '0.00', preselfpay_amt: '0.00', inscp_scp_amt: yuanText((taken[index]?.amountFen ?? 0) - (taken[index]?.ownPayFen ?? 0)), chrgitm_lv: '01', med_chrgitm_type: '09', memo: null,
        })),
      };
    },
    '2205': (input) => {
      const data = part(input, 'data');
      const visit = this.#visitOf(data);
      if (this.#standing(visit.visitNo) !== undefined) throw new Refusal('已结算，不能撤销费用明细');
      if (this.feesOf(visit.visitNo).length === 0) throw new Refusal('未查询到费用明细');
      for (const { feeNo, batchNo } of this.feesOf(visit.visitNo)) if (['0000', batchNo].includes(text(data, 'chrg_bchno'))) this.#removeFee(visit.visitNo, feeNo);
      return {};
    },
    '2206': (input, { msgid }) => this.told(this.#calculate(part(input, 'data'), msgid, '')),
    '2207': (input, { msgid }) => {
      const data = part(input, 'data');
      for (const name of ['fulamt_ownpay_amt', 'overlmt_selfpay', 'preselfpay_amt', 'inscp_scp_amt']) if (Number.isNaN(fenOf(data[name]))) throw new Refusal(`${name}不能为空`);
      const settled = this.#calculate(data, msgid, `SL${String(this.settlements.size + 1).padStart(10, '0')}`);
      this.keepSettlement(settled);
      this.#pay(settled.personNo, -settled.accountFen);
      return this.told(settled);
    },
    '2208': (input, { msgid }) => {
      const data = part(input, 'data');
      const visit = this.#visitOf(data);
      const settled = this.#standing(visit.visitNo);
      if (settled?.settlementId !== text(data, 'setl_id')) throw new Refusal('未查询到有效的结算信息');
      const undone: SettlementRecord = {
        ...settled, settlementId: `SL${String(this.settlements.size + 1).padStart(10, '0')}`, msgid, at: this.#now().toISOString(), undoes: settled.settlementId,
        totalFen: -settled.totalFen, fundFen: -settled.fundFen, accountFen: -settled.accountFen, cashFen: -settled.cashFen, ownPayFen: -settled.ownPayFen,
      };
      this.keepSettlement(undone);
      this.#pay(settled.personNo, settled.accountFen);
      return this.told(undone);
    },
    '2601': (input) => {
      const data = part(input, 'data');
      if (![...REVERSIBLE, ...this.alsoReversible].includes(text(data, 'oinfno'))) throw new Refusal('该交易不支持冲正');
      this.#reverse(text(data, 'omsgid'), text(data, 'oinfno'), text(data, 'psn_no'));
      return {};
    },
    '5203': (input) => this.#lookUp(part(input, 'data')),
    '5201': (input) => this.#lookUp(part(input, 'data')),
    '5261': (input) => this.#lookUp(part(input, 'data')),
    '5262': (input) => this.#lookUp(part(input, 'data')),
  };

  feesOf(visitNo: string): readonly Fee[] {
    return [...this.fees.values()].filter((fee) => fee.visitNo === visitNo);
  }

  /** Settlements of a visit that count, undoings included. */
  settlementsOf(visitNo: string): readonly SettlementRecord[] {
    return [...this.settlements.values()].filter((settled) => settled.visitNo === visitNo && settled.isReversed !== true);
  }

  keepPerson(person: Person): void {
    this.people.set(person.personNo, person);
    this.#store.save('person', person.personNo, person);
  }

  keepSettlement(settled: SettlementRecord): void {
    this.settlements.set(settled.settlementId, settled);
    this.#store.save('settlement', settled.settlementId, settled);
  }

  told(settled: SettlementRecord): Fields {
    const { settlementId, visitNo, personNo, insuranceType, medicalType, msgid, at, totalFen, fundFen, accountFen, cashFen, ownPayFen } = settled;
    const person = this.people.get(personNo);
    const zero = '0.00';
    return {
      setlinfo: {
        mdtrt_id: visitNo, setl_id: settlementId === '' ? null : settlementId, psn_no: personNo, psn_name: person?.name, certno: person?.idNo, gend: '1', age: '36', insutype: insuranceType, psn_type: '11', cvlserv_flag: '0',
        setl_time: beijing(at), med_type: medicalType, medfee_sumamt: yuanText(totalFen), fulamt_ownpay_amt: yuanText(ownPayFen), overlmt_selfpay: zero, preselfpay_amt: zero, inscp_scp_amt: yuanText(totalFen - ownPayFen),
        act_pay_dedc: zero, hifp_pay: yuanText(fundFen), pool_prop_selfpay: '0.7', cvlserv_pay: zero, hifes_pay: zero, hifmi_pay: zero, hifob_pay: zero, maf_pay: zero, oth_pay: zero, fund_pay_sumamt: yuanText(fundFen),
        psn_part_amt: yuanText(accountFen + cashFen), acct_pay: yuanText(accountFen), psn_cash_pay: yuanText(cashFen), hosp_part_amt: zero, balc: yuanText(person?.balanceFen ?? 0), acct_mulaid_pay: zero,
        medins_setl_id: msgid, clr_optins: CLEARING.office, clr_way: '1', clr_type: CLEARING.type,
      },
      setldetail: [{ fund_pay_type: '310100', inscp_scp_amt: yuanText(totalFen - ownPayFen), crt_payb_lmt_amt: zero, fund_payamt: yuanText(fundFen), fund_pay_type_name: '基本医疗保险统筹基金', setl_proc_info: null }],
    };
  }

  #lookUp(data: Fields): Fields {
    const found = this.settlementsOf(text(data, 'mdtrt_id')).filter(({ personNo }) => personNo === text(data, 'psn_no'));
    return { setlinfo: found.map((settled) => this.told(settled)['setlinfo']) };
  }

  #calculate(data: Fields, msgid: string, settlementId: string): SettlementRecord {
    const visit = this.#visitOf(data);
    const person = this.#personOf(data);
    if (person.personNo !== visit.personNo) throw new Refusal('就诊凭证与就诊人员不符');
    if (this.#standing(visit.visitNo) !== undefined) throw new Refusal('该就诊已结算');
    const fees = this.feesOf(visit.visitNo).filter(({ batchNo }) => batchNo === text(data, 'chrg_bchno'));
    const totalFen = fees.reduce((sum, { amountFen }) => sum + amountFen, 0);
    if (totalFen === 0 || fenOf(data['medfee_sumamt']) !== totalFen) throw new Refusal('医疗费总额与上传明细合计不符');
    const ownPayFen = fees.reduce((sum, fee) => sum + fee.ownPayFen, 0);
    const fundFen = Math.floor(((totalFen - ownPayFen) * (FUND_PERCENT[visit.insuranceType] ?? 0)) / 100);
    const accountFen = text(data, 'acct_used_flag') === '1' ? Math.min(person.balanceFen, totalFen - fundFen) : 0;
    return {
      settlementId, visitNo: visit.visitNo, personNo: person.personNo, insuranceType: visit.insuranceType, medicalType: text(data, 'med_type'), msgid, at: this.#now().toISOString(),
      totalFen, ownPayFen, fundFen, accountFen, cashFen: totalFen - fundFen - accountFen,
    };
  }

  /** 2601: whatever the message did is undone; one that never came is barred for ever. Repeating it changes nothing. */
  #reverse(msgid: string, infno: string, personNo: string): void {
    const message = this.messages.get(msgid);
    if (message !== undefined && (message.infno !== infno || (message.personNo !== '' && message.personNo !== personNo))) throw new Refusal('原报文与冲正信息不符');
    if (message?.state === 'reversed') return;
    if (message?.state === 'executed') this.#undoEffect(message);
    this.#message({ msgid, infno, personNo, state: 'reversed' });
  }

  #undoEffect({ msgid, infno }: Message): void {
    for (const visit of this.visits.values()) if (infno === '2201' && visit.msgid === msgid) this.#visit({ ...visit, isTaken: true });
    for (const settled of this.settlements.values()) {
      if (settled.msgid !== msgid || settled.isReversed === true) continue;
      this.keepSettlement({ ...settled, isReversed: true });
      this.#pay(settled.personNo, settled.accountFen);
    }
  }

  /** The settlement of a visit that was neither undone nor reversed. */
  #standing(visitNo: string): SettlementRecord | undefined {
    const all = this.settlementsOf(visitNo);
    return all.find(({ settlementId, undoes }) => undoes === undefined && !all.some((other) => other.undoes === settlementId));
  }

  #personOf(data: Fields): Person {
    const [type, number] = [text(data, 'mdtrt_cert_type'), text(data, 'mdtrt_cert_no')];
    const token = type === '01' ? this.#tokens.get(number) : undefined;
    if (token !== undefined && Date.parse(token.until) < this.#now().getTime()) throw new Refusal('电子凭证已失效');
    const person = [...this.people.values()].find(({ personNo, idNo, cardNo }) => (type === '01' && personNo === token?.personNo) || (type === '02' && idNo === number) || (type === '03' && cardNo === number));
    if (person === undefined) throw new Refusal('未查询到参保人信息');
    return person;
  }

  #visitOf(data: Fields): Visit {
    const visit = this.visits.get(text(data, 'mdtrt_id'));
    if (visit === undefined || visit.isTaken || visit.personNo !== text(data, 'psn_no')) throw new Refusal('未查询到就诊登记信息');
    return visit;
  }

  #pay(personNo: string, byFen: number): void {
    const person = this.people.get(personNo);
    if (person !== undefined) this.keepPerson({ ...person, balanceFen: person.balanceFen + byFen });
  }

  #visit(visit: Visit): void {
    this.visits.set(visit.visitNo, visit);
    this.#store.save('visit', visit.visitNo, visit);
  }

  #fee(fee: Fee): void {
    this.fees.set(`${fee.visitNo}/${fee.feeNo}`, fee);
    this.#store.save('fee', `${fee.visitNo}/${fee.feeNo}`, fee);
  }

  #removeFee(visitNo: string, feeNo: string): void {
    this.fees.delete(`${visitNo}/${feeNo}`);
    this.#store.remove('fee', `${visitNo}/${feeNo}`);
  }

  #message(message: Message): void {
    this.messages.set(message.msgid, message);
    this.#store.save('message', message.msgid, message);
  }
}
