import { readFileSync } from 'node:fs';
import type { Database } from './engine/database.js';
import { backUp, restore, type HospitalBackup } from './hospital-backup.js';
import { HospitalBooks, text, whole, type Row } from './hospital-books.js';
import { HospitalInpatients } from './hospital-inpatients.js';
import { HospitalOffice } from './hospital-office.js';
import { HospitalRegistration } from './hospital-registration.js';

/** In the order they are run. */
const SCRIPTS = ['hospital', 'hospital-registration', 'hospital-inpatients', 'hospital-files', 'hospital-bill-locks', 'hospital-invoices', 'hospital-information'] as const;

export interface Settlement {
  readonly settlementNo: string;
  readonly tradeNo: string;
  readonly quoteNo: string;
  readonly patientId: string;
  readonly receiptNo: string;
  readonly amountFen: number;
  readonly paidTime: string;
  readonly bookedTime: string;
  readonly payMethod: string;
  readonly channelTradeNo: string;
  readonly terminalNo: string;
  readonly status: 'booked' | 'partlyRefunded' | 'refunded' | 'arrivalOpen' | 'reversed';
  readonly dispensed: boolean;
}

/** What the payment platform settled with the insurance, as it told the hospital. */
export interface InsuranceSettlement {
  readonly tradeNo: string;
  readonly insuranceSettlementNo: string;
  readonly insuranceVisitNo: string;
  readonly fundFen: number;
  readonly accountFen: number;
  readonly cashFen: number;
}

export interface Refund {
  readonly hisRefundNo: string;
  readonly refundNo: string;
  readonly tradeNo: string;
  readonly amountFen: number;
  readonly reason: string;
  readonly refundTime: string;
}

export interface Bill {
  readonly billNo: string;
  readonly patientId: string;
  readonly billType: string;
  readonly amountFen: number;
  readonly status: 'unpaid' | 'settled' | 'refunded' | 'locked';
  readonly version: number;
  readonly settlementNo: string | undefined;
}

export interface NewBill {
  readonly patientId: string;
  /** 1 prescription (default), 2 examination, 3 treatment. */
  readonly billType?: '1' | '2' | '3';
  readonly lines: readonly { readonly itemName: string; readonly quantity?: number; readonly priceFen: number }[];
}

export interface NewPatient {
  readonly patientId: string;
  readonly name: string;
  /** ZF pays all, ZGYB and JMYB are insured, of LX the insurance pays everything. */
  readonly patientType?: 'ZF' | 'ZGYB' | 'JMYB' | 'LX';
  readonly cards?: readonly { readonly cardType: string; readonly cardNo: string }[];
}

const settlementStatuses = ['booked', 'partlyRefunded', 'refunded', 'arrivalOpen', 'reversed'] as const;

/** The hospital's own staff and records, past the wire: what a test looks at, and what happens there without us. Amounts are fen. */
export class Hospital {
  readonly #books: HospitalBooks;
  /** Clinics and registrations. */
  readonly registration: HospitalRegistration;
  /** Stays, deposits, discharges. */
  readonly inpatients: HospitalInpatients;
  /** Invoices, files, prepayment accounts, guide sheets. */
  readonly office: HospitalOffice;

