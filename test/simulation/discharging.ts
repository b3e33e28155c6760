/** A family leaves the hospital (出院): the stay is priced; what is missing is paid like bills and settles it, or it is settled under one key and what is left of the deposits goes back. */
import type { Outcome } from '@hospay/server/domain/errors.js';
import type { Owner } from '@hospay/server/domain/order.js';
import type { QuoteView } from '@hospay/server/patients/quote-view.js';
import { askUntilAnswered } from './asking.js';
import type { WorldView } from './world-view.js';

const SECOND = 1000;

export async function leaveHospital(world: WorldView, { owner, inpatientNo }: { readonly owner: Owner; readonly inpatientNo: string }): Promise<'collects' | undefined> {
  await world.time.sleep(world.weather.between(1, 400) * SECOND, `${inpatientNo} leaves`);
  const stay = world.hospital.beds.leave(inpatientNo, world.weather.pick(0, 0.3, 1, 1.4, 3));
  if (stay === undefined) return undefined;
  if (stay.costFen > stay.depositFen) return 'collects';
  const { visitId } = stay;
  const quoted = await askUntilAnswered(world, `quote the discharge of ${inpatientNo}`, 6, (useCases) => useCases.quoteDischarge({ owner, inpatientNo, visitId }));
  if (quoted?.kind !== 'ok') return undefined;
  const { quote: { quoteId }, refundFen, collectFen } = quoted.value;
  world.expect(collectFen === 0 && refundFen === stay.depositFen - stay.costFen, 'a discharge is priced by the HIS', inpatientNo, `${String(refundFen)} to return`);
  const tenant = `${owner.kind}/${owner.id}`;
  const settle = (key: string) => (useCases: Parameters<Parameters<typeof askUntilAnswered>[3]>[0]) => useCases.settleDischarge({ owner, quoteId, idempotency: { tenant, key } });
  const second = world.faults.strikes('double press') ? world.ask(`settle ${inpatientNo} (pressed twice)`, settle(`D${inpatientNo}`)) : undefined;
  const other = world.faults.strikes('double press') ? world.ask(`settle ${inpatientNo} under another key`, settle(`D${inpatientNo}/other`)) : undefined;
  const answers = [await askUntilAnswered(world, `settle ${inpatientNo}`, 8, settle(`D${inpatientNo}`)), await second, await other];
  const numbers = new Set(answers.flatMap((answer) => (answer?.kind === 'ok' ? [answer.value.settlementNo] : [])));
  world.expect(numbers.size <= 1, 'a stay is settled once', inpatientNo, [...numbers].join());
  return undefined;
}

/** Something is to be collected: a quote to be paid like any other, and no settlement without it. */
export async function quoteOfLeaving(world: WorldView, { owner, inpatientNo }: { readonly owner: Owner; readonly inpatientNo: string }): Promise<Outcome<QuoteView> | undefined> {
  const stay = world.hospital.beds.stays.get(inpatientNo);
  if (stay === undefined) return undefined;
  const quoted = await askUntilAnswered(world, `quote what ${inpatientNo} still owes`, 6, (useCases) => useCases.quoteDischarge({ owner, inpatientNo, visitId: stay.visitId }));
  if (quoted?.kind !== 'ok') return quoted;
  const { quote, collectFen, refundFen } = quoted.value;
  world.expect(collectFen > 0 && refundFen === 0 && quote.selfPayFen === collectFen, 'a discharge is priced by the HIS', inpatientNo, `${String(collectFen)} to collect`);
  if (world.faults.strikes('double press')) {
    const settled = await world.ask(`settle ${inpatientNo} unpaid`, (useCases) => useCases.settleDischarge({ owner, quoteId: quote.quoteId, idempotency: { tenant: `${owner.kind}/${owner.id}`, key: `D${inpatientNo}/unpaid` } }));
    world.expect(settled?.kind !== 'ok', 'what is missing is paid before a stay is settled', inpatientNo, 'was settled unpaid');
  }
  return { kind: 'ok', value: quote };
}
