import { Op, UniqueConstraintError } from 'sequelize';
import { SETUP_EVENTS, SETUP_STEPS, type SetupEvent, type SetupRows } from '../../../setup/ports.js';
import type { Models, SetupEventRow } from './models.js';

export function setupEventStore({ setupEvents }: Models, hospital: string): SetupRows {
  return {
    async add({ reason, detail, ...event }) {
      try {
        return view((await setupEvents.create({ ...event, hospital, reason: reason ?? null, detail: JSON.stringify(detail) })).get());
      } catch (error) {
        // Two pressed at once, and a box goes live once.
        if (error instanceof UniqueConstraintError) return undefined;
        throw error;
      }
    },
    async latest() {
      const newest = await setupEvents.findAll({ where: { hospital }, attributes: [[setupEvents.sequelize?.fn('max', setupEvents.sequelize.col('id')) ?? 'id', 'id']], group: ['step', 'kind'] });
      const rows = await setupEvents.findAll({ where: { id: { [Op.in]: newest.map((row) => row.get().id) } }, order: ['id'] });
      return rows.map((row) => view(row.get()));
    },
  };
}

function view({ id, step, kind, at, by, reason, detail }: SetupEventRow): SetupEvent {
  const [known, what] = [SETUP_STEPS.find((one) => one === step), SETUP_EVENTS.find((one) => one === kind)];
  if (known === undefined || what === undefined) throw new Error(`no such event of the set-up: ${step} ${kind}`);
  return { id, step: known, kind: what, at, by, reason: reason ?? undefined, detail: readDetail(detail) };
}

function readDetail(text: string): SetupEvent['detail'] {
  const read: unknown = JSON.parse(text);
  return Object.fromEntries(Object.entries(typeof read === 'object' && read !== null ? read : {}).map(([name, value]) => [name, String(value)]));
}
