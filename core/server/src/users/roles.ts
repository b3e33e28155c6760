import type { Bilingual } from '../domain/bilingual.js';
import { DUTIES, ROLES, type Right, type Role, type StoredUser } from './ports.js';

/**
 * An auditor reads and changes nothing; finance sends money back, has the bank pay (one proposes, others approve; the administrator may be one of them, never the proposer), keeps the windows' tills and card terminals and takes their cash over; the administrator runs the machine. What decides where money goes (plugins, keys, routing) one administrator proposes and another, or finance, approves. A cashier
 * works at a window and at a doctor's station, and sees and closes his own shifts; a doctor works at the latter only and has no page of the console. A merchant sees what his merchant number took, and is nothing else beside it.
 * Where duties are separated (三员分立) the system administrator runs the machine and keeps accounts without what they may, the security administrator says what they may and approves changes, and neither sees money or patients; the auditor watches both.
 * Who reads money may `reveal` what is masked, with a reason; a cashier has the person before him, a merchant no reason, and who runs the machine alone sees no patient.
 */
const RIGHTS_OF: Readonly<Record<Role, readonly Right[]>> = {
  administrator: ['read', 'reveal', 'readMachine', 'refund', 'approvePayout', 'approveChange', 'windowDesk', 'shifts', 'closeShift', 'cash', 'operate', 'seeUsers', 'manageUsers', 'assignRoles', 'audit'],
  systemAdministrator: ['readMachine', 'operate', 'seeUsers', 'manageUsers'],
  securityAdministrator: ['readMachine', 'approveChange', 'seeUsers', 'assignRoles'],
  finance: ['read', 'reveal', 'readMachine', 'refund', 'proposePayout', 'approvePayout', 'approveChange', 'windowDesk', 'shifts', 'closeShift', 'cash'],
  auditor: ['read', 'reveal', 'readMachine', 'shifts', 'seeUsers', 'audit'],
  cashier: ['shifts', 'closeShift', 'window', 'doctorStation'],
  doctor: ['doctorStation'],
  merchant: ['merchant'],
};

/** What a role is called in Chinese, for sentences. */
const ROLE_WORDS = {
  administrator: '管理员', systemAdministrator: '系统管理员', securityAdministrator: '安全管理员', finance: '财务', auditor: '审计员', cashier: '收费员', doctor: '医生', merchant: '商户',
} as const satisfies Record<Role, string>;

/** Whoever is one of these is nothing else beside it, whatever stands in his row. */
const ALONE: readonly Role[] = ['merchant', 'systemAdministrator', 'securityAdministrator'];

export function rightsOf(roles: readonly Role[]): readonly Right[] {
  return [...new Set(roles.flatMap((role) => RIGHTS_OF[role]))];
}

/**
 * What a user may. Roles that stand alone give nothing beside another; a merchant without a number may nothing. `isSeparated`: duties are separated here, so an administrator of before is a system administrator, and who
 * watches (auditor) does nothing else.
 */
export function rightsOfUser({ roles: names, merchantNo }: Pick<StoredUser, 'roles' | 'merchantNo'>, isSeparated: boolean): readonly Right[] {
  const roles = knownRoles(names);
  if (roles.includes('merchant')) return merchantNo === undefined ? [] : rightsOf(['merchant']);
  if (roles.length > 1 && roles.some((role) => mustStandAlone(role, isSeparated))) return [];
  return rightsOf(roles.map((role) => (isSeparated && role === 'administrator' ? 'systemAdministrator' : role)));
}

/** Why these roles may not be one person's, or undefined. (The merchant has a rule of its own, `refuseMerchant`.) */
export function whyNotTogether(roles: readonly string[], isSeparated: boolean): Bilingual | undefined {
  const alone = knownRoles(roles).find((role) => role !== 'merchant' && mustStandAlone(role, isSeparated));
  return alone !== undefined && roles.length > 1 ? { zh: `“${ROLE_WORDS[alone]}”角色不能与其他角色同时授予`, en: `the role ${alone} stands alone` } : undefined;
}

function mustStandAlone(role: Role, isSeparated: boolean): boolean {
  return ALONE.includes(role) || (isSeparated && (role === 'auditor' || role === 'administrator'));
}

/** One of the three who keep the machine, its accounts and its log. */
export function hasDuty(roles: readonly string[]): boolean {
  return DUTIES.some((duty) => roles.includes(duty));
}

/** Roles this program does not know give no rights. */
export function knownRoles(names: readonly string[]): readonly Role[] {
  return ROLES.filter((role) => names.includes(role));
}
