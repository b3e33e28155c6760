import { onMounted, onUnmounted } from 'vue';
import { useLive } from './live-store';
import type { LiveNews, LiveTopic } from './live-topics';

/** What changes together is asked about once. */
const SETTLE_MS = 150;
/** Nobody reads faster, and a busy morning changes something every moment. */
const REST_MS = 2_000;
/** Without live events. */
const ASK_EVERY_MS = 30_000;

export type Fresh = {
  readonly topics: readonly LiveTopic[];
  /** Of which item of the topic: news of others is not its. */
  readonly of?: (() => string) | undefined;
  /** Where the platform itself shares one look for a time: asked sooner, it would say the same. */
  readonly settleMs?: number | undefined;
  /** Always, for what changes without an event. */
  readonly everyMs?: number | undefined;
};

/** Asks again when one of the topics has changed, and every half minute while live events are not there; never in a window nobody sees, which asks once it is seen again. */
export function keepFresh({ topics, of, settleMs = SETTLE_MS, everyMs }: Fresh, again: () => Promise<void>): void {
  const live = useLive();
  let soon: ReturnType<typeof setTimeout> | undefined;
  let beating: ReturnType<typeof setInterval> | undefined;
  let forget = (): void => {};
  let askedAt = Date.now();
  let isStale = false;

  const ask = (): void => {
    soon = undefined;
    if (document.hidden) {
      isStale = true;
      return;
    }
    isStale = false;
    askedAt = Date.now();
    void again();
  };
  const stale = (): void => { soon ??= setTimeout(ask, Math.max(settleMs, askedAt + REST_MS - Date.now())); };
  const seen = (): void => { if (!document.hidden && isStale) stale(); };
  const beat = (): void => { if (everyMs !== undefined || !live.isConnected) stale(); };

  onMounted(() => {
    forget = live.hear(topics, (news: LiveNews | undefined) => {
      if (of === undefined || news === undefined || news.ids.length === 0 || news.ids.includes(of())) stale();
    });
    beating = setInterval(beat, everyMs ?? ASK_EVERY_MS);
    document.addEventListener('visibilitychange', seen);
  });
  onUnmounted(() => {
    forget();
    clearTimeout(soon);
    clearInterval(beating);
    document.removeEventListener('visibilitychange', seen);
  });
}
