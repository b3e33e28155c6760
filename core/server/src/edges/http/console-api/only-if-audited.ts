/** Nobody administers a platform whose audit log cannot be written: what is done would be nobody's. What windows do with money goes on: the ledger answers for it. */
import { refused, type Outcome } from '../../../domain/errors.js';
import type { Right } from '../../../users/ports.js';
import type { HttpRequest } from '../http-kit/http-request.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import type { AuditDesk } from './ports.js';

/** Of a write. Refunds, tills and shifts are not among them, nor is one's own session. */
const PRIVILEGED: readonly Right[] = ['reveal', 'proposePayout', 'approvePayout', 'approveChange', 'operate', 'manageUsers', 'assignRoles', 'audit'];
/** What makes room for the log again is not refused for want of it; it is written down afterwards. */
const REPAIR = '/system/ballast/release';

export async function onlyIfAudited(audit: Pick<AuditDesk, 'canRecord'>, { request, access }: { readonly request: Pick<HttpRequest, 'method' | 'target'>; readonly access: ConsoleAccess }, caller: Outcome<ConsoleCaller>): Promise<Outcome<ConsoleCaller>> {
  const isPrivileged = request.method !== 'GET' && PRIVILEGED.some((right) => right === access) && !request.target.endsWith(REPAIR);
  return caller.kind === 'refused' || !isPrivileged || (await audit.canRecord()) ? caller : refused('AUDIT_UNAVAILABLE');
}
