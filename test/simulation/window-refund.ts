/** A window of the HIS takes something back (窗口退费): its own books first, then the platform is asked under one number until it answers for good. */
import type { OrderView } from '@hospay/server/payments/order-view.js';
import { isRefused } from './asking.js';
import type { WorldView } from './world-view.js';

const SECOND = 1000;
const REPEATED_AFTER_MS = 5 * SECOND;

export async function refundAtWindow(world: WorldView, { tradeNo, amountFen }: OrderView): Promise<void> {
  await world.time.sleep(world.weather.between(1, 400) * SECOND, `a window takes back of ${tradeNo}`);
  for (let times = world.weather.between(1, 2); times > 0; times -= 1) {
    const refundFen = world.weather.pick(amountFen, Math.max(1, Math.floor(amountFen / 3)));
    const hisRefundNo = world.hospital.beginOwnRefund(tradeNo, refundFen);
    if (hisRefundNo === undefined) return;
    world.hospital.endOwnRefund(hisRefundNo, await ask(world, { of: { tradeNo }, hisRefundNo, refundFen, reason: '窗口退费', requestedBy: 'his' }));
  }
}

async function ask(world: WorldView, request: { readonly of: { readonly tradeNo: string }; readonly hisRefundNo: string; readonly refundFen: number; readonly reason: string; readonly requestedBy: string }): Promise<'committed' | 'rolledBack'> {
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
