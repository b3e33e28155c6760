import { RecordTables } from '../machinery/record-tables.js';
import type { SimulatedMedInsOrder, SimulatedNotification, SimulatedOrder, SimulatedPaymentCode, SimulatedRefund } from './simulated-records.js';

export type { RecordTable } from '../machinery/record-tables.js';

type RecordKinds = { order: SimulatedOrder; refund: SimulatedRefund; notification: SimulatedNotification; paymentCode: SimulatedPaymentCode; medInsOrder: SimulatedMedInsOrder };

export class SimulatorStore extends RecordTables<RecordKinds> {
  readonly orders = this.table('order');
  readonly refunds = this.table('refund');
  readonly notifications = this.table('notification');
  readonly paymentCodes = this.table('paymentCode');
  readonly medInsOrders = this.table('medInsOrder');

  constructor(dataFolder: string | undefined) {
    super(dataFolder, 'wechat-pay.sqlite');
  }
}
