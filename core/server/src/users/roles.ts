import { ROLES, type Right, type Role } from './ports.js';

/**
 * An auditor reads and changes nothing; finance sends money back and keeps the windows' tills and card terminals; the administrator runs the machine. A cashier works at a window and at a doctor's station, a
 * doctor at the latter only; neither has a page of the console.
 */
const RIGHTS_OF: Readonly<Record<Role, readonly Right[]>> = {
  administrator: ['read', 'refund', 'windowDesk', 'operate', 'manageUsers', 'audit'],
  finance: ['read', 'refund', 'windowDesk'],
  auditor: ['read', 'audit'],
  cashier: ['window', 'doctorStation'],
  doctor: ['doctorStation'],
};

export function rightsOf(roles: readonly Role[]): readonly Right[] {
  return [...new Set(roles.flatMap((role) => RIGHTS_OF[role]))];
}

/** Roles this program does not know give no rights. */
export function knownRoles(names: readonly string[]): readonly Role[] {
  return ROLES.filter((role) => names.includes(role));
}
