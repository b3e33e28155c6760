/** Bound cards as one life of the platform has them: the real use cases over the rows that outlive it, and what is asked of every charge by a token. */
import { ok } from '@hospay/server/domain/errors.js';
import { askOpenAgreements, findAgreement } from '@hospay/server/quick-pay/ask-agreement.js';
import { bindCard, confirmBinding } from '@hospay/server/quick-pay/bind-card.js';
import { createCheckPaymentPassword } from '@hospay/server/quick-pay/check-payment-password.js';
import { setPaymentPassword } from '@hospay/server/quick-pay/keep-payment-password.js';
import { payWithAgreement } from '@hospay/server/quick-pay/pay-with-agreement.js';
import type { QuickPayPorts } from '@hospay/server/quick-pay/ports.js';
import { checkHolder, resetPaymentPassword } from '@hospay/server/quick-pay/reset-payment-password.js';
import { unbindCard } from '@hospay/server/quick-pay/unbind-card.js';
import { createPayment } from '@hospay/server/payments/create-payment.js';
import { findOrder } from '@hospay/server/payments/find-order.js';
import { nameOf } from './agreement-rows.js';
import { HOSPITAL_ID } from './hospital-world.js';
import type { PlantedBug } from './planted-bug.js';
import type { Life } from './platform-payouts.js';
import type { Ports, UseCases } from './use-cases.js';
import type { WorldView } from './world-view.js';

export type QuickPayUseCases = Pick<UseCases, 'bindCard' | 'confirmBinding' | 'findAgreement' | 'unbindCard' | 'setPaymentPassword' | 'checkHolder' | 'resetPaymentPassword' | 'payWithAgreement' | 'askOpenAgreements'>;

export function quickPayUseCases(world: WorldView, paymentPorts: Ports, life: Life, plant: PlantedBug | undefined): QuickPayUseCases {
  const store = world.agreementRows.agreements(life);
  const ports: QuickPayPorts = {
    hospitalId: HOSPITAL_ID, agreements: plant?.wrapAgreements?.(store) ?? store, passwords: world.agreementRows.passwordStore(life),
    // Slow hashes would be most of a seed; that the right one is compared is what is played here.
    hashes: { hash: (password) => Promise.resolve(`hash of ${password}`), matches: (password, stored) => Promise.resolve(stored === `hash of ${password}`) },
    gateways: paymentPorts.gateways, store: paymentPorts.store, createPayment: (request) => createPayment(paymentPorts, request), findOrder: (request) => findOrder(paymentPorts, request),
    policy: { mostCards: 5, mostCodesPerHour: 20, passwordlessFen: 0, passwordlessPerDayFen: 0 }, clock: paymentPorts.clock, random: paymentPorts.random, audit: { record: () => Promise.resolve() },
  };
  const honest = createCheckPaymentPassword(ports);
  const check = plant?.wrapPasswordCheck?.(honest) ?? honest;
  return {
    bindCard: (request) => bindCard(ports, request),
    confirmBinding: (request) => confirmBinding(ports, request),
    findAgreement: (request) => findAgreement(ports, request),
    unbindCard: (request) => unbindCard(ports, request),
    setPaymentPassword: (request) => setPaymentPassword(ports, request),
    checkHolder: (request) => checkHolder(ports, request),
    resetPaymentPassword(request) {
      const { checkNo, holder } = request;
      const witness = (): void => {
        const { agreementRows, channels: { issuer } } = world;
        world.expect(issuer.hasVerified(checkNo), 'a password is reset by its card-holder', checkNo, 'the bank has not seen the holder of the card');
        const seen = agreementRows.checks.get(checkNo);
        world.expect(seen !== undefined && nameOf(seen.holder) === nameOf(holder), 'a password is reset by its card-holder', checkNo, 'the check is of somebody else');
        world.expect(!agreementRows.usedChecks.has(checkNo), 'a check of the holder is used once', checkNo, 'it sets a second password');
        agreementRows.usedChecks.add(checkNo);
      };
      const passwords: QuickPayPorts['passwords'] = { ...ports.passwords, replace: (...row) => (witness(), ports.passwords.replace(...row)) };
      return resetPaymentPassword({ ...ports, passwords }, request);
    },
    askOpenAgreements: async () => ok(await askOpenAgreements(ports)),
    payWithAgreement(request) {
      const beganAt = world.time.now;
      const witnessed: QuickPayPorts = {
        ...ports,
        createPayment(wanted) {
          if (wanted.agreementToken !== undefined) {
            const { endedAt } = world.agreementRows.kept.get(request.agreementNo) ?? {};
            world.expect(endedAt === undefined || endedAt >= beganAt, 'an unbound card is not charged', request.agreementNo, 'it was unbound before this payment was asked for');
            // What was right when this was asked for may be replaced while it is carried out.
            world.expect(request.password !== undefined && world.agreementRows.wasPassword(request.holder, `hash of ${request.password}`, beganAt), 'a card is charged with its password', request.agreementNo, 'the password is not that of its holder');
          }
          return ports.createPayment(wanted);
        },
      };
      return payWithAgreement(witnessed, check, request);
    },
  };
}
