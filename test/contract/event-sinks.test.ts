import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test, { type TestContext } from 'node:test';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { EVENTS_SQL } from '@hospay/server/edges/database/money/sqlite-event-source.js';
import { mqttPublisher } from '@hospay/server/edges/sinks/mqtt-publisher.js';
import { createEventSink } from '@hospay/server/event-sinks/event-sink.js';
import { SINK_EVENTS, type Publisher } from '@hospay/server/event-sinks/ports.js';
import { startHospitalBroker } from './hospital-broker.js';
import { startStand, type Stand } from './payment-api-stand.js';
import { until } from './terminal-bench.js';

const TOPIC = 'hospital/pay/events';
/** A broker that is away is tried again within a hundredth of the time. */
const HURRIED = {
  after(ms: number, fire: () => void) {
    const timer = setTimeout(fire, ms / 100);
    return { cancel: () => { clearTimeout(timer); } };
  },
};

function startSink(context: TestContext, { store, clock }: Stand, publisher: Publisher, name = 'esb') {
  const sink = createEventSink({ name, kind: 'mqtt', ...store.events, publisher, clock, timers: HURRIED, log: SILENT_LOG });
  const forget = store.onChanged(() => { sink.nudge(); });
  const stop = async (): Promise<void> => {
    forget();
    await sink.stop();
  };
  context.after(stop);
  sink.start();
  return { view: () => sink.view(), stop };
}
const publisherTo = (url: string, protocolVersion: 4 | 5 = 5): Publisher => mqttPublisher({ url, topic: TOPIC, clientId: 'hospay-esb', protocolVersion });
/** What is kept of the told events from the first order of the test on. */
const kept = ({ store }: Stand) => store.database.prepare("SELECT id, trade_no, axis || '/' || to_state AS moved FROM state_event WHERE trade_no <> '' ORDER BY id").all().filter((row) => SINK_EVENTS[String(row['moved'])] !== undefined).map((row) => `${String(row['trade_no'])}.${String(row['id'])}`);
const ids = (heard: readonly Record<string, unknown>[]) => heard.map(({ eventId }) => String(eventId));

test('a new sink is told what happens from now on, in order, with the order as applications see it and nothing more', async (context) => {
  const broker = await startHospitalBroker(context);
  const heard = await broker.listen(TOPIC);
  const stand = await startStand(context);
  await stand.takePaid();
  const before = kept(stand).length;
  const sink = startSink(context, stand, publisherTo(broker.url));
  await until(() => stand.store.events.cursors.find('esb') !== undefined, 'the sink stands somewhere');
  const { tradeNo, paymentNo } = await stand.takePaid({ amountFen: 4_200 });
  await until(() => heard.length === 2, 'both events');
  assert.deepEqual(heard.map(({ event, tradeNo: of, subject }) => [event, of, subject]), [['paymentSucceeded', tradeNo, paymentNo], ['orderConfirmed', tradeNo, tradeNo]]);
  assert.deepEqual(ids(heard), kept(stand).slice(before));
  const [first] = heard;
  assert.deepEqual(Object.keys(first ?? {}), ['eventId', 'event', 'seq', 'tradeNo', 'subject', 'version', 'at', 'order']);
  assert.deepEqual(Object.keys(Object(first?.['order'])).toSorted(), Object.keys(JSON.parse(JSON.stringify((await stand.client().findPayment(tradeNo) as { value: object }).value))).toSorted());
  assert.doesNotMatch(JSON.stringify(heard), /"P1"|赵小试/, 'neither the patient\'s number nor his name');
  const { isConnected, behind, lastProblem, publishedAt } = sink.view();
  assert.deepEqual([isConnected, behind, lastProblem, publishedAt], [true, 0, undefined, stand.clock.now().toISOString()]);
});

test('a broker that is down holds nobody up: events wait, seen with their age, and come in order when it is back', async (context) => {
  const broker = await startHospitalBroker(context);
  const stand = await startStand(context);
  const sink = startSink(context, stand, publisherTo(broker.url));
  await until(() => stand.store.events.cursors.find('esb') !== undefined, 'the sink stands somewhere');
  await broker.stop();
  const since = stand.clock.now().toISOString();
  for (let index = 0; index < 4; index += 1) {
    await stand.takePaid({ amountFen: 100 + index });
    stand.clock.advance(60_000);
  }
  await until(() => sink.view().lastProblem !== undefined, 'a problem is seen');
  const waiting = sink.view();
  assert.ok(waiting.behind >= 8, String(waiting.behind));
  assert.deepEqual([waiting.isConnected, waiting.oldestAt], [false, since]);
  assert.match(waiting.lastProblem ?? '', /ECONNREFUSED|connect/i);
  await broker.start();
  const heard = await broker.listen(TOPIC);
  await until(() => sink.view().behind === 0, 'all are taken');
  await stand.takePaid();
  await until(() => ids(heard).includes(kept(stand).at(-1) ?? ''), 'the last is heard');
  const told = ids(heard);
  assert.deepEqual(told, kept(stand).filter((id) => told.includes(id)), 'in order, each once');
  assert.deepEqual([sink.view().lastProblem, sink.view().oldestAt], [undefined, undefined]);
});

