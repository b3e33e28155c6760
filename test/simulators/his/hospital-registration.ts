import { text, whole, type HospitalBooks, type Row } from './hospital-books.js';

export interface RegistrationRecord {
  readonly hisRegistrationNo: string;
  readonly registrationNo: string;
  readonly slotId: string;
  readonly patientId: string;
  readonly selfPayFen: number;
  readonly status: 'held' | 'booked' | 'checkedIn' | 'cancelled' | 'stopped' | 'refunded';
  readonly tradeNo: string | undefined;
}

export interface OpenSlot {
  readonly scheduleId: string;
  readonly slotId: string;
  readonly departmentCode: string;
  /** yyyy-MM-dd */
  readonly day: string;
}

const statuses = { 0: 'held', 1: 'booked', 2: 'checkedIn', 3: 'cancelled', 5: 'stopped', 6: 'refunded' } as const;

/** The registration desk: clinics that are planned and stopped, and what is registered. */
export class HospitalRegistration {
  readonly #books: HospitalBooks;

  constructor(books: HospitalBooks) {
    this.#books = books;
  }

  listRegistrations(): readonly RegistrationRecord[] {
    return this.#books.handle.prepare('SELECT r.*, m.trade_no FROM registration r LEFT JOIN registration_payment m ON m.his_reg_no = r.his_reg_no ORDER BY r.his_reg_no').all().map((row) => registrationOf(row));
  }

  findByTradeNo(tradeNo: string): RegistrationRecord | undefined {
    return this.listRegistrations().find((registration) => registration.tradeNo === tradeNo);
  }

  countPayments(tradeNo: string): number {
    return this.#books.count('SELECT COUNT(*) AS n FROM registration_payment WHERE trade_no = ?', tradeNo);
  }

  countRefunds(refundNo: string): number {
    return this.#books.count('SELECT COUNT(*) AS n FROM registration_refund WHERE refund_no = ?', refundNo);
  }

  /** How many holds of a registration number stand, ended ones left out. */
  countHolds(registrationNo: string): number {
    return this.#books.count('SELECT COUNT(*) AS n FROM registration WHERE reg_no = ? AND status IN (0, 1, 2)', registrationNo);
  }

  countLocks(lockNo: string): number {
    return this.#books.count('SELECT COUNT(*) AS n FROM slot_lock WHERE lock_no = ? AND status = 0', lockNo);
  }

  /** A clinic of its own, tomorrow, with one slot of so many places. */
  async addSlot(capacity = 1): Promise<OpenSlot> {
    const { handle } = this.#books;
    const tomorrow = handle.prepare("SELECT MIN(work_day) AS day FROM schedule WHERE work_day > ?").get(this.#books.time().slice(0, 8));
    const day = text(tomorrow ?? {}, 'day');
    const scheduleId = `PX${day}${String(this.#books.count('SELECT COUNT(*) AS n FROM schedule') + 1).padStart(6, '0')}`;
    await this.#books.write(() => {
      handle.prepare("INSERT INTO schedule (schedule_id, dept_code, doctor_code, work_day, session_code, reg_fee, treat_fee, stopped) VALUES (?, '0201', 'D003', ?, '1', 100, 1125, 0)").run(scheduleId, day);
      handle.prepare("INSERT INTO slot (slot_id, schedule_id, begin_clock, end_clock, capacity) VALUES (?, ?, '08:00:00', '09:00:00', ?)").run(`${scheduleId}-08`, scheduleId, capacity);
    });
    return { scheduleId, slotId: `${scheduleId}-08`, departmentCode: '0201', day: `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}` };
  }

  /** Somebody at a window books every place that is left. */
  async fillSlot({ scheduleId, slotId }: Pick<OpenSlot, 'scheduleId' | 'slotId'>): Promise<void> {
    const capacity = this.#books.count('SELECT capacity AS n FROM slot WHERE slot_id = ?', slotId);
    await this.#books.write(() => {
      const taken = this.#books.count('SELECT COUNT(*) AS n FROM registration WHERE slot_id = ? AND status IN (0, 1, 2)', slotId);
      for (let place = taken; place < capacity; place++) {
        const number = `WG${slotId}${place}`.slice(0, 32);
        this.#books.handle
          .prepare("INSERT INTO registration (his_reg_no, reg_no, schedule_id, slot_id, patient_id, total, fund, account, self_pay, expires_time, queue_no, status, seen) VALUES (?, ?, ?, ?, 'P0000017', 0, 0, 0, 0, '', ?, 1, 0)")
          .run(number, number, scheduleId, slotId, 900 + place);
      }
    });
  }

  /** A place that was booked for today some days ago, in the clinic after this one: its number is not taken yet. */
  async bookAppointment(patientId: string): Promise<void> {
    const { handle } = this.#books;
    const today = handle.prepare('SELECT s.slot_id, s.schedule_id FROM slot s JOIN schedule p ON p.schedule_id = s.schedule_id WHERE p.work_day = ? AND p.stopped = 0 ORDER BY s.begin_clock DESC').get(this.#books.time().slice(0, 8)) ?? {};
    const number = `YY${patientId}${String(this.#books.count('SELECT COUNT(*) AS n FROM registration') + 1)}`;
    await this.#books.write(() => {
      handle.prepare("INSERT INTO registration (his_reg_no, reg_no, schedule_id, slot_id, patient_id, total, fund, account, self_pay, expires_time, queue_no, status, seen) VALUES (?, ?, ?, ?, ?, 1225, 0, 0, 1225, '', 7, 1, 0)")
        .run(number, number, text(today, 'schedule_id'), text(today, 'slot_id'), patientId);
    });
  }

  /** 停诊: the clinic does not take place. Whoever has checked in is sent to the window. */
  async stopClinic(scheduleId: string): Promise<void> {
    await this.#books.write(() => {
      this.#books.handle.prepare('UPDATE schedule SET stopped = 1 WHERE schedule_id = ?').run(scheduleId);
      this.#books.handle.prepare('UPDATE registration SET status = 5 WHERE schedule_id = ? AND status IN (0, 1)').run(scheduleId);
    });
  }

  /** The patient takes his number at the counter (取号). */
  async checkIn(tradeNo: string): Promise<void> {
    await this.#books.write(() => {
      const { changes } = this.#books.handle.prepare('UPDATE registration SET status = 2 WHERE status = 1 AND his_reg_no = (SELECT his_reg_no FROM registration_payment WHERE trade_no = ?)').run(tradeNo);
      if (changes === 0) throw new Error(`No booked registration under ${tradeNo}.`);
    });
  }

  /** As if so much time had passed: locks and unpaid holds of the slot have run out. */
  async expireHolds(slotId: string): Promise<void> {
    await this.#books.write(() => {
      this.#books.handle.prepare("UPDATE slot_lock SET expires_time = '2000010100:00:00' WHERE slot_id = ? AND status = 0").run(slotId);
      this.#books.handle.prepare("UPDATE registration SET expires_time = '2000010100:00:00' WHERE slot_id = ? AND status = 0").run(slotId);
    });
  }
}

function registrationOf(row: Row): RegistrationRecord {
  const status = Object.entries(statuses).find(([code]) => Number(code) === whole(row, 'status'));
  return {
    hisRegistrationNo: text(row, 'his_reg_no'), registrationNo: text(row, 'reg_no'), slotId: text(row, 'slot_id'), patientId: text(row, 'patient_id'), selfPayFen: whole(row, 'self_pay'),
    status: status?.[1] ?? 'held', tradeNo: row['trade_no'] === null ? undefined : text(row, 'trade_no'),
  };
}
