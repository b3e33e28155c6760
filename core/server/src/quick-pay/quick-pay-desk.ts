import type { Bilingual } from '../domain/bilingual.js';
import { ok } from '../domain/errors.js';
import { createAgreementOffice } from './agreement-office.js';
import { askOpenAgreements, findAgreement } from './ask-agreement.js';
import { bindCard, confirmBinding } from './bind-card.js';
import { createCheckPaymentPassword } from './check-payment-password.js';
import { enterPaymentCode } from './enter-payment-code.js';
import { changePaymentPassword, setPaymentPassword } from './keep-payment-password.js';
import { payWithAgreement } from './pay-with-agreement.js';
import type { QuickPayDesk, QuickPayOffice, QuickPayPorts } from './ports.js';
import { checkHolder, resetPaymentPassword } from './reset-payment-password.js';
import { viewAgreement, viewPaymentPassword } from './show-agreement.js';
import { unbindCard } from './unbind-card.js';

/** 快捷支付, every use case with its ports given, and the task that asks about what has no end. */
export function createQuickPayDesk(ports: QuickPayPorts): QuickPayDesk & { readonly office: QuickPayOffice; askOpenAgreements(): Promise<Bilingual> } {
  const check = createCheckPaymentPassword(ports);
  return {
    bindCard: (request) => bindCard(ports, request),
    confirmBinding: (request) => confirmBinding(ports, request),
    findAgreement: (request) => findAgreement(ports, request),
    listCards: async ({ holder }) => ok((await ports.agreements.list(holder)).filter(({ state }) => state !== 'failed' && state !== 'ended').map(viewAgreement)),
    unbindCard: (request) => unbindCard(ports, request),
    findPaymentPassword: async ({ holder }) => ok(viewPaymentPassword(await ports.passwords.find(holder), ports.clock.now())),
    setPaymentPassword: (request) => setPaymentPassword(ports, request),
    changePaymentPassword: (request) => changePaymentPassword(ports, check, request),
    checkHolder: (request) => checkHolder(ports, request),
    resetPaymentPassword: (request) => resetPaymentPassword(ports, request),
    payWithAgreement: (request) => payWithAgreement(ports, check, request),
    enterPaymentCode: (request) => enterPaymentCode(ports, request),
    office: createAgreementOffice(ports),
    askOpenAgreements: () => askOpenAgreements(ports),
  };
}
