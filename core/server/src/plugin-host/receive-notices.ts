/** Lets an adapter receive what its HIS tells by itself, while it is the one that serves. A HIS's notice that does not fit the contract never reaches the core. */
import { HisNoticeSchema, NoticeAnswerSchema, type DeliverNotice, type HisNotice, type HospitalAdapter, type NoticeAnswer, type NoticeReceiver } from '@hospay/plugin-sdk';
import { Compile } from 'typebox/compile';
import type { Log } from '../domain/log.js';
import type { Timers } from '../domain/time.js';

export type DeliverNoticeOf = (instance: string, notice: HisNotice) => Promise<NoticeAnswer>;

export type Receiving = { readonly adapter: HospitalAdapter; readonly deliver: DeliverNotice; readonly timers: Timers; readonly log: Log };

const NOTICE = Compile(HisNoticeSchema);
const ANSWER = Compile(NoticeAnswerSchema);
/** A port that is still held, a HIS that is down: tried again for as long as the adapter serves. */
const AGAIN_AFTER_MS = 5_000;
const STOP_DEADLINE_MS = 10_000;

/** Begins; what is returned ends it. */
export function receiveNotices({ adapter, deliver, timers, log }: Receiving): () => Promise<void> {
  if (adapter.receiveNotices === undefined) return () => Promise.resolve();
  const state: { isOver: boolean; retry: { cancel(): void } } = { isOver: false, retry: { cancel() {} } };
  const begin = async (): Promise<NoticeReceiver | undefined> => {
    if (state.isOver) return undefined;
    try {
      const receiver = await adapter.receiveNotices?.((notice) => (state.isOver ? Promise.resolve(NOT_NOW) : guarded(deliver, notice, log)));
      log.info('receives what the HIS tells by itself', receiver?.port === undefined ? {} : { port: receiver.port });
      return receiver;
    } catch (error) {
      log.error('what the HIS tells by itself cannot be received; tried again', { error });
      state.retry = timers.after(AGAIN_AFTER_MS, () => { current = begin(); });
      return undefined;
    }
  };
  let current = begin();
  return async () => {
    state.retry.cancel();
    const late = Promise.withResolvers<undefined>();
    const timer = timers.after(STOP_DEADLINE_MS, () => { late.resolve(undefined); });
    // Those under way are answered before nothing is delivered any more.
    await Promise.race([current.then((receiver) => receiver?.stop()).catch((error: unknown) => { log.warn('a receiver of notices did not stop cleanly', { error }); }), late.promise]);
    timer.cancel();
    state.isOver = true;
  };
}

const NOT_NOW: NoticeAnswer = { kind: 'unknown', reason: 'the adapter is stopping: send it again' };

async function guarded(deliver: DeliverNotice, notice: unknown, log: Log): Promise<NoticeAnswer> {
  let copy: unknown;
  try {
    copy = structuredClone(notice);
  } catch {
    copy = undefined;
  }
  if (!NOTICE.Check(copy)) {
    log.error('an adapter delivered what is no notice', {});
    return { kind: 'unknown', reason: 'the notice is not in the shape of the contract' };
  }
  try {
    const answer = await deliver(copy);
    return ANSWER.Check(answer) ? answer : { kind: 'unknown', reason: 'the core gave no answer' };
  } catch (error) {
    log.error('a notice of the HIS was not delivered', { error });
    return { kind: 'unknown', reason: 'not delivered: send it again' };
  }
}
