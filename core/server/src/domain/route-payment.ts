/**
 * Routing (路由): which channel instances may serve a new payment. Rules are read from the top; the first whose conditions all hold decides, and its
 * channels are tried in their order. Only new payments are routed: one that was sent belongs to its channel for ever.
 */
import type { PaymentMethod } from '@hospay/plugin-sdk';
import type { Owner } from './order.js';

/** What is known when a payment is about to be made. */
export type RouteCriteria = {
  readonly method: PaymentMethod;
  readonly amountFen: number;
  readonly hospitalId: string;
  readonly owner: Owner;
  /** kiosk, window, doctorStation … Undefined for applications. */
  readonly terminalKind?: string | undefined;
  /** Where the console put the terminal; looked up when the payment is routed. */
  readonly terminalGroup?: string | undefined;
  readonly campus?: string | undefined;
  /** The HIS's own word for what is paid (挂号, 门诊, 住院预交 …), where the quote carries one. */
  readonly feeType?: string | undefined;
  /** A channel instance the caller asks for by name: the rules may refuse it, never replace it. */
  readonly wanted?: string | undefined;
};

export type RoutingRule = {
  /** What the rule is called in logs and on screens. */
  readonly name: string;
  /** Absent condition: any. */
  readonly when: {
    readonly methods?: readonly PaymentMethod[];
    readonly hospitals?: readonly string[];
    readonly campuses?: readonly string[];
    readonly terminalKinds?: readonly string[];
    readonly terminalGroups?: readonly string[];
    /** Ids of terminals or applications; a trailing `*` stands for any ending. */
    readonly owners?: readonly string[];
    readonly feeTypes?: readonly string[];
    /** Inclusive. */
    readonly fromFen?: number;
    /** Inclusive. */
    readonly toFen?: number;
  };
  /** Instance ids in order of preference. Empty: this is not offered. */
  readonly channels: readonly string[];
};

export type Campus = { readonly id: string; readonly owners: readonly string[] };

/** The instances that may serve, in order. Without a rule that matches: all of them, in the order of the configuration. */
export function routePayment(rules: readonly RoutingRule[], campuses: readonly Campus[], configured: readonly string[], criteria: RouteCriteria): readonly string[] {
  const campus = criteria.campus ?? campusOf(campuses, criteria.owner);
  const rule = rules.find(({ when }) => matches(when, criteria, campus));
  const channels = rule?.channels ?? configured;
  return criteria.wanted === undefined ? channels : channels.filter((id) => id === criteria.wanted);
}

/** The campus whose list names the owner, else the first one. A campus assigned in the console goes before. */
export function campusOf(campuses: readonly Campus[], owner: Owner): string | undefined {
  return (campuses.find(({ owners }) => owners.some((pattern) => fits(pattern, owner.id))) ?? campuses[0])?.id;
}

function matches(when: RoutingRule['when'], criteria: RouteCriteria, campus: string | undefined): boolean {
  return (
    isAmong(when.methods, criteria.method) &&
    isAmong(when.hospitals, criteria.hospitalId) &&
    isAmong(when.campuses, campus) &&
    isAmong(when.terminalKinds, criteria.terminalKind) &&
    isAmong(when.terminalGroups, criteria.terminalGroup) &&
    isAmong(when.feeTypes, criteria.feeType) &&
    (when.owners === undefined || when.owners.some((pattern) => fits(pattern, criteria.owner.id))) &&
    criteria.amountFen >= (when.fromFen ?? 0) &&
    criteria.amountFen <= (when.toFen ?? Number.MAX_SAFE_INTEGER)
  );
}

function isAmong<Word extends string>(allowed: readonly Word[] | undefined, word: Word | undefined): boolean {
  return allowed === undefined || (word !== undefined && allowed.includes(word));
}

function fits(pattern: string, id: string): boolean {
  return pattern.endsWith('*') ? id.startsWith(pattern.slice(0, -1)) : pattern === id;
}
