import { Op } from 'sequelize';
import type { AuditStore } from '../../../operations/ports.js';
import type { SignInRefusal, SignInRefusals } from '../../../users/ports.js';
import type { Models } from './models.js';

export function auditEventStore({ auditEvents }: Models): AuditStore {
  return {
    async append(row) {
      await auditEvents.create({ ...row });
    },
    async last() {
      return (await auditEvents.findOne({ order: [['seq', 'DESC']] }))?.get();
    },
    async read({ afterSeq, limit }) {
      return (await auditEvents.findAll({ where: { seq: { [Op.gt]: afterSeq } }, order: ['seq'], limit })).map((row) => row.get());
    },
  };
}

/** As they are written where somebody is refused. */
const REASONS: Readonly<Record<string, SignInRefusal['reason']>> = { 'no such login': 'noSuchLogin', 'wrong password': 'wrongPassword', 'wrong second factor': 'wrongSecondFactor', locked: 'locked' };
/** Of the log's end only so much is looked at: it has no index by act, and grows for ever. */
const ROWS_LOOKED_AT = 20_000;
const MOST_REFUSALS = 500;

export function signInRefusals({ auditEvents }: Models): SignInRefusals {
  return {
    async since(from) {
      const last = (await auditEvents.findOne({ order: [['seq', 'DESC']], attributes: ['seq'] }))?.get().seq ?? 0;
      const looked = Math.max(0, last - ROWS_LOOKED_AT);
      const rows = (await auditEvents.findAll({ where: { seq: { [Op.gt]: looked }, what: 'session.refused', at: { [Op.gt]: from.toISOString() } }, order: [['seq', 'DESC']], limit: MOST_REFUSALS + 1 })).map((row) => row.get());
      const first = looked === 0 ? undefined : (await auditEvents.findByPk(looked))?.get();
      const grouped = new Map<string, SignInRefusal>();
      for (const { at, who, after, reason } of rows.slice(0, MOST_REFUSALS)) {
        const refusal = { login: who === 'unknown' ? undefined : who, from: addressIn(after), reason: REASONS[reason ?? ''] ?? 'other' };
        const key = JSON.stringify([refusal.login, refusal.from, refusal.reason]);
        const known = grouped.get(key);
        grouped.set(key, known === undefined ? { ...refusal, count: 1, lastAt: at } : { ...known, count: known.count + 1 });
      }
      return { count: Math.min(rows.length, MOST_REFUSALS), isWhole: rows.length <= MOST_REFUSALS && (first === undefined || first.at <= from.toISOString()), rows: [...grouped.values()] };
    },
  };
}

function addressIn(after: string | null): string | undefined {
  const told: unknown = after === null ? undefined : JSON.parse(after);
  return typeof told === 'object' && told !== null && 'from' in told && typeof told.from === 'string' ? told.from : undefined;
}
