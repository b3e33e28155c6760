import { daysBefore } from '@hospay/plugin-sdk';
import { checkWholeLedger, type ClearBalance } from '@hospay/server/domain/invariants.js';
import type { OrderAggregate } from '@hospay/server/domain/order.js';
import { expectedArrivalBalances } from '@hospay/server/edges/database/money/verify-arrivals.js';
import { verifyLedger } from '@hospay/server/edges/database/money/verify-ledger.js';
import { expectedReconciliationBalances } from '@hospay/server/edges/database/money/verify-suspense.js';
import { checkArrivals, hangsOfBank } from './check-arrivals.js';
import { PLANTINGS, type Expected } from './inject.js';
import { payerOf } from './month-bank.js';
import { feeOf } from './month-channel.js';
import { openMonthWorld, type MonthWorld } from './month-world.js';
import type { ReconciliationPlant } from './planted-reconciliation-bugs.js';

export type MonthOptions = { readonly seed: number; readonly firstDay: string; readonly days: number; readonly ordersPerDay: number; readonly differencesPerDay: number; readonly plant?: ReconciliationPlant };
export type MonthReport = {
  readonly orders: number;
  /** Planted differences by kind. */
  readonly planted: ReadonlyMap<string, number>;
  readonly days: readonly string[];
  /** What was not as it must be; empty when the month closed. */
  readonly problems: readonly string[];
  /** What hung before people decided, and after. */
  readonly hangingFen: { readonly before: number; readonly after: number };
  readonly ledgerHash: string;
};

/** Opens at one in the afternoon, so that the morning's reconciliation meets no orders of its own day. */
const OPENS_AT = 13;
const OPEN_HOURS = 8;
/** So that no kind of difference always comes on the same side of a cut-off. */
const KINDS_LATER_A_DAY = 7;
/** What is paid behind the cut of the last day is of the next bill day, and given up two days after that. */
const SETTLES_WITHIN_DAYS = 4;

/** A month of a hospital: orders, refunds and planted differences by day, reconciliation every morning, people deciding at the end; then everything is compared with what was planted. */
export async function runMonth(options: MonthOptions): Promise<MonthReport> {
  const { seed, firstDay, days, ordersPerDay, differencesPerDay, plant } = options;
  const world = openMonthWorld(seed, firstDay, plant);
  try {
    const expected: Expected[] = [];
    const planted = new Map<string, number>();
    const kinds = Object.keys(PLANTINGS);
    const dates = Array.from({ length: days }, (_, index) => daysBefore(firstDay, -index));
    // The day after has what was taken behind the cut of the last one.
    const billDays = [...dates, daysBefore(firstDay, -days)];
    let turn = 0;
    const early: string[] = [];
    for (let index = 0; index < days + SETTLES_WITHIN_DAYS || !world.bank.isEven; index += 1) {
      const day = daysBefore(firstDay, -index);
      world.setTime(day, 8.6);
      await world.bank.open(day, world.clock.now());
      await reconcile(world, day);
      await settle(world);
      if (index >= days) continue;
      await lieAboutBank(world, day, index);
      const plantEvery = Math.max(1, Math.floor(ordersPerDay / Math.max(1, differencesPerDay)));
      for (let order = 0; order < ordersPerDay; order += 1) {
        world.setTime(day, OPENS_AT + (OPEN_HOURS * order) / ordersPerDay);
        await takeOne(world);
        if (order % plantEvery !== 0 || order / plantEvery >= differencesPerDay) continue;
        const kind = kinds[(turn + index * KINDS_LATER_A_DAY) % kinds.length] ?? '';
        turn += 1;
        const found = (await PLANTINGS[kind]?.({ world, day, channel: world.random.pick(...world.channels), amountFen: world.random.between(1_000, 90_000) })) ?? [];
        if (found.length > 0) planted.set(kind, (planted.get(kind) ?? 0) + 1);
        expected.push(...found);
      }
      world.setTime(day, OPENS_AT + OPEN_HOURS + 0.75);
      await world.work();
      world.setTime(day, OPENS_AT + OPEN_HOURS + 1);
      early.push(...(await checkRunning(world, day, expected)));
    }
    const problems = [...early, ...compareDifferences(world, expected), ...checkDays(world, billDays), ...checkHanging(world, [...expected.flatMap(({ hangs }) => hangs ?? []), ...hangsOfBank(world)]), ...(await checkBooks(world)), ...checkStatements(world, billDays), ...checkHisDays(world), ...checkArrivals(world)];
    const before = hangingOf(world);
    await decide(world);
    problems.push(...(await checkBooks(world)), ...checkStatements(world, billDays), ...(await closeMonth(world, firstDay.slice(0, 7))));
    problems.push(...(await checkBooks(world)));
    const orders = Number(world.store.database.prepare('SELECT count(*) AS n FROM orders').get()?.['n']);
    return { orders, planted, days: dates, problems, hangingFen: { before, after: hangingOf(world) }, ledgerHash: verifyLedger(world.store.database).head.hash };
  } finally {
    await world.store.close();
  }
}

