import { ok, refused, type Outcome } from '../domain/errors.js';
import { viewHisRefund, type HisRefundView } from './his-refund-view.js';
import type { HisDesk, RefundPorts } from './ports.js';
import { refundForHis } from './refund-for-his.js';
import { refundStoppedClinic } from './refund-stopped-clinic.js';

/** What a HIS may ask of the platform. */
export function createHisDesk(ports: RefundPorts): HisDesk {
  const shown = (view: HisRefundView | undefined): Outcome<HisRefundView> => (view === undefined ? refused('NO_SUCH_ITEM') : ok(view));
  return {
    async refundForHis(request) {
      const accepted = await refundForHis(ports, request);
      return accepted.kind === 'ok' ? shown(viewHisRefund(accepted.value.aggregate, request.hisRefundNo)) : accepted;
    },
    async findHisRefund({ hospitalId, hisRefundNo }) {
      const found = await ports.store.findOrderByKey(`his/${hospitalId}`, hisRefundNo);
      return shown(found === undefined ? undefined : viewHisRefund(found, hisRefundNo));
    },
    refundStoppedClinic: async (request) => ok(await refundStoppedClinic(ports, request)),
  };
}
