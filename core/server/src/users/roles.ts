import { ROLES, type Right, type Role, type StoredUser } from './ports.js';

/**
 * An auditor reads and changes nothing; finance sends money back, has the bank pay (one proposes, others approve; the administrator may be one of them, never the proposer), keeps the windows' tills and card terminals and takes their cash over; the administrator runs the machine. What decides where money goes (plugins, keys, routing) one administrator proposes and another, or finance, approves. A cashier
 * works at a window and at a doctor's station, and sees and closes his own shifts; a doctor works at the latter only and has no page of the console. A merchant sees what his merchant number took, and is nothing else beside it.
 * Who reads money may `reveal` what is masked, with a reason; a cashier has the person before him, and a merchant no reason.
 */
const RIGHTS_OF: Readonly<Record<Role, readonly Right[]>> = {
  administrator: ['read', 'reveal', 'refund', 'approvePayout', 'approveChange', 'windowDesk', 'shifts', 'closeShift', 'cash', 'operate', 'manageUsers', 'audit'],
  finance: ['read', 'reveal', 'refund', 'proposePayout', 'approvePayout', 'approveChange', 'windowDesk', 'shifts', 'closeShift', 'cash'],
  auditor: ['read', 'reveal', 'shifts', 'audit'],
  cashier: ['shifts', 'closeShift', 'window', 'doctorStation'],
  doctor: ['doctorStation'],
  merchant: ['merchant'],
};

export function rightsOf(roles: readonly Role[]): readonly Right[] {
  return [...new Set(roles.flatMap((role) => RIGHTS_OF[role]))];
}

/** What a user may. Whoever is a merchant may nothing else, whatever stands beside it in his row, and nothing at all without a merchant. */
export function rightsOfUser({ roles: names, merchantNo }: Pick<StoredUser, 'roles' | 'merchantNo'>): readonly Right[] {
  const roles = knownRoles(names);
  if (!roles.includes('merchant')) return rightsOf(roles);
  return merchantNo === undefined ? [] : rightsOf(['merchant']);
}

/** Roles this program does not know give no rights. */
export function knownRoles(names: readonly string[]): readonly Role[] {
  return ROLES.filter((role) => names.includes(role));
}
