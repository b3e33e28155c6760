/** People and machines in front of the platform: kiosks, applications, patients, cashiers who refund. Each knows only what it was told. */
import type { Owner } from '@hospay/server/domain/order.js';
import type { Outcome } from '@hospay/server/domain/errors.js';
import type { QuoteView } from '@hospay/server/patients/quote-view.js';
import type { OrderView } from '@hospay/server/payments/order-view.js';
import { askUntilAnswered, isRefused } from './asking.js';
import { returnPrepayment } from './returning-prepayments.js';
import { leaveHospital, quoteOfLeaving } from './discharging.js';
import { refundByOneKey } from './one-key-refund.js';
import { presettleBills, type Presettled } from './pre-settling.js';
import { firstTender, insuredTender, nextTender, ownPartFen } from './tenders.js';
import type { UseCases } from './use-cases.js';
import { refundAtWindow } from './window-refund.js';
import type { WorldView } from './world-view.js';

const SECOND = 1000;

export type Visit = { readonly number: number; readonly owner: Owner; readonly billNos: readonly string[]; /** Pays in several payments. */ readonly isMixed: boolean; /** Shows an insurance voucher first. */ readonly isInsured: boolean; /** What is paid for. Absent: the bills. */ readonly business?: 'registration' | 'deposit' | 'discharge' };

/** One patient's way from quote to receipt, and sometimes back. */
export async function visit(world: WorldView, given: Visit, round = 1): Promise<void> {
  const { owner } = given;
  const quote = await quoteOf(world, given, round);
  if (quote?.kind !== 'ok') return;
  const key = `K${String(given.number)}/${String(round)}`;
  const presettled = given.isInsured ? await presettleBills(world, { owner, billNos: given.billNos, key: `PS${key}` }, quote.value.quoteId) : undefined;
  const { quoteId, selfPayFen } = quote.value;
  const order = await pay(world, given, presettled === undefined ? { key, quoteId, amountFen: selfPayFen } : { key, quoteId: presettled.quoteId, amountFen: presettled.totalFen, presettled });
  const again = async () => {
    if (given.business === 'registration' && world.weather.chance(0.5)) await giveBack(world, given, quoteId);
    if (round >= 3 || !world.faults.strikes('patient tries again')) return;
    await world.time.sleep(world.weather.between(1, 200) * SECOND, `patient ${String(given.number)} tries again`);
    await visit(world, given, round + 1);
  };
  if (order === undefined) return again();
  meetPatient(world, order);
  await giveUpWaiting(world, given, order);
  let last = await watch(world, given, order, key);
  let leg = 2;
  const payTheRest = async () => {
    for (; leg <= 6 && waitsForMore(last); leg += 1) last = await payMore(world, given, last, { key: `${key}/leg${String(leg)}`, presettled });
  };
  await payTheRest();
  if (!isOver(last) && world.faults.strikes('comes back later')) {
    await world.time.sleep(world.weather.between(3, 9) * 60 * SECOND, `patient ${String(given.number)} comes back`);
    last = await watch(world, given, last, key);
    // Their first code has expired meanwhile, and may still turn out paid.
    await payTheRest();
  }
  if (isUnpaid(last)) return again();
  if (last.confirmation.state !== 'confirmed') return;
  await askUntilAnswered(world, `receipt printed ${last.tradeNo}`, 3, (useCases) => useCases.markReceiptPrinted({ owner, tradeNo: last.tradeNo }));
  if (given.business === 'discharge') world.history.mark('what a discharge collected was paid, and settled the stay');
  else if (last.amountFen === 0) world.history.mark('nothing to pay, and the hospital settled it');
  else if (given.business === 'deposit' && world.weather.chance(0.5)) {
    if (round < 3 && world.weather.chance(0.3)) return visit(world, given, round + 1);
    const leaves = await leaveHospital(world, { owner, inpatientNo: `I${String(given.number)}` });
    if (leaves === 'collects') await visit(world, { ...given, business: 'discharge' }, round + 1);
  } else if (world.faults.strikes('refunded at a window of the HIS')) await refundAtWindow(world, last);
  else if (world.faults.strikes('refunded by one key at a window')) await refundByOneKey(world, last);
  else if (given.business === undefined && !given.isInsured && world.faults.strikes('prepayment is returned')) await returnPrepayment(world, `P${String(given.number)}`, last);
  else if (world.weather.chance(0.45)) await refund(world, last);
}