test('killed again and again while payments go on, a broker is told every event at least once, and of one order in the order in which it happened', async (context) => {
  const broker = await startHospitalBroker(context);
  const stand = await startStand(context);
  // What the broker has acknowledged; a listener of its own would be away while it is.
  const told: string[] = [];
  const to = publisherTo(broker.url, 4);
  const sink = startSink(context, stand, { isConnected: () => to.isConnected(), stop: () => to.stop(), async publish(message) {
    told.push(message.eventId);
    await to.publish(message);
  } });
  await until(() => stand.store.events.cursors.find('esb') !== undefined, 'the sink stands somewhere');
  for (let round = 0; round < 3; round += 1) {
    await stand.takePaid();
    await broker.stop();
    await stand.takePaid();
    await broker.start();
    await stand.takePaid();
  }
  await until(() => sink.view().behind === 0, 'all are taken');
  const firsts = [...new Set(told)];
  assert.deepEqual(firsts, kept(stand), 'each, in the order of what happened');
  for (let index = 1; index < told.length; index += 1) assert.ok(firsts.indexOf(told[index] ?? '') >= firsts.indexOf(told[index - 1] ?? ''), 'never back to an earlier one');
});

test('a sink goes on from its own place after a restart, and two sinks have two places', async (context) => {
  const stand = await startStand(context);
  const told: Record<string, string[]> = { one: [], two: [] };
  let isTwoUp = true;
  const to = (name: 'one' | 'two'): Publisher => ({ isConnected: () => true, stop: () => Promise.resolve(), publish: (message) => (name === 'one' || isTwoUp ? (told[name]?.push(message.eventId), Promise.resolve()) : Promise.reject(new Error('away'))) });
  const one = startSink(context, stand, to('one'), 'one');
  const two = startSink(context, stand, to('two'), 'two');
  await until(() => stand.store.events.cursors.find('two') !== undefined, 'both stand somewhere');
  await stand.takePaid();
  await until(() => one.view().behind === 0 && two.view().behind === 0, 'both have taken it');
  isTwoUp = false;
  await one.stop();
  await stand.takePaid();
  await until(() => two.view().lastProblem === 'away', 'one is stopped, two is away');
  await stand.takePaid();
  isTwoUp = true;
  const again = startSink(context, stand, to('one'), 'one');
  await until(() => again.view().behind === 0 && two.view().behind === 0, 'both have taken all');
  assert.deepEqual([told['one'], told['two']], [kept(stand), kept(stand)]);
});

test('a broker whose rules refuse the topic is a problem somebody sees, and nothing is passed over', async (context) => {
  const broker = await startHospitalBroker(context, 'topic read #\ntopic write elsewhere/#');
  const stand = await startStand(context);
  const sink = startSink(context, stand, publisherTo(broker.url));
  await until(() => stand.store.events.cursors.find('esb') !== undefined, 'the sink stands somewhere');
  await stand.takePaid();
  await until(() => sink.view().lastProblem !== undefined, 'a problem is seen');
  assert.match(sink.view().lastProblem ?? '', /[Nn]ot authorized/);
  assert.equal(stand.store.events.source.read({ after: stand.store.events.cursors.find('esb')?.eventId ?? -1, limit: 100 }).some(({ axis, to }) => `${axis}/${to}` === 'payment/succeeded'), true);
});

test("over TLS only the hospital's own broker is told, and only with the right password: a stranger's certificate or a wrong password is a problem, and nothing leaves", async (context) => {
  const password = 'a password of the broker';
  const broker = await startHospitalBroker(context, undefined, { password });
  const stranger = await startHospitalBroker(context, undefined, { password });
  const stand = await startStand(context);
  const to = (set: { readonly certificateAuthority?: string; readonly password?: string }) => mqttPublisher({ url: broker.url, topic: TOPIC, clientId: 'hospay-esb', protocolVersion: 5, username: 'hospay', password, certificateAuthority: broker.certificate, ...set });
  const right = startSink(context, stand, to({}), 'right');
  const wrongAuthority = startSink(context, stand, to({ certificateAuthority: stranger.certificate }), 'wrong-authority');
  const wrongPassword = startSink(context, stand, to({ password: 'another' }), 'wrong-password');
  await until(() => ['right', 'wrong-authority', 'wrong-password'].every((name) => stand.store.events.cursors.find(name) !== undefined), 'all stand somewhere');
  await stand.takePaid();
  await until(() => right.view().publishedAt !== undefined && right.view().behind === 0, 'the right one is told');
  await until(() => wrongAuthority.view().lastProblem !== undefined && wrongPassword.view().lastProblem !== undefined, 'the others are not');
  assert.match(wrongAuthority.view().lastProblem ?? '', /certificate/);
  assert.match(wrongPassword.view().lastProblem ?? '', /[Nn]ot authorized|Bad User/i);
  assert.deepEqual([wrongAuthority.view().publishedAt, wrongPassword.view().publishedAt], [undefined, undefined]);
});

test('the next events are found by their number alone', async (context) => {
  const { store } = await startStand(context);
  assert.deepEqual(store.database.prepare(`EXPLAIN QUERY PLAN ${EVENTS_SQL}`).all().map((row) => String(row['detail'])), ['SEARCH state_event USING INTEGER PRIMARY KEY (rowid>?)']);
});

test('the guide names every event that is told', async () => {
  const guide = await readFile(new URL('../../../core/docs/data-sync.md', import.meta.url), 'utf8');
  assert.deepEqual(Object.values(SINK_EVENTS).filter((event) => !guide.includes(`\`${event}\``)), []);
});