  constructor(database: Database) {
    this.#books = new HospitalBooks(database);
    this.registration = new HospitalRegistration(this.#books);
    this.inpatients = new HospitalInpatients(this.#books);
    this.office = new HospitalOffice(this.#books);
  }

  /** Tables, procedures and seeds from the hospital's scripts; what is there already stays. */
  async prepare(further: readonly string[] = []): Promise<void> {
    for (const script of [...SCRIPTS.map((name) => `${name}.sql`), ...further]) {
      const source = readFileSync(new URL(`../../../simulators/his/${script}`, import.meta.url), 'utf8');
      await this.#books.run(source.split(/^\s*GO\s*$/im).filter((batch) => batch.trim() !== ''));
    }
  }

  backUp(): HospitalBackup {
    return backUp(this.#books);
  }
  /** 恢复备份: the hospital knows nothing of what happened since. */
  restore(backup: HospitalBackup): Promise<void> {
    return restore(this.#books, backup);
  }

  close(): void {
    this.#books.close();
  }

  // ---- what is booked

  listSettlements(): readonly Settlement[] {
    return this.#books.handle.prepare('SELECT * FROM settlement ORDER BY settlement_no').all().map((row) => settlementOf(row));
  }

  findSettlement(tradeNo: string): Settlement | undefined {
    const row = this.#books.handle.prepare('SELECT * FROM settlement WHERE trade_no = ?').get(tradeNo);
    return row && settlementOf(row);
  }

  findInsuranceSettlement(tradeNo: string): InsuranceSettlement | undefined {
    const row = this.#books.handle.prepare('SELECT * FROM insurance_settlement WHERE trade_no = ?').get(tradeNo);
    return (
      row && {
        tradeNo: text(row, 'trade_no'), insuranceSettlementNo: text(row, 'insurance_settlement_no'), insuranceVisitNo: text(row, 'insurance_visit_no'),
        fundFen: whole(row, 'fund'), accountFen: whole(row, 'account'), cashFen: whole(row, 'cash'),
      }
    );
  }

  listRefunds(): readonly Refund[] {
    return this.#books.handle.prepare('SELECT * FROM settlement_refund ORDER BY his_refund_no').all().map((row) => refundOf(row));
  }

  findRefund(refundNo: string): Refund | undefined {
    const row = this.#books.handle.prepare('SELECT * FROM settlement_refund WHERE refund_no = ?').get(refundNo);
    return row && refundOf(row);
  }

  listBills(patientId?: string): readonly Bill[] {
    const rows = patientId === undefined ? this.#books.handle.prepare('SELECT * FROM bill ORDER BY bill_no').all() : this.#books.handle.prepare('SELECT * FROM bill WHERE patient_id = ? ORDER BY bill_no').all(patientId);
    return rows.map((row) => billOf(row));
  }

  findBill(billNo: string): Bill | undefined {
    const row = this.#books.handle.prepare('SELECT * FROM bill WHERE bill_no = ?').get(billNo);
    return row && billOf(row);
  }

  listOpenBills(patientId: string): readonly Bill[] {
    return this.listBills(patientId).filter((bill) => bill.status === 'unpaid');
  }

  hasPatient(patientId: string): boolean {
    return this.#books.handle.prepare('SELECT 1 FROM patient WHERE patient_id = ?').get(patientId) !== undefined;
  }

  // ---- what others do meanwhile

  /** A doctor changes a bill: its version grows, and its amount when one is given (the first line takes the difference). @throws while a terminal holds its lock */
  async changeBill(billNo: string, change: { readonly amountFen?: number } = {}): Promise<void> {
    const bill = this.#requireFreeBill(billNo);
    const difference = (change.amountFen ?? bill.amountFen) - bill.amountFen;
    await this.#books.write(() => {
      this.#books.handle.prepare('UPDATE bill SET version = version + 1, amount = amount + ? WHERE bill_no = ?').run(difference, billNo);
      this.#books.handle.prepare('UPDATE bill_line SET amount = amount + ?, price = price + ? WHERE bill_no = ? AND line_no = 1').run(difference, difference, billNo);
    });
  }

  /** Somebody opens the bill at a window or in the consulting room, so nobody else may settle it. */
  async lockBill(billNo: string): Promise<void> {
    await this.#setBillStatus(billNo, 5);
  }

  async unlockBill(billNo: string): Promise<void> {
    await this.#setBillStatus(billNo, 0);
  }

  /** A doctor withdraws the bill. */
  async withdrawBill(billNo: string): Promise<void> {
    await this.#setBillStatus(billNo, 2);
  }

  /** A cashier takes cash for the bills; they are settled under a number that is not ours. Returns that number. @throws while a terminal holds a lock on one */
  async settleAtWindow(billNos: readonly string[]): Promise<string> {
    const bills = billNos.map((billNo) => this.#requireFreeBill(billNo));
    const tradeNo = `WINDOW${this.#count('settlement') + 1}`;
    const amount = bills.reduce((sum, bill) => sum + bill.amountFen, 0);
    const at = this.#books.time();
    await this.#books.write(() => {
      this.#books.handle
        .prepare(`INSERT INTO settlement (settlement_no, trade_no, quote_no, patient_id, receipt_no, amount, total, paid_time, booked_time, pay_method, channel_trade_no, terminal_no, pickup_window, guide, dispensed, status)
          VALUES (?, ?, '', ?, ?, ?, ?, ?, ?, 'cash', '', 'WINDOW', '', '', 0, 0)`)
        .run(`SW${tradeNo}`, tradeNo, bills[0]?.patientId ?? '', `RW${tradeNo}`, amount, amount, at, at);
      for (const bill of bills) this.#books.handle.prepare('UPDATE bill SET status = 1, settlement_no = ? WHERE bill_no = ?').run(`SW${tradeNo}`, bill.billNo);
    });
    return tradeNo;
  }

  async markDispensed(tradeNo: string): Promise<void> {
    await this.#books.write(() => {
      const { changes } = this.#books.handle.prepare('UPDATE settlement SET dispensed = 1 WHERE trade_no = ?').run(tradeNo);
      if (changes === 0) throw new Error(`No settlement for ${tradeNo}.`);
    });
  }

