import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { listenHttp } from './http-listener.js';
import { RecordTables } from './record-tables.js';
import { RetriedPosts, type PostedMessage, type PostReply, type RetriedPost, type RoundFault } from './retried-posts.js';
import type { SimulatorTimers } from './simulator-timers.js';

type Word = { readonly word: string };
class Words extends RecordTables<{ post: RetriedPost<Word> }> {
  readonly posts = this.table('post');
}
class WordPosts extends RetriedPosts<Word, never> {
  message({ word }: Word): PostedMessage {
    return { headers: {}, body: Buffer.from(word) };
  }

  protected takeFault(): RoundFault | undefined {
    return undefined;
  }

  protected isAccepted({ answer }: PostReply): boolean {
    return answer === 'heard';
  }
}

test('a wait that is over makes a post due, though the clock of the test stands still', async (context) => {
  const wakeUps: (() => void)[] = [];
  const { posts, url, heard } = await postsOf(context, { after: (_delayMs, task) => {
    wakeUps.push(task);
    return () => undefined;
  } });
  posts.add({ word: 'slow', url });
  wakeUps.shift()?.();
  await posts.runDue();
  await posts.runDue();
  assert.deepEqual(heard, ['slow'], 'the second round is not due by a clock that stands');
  wakeUps.shift()?.();
  await posts.runDue();
  assert.deepEqual([heard, posts.list()[0]?.roundsMade], [['slow', 'slow'], 2]);
});

test('a round under way is waited for, not made twice', async (context) => {
  const { posts, url, heard } = await postsOf(context, { after: () => () => undefined });
  posts.add({ word: 'once', url });
  await Promise.all([posts.runDue(), posts.runDue()]);
  assert.deepEqual(heard, ['once']);
});

async function postsOf(context: TestContext, timers: SimulatorTimers): Promise<{ readonly posts: WordPosts; readonly url: string; readonly heard: string[] }> {
  const heard: string[] = [];
  const listener = await listenHttp({ name: 'test', answer: (_request, body, response) => {
    heard.push(body.toString('utf8'));
    response.end('what?');
  } });
  const store = new Words(undefined, 'words.sqlite');
  const posts = new WordPosts({ posts: store.posts, now: () => new Date('2026-11-27T08:00:00Z'), timers, retryGapsMs: [60_000], answerDeadlineMs: 5_000 });
  context.after(async () => {
    await posts.stop();
    await listener.stop();
    store.close();
  });
  return { posts, url: `http://127.0.0.1:${String(listener.port)}`, heard };
}
