import { readFileSync } from 'node:fs';
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { Database } from './engine/database.js';
import { BatchAborted } from './engine/request-end.js';
import { silentSink } from './engine/result-sink.js';
import { Session } from './engine/session.js';
import type { SqlServerError } from './engine/sql-server-error.js';

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
  readonly status: 'booked' | 'partlyRefunded' | 'refunded';
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
  /** ZF pays all, ZGYB and JMYB are insured. */
  readonly patientType?: 'ZF' | 'ZGYB' | 'JMYB';
  readonly cards?: readonly { readonly cardType: string; readonly cardNo: string }[];
}

type Row = Record<string, SQLOutputValue>;
const text = (row: Row, name: string): string => String(row[name] ?? '');
const whole = (row: Row, name: string): number => Number(row[name] ?? 0);
const settlementStatuses = ['booked', 'partlyRefunded', 'refunded'] as const;

/** The hospital's own staff and records, past the wire: what a test looks at, and what happens there without us. Amounts are fen. */
export class Hospital {
  readonly #database: Database;
  readonly #handle: DatabaseSync;

  constructor(database: Database) {
    this.#database = database;
    this.#handle = database.openHandle();
  }

  /** Tables, procedures and seeds from hospital.sql and further scripts; what is there already stays. */
  async prepare(scripts: readonly string[] = []): Promise<void> {
    for (const name of ['hospital.sql', ...scripts]) {
      const script = readFileSync(new URL(`../../../simulators/his/${name}`, import.meta.url), 'utf8');
      await this.#run(script.split(/^\s*GO\s*$/im).filter((batch) => batch.trim() !== ''));
    }
  }

  close(): void {
    this.#handle.close();
  }

  // ---- what is booked

  listSettlements(): readonly Settlement[] {
    return this.#handle.prepare('SELECT * FROM settlement ORDER BY settlement_no').all().map((row) => settlementOf(row));
  }

  findSettlement(tradeNo: string): Settlement | undefined {
    const row = this.#handle.prepare('SELECT * FROM settlement WHERE trade_no = ?').get(tradeNo);
    return row && settlementOf(row);
  }

  findInsuranceSettlement(tradeNo: string): InsuranceSettlement | undefined {
    const row = this.#handle.prepare('SELECT * FROM insurance_settlement WHERE trade_no = ?').get(tradeNo);
    return (
      row && {
        tradeNo: text(row, 'trade_no'), insuranceSettlementNo: text(row, 'insurance_settlement_no'), insuranceVisitNo: text(row, 'insurance_visit_no'),
        fundFen: whole(row, 'fund'), accountFen: whole(row, 'account'), cashFen: whole(row, 'cash'),
      }
    );
  }

  listRefunds(): readonly Refund[] {
    return this.#handle.prepare('SELECT * FROM settlement_refund ORDER BY his_refund_no').all().map((row) => refundOf(row));
  }

  findRefund(refundNo: string): Refund | undefined {
    const row = this.#handle.prepare('SELECT * FROM settlement_refund WHERE refund_no = ?').get(refundNo);
    return row && refundOf(row);
  }

  listBills(patientId?: string): readonly Bill[] {
    const rows = patientId === undefined ? this.#handle.prepare('SELECT * FROM bill ORDER BY bill_no').all() : this.#handle.prepare('SELECT * FROM bill WHERE patient_id = ? ORDER BY bill_no').all(patientId);
    return rows.map((row) => billOf(row));
  }

  findBill(billNo: string): Bill | undefined {
    const row = this.#handle.prepare('SELECT * FROM bill WHERE bill_no = ?').get(billNo);
    return row && billOf(row);
  }

  listOpenBills(patientId: string): readonly Bill[] {
    return this.listBills(patientId).filter((bill) => bill.status === 'unpaid');
  }

  hasPatient(patientId: string): boolean {
    return this.#handle.prepare('SELECT 1 FROM patient WHERE patient_id = ?').get(patientId) !== undefined;
  }