/** What the HIS wants for the bills, for a slot that is now held, or the deposit the family chooses. */
function quoteOf(world: WorldView, { number, owner, billNos, business }: Visit, round: number): Promise<Outcome<QuoteView> | undefined> {
  const label = `quote for visit ${String(number)}`;
  const patientId = `P${String(number)}`;
  if (business === 'deposit') {
    const { inpatientNo, visitId } = world.hospital.beds.stays.get(`I${String(number)}`) ?? world.hospital.beds.admit(`I${String(number)}`);
    const amountFen = world.weather.between(1, 300) * 100;
    return askUntilAnswered(world, label, 5, (useCases) => useCases.quoteDeposit({ owner, inpatientNo, visitId, amountFen }));
  }
  if (business === 'discharge') return quoteOfLeaving(world, { owner, inpatientNo: `I${String(number)}` });
  if (business === 'registration') {
    const idempotency = { tenant: `${owner.kind}/${owner.id}`, key: `R${String(number)}/${String(round)}` };
    return askUntilAnswered(world, label, 5, async (useCases) => {
      const held = await useCases.holdRegistration({ owner, patientId, scheduleId: 'S1', slotId: 'N1', when: 'today', idempotency });
      return held.kind === 'ok' ? { kind: 'ok', value: held.value.quote } : held;
    });
  }
  return askUntilAnswered(world, label, 5, (useCases) => useCases.quoteBills({ owner, patientId, billNos }));
}

/** The slot is not wanted any more: the next patient need not wait until it falls free. */
async function giveBack(world: WorldView, { owner }: Visit, quoteId: string): Promise<void> {
  const answer = await world.ask(`give back ${quoteId}`, (useCases) => useCases.cancelRegistration({ owner, quoteId }));
  if (answer?.kind === 'ok') world.history.mark('a held registration was given back');
}

/** The kiosk wrote its key down before it sends, so every repeat, also after a power cut, carries the same one. */
async function pay(world: WorldView, given: Visit, charge: { readonly key: string; readonly quoteId: string; readonly amountFen: number; readonly presettled?: Presettled }): Promise<OrderView | undefined> {
  const { owner } = given;
  const tenant = `${owner.kind}/${owner.id}`;
  const { presettled } = charge;
  const tender = firstTender(world, { ...given, presettled }, charge.amountFen);
  const request = {
    owner,
    merchantId: 'hospital',
    idempotency: { tenant, key: charge.key, requestHash: `${charge.quoteId}/${String(charge.amountFen)}` },
    quoteId: charge.quoteId,
    amountFen: charge.amountFen,
    description: '门诊缴费',
    ...tender,
  };
  const create = (useCases: UseCases) => useCases.createPayment(request);
  const isDouble = world.faults.strikes('double press');
  const second = isDouble ? world.ask(`create ${charge.key} (pressed twice)`, create) : undefined;
  if (presettled !== undefined && world.faults.strikes('given up while it settles')) giveUpWhileSettling(world, owner, presettled);
  for (let attempt = 1; attempt <= 12; attempt += 1) {
    const answer = await world.ask(`create ${charge.key}`, create);
    if (world.faults.strikes('terminal power cut')) {
      await world.time.sleep(world.weather.between(20, 900) * SECOND, `kiosk of ${charge.key} has power again`);
      const open = await world.ask(`resume ${owner.id}`, (useCases) => useCases.listOpenOrders(owner));
      if (open?.kind === 'ok') for (const view of open.value) world.observe(view);
      continue;
    }
    if (answer?.kind === 'ok') {
      world.acknowledge(tenant, charge.key, answer.value);
      const other = await second;
      if (other?.kind === 'ok') world.acknowledge(tenant, charge.key, other.value);
      if (world.faults.strikes('same key, other body')) {
        const refusal = await world.ask(`create ${charge.key} with another body`, (useCases) => useCases.createPayment({ ...request, idempotency: { ...request.idempotency, requestHash: 'another' } }));
        world.expect(refusal === undefined || isRefused(refusal, ['IDEMPOTENCY_KEY_REUSED', 'STORE_UNAVAILABLE']), 'same key, other body', charge.key, 'was not refused');
      }
      return answer.value;
    }
    if (answer?.kind === 'refused' && !isRefused(answer, ['STORE_UNAVAILABLE', 'STOPPED_FOR_SAFETY', 'CHANNEL_UNAVAILABLE', 'HIS_UNAVAILABLE', 'INTERNAL'])) {
      const isOurs = world.isAcknowledged(tenant, charge.key);
      world.expect(!isOurs, 'same key, same answer', charge.key, `was accepted once and is refused now: ${answer.code}`);
      return undefined;
    }
    await world.time.sleep(world.weather.between(1, 20) * SECOND, `${charge.key} is sent again`);
  }
  return undefined;
}

