import type { OrderAggregate } from '../../../domain/order.js';
import type { EventSource, SinkCursors } from '../../../event-sinks/ports.js';
import type { GroupCommit } from './group-commit.js';
import { number, optionalText, text } from './rows.js';
import type { Statements } from './statements.js';

export const EVENTS_SQL = 'SELECT id, trade_no, axis, subject, to_state, order_version, at FROM state_event WHERE id > ? ORDER BY id LIMIT ?';

/** Kept events and how far each sink has come with them, in one database: restored together, they go on together. */
export function sqliteEventSource({ sql, commits, load }: { readonly sql: Statements; readonly commits: GroupCommit; readonly load: (tradeNo: string) => OrderAggregate | undefined }): { readonly source: EventSource; readonly cursors: SinkCursors } {
  return {
    source: {
      read: ({ after, limit }) => sql.all(EVENTS_SQL, after, limit).map((row) => ({ id: number(row, 'id'), tradeNo: text(row, 'trade_no'), axis: text(row, 'axis'), subject: text(row, 'subject'), to: text(row, 'to_state'), version: number(row, 'order_version'), at: text(row, 'at') })),
      newest() {
        const row = sql.get('SELECT coalesce(max(id), 0) AS id FROM state_event');
        return row === undefined ? 0 : number(row, 'id');
      },
      findOrder: load,
    },
    cursors: {
      find(name) {
        const row = sql.get('SELECT event_id, published_at FROM sink_cursor WHERE name = ?', name);
        return row === undefined ? undefined : { eventId: number(row, 'event_id'), publishedAt: optionalText(row, 'published_at') };
      },
      move: (name, eventId, publishedAt) => commits.write(() => {
        sql.run('INSERT INTO sink_cursor (name, event_id, published_at) VALUES (?,?,?) ON CONFLICT (name) DO UPDATE SET event_id = excluded.event_id, published_at = excluded.published_at', name, eventId, publishedAt?.toISOString() ?? null);
      }),
    },
  };
}