  // ---- what others do meanwhile

  /** A doctor changes a bill: its version grows, and its amount when one is given (the first line takes the difference). */
  async changeBill(billNo: string, change: { readonly amountFen?: number } = {}): Promise<void> {
    const bill = this.#requireBill(billNo);
    const difference = (change.amountFen ?? bill.amountFen) - bill.amountFen;
    await this.#write(() => {
      this.#handle.prepare('UPDATE bill SET version = version + 1, amount = amount + ? WHERE bill_no = ?').run(difference, billNo);
      this.#handle.prepare('UPDATE bill_line SET amount = amount + ?, price = price + ? WHERE bill_no = ? AND line_no = 1').run(difference, difference, billNo);
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

  /** A cashier takes cash for the bills; they are settled under a number that is not ours. Returns that number. */
  async settleAtWindow(billNos: readonly string[]): Promise<string> {
    const bills = billNos.map((billNo) => this.#requireBill(billNo));
    const tradeNo = `WINDOW${this.#count('settlement') + 1}`;
    const amount = bills.reduce((sum, bill) => sum + bill.amountFen, 0);
    const at = this.#time();
    await this.#write(() => {
      this.#handle
        .prepare(`INSERT INTO settlement (settlement_no, trade_no, quote_no, patient_id, receipt_no, amount, total, paid_time, booked_time, pay_method, channel_trade_no, terminal_no, pickup_window, guide, dispensed, status)
          VALUES (?, ?, '', ?, ?, ?, ?, ?, ?, 'cash', '', 'WINDOW', '', '', 0, 0)`)
        .run(`SW${tradeNo}`, tradeNo, bills[0]?.patientId ?? '', `RW${tradeNo}`, amount, amount, at, at);
      for (const bill of bills) this.#handle.prepare('UPDATE bill SET status = 1, settlement_no = ? WHERE bill_no = ?').run(`SW${tradeNo}`, bill.billNo);
    });
    return tradeNo;
  }

