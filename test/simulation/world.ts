/** One seed's world: platform, channel, HIS, terminals, application, patients, and everything that goes wrong between them. */
import type { NotificationAnswer, RawNotification } from '@hospay/plugin-sdk';
import type { ErrorCode, Outcome } from '@hospay/server/domain/errors.js';
import type { Violation } from '@hospay/server/domain/invariants.js';
import type { Owner, Refund } from '@hospay/server/domain/order.js';
import { DEFAULT_PAYMENT_POLICY, type PaymentPolicy } from '@hospay/server/domain/payment-policy.js';
import type { RoutingRule } from '@hospay/server/domain/route-payment.js';
import { number, type Row } from '@hospay/server/edges/database/money/rows.js';
import { SqliteMoneyStore } from '@hospay/server/edges/database/money/sqlite-money-store.js';
import { Statements } from '@hospay/server/edges/database/money/statements.js';
import type { PresettlementView } from '@hospay/server/insurance/presettlement-view.js';
import type { OrderView } from '@hospay/server/payments/order-view.js';
import { AgreementRows } from './agreement-rows.js';
import { Application } from './application.js';
import { Auditor } from './auditor.js';
import { BankWorld } from './bank-world.js';
import { openFinanceOffice } from './paying-out.js';
import { askUntilAnswered } from './asking.js';
import { openCardUsers } from './binding-cards.js';
import { cashierDay } from './cashiers.js';
import { WINDOW_OPERATOR } from './one-key-refund.js';
import { CARD_WINDOWS } from './channels/card-world.js';
import { ChannelHouse } from './channels/channel-house.js';
import { CASH_ID } from './channels/till-world.js';
import { MOBILE_INSURANCE_ID } from './channels/mobile-insurance-world.js';
import { Faults, type Storm } from './faults.js';
import { History } from './history.js';
import { HospitalWorld } from './hospital-world.js';
import { Incarnation, isStoreTrouble } from './incarnation.js';
import type { PlantedBug } from './planted-bug.js';
import { SeededRandom } from './random.js';
import type { UseCases } from './use-cases.js';
import { MINI_PROGRAM, routingOf } from './routing.js';
import { openTesters } from './testing-channels.js';
import { VirtualTime } from './virtual-time.js';
import { visit } from './visits.js';
import type { WorldView } from './world-view.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Every drawer of the hospital. */
const TILLS = [...['kiosk-1', 'kiosk-2', 'kiosk-3', 'kiosk-4', ...CARD_WINDOWS].map((terminal) => `terminal:${terminal}`), `operator:${WINDOW_OPERATOR}`];
/** A client waits this long for an answer. */
const CLIENT_PATIENCE_MS = 30 * SECOND;
/** Patients come within this time, things break until `HEALED_AFTER_MS`, then the world is well and only what was begun goes on. */
const VISITS_WITHIN_MS = 15 * MINUTE;
const HEALED_AFTER_MS = 35 * MINUTE;
/** Whatever has not come to rest by itself this long after is stuck. */
const QUIET_LIMIT_MS = 6 * DAY;
/** A seed starts on some second of this year. */
const FIRST_START = Date.parse('2026-01-01T00:00:00.000Z');

export type WorldOptions = { readonly seed: number; readonly plant?: PlantedBug | undefined; readonly masked?: ReadonlySet<string>; readonly storm?: Storm | undefined; /** Finance pays through a bank link in this seed. */ readonly hasFinanceOffice?: boolean | undefined; /** Patients of the application pay with bound cards in this seed. */ readonly hasBoundCards?: boolean | undefined; /** What has ended is asked about again in this seed. */ readonly asksAgain?: boolean | undefined; /** Administrators test channels with one fen in this seed. */ readonly testsChannels?: boolean | undefined };

