import { defineStore } from 'pinia';
import { ref, watch } from 'vue';
import { call } from '../api/call';
import { useSession } from '../session/session-store';
import { readLiveNews, type LiveNews, type LiveTopic } from './live-topics';

const ADDRESS = '/console-api/v1/events';
/** Turned away, or the platform is being updated: pages ask by themselves until then. */
const TRY_AGAIN_MS = 20_000;
/** A changed password ends the old session a moment before this window has the new one: who asked at once would be shown out. */
const ASK_WHO_MS = 1_000;

type Hearer = { readonly topics: readonly LiveTopic[]; /** Undefined: anything may have changed. */ readonly changed: (news: LiveNews | undefined) => void };

/** One stream of live events for the whole window. While it is not there, `isConnected` is false and pages ask on their own. */
export const useLive = defineStore('live', () => {
  const session = useSession();
  const isConnected = ref(false);
  const hearers = new Set<Hearer>();
  let source: EventSource | undefined;
  let opening: ReturnType<typeof setTimeout> | undefined;
  /** The first stream opens with the page, which reads everything itself. */
  let isFirst = true;

  const tellAll = (): void => { for (const { changed } of hearers) changed(undefined); };
  const close = (): void => {
    clearTimeout(opening);
    source?.close();
    source = undefined;
    isConnected.value = false;
  };
  const openAgain = (afterMs: number): void => {
    close();
    if (session.session !== undefined) opening = setTimeout(open, afterMs);
  };
  /** Signed in no more, or anew: the answer says which, and the session store leaves the screen. */
  const askWho = async (): Promise<void> => {
    const isSignedIn = await call('readSession', undefined, 'page').then(() => true, () => false);
    if (source === undefined) openAgain(isSignedIn ? 0 : TRY_AGAIN_MS);
  };
  function open(): void {
    close();
    const mine = new EventSource(ADDRESS);
    source = mine;
    mine.addEventListener('ready', () => {
      const wasAway = !isFirst;
      isFirst = false;
      isConnected.value = true;
      // What was missed comes by itself where the browser came back; a stream that was opened anew knows of nothing.
      if (wasAway) tellAll();
    });
    mine.addEventListener('reset', () => {
      isFirst = false;
      isConnected.value = true;
      tellAll();
    });
    mine.addEventListener('changed', ({ data }: MessageEvent<string>) => {
      const news = readLiveNews(data);
      if (news !== undefined) for (const { topics, changed } of hearers) if (topics.includes(news.topic)) changed(news);
    });
    mine.addEventListener('ended', () => {
      if (source !== mine) return;
      close();
      opening = setTimeout(() => void askWho(), ASK_WHO_MS);
    });
    mine.addEventListener('error', () => {
      if (source !== mine) return;
      isConnected.value = false;
      // A line that broke comes back by itself; who was turned away does not.
      if (mine.readyState === EventSource.CLOSED) openAgain(TRY_AGAIN_MS);
    });
  }

  // On the way in nothing may be heard yet.
  watch(() => (session.session?.entryStep === undefined ? session.session?.csrfToken : undefined), (token) => {
    isFirst = true;
    if (token === undefined) close();
    else open();
  }, { immediate: true });

  return {
    isConnected,
    /** @returns how to hear no more */
    hear(topics: readonly LiveTopic[], changed: Hearer['changed']): () => void {
      const hearer = { topics, changed };
      hearers.add(hearer);
      return () => hearers.delete(hearer);
    },
  };
});
