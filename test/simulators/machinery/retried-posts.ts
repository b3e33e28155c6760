import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

import type { RecordTable } from './record-tables.js';
import { realTimers, type SimulatorTimers } from './simulator-timers.js';

/** A message as it goes over the wire. */
export type PostedMessage = { readonly headers: Readonly<Record<string, string>>; readonly body: Buffer };
/** What the merchant answered; `null` when nothing was sent or nothing came back. */
export type PostReply = { readonly status: number | null; readonly answer: string | null };
/** `sent`: the real thing, or the fault that replaced it. */
export type PostAttempt = PostReply & { readonly at: string; readonly sent: string };

/** What the queue is told. `retryGapsMs`: waits where they are not those of the queue. */
type News = { readonly url: string; readonly retryGapsMs?: readonly number[] };
/** What the queue adds to it. Times are ISO 8601. */
type Schedule = {
  readonly id: string;
  readonly createdAt: string;
  readonly attempts: readonly PostAttempt[];
  readonly roundsMade: number;
  /** `undefined` when it was accepted or the retries are used up. */
  readonly nextAttemptAt: string | undefined;
  readonly accepted: boolean;
  /** A delay strikes once. */
  readonly delayed: boolean;
};
export type RetriedPost<Content> = Content & News & Schedule;

/** What can go wrong with one round whatever is sent; the next round is the next chance. */
export type RoundFault =
  /** Never leaves; counts as a failed round, so it is retried on schedule. */
  | { readonly kind: 'drop' }
  /** Sent `copies` more times at once, whatever the merchant answers. */
  | { readonly kind: 'duplicate'; readonly copies: number }
  /** Sent this much later, so that others overtake it. */
  | { readonly kind: 'delay'; readonly delayMs: number };
export type Genuine = { readonly kind: 'genuine' };

export type RetriedPostsOptions<Content> = {
  readonly posts: RecordTable<RetriedPost<Content>>;
  readonly now: () => Date;
  readonly timers?: SimulatorTimers;
  /** Waits after the first round and after each retry. */
  readonly retryGapsMs: readonly number[];
  readonly answerDeadlineMs: number;
};

/** Posts messages and repeats each until the merchant accepts it or the schedule is used up. `Flaw`: what can be wrong with a message that is sent all the same. */
export abstract class RetriedPosts<Content, Flaw extends { readonly kind: string }> {
  readonly #options: RetriedPostsOptions<Content>;
  readonly #waiting = new Set<string>();
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #stopping = new AbortController();
  #wakeUp: { readonly at: number; readonly cancel: () => void } | undefined;

  constructor(options: RetriedPostsOptions<Content>) {
    this.#options = options;
    for (const { id, nextAttemptAt } of options.posts.all()) if (nextAttemptAt !== undefined) this.#waiting.add(id);
    this.#planWakeUp();
  }

  /** Headers and bytes, signed now: the real thing, or with something wrong. */
  abstract message(post: RetriedPost<Content>, variation: Genuine | Flaw): PostedMessage;
  protected abstract takeFault(post: RetriedPost<Content>): RoundFault | Flaw | undefined;
  protected abstract isAccepted(reply: PostReply): boolean;

  /** Queues a message; its first round is due at once. */
  add(news: Content & News, id: string = randomUUID()): RetriedPost<Content> {
    const now = this.#options.now().toISOString();
    const schedule: Schedule = { id, createdAt: now, attempts: [], roundsMade: 0, nextAttemptAt: now, accepted: false, delayed: false };
    const post = { ...news, ...schedule };
    this.#options.posts.put(id, post);
    this.#waiting.add(id);
    this.#planWakeUp();
    return post;
  }

  list(): readonly RetriedPost<Content>[] {
    return this.#options.posts.all();
  }

  /** Does everything that is due by the simulator's clock and waits for what is under way. */
  runDue(): Promise<void> {
    return this.#runUntil(this.#options.now().getTime());
  }

