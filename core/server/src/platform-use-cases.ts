/** The use cases joined: what the edges call. Part of the composition root. */
import { abandonPresettlement } from './insurance/abandon-presettlement.js';
import { findInsured } from './insurance/find-insured.js';
import { findPresettlement } from './insurance/find-presettlement.js';
import type { InsurancePorts } from './insurance/ports.js';
import { presettle } from './insurance/presettle.js';
import { refuseOnPaper } from './invoices/refuse-on-paper.js';
import { findPatient } from './patients/find-patient.js';
import { listOpenBills } from './patients/list-open-bills.js';
import type { PatientPorts } from './patients/ports.js';
import { quoteBills } from './patients/quote-bills.js';
import { addPayment } from './payments/add-payment.js';
import { cancelPayment } from './payments/cancel-payment.js';
import { createPayment } from './payments/create-payment.js';
import { findOrder, listOpenOrders, markReceiptPrinted } from './payments/find-order.js';
import type { PaymentPorts } from './payments/ports.js';
import { requestRefund } from './refunds/request-refund.js';

/** Every use case with its ports given: what the edges call. */
export function joinUseCases(payments: PaymentPorts, patients: PatientPorts, insurance: InsurancePorts) {
  return {
    findPatient: (request: Parameters<typeof findPatient>[1]) => findPatient(patients, request),
    listOpenBills: (request: Parameters<typeof listOpenBills>[1]) => listOpenBills(patients, request),
    quoteBills: (request: Parameters<typeof quoteBills>[1]) => quoteBills(patients, request),
    createPayment: (request: Parameters<typeof createPayment>[1]) => createPayment(payments, request),
    addPayment: (request: Parameters<typeof addPayment>[1]) => addPayment(payments, request),
    findOrder: (request: Parameters<typeof findOrder>[1]) => findOrder(payments, request),
    listOpenOrders: (owner: Parameters<typeof listOpenOrders>[1]) => listOpenOrders(payments, owner),
    cancelPayment: (request: Parameters<typeof cancelPayment>[1]) => cancelPayment(payments, request),
    markReceiptPrinted: (request: Parameters<typeof markReceiptPrinted>[1]) => markReceiptPrinted(payments, request),
    requestRefund: async (request: Parameters<typeof requestRefund>[1]) => (await refuseOnPaper(payments, request)) ?? requestRefund(payments, request),
    findInsured: (request: Parameters<typeof findInsured>[1]) => findInsured(insurance, request),
    presettle: (request: Parameters<typeof presettle>[1]) => presettle(insurance, request),
    findPresettlement: (request: Parameters<typeof findPresettlement>[1]) => findPresettlement(insurance, request),
    abandonPresettlement: (request: Parameters<typeof abandonPresettlement>[1]) => abandonPresettlement(insurance, request),
  };
}
