/** Bound cards as one life of the platform has them: the real use cases over the rows that outlive it, and what is asked of every charge by a token. */
import { ok } from '@hospay/server/domain/errors.js';
import { askOpenAgreements, findAgreement } from '@hospay/server/quick-pay/ask-agreement.js';
import { bindCard, confirmBinding } from '@hospay/server/quick-pay/bind-card.js';
import { createCheckPaymentPassword } from '@hospay/server/quick-pay/check-payment-password.js';
import { setPaymentPassword } from '@hospay/server/quick-pay/keep-payment-password.js';
import { payWithAgreement } from '@hospay/server/quick-pay/pay-with-agreement.js';
import type { QuickPayPorts } from '@hospay/server/quick-pay/ports.js';
import { unbindCard } from '@hospay/server/quick-pay/unbind-card.js';
import { createPayment } from '@hospay/server/payments/create-payment.js';
import { findOrder } from '@hospay/server/payments/find-order.js';
import { nameOf } from './agreement-rows.js';
import { HOSPITAL_ID } from './hospital-world.js';
import type { PlantedBug } from './planted-bug.js';
import type { Life } from './platform-payouts.js';
import type { Ports, UseCases } from './use-cases.js';
import type { WorldView } from './world-view.js';

export type QuickPayUseCases = Pick<UseCases, 'bindCard' | 'confirmBinding' | 'findAgreement' | 'unbindCard' | 'setPaymentPassword' | 'payWithAgreement' | 'askOpenAgreements'>;

export function quickPayUseCases(world: WorldView, paymentPorts: Ports, life: Life, plant: PlantedBug | undefined): QuickPayUseCases {
  const store = world.agreementRows.agreements(life);
  const ports: QuickPayPorts = {
    hospitalId: HOSPITAL_ID, agreements: plant?.wrapAgreements?.(store) ?? store, passwords: world.agreementRows.passwordStore(life),
    // Slow hashes would be most of a seed; that the right one is compared is what is played here.
    hashes: { hash: (password) => Promise.resolve(`hash of ${password}`), matches: (password, stored) => Promise.resolve(stored === `hash of ${password}`) },
    gateways: paymentPorts.gateways, store: paymentPorts.store, createPayment: (request) => createPayment(paymentPorts, request), findOrder: (request) => findOrder(paymentPorts, request),
    policy: { mostCards: 5, mostCodesPerHour: 20, passwordlessFen: 0, passwordlessPerDayFen: 0 }, clock: paymentPorts.clock, random: paymentPorts.random, audit: { record: () => Promise.resolve() },
  };
  const check = createCheckPaymentPassword(ports);
  return {
    bindCard: (request) => bindCard(ports, request),
    confirmBinding: (request) => confirmBinding(ports, request),
    findAgreement: (request) => findAgreement(ports, request),
    unbindCard: (request) => unbindCard(ports, request),
    setPaymentPassword: (request) => setPaymentPassword(ports, request),
    askOpenAgreements: async () => ok(await askOpenAgreements(ports)),
    payWithAgreement(request) {
      const beganAt = world.time.now;
      const witnessed: QuickPayPorts = {
        ...ports,
        createPayment(wanted) {
          if (wanted.agreementToken !== undefined) {
            const { endedAt } = world.agreementRows.kept.get(request.agreementNo) ?? {};
            world.expect(endedAt === undefined || endedAt >= beganAt, 'an unbound card is not charged', request.agreementNo, 'it was unbound before this payment was asked for');
            const password = world.agreementRows.passwords.get(nameOf(request.holder));
            world.expect(request.password !== undefined && password?.hash === `hash of ${request.password}`, 'a card is charged with its password', request.agreementNo, 'the password is not that of its holder');
          }
          return ports.createPayment(wanted);
        },
      };
      return payWithAgreement(witnessed, plant?.wrapPasswordCheck?.(check) ?? check, request);
    },
  };
}
