import { text, type HospitalBooks } from './hospital-books.js';

export interface Stay {
  readonly inpatientNo: string;
  readonly visitId: string;
  readonly patientId: string;
  readonly cardNo: string;
}

/** The wards: who lies where, what it costs, and who may go home. */
export class HospitalInpatients {
  readonly #books: HospitalBooks;

  constructor(books: HospitalBooks) {
    this.#books = books;
  }

  /** A patient without insurance is admitted for the second time; his first stay is settled. The stay costs so much so far. */
  async admit({ costFen = 0, visitCount = 2 }: { readonly costFen?: number; readonly visitCount?: number } = {}): Promise<Stay> {
    const serial = String(this.#books.count('SELECT COUNT(*) AS n FROM inpatient_visit') + 1000);
    const stay: Stay = { inpatientNo: `ZYX${serial}`, visitId: String(visitCount), patientId: `PX${serial}`, cardNo: `CX${serial}` };
    const { handle } = this.#books;
    const now = this.#books.time();
    await this.#books.write(() => {
      handle.prepare("INSERT INTO patient (patient_id, name, sex, birthday, id_no, phone, patient_type) VALUES (?, '谢道韫', '女', '19900101', '', '', 'ZF')").run(stay.patientId);
      handle.prepare("INSERT INTO card (card_type, card_no, patient_id, card_status) VALUES ('2', ?, ?, 0)").run(stay.cardNo, stay.patientId);
      for (let visit = 1; visit <= visitCount; visit++) {
        const isLast = visit === visitCount;
        handle
          .prepare("INSERT INTO inpatient_visit (inpatient_no, visit_id, patient_id, state, ward, bed, dept_code, in_time, out_time) VALUES (?, ?, ?, ?, '心内科一病区', '30', '0101', ?, ?)")
          .run(stay.inpatientNo, visit, stay.patientId, isLast ? 0 : 3, isLast ? now : '2024010109:00:00', isLast ? null : '2024010809:00:00');
      }
    });
    if (costFen > 0) await this.addFee(stay, costFen);
    return stay;
  }

  /** The ward charges something today. */
  async addFee({ inpatientNo, visitId }: Stay, amountFen: number): Promise<void> {
    const feeNo = `ZX${inpatientNo}${this.#books.count('SELECT COUNT(*) AS n FROM inpatient_fee')}`;
    await this.#books.write(() => {
      this.#books.handle
        .prepare("INSERT INTO inpatient_fee (fee_no, inpatient_no, visit_id, item_code, item_name, fee_class, spec, unit, qty, amount, own_ratio, fee_time) VALUES (?, ?, ?, 'Z9001', '床位费', '床位费', '', '日', 100, ?, 10000, ?)")
        .run(feeNo, inpatientNo, Number(visitId), amountFen, this.#books.time());
    });
  }

  /** The doctor writes the discharge: the stay may be settled, and deposits are still taken. */
  async orderDischarge(stay: Stay): Promise<void> {
    await this.#setState(stay, 1);
  }

  /** The patient has left the ward unsettled. */
  async discharge(stay: Stay): Promise<void> {
    await this.#setState(stay, 2);
  }

  /** Drugs are not handed back yet (or something else forbids the settlement). */
  async hinder({ inpatientNo, visitId }: Stay, note = '有未退药品'): Promise<void> {
    await this.#books.write(() => void this.#books.handle.prepare("INSERT INTO inpatient_hindrance (inpatient_no, visit_id, kind, note) VALUES (?, ?, 'DRUG', ?)").run(inpatientNo, Number(visitId), note));
  }

  async clearHindrances({ inpatientNo, visitId }: Stay): Promise<void> {
    await this.#books.write(() => void this.#books.handle.prepare('DELETE FROM inpatient_hindrance WHERE inpatient_no = ? AND visit_id = ?').run(inpatientNo, Number(visitId)));
  }

  /** A window takes cash for the stay; returns the receipt's number. */
  async depositAtWindow({ inpatientNo, visitId }: Stay, amountFen: number): Promise<string> {
    const number = `YW${inpatientNo}${this.#books.count('SELECT COUNT(*) AS n FROM inpatient_deposit')}`;
    const now = this.#books.time();
    await this.#books.write(() => {
      this.#books.handle
        .prepare("INSERT INTO inpatient_deposit (receipt_no, trade_no, ours, inpatient_no, visit_id, amount, paid_time, booked_time, pay_method, channel_trade_no, terminal_no, status) VALUES (?, ?, 0, ?, ?, ?, ?, ?, 'cash', '', 'WINDOW', 0)")
        .run(number, `W${number}`, inpatientNo, Number(visitId), amountFen, now, now);
    });
    return number;
  }

  countDeposits(tradeNo: string): number {
    return this.#books.count('SELECT COUNT(*) AS n FROM inpatient_deposit WHERE trade_no = ?', tradeNo);
  }

  countDepositRefunds(refundNo: string): number {
    return this.#books.count('SELECT COUNT(*) AS n FROM inpatient_deposit_refund WHERE refund_no = ?', refundNo);
  }

  countSettlements({ inpatientNo, visitId }: Pick<Stay, 'inpatientNo' | 'visitId'>): number {
    return this.#books.count('SELECT COUNT(*) AS n FROM discharge_settlement WHERE inpatient_no = ? AND CAST(visit_id AS TEXT) = ?', inpatientNo, visitId);
  }

  /** The trade number that paid what the settlement collected. */
  findSettlement({ inpatientNo, visitId }: Pick<Stay, 'inpatientNo' | 'visitId'>): { readonly settlementNo: string; readonly tradeNo: string } | undefined {
    const row = this.#books.handle.prepare('SELECT * FROM discharge_settlement WHERE inpatient_no = ? AND visit_id = ?').get(inpatientNo, Number(visitId));
    return row && { settlementNo: text(row, 'settlement_no'), tradeNo: text(row, 'trade_no') };
  }

  async #setState({ inpatientNo, visitId }: Stay, state: number): Promise<void> {
    await this.#books.write(() => void this.#books.handle.prepare('UPDATE inpatient_visit SET state = ? WHERE inpatient_no = ? AND visit_id = ?').run(state, inpatientNo, Number(visitId)));
  }
}
