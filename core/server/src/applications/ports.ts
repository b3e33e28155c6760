import type { Clock } from '../domain/time.js';
import type { NonceMemory } from './nonce-memory.js';
import type { RequestBuckets } from './request-buckets.js';

export { CLOCK_TOLERANCE_MS } from './nonce-memory.js';
export { isSignedBy, readAuthorization, signRequest, writeAuthorization } from './request-signature.js';
export { signStatementFile } from './statement-signature.js';

/** What an application may be allowed: look, take payments, send money back, download the statement; `hospital` is for the HIS itself, which refunds whatever it has booked; `merchant` reads what the merchant it is bound to took. */
export const PERMISSIONS = ['read', 'pay', 'refund', 'statement', 'hospital', 'merchant'] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** A registered application: an APP, a 公众号, a web site, a HIS. */
export type Application = {
  readonly appId: string;
  readonly hospitalId: string;
  readonly merchantId: string;
  /** The merchant whose money it may read, with the permission merchant. */
  readonly merchantNo?: string | undefined;
  /** Signs its requests and our notifications. UTF-8 text. */
  readonly secret: string;
  readonly permissions: readonly Permission[];
  /** Where it wants to be told what became of its orders. */
  readonly notifyUrl: string | undefined;
  readonly status: 'active' | 'disabled';
};

/** As it is kept: without its key. */
export type RegisteredApplication = { readonly id: string; readonly title: string; readonly status: 'active' | 'disabled'; readonly notifyUrl: string | undefined; readonly permissions: readonly string[]; /** 商户号 it is bound to for ever, where it reads for one merchant. */ readonly merchantNo?: string | undefined; readonly createdAt?: Date };

export type ApplicationRegistry = { find(appId: string): Promise<Application | undefined> };

/** What recognising an application needs from outside. */
export type AuthenticationPorts = { readonly registry: ApplicationRegistry; readonly nonces: NonceMemory; readonly buckets: RequestBuckets; readonly clock: Clock };
