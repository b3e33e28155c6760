export * from './api-result.js';
export * from './api-types.js';
export type * from './merchant-types.js';
export type * from './quick-pay-types.js';
export { PAYMENT_API_ERROR_CODES, type PaymentApiErrorCode } from './error-codes.js';
export { createNotificationVerifier, type NotificationVerifier, type NotificationVerifierOptions, type VerifiedNotification, type VerifiedStatementFile, type VerifiedStatementNotice } from './notification-verifier.js';
export { createPaymentClient, type Freshness, type OfScope, type OfStatementScope, type PaymentClient, type PaymentClientOptions, type WithKey } from './payment-client.js';
export { isStatementSigned, readStatement, type Statement, type StatementRow } from './read-statement.js';
export { SIGNATURE_SCHEME, sign, signingText, writeAuthorization, type Credentials, type SignedParts } from './signature.js';