/** Another hand at the same window gives the pre-settlement up while it is paid with: one of the two wins, never both. */
function giveUpWhileSettling(world: WorldView, owner: Owner, { presettlementNo }: Presettled): void {
  world.time.after(world.weather.between(0, 900), `${presettlementNo} is given up while it settles`, () => {
    void world.ask(`give up ${presettlementNo}`, (useCases) => useCases.abandonPresettlement({ owner, presettlementNo })).then((answer) => {
      if (answer !== undefined) world.history.mark(answer.kind === 'ok' ? 'a pre-settlement was given up before it was taken' : `a pre-settlement was given up: ${answer.code}`);
    });
  });
}

/** The payment before has ended, and the order still takes another. */
function waitsForMore(order: OrderView): boolean {
  return order.tender !== undefined && !order.tender.isEnding && order.confirmation.state === 'none' && order.payments.every(({ state }) => state === 'succeeded' || state === 'closed' || state === 'failed');
}

/** The next payment of a mixed order: pressed twice, too large, given up, or simply made. */
async function payMore(world: WorldView, given: Visit, order: OrderView, { key, presettled }: { readonly key: string; readonly presettled: Presettled | undefined }): Promise<OrderView> {
  const { owner } = given;
  const { tradeNo } = order;
  await world.time.sleep(world.weather.between(1, 90) * SECOND, `${owner.id} goes on with ${tradeNo}`);
  if (world.faults.strikes('mixed tender given up')) {
    const cancelled = await askUntilAnswered(world, `give up ${tradeNo}`, 5, (useCases) => useCases.cancelPayment({ owner, tradeNo }));
    if (cancelled?.kind === 'ok') world.observe(cancelled.value);
    return watch(world, given, cancelled?.kind === 'ok' ? cancelled.value : order);
  }
  const leftFen = order.amountFen - (order.tender?.paidFen ?? 0);
  // The insurance comes first, or when all the rest is in: when its payment had no effect it is made again.
  const isInsuredLeft = presettled !== undefined && order.payments.every(({ method, state }) => method !== 'medicalInsurance' || state !== 'succeeded');
  const ownLeftFen = isInsuredLeft ? Math.max(0, ownPartFen(world, presettled) - (order.tender?.paidFen ?? 0)) : 0;
  const isInsuranceNext = isInsuredLeft && (ownLeftFen === 0 ? world.weather.chance(0.9) : world.weather.chance(0.1));
  const tender = isInsuranceNext ? insuredTender(world, presettled) : nextTender(world, owner, ownLeftFen > 0 && world.weather.chance(0.9) ? ownLeftFen : leftFen);
  const tenant = `${owner.kind}/${owner.id}`;
  const request = { owner, tradeNo, idempotency: { tenant, key, requestHash: JSON.stringify(tender) }, ...tender };
  const add = (useCases: UseCases) => useCases.addPayment(request);
  const isDouble = world.faults.strikes('double press');
  const second = isDouble ? world.ask(`add ${key} (pressed twice)`, add) : undefined;
  const other = world.faults.strikes('two payments at once')
    ? world.ask(`add ${key} again under another key`, (useCases) => useCases.addPayment({ ...request, idempotency: { ...request.idempotency, key: `${key}/other` } }))
    : undefined;
  const answer = await askUntilAnswered(world, `add ${key}`, 6, add);
  for (const more of [await second, await other]) if (more?.kind === 'ok') world.observe(more.value);
  if (answer?.kind !== 'ok') return watch(world, given, order);
  world.acknowledge(tenant, key, answer.value);
  meetPatient(world, answer.value);
  return watch(world, given, answer.value, key);
}

