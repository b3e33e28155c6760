import { RecordTables } from '../machinery/record-tables.js';
import type { SimulatedNotification, SimulatedPaymentCode, SimulatedTransaction } from './simulated-records.js';

type Kinds = { transaction: SimulatedTransaction; code: SimulatedPaymentCode; notification: SimulatedNotification };

export class SimulatorStore extends RecordTables<Kinds> {
  readonly transactions = this.table('transaction');
  readonly codes = this.table('code');
  readonly notifications = this.table('notification');

  constructor(dataFolder: string | undefined) {
    super(dataFolder, 'unionpay.sqlite');
  }
}