  async markDispensed(tradeNo: string): Promise<void> {
    await this.#write(() => {
      const { changes } = this.#handle.prepare('UPDATE settlement SET dispensed = 1 WHERE trade_no = ?').run(tradeNo);
      if (changes === 0) throw new Error(`No settlement for ${tradeNo}.`);
    });
  }

  /** Of the personality `views`: the day of this receipt is closed, and the receipt moves to the year library. */
  async closeDayOf(tradeNo: string): Promise<void> {
    await this.#write(() => void this.#handle.prepare('INSERT INTO closed_receipt (settlement_no) SELECT settlement_no FROM settlement WHERE trade_no = ?').run(tradeNo));
  }

  /** What the vendor's own update brings: runs T-SQL, batches apart by GO. */
  async update(script: string): Promise<void> {
    await this.#run(script.split(/^\s*GO\s*$/im).filter((batch) => batch.trim() !== ''));
  }

  /** Books another amount than was paid: the kind of mistake reconciliation must find. */
  async alterSettlement(tradeNo: string, differenceFen: number): Promise<void> {
    await this.#write(() => void this.#handle.prepare('UPDATE settlement SET amount = amount + ? WHERE trade_no = ?').run(differenceFen, tradeNo));
  }

  billsOfQuote(quoteNo: string): readonly string[] {
    return this.#handle.prepare('SELECT bill_no FROM presettlement_bill WHERE quote_no = ? ORDER BY bill_no').all(quoteNo).map((row) => text(row, 'bill_no'));
  }

  async addPatient(patient: NewPatient): Promise<void> {
    await this.#write(() => {
      this.#handle
        .prepare("INSERT INTO patient (patient_id, name, sex, birthday, id_no, phone, patient_type) VALUES (?, ?, '女', '19900101', '', '', ?)")
        .run(patient.patientId, patient.name, patient.patientType ?? 'ZF');
      for (const { cardType, cardNo } of patient.cards ?? [{ cardType: '2', cardNo: `C${patient.patientId.slice(-7)}` }]) {
        this.#handle.prepare('INSERT INTO card (card_type, card_no, patient_id, card_status) VALUES (?, ?, ?, 0)').run(cardType, cardNo, patient.patientId);
      }
      const visitNo = `V${patient.patientId}`;
      this.#handle.prepare("INSERT INTO visit (visit_no, patient_id, doctor_code, visit_time) VALUES (?, ?, 'D002', ?)").run(visitNo, patient.patientId, this.#time());
      this.#handle.prepare("INSERT INTO visit_diagnosis (visit_no, position, diagnosis_kind, diagnosis_code, diagnosis_name) VALUES (?, 1, '1', 'J06.900', '急性上呼吸道感染')").run(visitNo);
    });
  }

  /** Returns the new bill's number. */
  async addBill(bill: NewBill): Promise<string> {
    let billNo = '';
    await this.#write(() => {
      billNo = `CF${this.#time().slice(0, 8)}X${String(this.#count('bill') + 1).padStart(6, '0')}`;
      const insertLine = this.#handle.prepare("INSERT INTO bill_line (bill_no, line_no, item_code, item_name, spec, unit, qty, price, amount) VALUES (?, ?, ?, ?, '', '次', ?, ?, ?)");
      const amount = bill.lines.reduce((sum, line) => sum + line.priceFen * (line.quantity ?? 1), 0);
      this.#handle
        .prepare("INSERT INTO bill (bill_no, patient_id, bill_type, bill_date, dept_code, doctor_code, amount, status, version) VALUES (?, ?, ?, ?, '0101', 'D001', ?, 0, 1)")
        .run(billNo, bill.patientId, bill.billType ?? '1', this.#time(), amount);
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
    await this.#run([`EXEC dbo.usp_hospital_seed_bills '${patientId.replaceAll("'", "''")}'`]);
    return this.listBills(patientId).flatMap((bill) => (before.has(bill.billNo) ? [] : [bill.billNo]));
  }

  #time(): string {
    const now = this.#database.now();
    return `${now.slice(0, 10).replaceAll('-', '')}${now.slice(11, 19)}`;
  }

  #count(table: 'bill' | 'settlement'): number {
    return Number(this.#handle.prepare(`SELECT COUNT(*) AS n FROM ${table}`).get()?.['n'] ?? 0);
  }

  #requireBill(billNo: string): Bill {
    const bill = this.findBill(billNo);
    if (!bill) throw new Error(`No bill ${billNo}.`);
    return bill;
  }

  async #setBillStatus(billNo: string, status: number): Promise<void> {
    this.#requireBill(billNo);
    await this.#write(() => void this.#handle.prepare('UPDATE bill SET status = ? WHERE bill_no = ?').run(status, billNo));
  }

  async #write(work: () => void): Promise<void> {
    const { lock } = this.#database;
    await lock.acquire(this, { timeoutMs: 10_000, cancelled: new AbortController().signal });
    try {
      this.#handle.exec('BEGIN IMMEDIATE');
      try {
        work();
        this.#handle.exec('COMMIT');
      } catch (error) {
        this.#handle.exec('ROLLBACK');
        throw error;
      }
    } finally {
      lock.release(this);
    }
  }

  async #run(batches: readonly string[]): Promise<void> {
    const session = new Session(this.#database, { login: 'hospital', application: 'hospital', host: '' });
    let failure: SqlServerError | undefined;
    try {
      for (const batch of batches) {
        await session.runBatch(batch, { ...silentSink, error: (error) => { failure ??= error; } }, new AbortController().signal).catch((error: unknown) => {
          if (!(error instanceof BatchAborted)) throw error;
        });
        if (failure) throw new Error(`The hospital's own script failed with ${failure.number} (${failure.message}) in: ${batch.trim().slice(0, 120)}`);
      }
    } finally {
      session.close();
    }
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
