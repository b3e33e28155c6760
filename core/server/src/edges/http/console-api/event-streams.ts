/** Streams of live events (text/event-stream, WHATWG HTML 9.2): one per window of the console, each for one session, and over when that session is. */
import { Readable } from 'node:stream';
import { ok, refused, type Outcome } from '../../../domain/errors.js';
import type { Timers } from '../../../domain/time.js';
import { LIVE_TOPICS, type EventHub, type LiveEvent } from '../../../live-events/ports.js';
import type { ConsoleUsers, SignedIn } from '../../../users/ports.js';
import type { ConsoleCaller } from './console-access.js';

/** A browser keeps six connections to one address (HTTP/1.1), and the pages of all its windows need the others. */
const MOST_OF_A_SESSION = 3;
/** Everybody of a hospital who sits at a console, and more. */
const MOST_IN_ALL = 300;
/** Proxies give up a line that is silent for thirty seconds or more; and a session that ended is noticed by then. */
const BEAT_EVERY_MS = 15_000;
/** Some hundred events nobody took: who reads that slowly begins anew, and asks for everything. */
const MOST_UNREAD_BYTES = 64 * 1024;

export type EventStreams = {
  /** `lastEventId`: the mark a browser comes back with. Errors: TOO_MANY_REQUESTS. */
  open(request: { readonly caller: ConsoleCaller; readonly lastEventId: string | undefined }): Outcome<Readable>;
  /** Ends every stream. */
  stop(): void;
};

type Open = { readonly stream: Readable; readonly token: string; readonly session: string; who: SignedIn };

export function createEventStreams({ hub, users, timers }: { readonly hub: EventHub; readonly users: Pick<ConsoleUsers, 'findSession'>; readonly timers: Timers }): EventStreams {
  const streams = new Set<Open>();
  let beating: { cancel(): void } | undefined;
  let isStopped = false;

  const write = ({ stream }: Open, text: string): void => {
    if (stream.destroyed || stream.readableEnded) return;
    stream.push(text);
    if (stream.readableLength > MOST_UNREAD_BYTES) stream.destroy();
  };
  const tell = (open: Open, event: LiveEvent): void => {
    if (mayHear(open.who, event)) write(open, block({ id: hub.markOf(event), event: 'changed', data: { topic: event.topic, ids: event.ids } }));
  };
  const end = (open: Open): void => {
    write(open, block({ event: 'ended', data: {} }));
    streams.delete(open);
    open.stream.push(null);
  };
  // Asked as a page asks: a stream keeps nobody signed in.
  const lookAgain = async (open: Open): Promise<void> => {
    const who = await users.findSession({ token: open.token, by: 'page' });
    if (who === undefined) end(open);
    else open.who = who;
  };
  const lookAtAll = async (): Promise<void> => {
    // A database that does not answer now ends nobody's session.
    await Promise.all([...streams].map((open) => lookAgain(open).catch(() => undefined)));
  };
  const beat = (): void => {
    beating = timers.after(BEAT_EVERY_MS, () => {
      void lookAtAll().then(() => {
        for (const open of streams) write(open, ': beat\n\n');
        beating = undefined;
        if (streams.size > 0 && !isStopped) beat();
      });
    });
  };
  const forget = hub.listen({
    changed(event) { for (const open of streams) tell(open, event); },
    sessionsChanged() { void lookAtAll(); },
  });

  return {
    open({ caller: { token, ...who }, lastEventId }) {
      const ofSession = [...streams].filter(({ session }) => session === who.csrfToken).length;
      if (isStopped || ofSession >= MOST_OF_A_SESSION || streams.size >= MOST_IN_ALL) return refused('TOO_MANY_REQUESTS', { zh: `每个会话最多 ${String(MOST_OF_A_SESSION)} 个实时推送连接，全院最多 ${String(MOST_IN_ALL)} 个；请关闭多余的页面`, en: `at most ${String(MOST_OF_A_SESSION)} streams of one session, ${String(MOST_IN_ALL)} in all` });
      const stream = new Readable({ read() {}, destroy(error, done) { streams.delete(open); done(error); } });
      const open: Open = { stream, token, session: who.csrfToken, who };
      streams.add(open);
      const missed = lastEventId === undefined ? [] : hub.since(lastEventId);
      write(open, block({ id: hub.mark(), event: missed === undefined ? 'reset' : 'ready', data: {} }));
      for (const event of missed ?? []) tell(open, event);
      if (beating === undefined) beat();
      return ok(stream);
    },
    stop() {
      isStopped = true;
      forget();
      beating?.cancel();
      for (const open of streams) open.stream.push(null);
      streams.clear();
    },
  };
}

function mayHear({ login, rights }: SignedIn, { topic, onlyFor }: LiveEvent): boolean {
  const right = LIVE_TOPICS[topic];
  return right === 'own' ? onlyFor === login : rights.includes(right);
}

function block({ id, event, data }: { readonly id?: string; readonly event: string; readonly data: unknown }): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
