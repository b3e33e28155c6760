import type { Application, Permission } from '../../../applications/ports.js';
import { openApiDocument, type JsonObject } from '../http-kit/open-api-document.js';
import { mountGroup, openGroup, type MountedGroup } from '../http-kit/route-group.js';
import { authenticateApplication } from './authenticate-application.js';
import { billRoutes } from './bill-routes.js';
import { checkoutRoutes } from './checkout-routes.js';
import { hisRoutes } from './his-routes.js';
import { patientRoutes } from './patient-routes.js';
import { hospitalRoutes } from './hospital-routes.js';
import { insuranceRoutes } from './insurance-routes.js';
import { merchantRoutes } from './merchant-routes.js';
import { openRoutes } from './open-routes.js';
import { orderSyncRoutes } from './order-sync-routes.js';
import type { PaymentApiPorts } from './payment-api-ports.js';
import { paymentRoutes } from './payment-routes.js';
import { quickPayRoutes } from './quick-pay-routes.js';
import { refundRoutes } from './refund-routes.js';
import { statementRoutes } from './statement-routes.js';

export const PAYMENT_API_BASE = '/api/v1';
export const PAYMENT_API_VERSION = '1.0.0';

const SIGNED_TAG = { name: 'payments', zh: '支付接口：应用密钥签名', en: 'Payment API, signed with the application\'s key' };
const OPEN_TAG = { name: 'open', zh: '无需签名', en: 'Without a signature' };
const SIGNATURE = {
  name: 'applicationSignature',
  scheme: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description:
      'HOSPAY-HMAC-SHA256 app="…",timestamp="…",nonce="…",signature="…" — signature = lower-case hex of HMAC-SHA256(secret, METHOD\\npath?query\\ntimestamp\\nnonce\\nsha256hex(body)\\n), followed by Idempotency-Key\\n where that header is sent; timestamp in seconds, ±300 s; a nonce is used once',
  },
} as const;

/** The payment API for applications: the signed routes and the open ones, to be given to `startHttpServer`. */
export function paymentApi(ports: PaymentApiPorts): readonly MountedGroup[] {
  const signed = mountGroup<Permission, Application>({
    basePath: PAYMENT_API_BASE,
    tag: SIGNED_TAG,
    routes: [...billRoutes(ports.useCases), ...hospitalRoutes(ports.useCases), ...patientRoutes(ports.useCases), ...hisRoutes(ports.useCases), ...insuranceRoutes(ports.useCases), ...paymentRoutes(ports.useCases), ...quickPayRoutes(ports.useCases), ...refundRoutes(ports.useCases), ...checkoutRoutes(ports.useCases), ...orderSyncRoutes(ports.orderSync), ...statementRoutes(ports.statements), ...merchantRoutes(ports.merchants)],
    authenticate: ({ method, target, headers, body }, permission) => authenticateApplication(ports.authentication, { method, target, authorization: headers['authorization'], idempotencyKey: headers['idempotency-key'], body }, permission),
    authenticationErrors: ['SIGNATURE_INVALID', 'REQUEST_EXPIRED', 'UNKNOWN_CALLER', 'REPLAYED', 'TOO_MANY_REQUESTS', 'NOT_PERMITTED'],
    callerName: ({ appId }) => appId,
    security: SIGNATURE,
  });
  const groups: MountedGroup[] = [signed];
  const document = once(() => describe(groups));
  groups.push(openGroup({ basePath: PAYMENT_API_BASE, tag: OPEN_TAG, routes: openRoutes({ clock: ports.clock, document }) }));
  return groups;
}

/** The OpenAPI 3.1 document of the payment API, made from the very routes that serve it. */
export function paymentApiDocument(): JsonObject {
  return describe(paymentApi(NO_PORTS));
}

function describe(groups: readonly MountedGroup[]): JsonObject {
  return openApiDocument(
    {
      title: 'Hospay payment API 支付接口',
      version: PAYMENT_API_VERSION,
      description: '金额单位均为分（整数）。时间为 RFC 3339。错误以 code 为准。 / Amounts are integer fen, times RFC 3339; decide errors by their code.',
    },
    groups,
  );
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}

const absent = (): never => {
  throw new Error('only the document was asked for');
};
/** Describing calls nothing. */
const NO_PORTS: PaymentApiPorts = {
  authentication: { registry: { find: absent }, nonces: { claim: absent }, buckets: { take: absent }, clock: { now: absent } },
  useCases: { findPatient: absent, listOpenBills: absent, quoteBills: absent, createPayment: absent, addPayment: absent, findOrder: absent, cancelPayment: absent, requestRefund: absent, findInsured: absent, presettle: absent, findPresettlement: absent, abandonPresettlement: absent, issueCheckoutCode: absent, findCheckout: absent, revokeCheckoutCode: absent,
    listDepartments: absent, listDoctors: absent, listSchedules: absent, listSlots: absent, holdRegistration: absent, cancelRegistration: absent, listRegistrations: absent, checkIn: absent,
    offeredFunctions: absent, listReports: absent, readReport: absent, listPrices: absent, queuePlaces: absent, resolveGuideCode: absent, checkCard: absent, createPatient: absent, updatePatient: absent, reportCardLost: absent, reissueCard: absent,
    findInpatient: absent, listDeposits: absent, listDailyFees: absent, sumFees: absent, quoteDeposit: absent, quoteDischarge: absent, settleDischarge: absent, findDischarge: absent, listRecentDischarges: absent, refundForHis: absent, findHisRefund: absent, refundStoppedClinic: absent,
    bindCard: absent, confirmBinding: absent, findAgreement: absent, listCards: absent, unbindCard: absent, findPaymentPassword: absent, setPaymentPassword: absent, changePaymentPassword: absent, checkHolder: absent, resetPaymentPassword: absent, payWithAgreement: absent, enterPaymentCode: absent,
  },
  statements: { list: absent, open: absent },
  orderSync: { readChanges: absent, findOrders: absent },
  merchants: { listPayments: absent, findOrder: absent, readFigures: absent, readSettlement: absent },
  clock: { now: absent },
};
