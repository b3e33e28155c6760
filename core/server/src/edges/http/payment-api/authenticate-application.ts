import { CLOCK_TOLERANCE_MS, isSignedBy, readAuthorization, type Application, type AuthenticationPorts, type Permission } from '../../../applications/ports.js';
import { ok, refused, type Outcome } from '../../../domain/errors.js';

export type SignedRequest = { readonly method: string; readonly target: string; readonly authorization: string | undefined; readonly idempotencyKey: string | undefined; readonly body: Uint8Array };

/**
 * Recognises the application behind a request: known, in time, signed with its secret, not a replay, not too often, allowed to do this.
 * Nothing is remembered of a request whose signature does not verify, so nobody can use up another's nonces or rate.
 */
export async function authenticateApplication(ports: AuthenticationPorts, request: SignedRequest, permission: Permission): Promise<Outcome<Application>> {
  const credentials = readAuthorization(request.authorization);
  if (credentials.kind === 'refused') return credentials;
  const { app, timestamp, nonce, signature } = credentials.value;
  const now = ports.clock.now();
  if (Math.abs(now.getTime() - Number(timestamp) * 1000) > CLOCK_TOLERANCE_MS) {
    return refused('REQUEST_EXPIRED', `timestamp ${timestamp}; platform time ${String(Math.floor(now.getTime() / 1000))}`);
  }
  const application = await ports.registry.find(app);
  if (application === undefined || application.status !== 'active') return refused('UNKNOWN_CALLER');
  if (!isSignedBy(application.secret, { ...request, timestamp, nonce }, signature)) return refused('SIGNATURE_INVALID');
  if (!ports.buckets.take(app, now)) return refused('TOO_MANY_REQUESTS');
  switch (ports.nonces.claim(app, nonce, now)) {
    case 'used':
      return refused('REPLAYED', 'nonce');
    case 'full':
      return refused('TOO_MANY_REQUESTS', 'nonce');
    case 'fresh':
      return application.permissions.includes(permission) ? ok(application) : refused('NOT_PERMITTED', permission);
  }
}
