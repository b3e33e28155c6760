import { oneAfterAnotherPerSubject } from '@hospay/plugin-sdk';
import type { ClaimedJob } from '../domain/money-store.js';
import { advanceNotice } from './advance-notice.js';
import type { HisNoticeDesk, HisNoticePorts } from './ports.js';
import { receiveNotice } from './receive-notice.js';

/** Where the adapters deliver what the HIS tells by itself, and where its jobs go on with it. */
export function createHisNoticeDesk(ports: HisNoticePorts): HisNoticeDesk & { advanceNotice(job: ClaimedJob): Promise<void> } {
  const inTurn = oneAfterAnotherPerSubject();
  return { receiveNotice: (arrived) => receiveNotice({ ...ports, inTurn }, arrived), advanceNotice: (job) => advanceNotice({ ...ports, inTurn }, job) };
}