  /** Of the personality `views`: the day of this receipt is closed, and the receipt moves to the year library. */
  async closeDayOf(tradeNo: string): Promise<void> {
    await this.#books.write(() => void this.#books.handle.prepare('INSERT INTO closed_receipt (settlement_no) SELECT settlement_no FROM settlement WHERE trade_no = ?').run(tradeNo));
  }

  /** What the vendor's own update brings: runs T-SQL, batches apart by GO. */
  async update(script: string): Promise<void> {
    await this.#books.run(script.split(/^\s*GO\s*$/im).filter((batch) => batch.trim() !== ''));
  }

  /** Books another amount than was paid: the kind of mistake reconciliation must find. */
  async alterSettlement(tradeNo: string, differenceFen: number): Promise<void> {
    await this.#books.write(() => void this.#books.handle.prepare('UPDATE settlement SET amount = amount + ? WHERE trade_no = ?').run(differenceFen, tradeNo));
  }

  billsOfQuote(quoteNo: string): readonly string[] {
    return this.#books.handle.prepare('SELECT bill_no FROM presettlement_bill WHERE quote_no = ? ORDER BY bill_no').all(quoteNo).map((row) => text(row, 'bill_no'));
  }

  async addPatient(patient: NewPatient): Promise<void> {
    await this.#books.write(() => {
      this.#books.handle
        .prepare("INSERT INTO patient (patient_id, name, sex, birthday, id_no, phone, patient_type) VALUES (?, ?, '女', '19900101', '', '', ?)")
        .run(patient.patientId, patient.name, patient.patientType ?? 'ZF');
      for (const { cardType, cardNo } of patient.cards ?? [{ cardType: '2', cardNo: `C${patient.patientId.slice(-7)}` }]) {
        this.#books.handle.prepare('INSERT INTO card (card_type, card_no, patient_id, card_status) VALUES (?, ?, ?, 0)').run(cardType, cardNo, patient.patientId);
      }
      const visitNo = `V${patient.patientId}`;
      this.#books.handle.prepare("INSERT INTO visit (visit_no, patient_id, doctor_code, visit_time) VALUES (?, ?, 'D002', ?)").run(visitNo, patient.patientId, this.#books.time());
      this.#books.handle.prepare("INSERT INTO visit_diagnosis (visit_no, position, diagnosis_kind, diagnosis_code, diagnosis_name) VALUES (?, 1, '1', 'J06.900', '急性上呼吸道感染')").run(visitNo);
    });
  }

  /** Returns the new bill's number. */
  async addBill(bill: NewBill): Promise<string> {
    let billNo = '';
    await this.#books.write(() => {
      billNo = `CF${this.#books.time().slice(0, 8)}X${String(this.#count('bill') + 1).padStart(6, '0')}`;
      const insertLine = this.#books.handle.prepare("INSERT INTO bill_line (bill_no, line_no, item_code, item_name, spec, unit, qty, price, amount) VALUES (?, ?, ?, ?, '', '次', ?, ?, ?)");
      const amount = bill.lines.reduce((sum, line) => sum + line.priceFen * (line.quantity ?? 1), 0);
      this.#books.handle
        .prepare("INSERT INTO bill (bill_no, patient_id, bill_type, bill_date, dept_code, doctor_code, amount, status, version) VALUES (?, ?, ?, ?, '0101', 'D001', ?, 0, 1)")
        .run(billNo, bill.patientId, bill.billType ?? '1', this.#books.time(), amount);
      bill.lines.forEach((line, index) => {
        const quantity = line.quantity ?? 1;
        insertLine.run(billNo, index + 1, `X${index + 1}`, line.itemName, quantity * 100, line.priceFen, line.priceFen * quantity);
      });
    });
    return billNo;
  }

  /** New bills for a patient, so that a demo never runs dry. Returns their numbers. */
  async seedMoreBills(patientId: string): Promise<readonly string[]> {
    const before = new Set(this.listBills(patientId).map((bill) => bill.billNo));
    await this.#books.run([`EXEC dbo.usp_hospital_seed_bills '${patientId.replaceAll("'", "''")}'`]);
    return this.listBills(patientId).flatMap((bill) => (before.has(bill.billNo) ? [] : [bill.billNo]));
  }

  #count(table: 'bill' | 'settlement'): number {
    return Number(this.#books.handle.prepare(`SELECT COUNT(*) AS n FROM ${table}`).get()?.['n'] ?? 0);
  }

  #requireBill(billNo: string): Bill {
    const bill = this.findBill(billNo);
    if (!bill) throw new Error(`No bill ${billNo}.`);
    return bill;
  }

  /** 收费加锁: whoever is not the terminal has to wait until the lock is given back or has run out. */
  #requireFreeBill(billNo: string): Bill {
    const locks = this.#books.count('SELECT COUNT(*) AS n FROM bill_lock WHERE bill_no = ? AND released = 0 AND expires_time > ?', billNo, this.#books.time());
    if (locks > 0) throw new Error(`A terminal holds the bill ${billNo}.`);
    return this.#requireBill(billNo);
  }

  /** As if ten minutes had passed: the locks terminals hold on a bill have run out. */
  async expireBillLocks(billNo: string): Promise<void> {
    await this.#books.write(() => void this.#books.handle.prepare("UPDATE bill_lock SET expires_time = '2000010100:00:00' WHERE bill_no = ?").run(billNo));
  }

  /** The HIS's next version: one of its procedures calls a parameter or a column differently. */
  async renameAnswer(procedure: string, [before, after]: readonly [string, string]): Promise<void> {
    const source = String(this.#books.handle.prepare(`SELECT source FROM "__catalog" WHERE kind = 'procedure' AND name = ?`).get(procedure.toLowerCase())?.['source'] ?? '');
    if (!source.includes(before)) throw new Error(`${procedure} has no ${before}.`);
    await this.#books.run([`DROP PROCEDURE dbo.${procedure}`, source.replaceAll(before, after)]);
  }

  countArrivals(tradeNo: string): number {
    return this.#books.count('SELECT COUNT(*) AS n FROM settlement_arrival WHERE trade_no = ?', tradeNo);
  }

  countReversals(tradeNo: string): number {
    return this.#books.count('SELECT COUNT(*) AS n FROM settlement_reversal WHERE trade_no = ?', tradeNo);
  }

  async #setBillStatus(billNo: string, status: number): Promise<void> {
    this.#requireBill(billNo);
    await this.#books.write(() => void this.#books.handle.prepare('UPDATE bill SET status = ? WHERE bill_no = ?').run(status, billNo));
  }
}

