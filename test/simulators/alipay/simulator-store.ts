import { RecordTables } from '../machinery/record-tables.js';
import type { SimulatedNotification, SimulatedPaymentCode, SimulatedRefund, SimulatedTrade } from './simulated-records.js';

type Kinds = { trade: SimulatedTrade; refund: SimulatedRefund; code: SimulatedPaymentCode; notification: SimulatedNotification };

export class SimulatorStore extends RecordTables<Kinds> {
  readonly trades = this.table('trade');
  readonly refunds = this.table('refund');
  readonly codes = this.table('code');
  readonly notifications = this.table('notification');

  constructor(dataFolder: string | undefined) {
    super(dataFolder, 'alipay.sqlite');
  }
}