  /** Posts a message now, outside any schedule. Redirects are not followed. */
  post(url: string, { headers, body }: PostedMessage): Promise<PostReply> {
    const { promise, resolve } = Promise.withResolvers<PostReply>();
    const nothing = (): void => { resolve({ status: null, answer: null }); };
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const signal = AbortSignal.any([AbortSignal.timeout(this.#options.answerDeadlineMs), this.#stopping.signal]);
    const request = send(url, { method: 'POST', headers: { ...headers, 'Content-Length': String(body.length) }, agent: false, signal }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => { chunks.push(chunk); });
      answer.once('error', nothing);
      answer.once('close', () => {
        if (answer.complete) resolve({ status: answer.statusCode ?? null, answer: Buffer.concat(chunks).toString('utf8') });
        else nothing();
      });
    });
    request.once('error', nothing);
    request.end(body);
    return promise;
  }

  /** Rounds under way are cut off and stay due. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wakeUp?.cancel();
    await Promise.all(this.#underWay.values());
  }

  /** What goes out in one round in place of the message. */
  protected sendingsOf(flaw: Flaw): readonly (Genuine | Flaw)[] {
    return [flaw];
  }

  async #runUntil(time: number): Promise<void> {
    for (const id of this.#waiting) {
      const dueAt = this.#options.posts.get(id)?.nextAttemptAt;
      if (dueAt === undefined || Date.parse(dueAt) > time || this.#underWay.has(id) || this.#stopping.signal.aborted) continue;
      const round = this.#round(id).finally(() => {
        this.#underWay.delete(id);
        this.#planWakeUp();
      });
      this.#underWay.set(id, round);
    }
    await Promise.all(this.#underWay.values());
    this.#planWakeUp();
  }

  async #round(id: string): Promise<void> {
    const { posts, now, retryGapsMs } = this.#options;
    const post = posts.get(id);
    if (post === undefined) return;
    const fault = this.takeFault(post);
    if (fault !== undefined && isDelay(fault) && !post.delayed) {
      posts.put(id, { ...post, delayed: true, nextAttemptAt: new Date(now().getTime() + fault.delayMs).toISOString() });
      return;
    }
    const made: PostAttempt[] = [];
    for (const variation of this.#variations(fault)) {
      const at = now().toISOString();
      const reply = variation === 'drop' ? { status: null, answer: null } : await this.post(post.url, this.message(post, variation));
      if (this.#stopping.signal.aborted) return;
      made.push({ ...reply, at, sent: variation === 'drop' ? 'drop' : variation.kind });
    }
    const accepted = made.some((attempt) => this.isAccepted(attempt));
    // Extra copies count once: the schedule is about rounds, not about messages.
    const gapMs = accepted ? undefined : (post.retryGapsMs ?? retryGapsMs)[post.roundsMade];
    const nextAttemptAt = gapMs === undefined ? undefined : new Date(now().getTime() + gapMs).toISOString();
    if (nextAttemptAt === undefined) this.#waiting.delete(id);
    posts.put(id, { ...post, attempts: [...post.attempts, ...made], roundsMade: post.roundsMade + 1, accepted, nextAttemptAt });
  }

  #variations(fault: RoundFault | Flaw | undefined): readonly (Genuine | Flaw | 'drop')[] {
    if (fault === undefined) return [{ kind: 'genuine' }];
    if (!isRoundFault(fault)) return this.sendingsOf(fault);
    if (fault.kind === 'drop') return ['drop'];
    return Array.from({ length: fault.kind === 'duplicate' ? fault.copies + 1 : 1 }, () => ({ kind: 'genuine' }));
  }

  #planWakeUp(): void {
    if (this.#stopping.signal.aborted) return;
    let earliest: number | undefined;
    for (const id of this.#waiting) {
      const dueAt = this.#underWay.has(id) ? undefined : this.#options.posts.get(id)?.nextAttemptAt;
      if (dueAt !== undefined && (earliest === undefined || Date.parse(dueAt) < earliest)) earliest = Date.parse(dueAt);
    }
    if (earliest === undefined || (this.#wakeUp !== undefined && this.#wakeUp.at <= earliest)) return;
    this.#wakeUp?.cancel();
    const { now, timers = realTimers } = this.#options;
    const at = earliest;
    const cancel = timers.after(Math.max(0, at - now().getTime()), () => {
      this.#wakeUp = undefined;
      // A clock in a test's hands may stand still: what was waited for is due.
      void this.#runUntil(Math.max(at, now().getTime()));
    });
    this.#wakeUp = { at, cancel };
  }
}

function isRoundFault(fault: RoundFault | { readonly kind: string }): fault is RoundFault {
  return ['drop', 'duplicate', 'delay'].includes(fault.kind);
}

function isDelay(fault: { readonly kind: string }): fault is Extract<RoundFault, { readonly kind: 'delay' }> {
  return fault.kind === 'delay';
}