function settlementOf(row: Row): Settlement {
  return {
    settlementNo: text(row, 'settlement_no'),
    tradeNo: text(row, 'trade_no'),
    quoteNo: text(row, 'quote_no'),
    patientId: text(row, 'patient_id'),
    receiptNo: text(row, 'receipt_no'),
    amountFen: whole(row, 'amount'),
    paidTime: text(row, 'paid_time'),
    bookedTime: text(row, 'booked_time'),
    payMethod: text(row, 'pay_method'),
    channelTradeNo: text(row, 'channel_trade_no'),
    terminalNo: text(row, 'terminal_no'),
    status: settlementStatuses[whole(row, 'status')] ?? 'booked',
    dispensed: whole(row, 'dispensed') === 1,
  };
}

function refundOf(row: Row): Refund {
  return {
    hisRefundNo: text(row, 'his_refund_no'),
    refundNo: text(row, 'refund_no'),
    tradeNo: text(row, 'trade_no'),
    amountFen: whole(row, 'amount'),
    reason: text(row, 'reason'),
    refundTime: text(row, 'refund_time'),
  };
}

function billOf(row: Row): Bill {
  const status = whole(row, 'status');
  return {
    billNo: text(row, 'bill_no'),
    patientId: text(row, 'patient_id'),
    billType: text(row, 'bill_type'),
    amountFen: whole(row, 'amount'),
    status: status === 0 ? 'unpaid' : status === 1 ? 'settled' : status === 5 ? 'locked' : 'refunded',
    version: whole(row, 'version'),
    settlementNo: row['settlement_no'] === null ? undefined : text(row, 'settlement_no'),
  };
}