/** The patient sees the code or page and decides. */
function meetPatient(world: WorldView, order: OrderView): void {
  const payment = order.payments.at(-1);
  const presented = payment?.presentation?.kind;
  if (payment === undefined || presented === undefined) return;
  if (presented === 'none') {
    if (payment.method === 'paymentCode' && payment.state === 'paying') cancelWhilePaying(world, order, world.weather.between(1, 40) * SECOND);
    return;
  }
  if (presented !== 'qr' && world.faults.strikes('return page lies')) world.channels.returnFromPage(payment.channel, payment.paymentNo);
  if (world.faults.strikes('patient leaves')) return;
  if (order.tender !== undefined && world.faults.strikes('code left to expire for another way to pay')) return;
  const toExpiryMs = Math.max(SECOND, Date.parse(payment.expiresAt) - world.time.now);
  const late = world.faults.strikes('patient pays late') || world.faults.strikes('success at the last second');
  const delayMs = late ? toExpiryMs + world.weather.between(-8, 4) * SECOND : world.weather.between(4, 150) * SECOND;
  const attempt = () => { if (presented === 'smsCode') enterCode(world, order); else world.channels.pay(payment.paymentNo); };
  world.time.after(delayMs, `patient pays ${payment.paymentNo}`, attempt);
  if (world.faults.strikes('patient pays twice')) world.time.after(delayMs + world.weather.between(1, 60) * SECOND, `patient pays ${payment.paymentNo} again`, attempt);
  cancelWhilePaying(world, order, delayMs + world.weather.between(-1500, 1500));
}

/** The patient types the code of the short message: wrong now and then, again where nothing was answered. */
function enterCode(world: WorldView, { tradeNo }: OrderView): void {
  const owner: Owner | undefined = world.ownerOf(tradeNo);
  if (owner === undefined) return;
  const enter = (code: string) => askUntilAnswered(world, `code for ${tradeNo}`, 3, (useCases) => useCases.enterPaymentCode({ owner, tradeNo, code }));
  void (async () => {
    if (world.weather.chance(0.2)) await enter('0000');
    const answer = await enter('1234');
    world.history.mark(answer?.kind === 'refused' ? `a code was refused: ${answer.code}` : 'a code was entered');
    if (answer?.kind === 'ok') world.observe(answer.value);
  })();
}

function cancelWhilePaying(world: WorldView, order: OrderView, delayMs: number): void {
  if (!world.faults.strikes('cancel while paying')) return;
  const owner: Owner | undefined = world.ownerOf(order.tradeNo);
  if (owner === undefined) return;
  world.time.after(Math.max(0, delayMs), `cancel ${order.tradeNo} while paying`, () => {
    void world.ask(`cancel ${order.tradeNo}`, (useCases) => useCases.cancelPayment({ owner, tradeNo: order.tradeNo })).then((answer) => {
      if (answer?.kind === 'ok') world.observe(answer.value);
    });
  });
}

/** No code on the screen, or a scanned code without a result: the cashier or the patient has had enough. */
async function giveUpWaiting(world: WorldView, { owner }: Visit, order: OrderView): Promise<void> {
  const [payment] = order.payments;
  if (payment === undefined || payment.presentation !== undefined || payment.state === 'succeeded' || !world.faults.strikes('gives up waiting for the code')) return;
  await world.time.sleep(world.weather.between(1, 30) * SECOND, `${owner.id} gives up waiting for ${order.tradeNo}`);
  const answer = await world.ask(`cancel ${order.tradeNo}`, (useCases) => useCases.cancelPayment({ owner, tradeNo: order.tradeNo }));
  if (answer?.kind === 'ok') world.observe(answer.value);
}

/** Polls like a kiosk until there is an end to show, or the patient has gone. */
async function watch(world: WorldView, given: Visit, order: OrderView, key?: string): Promise<OrderView> {
  const { owner } = given;
  const tenant = `${owner.kind}/${owner.id}`;
  let last = order;
  let isShown = isPresented(order);
  for (let poll = 1; poll <= 40; poll += 1) {
    await world.time.sleep(world.weather.between(2, 20) * SECOND, `${owner.id} looks at ${order.tradeNo}`);
    const freshness = poll % 3 === 0 ? 'fresh' : 'stored';
    const answer = await world.ask(`find ${order.tradeNo}`, (useCases) => useCases.findOrder(poll % 2 === 0 || key === undefined ? { owner, tradeNo: order.tradeNo, freshness } : { owner, tenant, key, freshness }));
    if (answer?.kind === 'refused' && answer.code === 'ORDER_NOT_FOUND') world.expect(false, 'acknowledged is kept', order.tradeNo, 'an acknowledged order is not found');
    if (answer?.kind !== 'ok') continue;
    world.observe(answer.value);
    if (answer.value.version > last.version) last = answer.value;
    // The charge had no answer and was sent again: only now is there something to pay with.
    if (!isShown && isPresented(last)) meetPatient(world, last);
    isShown ||= isPresented(last);
    if (isOver(last)) return last;
    if (poll === 28 && world.weather.chance(0.6)) {
      const cancelled = await world.ask(`cancel ${order.tradeNo}`, (useCases) => useCases.cancelPayment({ owner, tradeNo: order.tradeNo }));
      if (cancelled?.kind === 'ok') world.observe(cancelled.value);
    }
  }
  return last;
}