export class World implements WorldView {
  readonly history = new History();
  readonly faults: Faults;
  /** Randomness of the world. */
  readonly weather: SeededRandom;
  /** Randomness the platform draws its numbers from. */
  readonly names: SeededRandom;
  readonly time: VirtualTime;
  readonly channels: ChannelHouse;
  readonly routing: readonly RoutingRule[];
  readonly hospital: HospitalWorld;
  readonly bank: BankWorld;
  readonly hasFinanceOffice: boolean;
  readonly hasBoundCards: boolean;
  readonly agreementRows: AgreementRows;
  readonly asksAgain: boolean;
  readonly testsChannels: boolean;
  readonly application: Application;
  readonly store: SqliteMoneyStore;
  readonly sql: Statements;
  readonly auditor: Auditor;
  readonly policy: PaymentPolicy;
  readonly violations: (Violation & { readonly at: string })[] = [];
  readonly notifyUrl: string | undefined;
  readonly startedAt: number;
  readonly #plant: PlantedBug | undefined;
  /** When the next job is due, until something is committed. */
  #nextDue: Row | undefined;
  readonly #acknowledged = new Map<string, string>();
  readonly #presettled = new Map<string, { readonly presettlementNo: string; readonly face: string | undefined }>();
  readonly #refunds = new Map<string, string>();
  readonly #done = new Map<string, string>();
  readonly #seen = new Map<string, Map<number, string>>();
  #platform: Incarnation | undefined;
  #lives = 0;
  #skewMs = 0;
  /** How far ahead the platform's clock ever ran: what was written under it, a plugin may wait for. */
  clockAheadMs = 0;
  #diskFullUntil = 0;
  #adapterInactiveUntil = 0;
  #openVisits = 0;
  /** Orders accepted, known at the end. */
  orders = 0;