/** An everyday order; a few go back, whole or in part. */
async function takeOne(world: MonthWorld): Promise<void> {
  const { random } = world;
  const amountFen = random.between(1, 50_000);
  const taken = await world.take(random.pick(...world.channels), amountFen);
  if (random.chance(0.01)) return;
  world.advance(5);
  await world.pay(taken);
  await world.work();
  if (random.chance(0.03)) await world.refund(taken, random.chance(0.5) ? amountFen : random.between(1, amountFen));
}

/** 日间对账 in the evening: it knows of the HIS what the morning will find, has heard of every payment and refund again, and leaves nothing that stays. */
async function checkRunning({ channels, clock, running, store }: MonthWorld, day: string, expected: readonly Expected[]): Promise<string[]> {
  const kept = (): string => JSON.stringify(['journal', 'reconciliation_run', 'reconciliation_difference', 'discrepancy_case', 'fact'].map((table) => store.database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n']));
  const before = kept();
  while ((await running.askEndedAgain()).en.includes('more next time'));
  await running.runCheck();
  const checks = running.listChecks();
  const hospital = checks.find((check) => check.comparison === 'hospital' && check.day === day);
  const wanted = expected.filter((one) => one.comparison === 'hospital' && one.day === day).map((one) => `${one.class} ${one.key}`).toSorted();
  const found = (hospital?.differences ?? []).map((one) => `${one.class} ${one.key}`).toSorted();
  return [
    ...(wanted.join() === found.join() ? [] : [`${day}, running: ${found.join(', ')} and not ${wanted.join(', ')}`]),
    ...channels.flatMap((channel) => {
      const today = channel.billDayOf(clock.now());
      const { ours, theirs } = checks.find((check) => check.comparison === 'channel' && check.source === channel.id && check.day === today) ?? {};
      return ours !== undefined && JSON.stringify(ours) === JSON.stringify(theirs) ? [] : [`${today}, running: ${channel.id} says ${JSON.stringify(theirs)} again, ours is ${JSON.stringify(ours)}`];
    }),
    // A bill day that ended this evening is compared in the morning.
    ...checks.filter((check) => check.day < day).map((check) => `${check.day} ${check.comparison} ${check.source} is reconciled, and its provisional result stays`),
    ...(kept() === before ? [] : [`${day}, running: something was written that stays`]),
  ];
}

/** The task that runs in the morning, and again in the course of it. */
async function reconcile(world: MonthWorld, day: string): Promise<void> {
  world.setTime(day, 10.2);
  await world.desk.runDue();
  for (const seconds of [1, 90, 90]) {
    world.advance(seconds);
    await world.work();
  }
  world.setTime(day, 12);
  await world.work();
  world.setTime(day, 12.5);
  await world.desk.runDue();
}

/** The task of the afternoon, and the person who looks at what did not fit: a line that is short is put to its days. */
async function settle(world: MonthWorld): Promise<void> {
  const { arrivals, bank, channels } = world;
  world.advance(600);
  await arrivals.matchDue();
  const { lines, expected } = await arrivals.listArrivals();
  for (const line of lines) {
    const told = bank.lines.find(({ bankLineNo }) => bankLineNo === line.bankLineNo);
    const days = expected.filter(({ source, key }) => source === line.source && told?.of.includes(key) === true);
    if (told === undefined || days.length < told.of.length || told.of.length === 0 || days.some(({ state }) => state === 'unsettled') || !channels.some((channel) => payerOf(channel) === told.payer)) continue;
    // Refused, it stays where it is, and the month does not close.
    await arrivals.assign({ source: line.source ?? '', lines: [line], days, reason: '渠道少付', by: 'li' });
  }
}

/** Every fourth day one channel pays late or short, now and then money comes that nobody expects. */
async function lieAboutBank({ bank, channels, clock, random }: MonthWorld, day: string, index: number): Promise<void> {
  const [wechat, alipay] = channels;
  if (index % 4 === 1) bank.lies.set(`${wechat.id} ${day}`, index % 8 === 1 ? { kind: 'late', workingDays: 3 } : { kind: 'short', fen: random.between(1, 50) });
  if (index % 4 === 2) bank.lies.set(`${alipay.id} ${day}`, index % 8 === 2 ? { kind: 'short', fen: random.between(1, 50) } : { kind: 'late', workingDays: 3 });
  if (index % 5 === 3) await bank.strange(day, random.between(100, 9_000), payerOf(alipay), clock.now());
  if (index % 5 === 4) await bank.strange(day, random.between(100, 9_000), '某某医药有限公司', clock.now());
}

function compareDifferences({ store }: MonthWorld, expected: readonly Expected[]): string[] {
  const name = (one: { readonly comparison: string; readonly source: string; readonly day: string; readonly class: string; readonly key: string; readonly settledHow?: string | undefined }) => [one.comparison, one.source, one.day, one.class, one.key, one.settledHow ?? 'stands'].join(' ');
  const wanted = new Set(expected.map(name));
  const rows = store.database.prepare('SELECT comparison, source, day, class, key, settled_how AS settledHow FROM reconciliation_difference').all() as unknown as { comparison: string; source: string; day: string; class: string; key: string; settledHow: string | null }[];
  const found = new Set(rows.map(({ settledHow, ...row }) => name({ ...row, settledHow: settledHow ?? undefined })));
  return [...[...wanted].filter((one) => !found.has(one)).map((one) => `planted and not found: ${one}`), ...[...found].filter((one) => !wanted.has(one)).map((one) => `found and not planted: ${one}`)];
}

function checkDays({ desk, store }: MonthWorld, billDays: readonly string[]): string[] {
  const [from = '', to = ''] = [billDays[0], billDays.at(-1)];
  const summaries = desk.listDays({ from, to });
  const wrong = summaries.filter(({ state }) => state !== 'balanced' && state !== 'explained').map(({ day, comparison, source, state, reason }) => `${day} ${comparison} ${source} is ${state} ${reason}`);
  // Every fee is the contract's: whoever is called for one was called for nothing.
  wrong.push(...store.database.prepare("SELECT subject FROM discrepancy_case WHERE kind = 'feeDiffers'").all().map((row) => `the fee of ${String(row['subject'])} is the contract's`));
  // Two channels with statement and account each, and the hospital.
  return summaries.length === billDays.length * 5 ? wrong : [...wrong, `${String(summaries.length)} comparisons of ${String(billDays.length)} days`];
}

const SUSPENSE = "SELECT a.name, c.clear_key AS key, c.net_fen AS fen FROM clear_balance c JOIN account a ON a.id = c.account_id WHERE a.code IN ('1191', '2091')";
function checkHanging({ store }: MonthWorld, expected: readonly { readonly caseKey: string; readonly fen: number }[]): string[] {
  const wanted = new Map<string, number>();
  for (const { caseKey, fen } of expected) wanted.set(caseKey, (wanted.get(caseKey) ?? 0) + fen);
  const actual = new Map(store.database.prepare(SUSPENSE).all().map((row) => [String(row['key']), String(row['name']).startsWith('2091') ? Number(row['fen']) : -Number(row['fen'])]));
  return [...new Set([...wanted.keys(), ...actual.keys()])].flatMap((key) => (wanted.get(key) === actual.get(key) ? [] : [`${key} hangs with ${String(actual.get(key))} fen and not with ${String(wanted.get(key))}`]));
}
function hangingOf({ store }: MonthWorld): number {
  return store.database.prepare(SUSPENSE).all().reduce((sum, row) => sum + Number(row['fen']), 0);
}

/** 2002: what the HIS has as we do is revenue, and what stays under a day is what its standing differences say. */
function checkHisDays({ store }: MonthWorld): string[] {
  const rows = (query: string) => store.database.prepare(query).all();
  const wanted = new Map<string, number>();
  for (const row of rows("SELECT day, class, our_fen - CASE class WHEN 'hisAmount' THEN their_fen ELSE 0 END AS fen FROM reconciliation_difference WHERE comparison = 'hospital' AND class IN ('hisMissing', 'hisAmount') AND kind = 'payment' AND settled_at IS NULL")) wanted.set(String(row['day']), (wanted.get(String(row['day'])) ?? 0) + Number(row['fen']));
  const actual = new Map(rows("SELECT c.clear_key AS day, c.net_fen AS fen FROM clear_balance c JOIN account a ON a.id = c.account_id WHERE a.code = '2002' AND c.net_fen <> 0").map((row) => [String(row['day']), Number(row['fen'])]));
  return [...new Set([...wanted.keys(), ...actual.keys()])].flatMap((day) => ((wanted.get(day) ?? 0) === (actual.get(day) ?? 0) ? [] : [`${day}: ${String(actual.get(day))} fen wait for the HIS and not ${String(wanted.get(day))}`]));
}

/** The ledger by itself, and beside all orders. */
async function checkBooks({ store }: MonthWorld): Promise<string[]> {
  const orders: OrderAggregate[] = [];
  for (const row of store.database.prepare('SELECT trade_no FROM orders').all()) {
    const order = await store.findOrder(String(row['trade_no']));
    if (order !== undefined) orders.push(order);
  }
  const balances = store.database.prepare('SELECT a.name AS account, c.clear_key AS clearKey, c.net_fen AS netFen, c.pending_fen AS pendingFen FROM clear_balance c JOIN account a ON a.id = c.account_id').all() as unknown as ClearBalance[];
  const violations = checkWholeLedger(orders, balances, [...expectedReconciliationBalances(store.database), ...expectedArrivalBalances(store.database)]);
  return [...verifyLedger(store.database).problems, ...violations.map(({ rule, subject, detail }) => `${rule} ${subject}: ${detail}`)];
}

/** Each day of a channel brought to the bank what its statement says: what was paid, less what went back, less fees. Rows of other systems are not in our books; their fees the channel takes all the same. */
function checkStatements({ store, channels }: MonthWorld, billDays: readonly string[]): string[] {
  return channels.flatMap((channel) => billDays.flatMap((day) => {
    const { id, merchantNo } = channel;
    const lines = channel.linesOf(day);
    const own = lines.filter(({ tradeNo, status }) => tradeNo.startsWith('H') && status !== 'FAIL');
    const wanted = own.reduce((sum, { kind, amountFen }) => sum + (kind === 'payment' ? amountFen : -amountFen), 0) - feeOf(lines);
    const row = store.database.prepare("SELECT sum(CASE e.side WHEN 'credit' THEN e.amount_fen ELSE -e.amount_fen END) AS fen FROM journal j JOIN entry e ON e.journal_seq = j.seq JOIN account a ON a.id = e.account_id WHERE j.biz_type = 'arrival' AND a.name = ? AND e.clear_key = ?").get(`1121/${id}/${merchantNo}`, day);
    const actual = row === undefined ? 0 : Number(row['fen']);
    return wanted === actual ? [] : [`${id} ${day}: the statement makes ${String(wanted)} fen, the books ${String(actual)}`];
  }));
}

/** 月结 by two persons; its trial balance balances, and is what the ledger moved. */
async function closeMonth(world: MonthWorld, month: string): Promise<string[]> {
  const { periods } = world;
  const shown = await periods.readPeriod({ month });
  if (shown.kind === 'refused') return [`${month} cannot be read: ${shown.code}`];
  const { hash, blockers, sheet: { lines } } = shown.value;
  const proposed = await periods.proposeClose({ month, hash, by: 'li' });
  const closed = await periods.decideClose({ month, hash, isApproved: true, reason: '同意月结', by: 'wang' });
  const [debits, credits] = [lines.reduce((sum, { debitFen }) => sum + debitFen, 0), lines.reduce((sum, { creditFen }) => sum + creditFen, 0)];
  return [...blockers.map(({ detail }) => `${month} is not closed: ${detail.en}`), ...(proposed.kind === 'ok' && closed.kind === 'ok' ? [] : [`${month} is not closed`]), ...(debits === credits && debits > 0 ? [] : [`${month}: debits ${String(debits)}, credits ${String(credits)}`])];
}

/** Half of what a person may end is ended by two. */
async function decide({ store, cases }: MonthWorld): Promise<void> {
  for (const row of store.database.prepare('SELECT id FROM discrepancy_case WHERE resolved_at IS NULL AND id % 2 = 0').all()) {
    const id = Number(row['id']);
    const found = await cases.findCase({ id });
    const way = found.kind === 'ok' ? found.value.ways[0] : undefined;
    if (way === undefined) continue;
    const proposed = await cases.proposeEnd({ id, way, reason: '月结处理', by: 'li' });
    if (proposed.kind === 'ok') await cases.decideEnd({ id, hash: proposed.value.proposal?.hash ?? '', isApproved: true, reason: '同意', by: 'wang' });
  }
}
