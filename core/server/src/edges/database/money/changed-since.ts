/** What of the money database a screen would show differently since the last look. Read after commits: by the numbers of rows that are only ever added, so that a look costs some index steps however large the tables are. */
import type { DatabaseSync } from 'node:sqlite';
import type { LiveTopic } from '../../../live-events/ports.js';

/** Each topic by what grows or shrinks with it. Cases also end by themselves: then fewer are open. */
const HEADS: readonly { readonly topic: LiveTopic; readonly sql: string }[] = [
  { topic: 'cases', sql: "coalesce((SELECT max(id) FROM discrepancy_case), 0) || ' ' || (SELECT count(*) FROM discrepancy_case WHERE resolved_at IS NULL) || ' ' || coalesce((SELECT max(seq) FROM case_act), 0)" },
  { topic: 'reconciliation', sql: "coalesce((SELECT max(id) FROM reconciliation_run), 0) || ' ' || coalesce((SELECT max(id) FROM statement_file), 0) || ' ' || coalesce((SELECT max(at) FROM running_check), '')" },
  { topic: 'payouts', sql: "coalesce((SELECT max(seq) FROM payout), 0) || ' ' || coalesce((SELECT max(id) FROM bank_line), 0) || ' ' || coalesce((SELECT max(seq) FROM bank_statement), 0)" },
  { topic: 'arrivals', sql: 'coalesce((SELECT max(seq) FROM arrival), 0)' },
  { topic: 'shifts', sql: "coalesce((SELECT max(seq) FROM shift), 0) || ' ' || coalesce((SELECT max(rowid) FROM cash_act), 0)" },
  { topic: 'hisNotices', sql: 'coalesce((SELECT max(seq) FROM his_notice), 0)' },
];
/** State events of these axes belong to topics of their own; orders are announced by the store itself, with their numbers. */
const TOPIC_OF_AXIS: Readonly<Record<string, LiveTopic>> = { payout: 'payouts', prepaymentReturn: 'prepayment', hisNotice: 'hisNotices' };

/** @returns a look that gives the topics that have changed since the look before; the first gives none */
export function changedSince(database: DatabaseSync): () => readonly LiveTopic[] {
  const heads = database.prepare(`SELECT ${HEADS.map(({ topic, sql }) => `${sql} AS ${topic}`).join(', ')}`);
  const lastEvent = database.prepare('SELECT coalesce(max(id), 0) AS id FROM state_event');
  const axes = database.prepare('SELECT axis, max(id) AS id FROM state_event WHERE id > ? GROUP BY axis');
  let before = heads.get() ?? {};
  let event = Number(lastEvent.get()?.['id']);
  return () => {
    const now = heads.get() ?? {};
    const topics = new Set<LiveTopic>(HEADS.map(({ topic }) => topic).filter((topic) => now[topic] !== before[topic]));
    before = now;
    for (const { axis, id } of axes.all(event)) {
      const topic = TOPIC_OF_AXIS[String(axis)];
      if (topic !== undefined) topics.add(topic);
      event = Math.max(event, Number(id));
    }
    return [...topics];
  };
}
