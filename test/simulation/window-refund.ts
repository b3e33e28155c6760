/** A window of the HIS takes something back (窗口退费): its own books first, then the platform is asked under one number until it answers for good. */
import type { NoticeAnswer } from '@hospay/plugin-sdk';
import { ok, type Outcome } from '@hospay/server/domain/errors.js';
import type { OrderView } from '@hospay/server/payments/order-view.js';
import { isRefused } from './asking.js';
import { HOSPITAL_ID } from './hospital-world.js';
import type { UseCases } from './use-cases.js';
import type { WorldView } from './world-view.js';

const SECOND = 1000;
const REPEATED_AFTER_MS = 5 * SECOND;

export async function refundAtWindow(world: WorldView, { tradeNo, amountFen }: OrderView): Promise<void> {
  await world.time.sleep(world.weather.between(1, 400) * SECOND, `a window takes back of ${tradeNo}`);
  for (let times = world.weather.between(1, 2); times > 0; times -= 1) {
    const refundFen = world.weather.pick(amountFen, Math.max(1, Math.floor(amountFen / 3)));
    const hisRefundNo = world.hospital.beginOwnRefund(tradeNo, refundFen);
    if (hisRefundNo === undefined) return;
    // Half of the windows call the payment API, the others' HIS tells it by a notice of the adapter.
    const tell = Number(hisRefundNo.slice(2)) % 2 === 0 ? tellByNotice : ask;
    world.hospital.endOwnRefund(hisRefundNo, await tell(world, { of: { tradeNo }, hisRefundNo, refundFen, reason: '窗口退费', requestedBy: 'his' }));
  }
}

type Asked = { readonly of: { readonly tradeNo: string }; readonly hisRefundNo: string; readonly refundFen: number; readonly reason: string; readonly requestedBy: string };

async function ask(world: WorldView, request: Asked): Promise<'committed' | 'rolledBack'> {
  const label = `HIS refund ${request.hisRefundNo}`;
  for (let attempt = 1; ; attempt += 1) {
    const second = world.faults.strikes('double press') ? world.ask(`${label} (twice)`, (useCases) => useCases.refundForHis(request)) : undefined;
    const answer = await world.ask(label, (useCases) => useCases.refundForHis(request));
    await second;
    if (answer?.kind === 'ok') return 'committed';
    if (answer?.kind === 'refused' && !isRefused(answer, ['HIS_REFUND_UNDECIDED', 'STORE_UNAVAILABLE', 'STOPPED_FOR_SAFETY', 'INTERNAL'])) {
      world.history.mark(`a refund of the HIS was refused: ${answer.code}`);
      return 'rolledBack';
    }
    await world.time.sleep(Math.min(attempt, 12) * REPEATED_AFTER_MS, `${label} is asked again`);
  }
}

/** A notice without an answer, or one that is under way, is told again under the same number until it is accepted or refused for good. */
async function tellByNotice(world: WorldView, { of: { tradeNo }, hisRefundNo, refundFen, reason }: Asked): Promise<'committed' | 'rolledBack'> {
  const label = `notice of HIS refund ${hisRefundNo}`;
  const arrived = { hospitalId: HOSPITAL_ID, adapter: 'his', notice: { kind: 'refundRequested', hisRefundNo, tradeNo, refundFen, reason } } as const;
  const told = async (useCases: UseCases): Promise<Outcome<NoticeAnswer>> => ok(await useCases.receiveNotice(arrived));
  for (let attempt = 1; ; attempt += 1) {
    const second = world.faults.strikes('double press') ? world.ask(`${label} (twice)`, told) : undefined;
    const answered = await world.ask(label, told);
    await second;
    const answer = answered?.kind === 'ok' ? answered.value : undefined;
    if (answer !== undefined) world.history.mark(`a notice of the HIS: ${answer.kind}`);
    if (answer?.kind === 'accepted') return 'committed';
    if (answer?.kind === 'refused') return 'rolledBack';
    await world.time.sleep(Math.min(attempt, 12) * REPEATED_AFTER_MS, `${label} is told again`);
  }
}
