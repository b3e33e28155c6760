/** One-fen self-tests (一分钱自测) as the platform's setup begins them, over the ports of one life of the process. */
import type { SelfTestPorts, SetupDesk } from '@hospay/server/setup/ports.js';
import { beginSelfTest, cancelSelfTest } from '@hospay/server/setup/self-test.js';
import { SELF_TEST_METHODS } from '@hospay/server/domain/self-test.js';
import { cancelPayment } from '@hospay/server/payments/cancel-payment.js';
import { createPayment } from '@hospay/server/payments/create-payment.js';
import { findOrder } from '@hospay/server/payments/find-order.js';
import { HOSPITAL_ID } from './hospital-world.js';
import type { Ports } from './use-cases.js';
import type { WorldView } from './world-view.js';

export type SelfTestUseCases = Pick<SetupDesk, 'beginSelfTest' | 'cancelSelfTest'>;

export function selfTestUseCases(world: WorldView, ports: Ports): SelfTestUseCases {
  const { store, clock, random } = ports;
  const own: SelfTestPorts = {
    hospitalId: HOSPITAL_ID, merchantId: 'hospital', clock, random, audit: { record: () => Promise.resolve() },
    channels: () => world.channels.wallets.map(({ profile: { id, merchantNo, methods } }) => ({
      id, plugin: 'wallet', state: ports.channels.find(id) === undefined ? 'waiting' : 'active', reason: undefined, merchantNo, selfTestMethods: SELF_TEST_METHODS.filter((method) => methods.includes(method)), canRefund: true,
    })),
    findByKey: (tenant, key) => store.findOrderByKey(tenant, key), saveQuote: (quote) => store.saveQuote(quote),
    createPayment: (request) => createPayment(ports, request), cancelPayment: (request) => cancelPayment(ports, request), findOrder: (request) => findOrder(ports, request),
    listSelfTests: () => Promise.resolve([]), journalsOf: () => Promise.resolve([]),
  };
  return { beginSelfTest: (act) => beginSelfTest(own, act), cancelSelfTest: (act) => cancelSelfTest(own, act) };
}
