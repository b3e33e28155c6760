/** What the platform tells of, as its stream of live events names it. A test holds this against the platform's own list. */
export const LIVE_TOPICS = [
  'orders', 'cases', 'approvals', 'changes', 'payouts', 'prepayment', 'arrivals', 'settlements', 'periods', 'reconciliation', 'windowDesk', 'forms', 'quickPay', 'tasks', 'queue', 'alarms', 'certificates', 'plugins', 'terminals', 'dictionaries',
  'hisNotices', 'hisDoctor', 'applications', 'shifts', 'tills', 'displays', 'backups', 'audit', 'users', 'exports', 'work',
] as const;
export type LiveTopic = (typeof LIVE_TOPICS)[number];

/** `ids` empty: it is not known which, or many. */
export type LiveNews = { readonly topic: LiveTopic; readonly ids: readonly string[] };

/** Undefined for what this console does not know: the platform may be newer for a moment. */
export function readLiveNews(text: string): LiveNews | undefined {
  const told: unknown = JSON.parse(text);
  if (typeof told !== 'object' || told === null || !('topic' in told) || !('ids' in told) || !Array.isArray(told.ids)) return undefined;
  const topic = LIVE_TOPICS.find((known) => known === told.topic);
  return topic === undefined ? undefined : { topic, ids: told.ids.filter((id) => typeof id === 'string') };
}
