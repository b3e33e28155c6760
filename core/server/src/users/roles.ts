import { ROLES, type Right, type Role } from './ports.js';

/** An auditor reads and changes nothing; finance sends money back; the administrator runs the machine. */
const RIGHTS_OF: Readonly<Record<Role, readonly Right[]>> = {
  administrator: ['read', 'refund', 'operate', 'manageUsers', 'audit'],
  finance: ['read', 'refund'],
  auditor: ['read', 'audit'],
};

export function rightsOf(roles: readonly Role[]): readonly Right[] {
  return [...new Set(roles.flatMap((role) => RIGHTS_OF[role]))];
}

/** Roles this program does not know give no rights. */
export function knownRoles(names: readonly string[]): readonly Role[] {
  return ROLES.filter((role) => names.includes(role));
}
