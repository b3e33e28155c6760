import { createHash } from 'node:crypto';
import { ok, refused } from '../domain/errors.js';
import type { DisplayDesk, DisplayPorts } from './ports.js';

const TOKEN_BYTES = 32;
/** A screen asks every few seconds; when it was last there need not be known better than this. */
const WRITE_EVERY_MS = 60_000;

/**
 * Screens that show the wallboard. Such a screen hangs in a corridor and starts again by itself at night: a session would throw it to the sign-in page. Its token reads the wallboard and nothing else, may be bound to an
 * address, and holds until somebody withdraws it.
 */
export function createDisplayDesk({ rows, clock, random, audit }: DisplayPorts): DisplayDesk {
  return {
    list: () => rows.list(),
    async add({ title, address, by }) {
      const token = Buffer.from(random.bytes(TOKEN_BYTES)).toString('base64url');
      const display = await rows.add({ title, address, tokenHash: hashOf(token), by, at: clock.now() });
      await audit.record({ who: by, what: 'display.add', object: `display ${String(display.id)}`, after: { title, ...(address === undefined ? {} : { address }) } });
      return { display, token };
    },
    async withdraw({ id, by }) {
      const display = await rows.withdraw(id, clock.now());
      if (display === undefined) return refused('NO_SUCH_ITEM');
      await audit.record({ who: by, what: 'display.withdraw', object: `display ${String(id)}`, before: { title: display.title } });
      return ok(display);
    },
    async letIn({ token, address }) {
      const display = await rows.findByToken(hashOf(token));
      if (display === undefined || display.withdrawnAt !== undefined) return refused('NOT_SIGNED_IN', { zh: '大屏终端令牌不存在，或已收回', en: 'this display token is not known, or was withdrawn' });
      if (display.address !== undefined && display.address !== address) return refused('NOT_PERMITTED', { zh: '该大屏终端不允许从此地址访问', en: 'this display may not be shown from here' });
      const now = clock.now();
      if (display.lastSeenAt === undefined || Math.abs(now.getTime() - display.lastSeenAt.getTime()) >= WRITE_EVERY_MS || display.lastAddress !== address) await rows.seen(display.id, now, address);
      return ok(display);
    },
  };
}

function hashOf(token: string): string {
  return createHash('sha256').update(`display:${token}`).digest('hex');
}