  constructor(options: WorldOptions) {
    this.weather = new SeededRandom(options.seed, 'weather');
    this.names = new SeededRandom(options.seed, 'names');
    this.policy = { ...DEFAULT_PAYMENT_POLICY, locksBills: new SeededRandom(options.seed, 'bill locks').chance(0.4), insuranceOrder: new SeededRandom(options.seed, 'insurance order').chance(0.4) ? 'selfPayFirst' : 'insuranceFirst', invoicedBusinesses: new SeededRandom(options.seed, 'invoices').chance(0.4) ? ['bill', 'registration'] : [] };
    this.faults = new Faults(new SeededRandom(options.seed, 'faults'), { masked: options.masked ?? new Set(), storm: options.storm ?? options.plant?.storm ?? {} });
    this.startedAt = FIRST_START + this.weather.nextInt(365 * 24 * 3600) * SECOND;
    this.time = new VirtualTime(this.startedAt, new SeededRandom(options.seed, 'ties'), this.history);
    const around = { time: this.time, weather: new SeededRandom(options.seed, 'channel'), faults: this.faults, history: this.history };
    this.hasBoundCards = options.hasBoundCards ?? options.plant?.hasBoundCards ?? false;
    this.channels = new ChannelHouse(around, () => this.platformNow(), () => this.#platform !== undefined, this.hasBoundCards);
    this.routing = routingOf(this.weather);
    this.hospital = new HospitalWorld(this.time, new SeededRandom(options.seed, 'hospital'), this.faults, this.history);
    this.bank = new BankWorld({ ...around, weather: new SeededRandom(options.seed, 'bank') });
    this.hasFinanceOffice = options.hasFinanceOffice ?? options.plant?.hasFinanceOffice ?? false;
    if (this.hasFinanceOffice) this.faults.armBank();
    if (this.hasBoundCards) this.faults.armCards();
    this.agreementRows = new AgreementRows(() => this.time.now);
    this.asksAgain = options.asksAgain ?? options.plant?.asksAgain ?? false;
    if (this.asksAgain) this.faults.armAsking();
    this.testsChannels = options.testsChannels ?? options.plant?.testsChannels ?? false;
    if (this.testsChannels) this.faults.armSelfTests();
    this.application = new Application(this.time, this.faults);
    this.notifyUrl = this.weather.chance(0.8) ? 'https://hospital.example/notify' : undefined;
    this.#plant = options.plant;
    this.store = new SqliteMoneyStore({ file: ':memory:', image: newDatabase(), soon: (flush) => { queueMicrotask(flush); } });
    this.#plant?.prepareDatabase?.(this.store.database);
    this.sql = new Statements(this.store.database);
    this.auditor = new Auditor(this);
    this.store.commits.beforeCommit = () => { this.#beforeCommit(); };
    this.store.onChanged((tradeNo) => {
      this.auditor.touch(tradeNo);
      if (!this.faults.strikes('announcement missed')) this.#platform?.nudge();
    });
    for (const { profile, notices } of this.channels.wallets) notices.post = (raw) => this.#post(profile.id, raw);
    this.channels.mobileInsurance.post = (raw) => this.#post(MOBILE_INSURANCE_ID, raw);
    this.hospital.personOf = (billNo) => this.channels.mobileInsurance.patientOf(billNo);
    this.channels.onMoved = (moved) => { this.auditor.touch(moved.slice(0, 24)); };
    this.hospital.onMoved = (tradeNo) => { this.auditor.touch(tradeNo); };
  }

  /** Plays the seed to its end. Stops at the first event that broke a rule: what follows a broken rule proves nothing. */
  async play(): Promise<void> {
    this.#launch();
    this.#scheduleVisits();
    this.#scheduleCashiers();
    if (this.hasFinanceOffice) openFinanceOffice(this);
    if (this.hasBoundCards) this.#await('a card user', openCardUsers(this));
    if (this.testsChannels) this.#await('a tester', openTesters(this));
    this.#scheduleTrouble();
    this.channels.scheduleDays(TILLS, QUIET_LIMIT_MS / DAY);
    this.time.after(HEALED_AFTER_MS, 'the world heals', () => { this.#heal(); });
    await this.#runUntil(() => !this.faults.areOn && this.#openVisits === 0);
    const quietFrom = this.time.now;
    let sliceMs = 20 * MINUTE;
    while (this.violations.length === 0 && this.time.now - quietFrom < QUIET_LIMIT_MS) {
      const until = this.time.now + sliceMs;
      sliceMs = Math.min(8 * HOUR, sliceMs * 1.6);
      await this.#runUntil(() => (this.time.nextAt ?? until) >= until);
      this.time.now = Math.max(this.time.now, until);
      this.#report(await this.auditor.checkLate(this.time.now - Math.max(quietFrom, this.hospital.downUntil)));
      if (this.violations.length > 0 || (await this.auditor.isSettled())) break;
    }
    if (this.violations.length === 0) this.#report(await this.auditor.checkAll());
    if (this.violations.length === 0) await this.#checkAcknowledged();
    this.orders = this.auditor.orderNumbers().length;
    this.auditor.markMeetings(this.history);
    this.channels.close();
    this.store.database.close();
  }

  async #runUntil(isDone: () => boolean): Promise<void> {
    while (this.violations.length === 0 && !isDone()) {
      if (!(await this.time.step())) return;
      if (this.auditor.hasWork) this.#report(await this.auditor.checkTouched());
    }
  }

  /** The platform's own clock: it may be wrong. */
  platformNow(): Date {
    return new Date(this.time.now + this.#skewMs);
  }
  get isDiskFull(): boolean {
    return this.time.now < this.#diskFullUntil;
  }
  get isAdapterActive(): boolean {
    return this.time.now >= this.#adapterInactiveUntil;
  }
  /** An idle runner may sleep until its next job: its looks in between find nothing and would only cost time. */
  idleMs(): number {
    const longestMs = this.faults.areOn ? 30 * SECOND : HOUR;
    this.#nextDue ??= this.sql.get('SELECT min(due_at) AS due FROM job') ?? {};
    const due = typeof this.#nextDue['due'] === 'number' ? this.#nextDue['due'] : undefined;
    return due === undefined ? longestMs : Math.min(longestMs, due - this.platformNow().getTime());
  }

  /** Asks the platform over the network, as a terminal or an application does. Undefined: no answer came. */
  ask<Value>(label: string, run: (useCases: UseCases) => Promise<Outcome<Value>>): Promise<Outcome<Value> | undefined> {
    return new Promise((resolve) => {
      const patience = this.time.after(CLIENT_PATIENCE_MS, `${label}: no answer`, () => { resolve(undefined); });
      if (this.faults.strikes('request lost')) return;
      const times = this.faults.strikes('request duplicated') ? 2 : 1;
      for (let copy = 0; copy < times; copy += 1) {
        this.time.after(this.weather.between(5, 200), label, () => {
          this.#handle(label, run, (answer) => {
            if (this.faults.strikes('answer lost')) return;
            this.time.after(this.weather.between(5, 200), `${label} answers ${answer.kind === 'refused' ? answer.code : 'ok'}`, () => {
              patience.cancel();
              resolve(answer);
            });
          });
        });
      }
    });
  }

  #handle<Value>(label: string, run: (useCases: UseCases) => Promise<Outcome<Value>>, answer: (outcome: Outcome<Value>) => void): void {
    const platform = this.#platform;
    platform?.after(0, `platform: ${label}`, () => {
      run(platform.useCases).then(answer, (error: unknown) => {
        this.reportThrow(label, error);
        const code: ErrorCode = isStoreTrouble(error) ? 'STORE_UNAVAILABLE' : 'INTERNAL';
        answer({ kind: 'refused', code });
      });
    });
  }

  #post(channelId: string, raw: RawNotification): Promise<NotificationAnswer | undefined> {
    return new Promise((resolve) => {
      const patience = this.time.after(5 * SECOND, `notice ${raw.query}: no answer`, () => { resolve(undefined); });
      const platform = this.#platform;
      platform?.after(this.weather.between(5, 100), `platform: notice ${raw.query}`, () => {
        const answered = (answer: NotificationAnswer | undefined) => {
          patience.cancel();
          resolve(answer);
        };
        platform.useCases.receiveNotification(channelId, raw).then(answered, (error: unknown) => { this.reportThrow(`notice ${raw.query}`, error); });
      });
    });
  }

