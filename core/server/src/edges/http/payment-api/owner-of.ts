import type { Application } from '../../../applications/ports.js';
import type { Owner } from '../../../domain/order.js';

/** Orders belong to the application that made them; nobody else sees them. */
export function ownerOf({ appId }: Application): Owner & { readonly kind: 'application' } {
  return { kind: 'application', id: appId };
}

/** The name space of an application's idempotency keys. */
export function tenantOf({ appId }: Application): string {
  return `application/${appId}`;
}
