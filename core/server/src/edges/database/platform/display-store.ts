import type { Display, DisplayRows } from '../../../wallboard/ports.js';
import type { DisplayRow, Models } from './models.js';

export function displayStore({ displays }: Models, hospital: string): DisplayRows {
  return {
    async add({ title, address, tokenHash, by, at }) {
      return view((await displays.create({ hospital, title, tokenHash, address: address ?? null, createdAt: at, createdBy: by, withdrawnAt: null, lastSeenAt: null, lastAddress: null })).get());
    },
    list: async () => (await displays.findAll({ where: { hospital }, order: [['id', 'DESC']] })).map((row) => view(row.get())),
    async findByToken(tokenHash) {
      const row = await displays.findOne({ where: { hospital, tokenHash } });
      return row === null ? undefined : view(row.get());
    },
    async seen(id, at, address) {
      await displays.update({ lastSeenAt: at, lastAddress: address }, { where: { hospital, id } });
    },
    async withdraw(id, at) {
      const [changed] = await displays.update({ withdrawnAt: at }, { where: { hospital, id, withdrawnAt: null } });
      const row = changed === 0 ? null : await displays.findOne({ where: { hospital, id } });
      return row === null ? undefined : view(row.get());
    },
  };
}

function view({ id, title, address, createdAt, createdBy, withdrawnAt, lastSeenAt, lastAddress }: DisplayRow): Display {
  return { id, title, address: address ?? undefined, createdAt, createdBy, withdrawnAt: withdrawnAt ?? undefined, lastSeenAt: lastSeenAt ?? undefined, lastAddress: lastAddress ?? undefined };
}
