import type { CollectorCursors } from '../../../operations/ports.js';
import type { Models } from './models.js';

export function auditCollectorStore({ auditCollectors }: Models, hospital: string): CollectorCursors {
  return {
    async open(collector, now) {
      const found = (await auditCollectors.findOne({ where: { hospital, collector } })) ?? (await auditCollectors.create({ hospital, collector, seq: 0, since: now, takenAt: null }));
      const { seq, since, takenAt } = found.get();
      return { seq, since, takenAt: takenAt ?? undefined };
    },
    async move(collector, seq, takenAt) {
      await auditCollectors.update({ seq, takenAt }, { where: { hospital, collector } });
    },
  };
}
