import { DUTIES, type Role, type UserView } from '../users/ports.js';
import type { SetupFacts } from './ports.js';

/** Who keeps the box. Where duties are separated (三员分立) each of the three has somebody, and an administrator of before is the system administrator. */
export function administratorsOf(users: readonly Pick<UserView, 'status' | 'roles' | 'mustChangePassword'>[], isSeparated: boolean): SetupFacts['administrators'] {
  const keepers: readonly Role[] = isSeparated ? [...DUTIES, 'administrator'] : ['administrator'];
  const active = users.filter(({ status, roles }) => status === 'active' && roles.some((role) => keepers.includes(role)));
  const isHeld = (duty: Role): boolean => active.some(({ roles }) => roles.includes(duty) || (duty === 'systemAdministrator' && roles.includes('administrator')));
  return { active: active.length, mustChangePassword: active.filter(({ mustChangePassword }) => mustChangePassword).length, dutiesMissing: isSeparated ? DUTIES.filter((duty) => !isHeld(duty)).length : 0 };
}
