import { Op } from 'sequelize';
import type { AuditStore } from '../../../operations/ports.js';
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