  /** What the platform threw: a store that refuses is weather, anything else is a bug. */
  reportThrow(where: string, error: unknown): void {
    if (isStoreTrouble(error)) {
      this.history.mark('a commit was refused');
      return;
    }
    this.#report([{ rule: 'nothing throws', subject: where, detail: error instanceof Error ? (error.stack ?? error.message) : String(error) }]);
  }
  /** What a channel's plugin threw: none may. */
  reportPluginThrow(channelId: string, error: unknown): void {
    this.#report([{ rule: 'nothing throws', subject: channelId, detail: error instanceof Error ? (error.stack ?? error.message) : String(error) }]);
  }
  expect(isTrue: boolean, rule: string, subject: string, detail: string): void {
    if (!isTrue) this.#report([{ rule, subject, detail }]);
  }
  #report(violations: readonly Violation[]): void {
    for (const violation of violations) this.violations.push({ ...violation, at: new Date(this.time.now).toISOString() });
  }

  /** A caller was told of its order: from here on nothing may lose it. */
  acknowledge(tenant: string, key: string, view: OrderView): void {
    const name = `${tenant} ${key}`;
    const before = this.#acknowledged.get(name);
    this.expect(before === undefined || before === view.tradeNo, 'same key, same answer', key, `answered ${before ?? ''} and ${view.tradeNo}`);
    this.#acknowledged.set(name, view.tradeNo);
    this.observe(view);
  }
  /** The same key is the same number, and what the centre priced once stays so. */
  acknowledgePresettlement(tenant: string, key: string, { presettlementNo, split }: PresettlementView): void {
    const name = `${tenant} ${key}`;
    const before = this.#presettled.get(name);
    this.expect(before === undefined || before.presettlementNo === presettlementNo, 'same key, same answer', key, `answered ${before?.presettlementNo ?? ''} and ${presettlementNo}`);
    const face = split === undefined ? before?.face : JSON.stringify(split);
    this.expect(before?.face === undefined || before.face === face, 'same key, same answer', key, `priced ${before?.face ?? ''} and ${face ?? ''}`);
    this.#presettled.set(name, { presettlementNo, face });
  }
  presettlementChanged(presettlementNo: string): void {
    this.auditor.touch(presettlementNo);
  }
  isAcknowledged(tenant: string, key: string): boolean {
    return this.#acknowledged.has(`${tenant} ${key}`);
  }
  answered(key: string, answer: { readonly done: string } | { readonly refused: string }): void {
    const what = 'done' in answer ? answer.done : answer.refused;
    const before = this.#done.get(key);
    this.expect(before === undefined || before === what, 'same key, same answer', key, `answered ${before ?? ''} and ${what}`);
    if ('done' in answer) this.#done.set(key, what);
  }
  acknowledgeRefund(key: string, refund: Refund): void {
    const before = this.#refunds.get(key);
    this.expect(before === undefined || before === refund.refundNo, 'same key, same answer', key, `answered ${before ?? ''} and ${refund.refundNo}`);
    this.#refunds.set(key, refund.refundNo);
    this.history.mark('refund accepted');
  }
  /** Two views of one version must be one view. */
  observe(view: OrderView): void {
    const versions = this.#seen.get(view.tradeNo) ?? new Map<number, string>();
    this.#seen.set(view.tradeNo, versions);
    const face = JSON.stringify(view);
    const before = versions.get(view.version);
    this.expect(before === undefined || before === face, 'one version, one view', view.tradeNo, `version ${String(view.version)}: ${before ?? ''} and ${face}`);
    versions.set(view.version, face);
  }
  ownerOf(tradeNo: string): Owner | undefined {
    for (const [name, known] of this.#acknowledged) {
      if (known !== tradeNo) continue;
      const [kind, id = ''] = (name.split(' ')[0] ?? '').split('/');
      return { kind: kind === 'terminal' ? 'terminal' : 'application', id };
    }
    return undefined;
  }

  async #checkAcknowledged(): Promise<void> {
    for (const tradeNo of this.#acknowledged.values()) {
      const newest = Math.max(0, ...(this.#seen.get(tradeNo)?.keys() ?? []));
      const aggregate = await Promise.resolve(this.sql.get('SELECT version FROM orders WHERE trade_no = ?', tradeNo));
      this.expect(aggregate !== undefined && number(aggregate, 'version') >= newest, 'acknowledged is kept', tradeNo, `was shown version ${String(newest)}`);
    }
    for (const refundNo of this.#refunds.values()) {
      const row = this.sql.get('SELECT 1 FROM refund WHERE refund_no = ?', refundNo);
      this.expect(row !== undefined, 'acknowledged is kept', refundNo, 'an accepted refund is gone');
    }
  }

  /** The process dies here and now; a supervisor starts it again. */
  crash(where: string): void {
    const dead = this.#platform;
    if (dead === undefined) return;
    dead.kill();
    this.#platform = undefined;
    this.channels.stop();
    this.history.mark(`crash ${where}`);
    const downMs = this.weather.chance(0.15) ? this.weather.between(2, 12) * MINUTE : this.weather.between(3, 40) * SECOND;
    this.time.after(downMs, 'the process starts again', () => { this.#launch(); });
  }

  #launch(): void {
    this.#platform = new Incarnation(this, (this.#lives += 1), this.#plant);
    this.channels.start();
    void this.#platform.start();
  }

  #beforeCommit(): void {
    this.#nextDue = undefined;
    if (this.isDiskFull) throw new Error('database or disk is full');
    if (this.faults.strikes('commit fails')) throw new Error('disk I/O error');
    if (this.#platform !== undefined && this.faults.strikes('crash before commit')) {
      this.crash('before a commit');
      throw new Error('the process died');
    }
  }

  #scheduleVisits(): void {
    const visits = this.weather.between(5, 10);
    // In some hospitals nobody pays in parts, in others nearly everybody does.
    const mixedShare = this.weather.pick(0.1, 0.4, 0.85);
    for (let index = 1; index <= visits; index += 1) {
      const billNos = Array.from({ length: this.weather.between(1, 2) }, () => this.hospital.openBill(this.weather.between(1, 50_000) * 4));
      const at = this.weather.nextInt(VISITS_WITHIN_MS);
      this.#startVisit(index, at, { billNos, mixedShare });
      if (this.faults.strikes('second kiosk, same bill')) this.#startVisit(index + 100, at + this.weather.between(0, 120) * SECOND, { billNos, mixedShare });
    }
  }

  /** Every till has its cashier; what somebody puts in as change money the window tells the platform. */
  #scheduleCashiers(): void {
    this.channels.tills.onOpened = (opened) => {
      void askUntilAnswered(this, `change money ${opened.openingNo}`, 12, (useCases) => useCases.noteChangeMoney({ ...opened, channel: CASH_ID }));
    };
    for (const tillNo of TILLS) {
      this.#openVisits += 1;
      cashierDay(this, tillNo).then(
        () => { this.#openVisits -= 1; },
        (error: unknown) => {
          this.#openVisits -= 1;
          this.reportThrow(`cashier of ${tillNo}`, error);
        },
      );
    }
  }

  /** The world is not quiet before they have gone home. */
  #await(who: string, people: readonly Promise<void>[]): void {
    for (const person of people) {
      this.#openVisits += 1;
      person.then(
        () => { this.#openVisits -= 1; },
        (error: unknown) => {
          this.#openVisits -= 1;
          this.reportThrow(who, error);
        },
      );
    }
  }

  #startVisit(index: number, at: number, { billNos, mixedShare }: { readonly billNos: readonly string[]; readonly mixedShare: number }): void {
    const owner: Owner = this.weather.pick<Owner>(
      { kind: 'terminal', id: `kiosk-${String(this.weather.between(1, 4))}` }, { kind: 'terminal', id: this.weather.pick(...CARD_WINDOWS) }, { kind: 'application', id: 'app-1' }, { kind: 'application', id: MINI_PROGRAM },
    );
    const business = this.weather.pick<'registration' | 'deposit' | undefined>(undefined, undefined, undefined, undefined, undefined, 'registration', 'deposit', 'deposit');
    const isInsured = this.weather.chance(owner.id === MINI_PROGRAM ? 0.8 : 0.35) && business === undefined;
    const isMixed = this.weather.chance(mixedShare);
    this.#openVisits += 1;
    this.time.after(at, `visit ${String(index)} begins`, () => {
      visit(this, { number: index, owner, billNos, isMixed, isInsured, ...(business === undefined ? {} : { business }) }).then(
        () => { this.#openVisits -= 1; },
        (error: unknown) => {
          this.#openVisits -= 1;
          this.reportThrow(`visit ${String(index)}`, error);
        },
      );
    });
  }

  #scheduleTrouble(): void {
    const sometime = () => this.weather.between(10 * SECOND, HEALED_AFTER_MS - 5 * MINUTE);
    const spell = (label: string, begin: () => void) => {
      const times = this.weather.between(1, 2);
      for (let count = 0; count < times; count += 1) this.time.after(sometime(), label, begin);
    };
    const { faults, weather, time } = this;
    if (faults.strikes('crash')) spell('crash', () => { this.crash('between events'); });
    if (faults.strikes('pause')) {
      spell('the process pauses', () => { if (this.#platform !== undefined) this.#platform.pausedUntil = time.now + weather.pick(weather.between(1, 30), weather.between(30, 300)) * SECOND; });
    }
    if (faults.strikes('clock jump')) spell('the clock jumps', () => { this.#jumpClock(); });
    if (faults.strikes('disk full')) spell('the disk is full', () => { this.#diskFullUntil = time.now + weather.between(5, 90) * SECOND; });
    for (const world of [...this.channels.wallets, ...this.channels.centres]) {
      if (faults.strikes('channel down')) spell('a channel is down', () => { world.downUntil = time.now + weather.between(20, 500) * SECOND; });
    }
    for (const stand of this.channels.stands) {
      if (faults.strikes('channel plugin inactive')) spell(`the plugin of ${stand.id} is being replaced`, () => { stand.inactiveUntil = time.now + weather.between(1, 300) * SECOND; });
    }
    for (const desk of this.channels.cards.desks) {
      if (faults.strikes('terminal used by hand')) spell(`${desk.terminalId} is used by hand`, () => { desk.useByHand(1_000_000 + weather.nextInt(1_000_000)); });
    }
    if (faults.strikes('batch settled in between')) spell('the batches of the terminals are settled', () => { this.channels.settleBatches(); });
    if (faults.strikes('HIS adapter inactive')) spell('the hospital adapter is being replaced', () => { this.#adapterInactiveUntil = time.now + weather.between(1, 300) * SECOND; });
    for (const { refunds } of this.channels.wallets) {
      if (faults.strikes('merchant balance short')) spell('the merchant balance is short', () => { refunds.balanceShortUntil = time.now + weather.between(2, 50) * MINUTE; });
    }
    if (faults.strikes('HIS down')) spell('the HIS is down', () => { this.hospital.downUntil = time.now + (weather.chance(0.2) ? weather.between(2, 9) * HOUR : weather.between(30, 900) * SECOND); });
    if (faults.strikes('HIS restored from a backup')) spell('the HIS is restored from a backup', () => { this.hospital.loseBookingsSince(time.now - weather.between(2, 20) * MINUTE); });
    if (faults.strikes('application down')) spell('the application is down', () => { this.application.downUntil = time.now + weather.between(2, 60) * MINUTE; });
  }

  #jumpClock(): void {
    this.#skewMs = this.weather.pick(-24 * HOUR, -HOUR, -MINUTE, MINUTE, HOUR, 24 * HOUR);
    this.clockAheadMs = Math.max(this.clockAheadMs, this.#skewMs);
  }
  /** The HIS is told of a payment now: the clock may be put right while it is. */
  hisIsTold(): void {
    const kind = 'clock jump while the HIS is told';
    if (this.faults.knows(kind) && this.faults.strikes(kind)) this.time.after(this.weather.between(1, 200), 'the clock jumps', () => { this.#jumpClock(); });
  }

  #checkBookings(): void {
    const time = { from: new Date(this.startedAt - 2 * DAY), to: new Date(this.time.now + 2 * DAY) };
    this.time.after(10 * MINUTE, 'finance has the bookings checked', () => {
      void askUntilAnswered(this, 'check bookings', 20, (useCases) => useCases.checkBookings(time));
    });
  }

  #heal(): void {
    this.faults.heal();
    this.channels.heal();
    this.#skewMs = 0;
    this.#diskFullUntil = 0;
    // Finance knows that the HIS was restored, and has every booking of these days asked about.
    if (this.hospital.lost.size > 0) this.#checkBookings();
    this.history.mark('healed');
  }
}

let image: Uint8Array | undefined;
/** An empty money database of this version: its migrations run once a thread. */
function newDatabase(): Uint8Array {
  if (image === undefined) {
    const { database } = new SqliteMoneyStore({ file: ':memory:' });
    image = database.serialize();
    database.close();
  }
  return image;
}