/** A refund over the payment API: whole, in part, two at once, repeated, too much. */
async function refund(world: WorldView, order: OrderView): Promise<void> {
  const waitSeconds = world.faults.strikes('refund wanted another day') ? world.weather.between(16, 30) * 3600 : world.weather.between(1, 400);
  await world.time.sleep(waitSeconds * SECOND, `refund of ${order.tradeNo} is wanted`);
  const total = order.amountFen;
  // Of an insurance settlement there is no part; now and then somebody asks for one all the same, and for the rest after it.
  const isInsured = order.payments.some(({ method, state }) => method === 'medicalInsurance' && state === 'succeeded');
  const isWholeOnly = isInsured && !world.faults.strikes('part of an insured payment is wanted back');
  const ask = (key: string, refundFen: number | undefined, requestHash: string) => async () => {
    const answer = await askUntilAnswered(world, `refund ${key} of ${order.tradeNo}`, 8, (useCases) =>
      useCases.requestRefund({ tradeNo: order.tradeNo, refundFen, reason: '退费', requestedBy: 'application/app-1', idempotency: { tenant: 'refunds', key, requestHash } }),
    );
    if (answer?.kind === 'ok') world.acknowledgeRefund(key, answer.value.refund);
    return answer;
  };
  const key = `F${order.tradeNo}`;
  if (isInsured && !isWholeOnly) {
    const paidBesideFen = total - order.payments.reduce((sum, { method, state, amountFen }) => (method === 'medicalInsurance' && state === 'succeeded' ? sum + amountFen : sum), 0);
    const part = world.weather.pick(1, paidBesideFen, paidBesideFen + 1, total - 1);
    const answer = await ask(`${key}/part`, part, 'part')();
    world.expect(part <= paidBesideFen || part === total || answer?.kind !== 'ok', 'an insured payment is undone whole', key, `${String(part)} fen of ${String(total)} were taken, ${String(paidBesideFen)} beside the insurance`);
    if (answer?.kind === 'refused') world.history.mark(`part of an insured order refused: ${answer.code}`);
  }
  if (isInsured) {
    await ask(key, undefined, 'whole')();
    return;
  }
  if (world.faults.strikes('concurrent refunds')) {
    const part = Math.max(1, Math.floor(total * 0.6));
    await Promise.all([ask(`${key}/1`, part, 'part')(), ask(`${key}/2`, part, 'part')()]);
    await ask(`${key}/3`, undefined, 'rest')();
    return;
  }
  const amount = world.weather.pick(undefined, total, Math.max(1, Math.floor(total / 3)));
  const first = await ask(key, amount, String(amount))();
  if (first?.kind === 'ok') await ask(key, amount, String(amount))();
  if (first?.kind === 'ok' && world.faults.strikes('same key, other body')) {
    const other = await ask(key, amount, 'another')();
    world.expect(other === undefined || isRefused(other, ['IDEMPOTENCY_KEY_REUSED', 'STORE_UNAVAILABLE']), 'same key, other body', key, 'was not refused');
  }
  if (world.weather.chance(0.4)) await ask(`${key}/more`, total + 1, 'more')();
  if (world.weather.chance(0.5)) {
    await world.time.sleep(world.weather.between(5, 40) * SECOND, `the rest of ${order.tradeNo} is wanted back`);
    await ask(`${key}/rest`, undefined, 'rest')();
  }
}

function isOver(order: OrderView): boolean {
  const { state } = order.confirmation;
  return state === 'confirmed' || state === 'rejected' || isUnpaid(order) || waitsForMore(order) || (state === 'none' && order.refunds.length > 0);
}

function isUnpaid(order: OrderView): boolean {
  return order.payments.length > 0 && order.payments.every((payment) => payment.state === 'closed' || payment.state === 'failed');
}

function isPresented(order: OrderView): boolean {
  return order.payments.at(-1)?.presentation !== undefined;
}
