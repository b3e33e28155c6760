import type { HospitalBooks } from './hospital-books.js';

/** The hospital's offices: invoices, files, prepayment accounts, guide sheets. */
export class HospitalOffice {
  readonly #books: HospitalBooks;

  constructor(books: HospitalBooks) {
    this.#books = books;
  }

  /** 换开纸质: a paper invoice is handed out for the electronic one. */
  async putInvoiceOnPaper(invoiceNo: string): Promise<void> {
    await this.#setOnPaper(invoiceNo, 1);
  }

  /** The sheet is handed back. */
  async takePaperBack(invoiceNo: string): Promise<void> {
    await this.#setOnPaper(invoiceNo, 0);
  }

  countInvoices(requestNo: string): number {
    return this.#books.count('SELECT COUNT(*) AS n FROM e_invoice WHERE request_no = ?', requestNo);
  }

  countFlushes(flushNo: string): number {
    return this.#books.count('SELECT COUNT(*) AS n FROM e_invoice_flush WHERE flush_no = ?', flushNo);
  }

  countFiles(idNo: string): number {
    return this.#books.count('SELECT COUNT(*) AS n FROM patient WHERE id_no = ?', idNo);
  }

  /** Cards that took the place of a lost one. */
  countReissues(cardNo: string): number {
    return this.#books.count('SELECT COUNT(*) AS n FROM card_reissue WHERE old_card_no = ?', cardNo);
  }

  /** A patient who still has money on a prepayment account. Returns his number. */
  async openAccount(balanceFen: number): Promise<string> {
    const patientId = `PA${this.#books.count('SELECT COUNT(*) AS n FROM patient') + 1000}`;
    await this.#books.write(() => {
      const { handle } = this.#books;
      handle.prepare("INSERT INTO patient (patient_id, name, sex, birthday, id_no, phone, patient_type) VALUES (?, '班昭', '女', '19900101', '', '', 'ZF')").run(patientId);
      handle.prepare('INSERT INTO prepaid_account (patient_id, balance, frozen) VALUES (?, ?, 0)').run(patientId, balanceFen);
      handle.prepare("INSERT INTO prepaid_movement (movement_no, patient_id, kind, amount, move_time, trade_no, return_no, pay_method) VALUES (?, ?, 1, ?, '2024120109:00:00', '', '', 'cash')").run(`ZH${patientId}`, patientId, balanceFen);
    });
    return patientId;
  }

  countReturns(returnNo: string): number {
    return this.#books.count('SELECT COUNT(*) AS n FROM prepaid_movement WHERE kind = 3 AND return_no = ?', returnNo);
  }

  /** Prints a guide sheet for a patient's visit; its code runs out at `expiresTime` (yyyymmddHH:MM:SS). */
  async printGuideSheet(patientId: string, expiresTime = '2999123123:59:59'): Promise<string> {
    const code = `GD${this.#books.count('SELECT COUNT(*) AS n FROM guide_code') + 1}X7Q2M9K4`;
    await this.#books.write(() => void this.#books.handle.prepare('INSERT INTO guide_code (code, patient_id, visit_no, expires_time) VALUES (?, ?, ?, ?)').run(code, patientId, `V${patientId}`, expiresTime));
    return code;
  }

  async #setOnPaper(invoiceNo: string, onPaper: number): Promise<void> {
    await this.#books.write(() => {
      const { changes } = this.#books.handle.prepare('UPDATE e_invoice SET on_paper = ? WHERE invoice_no = ?').run(onPaper, invoiceNo);
      if (changes === 0) throw new Error(`No invoice ${invoiceNo}.`);
    });
  }
}
