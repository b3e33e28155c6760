/** Keys that are rotated, copies that are seen, clocks, faults, configuration and notices, over real brokers. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { keyIdOf, findEnrolment, memoryStorage, sealRequest, topics, type Notice } from '@hospay/terminal-sdk';
import { connectAsync } from 'mqtt';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { revokeTerminal } from '@hospay/server/terminals/revoke-terminal.js';
import { FLEET_BROKERS, openFleetStand, type FleetStand } from './terminal-fleet-stand.js';
import { keyOf, until } from './terminal-bench.js';

const DEVICE = { deviceId: 'kiosk-1', key: keyOf('kiosk-1') };
const encode = (text: string) => new TextEncoder().encode(text);
let number = 0;
/** A message of a terminal, as any software would write it. */
function message(set: { readonly op?: string; readonly key?: Uint8Array; readonly boot?: string; readonly seq: number; readonly ts: number; readonly body?: object }): string {
  number += 1;
  const { op = 'bill.list', key = DEVICE.key, boot, seq, ts, body = { patientId: 'P10001' } } = set;
  return sealRequest({ ...DEVICE, key }, { id: `message-${String(number).padStart(12, '0')}`, op, ts, exp: ts + 30_000, cid: 'c1', seq, ...(boot === undefined ? {} : { boot }), body });
}

for (const broker of FLEET_BROKERS) {
  describe(`a terminal in the fleet, over ${broker}`, () => {
    let stand: FleetStand;
    beforeEach(async () => { stand = await openFleetStand({ broker }); });
    afterEach(() => stand.close());
    const alarms = async () => {
      await stand.watch.settled();
      return stand.watch.openAlarms();
    };
    const say = (set: Omit<Parameters<typeof message>[0], 'ts'> & { readonly ts?: number }) => stand.desk.answer({ device: 'kiosk-1', operation: set.op ?? 'bill.list', payload: encode(message({ ts: stand.clock.now().getTime(), ...set })) });

    test('a key is rotated without a visit: both are accepted in the overlap, then the old one is dead, and the terminal goes on', async () => {
      const { client, storage } = await stand.openTerminal();
      await stand.registry.askRotation('kiosk-1');
      await until(async () => (await stand.registry.find('kiosk-1'))?.previousKey !== undefined, 'the next key is used');
      const terminal = await stand.registry.find('kiosk-1');
      assert.ok(terminal?.key !== undefined && terminal.rotationAskedAt === undefined);
      assert.notDeepEqual(Buffer.from(terminal.key), Buffer.from(DEVICE.key));
      const kept = await findEnrolment(storage);
      assert.deepEqual([Buffer.from(kept?.key ?? []), Buffer.from(kept?.previousKey ?? [])], [Buffer.from(terminal.key), Buffer.from(DEVICE.key)]);
      assert.equal((await client.call('bill.list', { patientId: 'P10001' })).kind, 'ok');
      assert.match(await say({ seq: 5_000, boot: 'same-machine' }), /"kind":"ok"/, 'the old key, in the overlap');
      stand.later(61 * 60_000);
      assert.match(await say({ seq: 5_001, boot: 'same-machine' }), /SIGNATURE_INVALID/);
      assert.deepEqual((await alarms()).map(({ kind, severity }) => [kind, severity]), [['retiredKey', 1]]);
    });

    test('a terminal that lost power between using its next key and hearing so comes back with either, and one that cannot keep keys keeps its own', async () => {
      const first = await stand.openTerminal(DEVICE, { keepKeys: () => Promise.reject(new Error('the disk is full')) });
      await stand.registry.askRotation('kiosk-1');
      await until(async () => (await stand.registry.find('kiosk-1'))?.nextKey !== undefined, 'a key was agreed on');
      assert.equal((await first.client.call('bill.list', { patientId: 'P10001' })).kind, 'ok', 'it goes on with the key it has');
      await first.client.stop();
      await stand.broker.reload?.();
      const again = await stand.openTerminal(DEVICE);
      await until(async () => (await stand.registry.find('kiosk-1'))?.previousKey !== undefined, 'it was asked once more');
      assert.equal((await again.client.call('bill.list', { patientId: 'P10001' })).kind, 'ok');
    });

    test('nobody gets another key by asking for one: the core must have asked', async () => {
      const { client } = await stand.openTerminal();
      const answer = await client.call('key.rotate', { publicKey: 'BHpZMYCGDEA3yDwSdJhFyO4UJN0pf63LiV41glXSx9KyqMolWA8mJv5XkGL_G5n_kcJKDaBvsytb4gFIySSfVlA' });
      assert.equal(answer.kind === 'refused' && answer.error.code, 'CONFLICT');
    });

    test('a revoked terminal is heard no more, and its orders stay', async () => {
      const { client } = await stand.openTerminal();
      const quoted = await client.call('bill.quote', { patientId: 'P10001', billNos: ['B1'] });
      assert.equal(quoted.kind, 'ok');
      const paid = await client.pay({ quoteId: quoted.value.quoteId, amountFen: 3_000, method: 'nativeQr' });
      assert.equal(paid.kind, 'order');
      await revokeTerminal({ registry: stand.registry, authority: stand.authority, log: SILENT_LOG }, 'kiosk-1');
      assert.match(await say({ seq: 9_000 }), /UNKNOWN_CALLER/);
      assert.equal((await stand.store.findOrder(paid.order.tradeNo))?.order.owner.id, 'kiosk-1');
    });

    test('a configuration is merged, signed, applied and reported; an older one from the broker\'s store replaces nothing', async () => {
      const taken: unknown[] = [];
      await stand.groups.add({ id: 'outpatient', title: '门诊' }, 'admin');
      await stand.registry.place('kiosk-1', { title: 'K', campus: undefined, group: 'outpatient' });
      const change = async (scope: 'defaults' | 'group' | 'terminal', scopeId: string, document: unknown) => {
        const changed = await stand.configuration.change({ scope, scopeId, revision: 0, document, by: 'admin' });
        assert.equal(changed.kind, 'ok', JSON.stringify(changed));
      };
      await change('defaults', '', { screen: { idleSeconds: 120, language: 'zh' }, vendor: { theme: 'green' } });
      await change('group', 'outpatient', { screen: { idleSeconds: 60 } });
      await stand.openTerminal(DEVICE, { events: { configuration: (document) => { taken.push(document); } } });
      await until(() => taken.length > 0, 'the configuration');
      assert.deepEqual(taken.at(-1), { screen: { idleSeconds: 60, language: 'zh' }, vendor: { theme: 'green' } });
      await change('terminal', 'kiosk-1', { screen: { language: 'en' } });
      await until(() => taken.length > 1, 'the next one');
      assert.deepEqual(taken.at(-1), { screen: { idleSeconds: 60, language: 'en' }, vendor: { theme: 'green' } });
      const desired = stand.configuration.desiredOf({ deviceId: 'kiosk-1', group: 'outpatient' });
      await until(() => stand.watch.stateOf('kiosk-1')?.configurationVersion === desired?.version, 'the report');
      assert.equal(stand.watch.stateOf('kiosk-1')?.configurationHash, desired?.hash);
      assert.deepEqual(stand.acts.filter(({ what }) => what === 'terminalConfiguration.change').length, 3);
    });

    test('what a terminal could not apply is told with its reason', async () => {
      await stand.configuration.change({ scope: 'defaults', scopeId: '', revision: 0, document: { screen: { volumePercent: 30 } }, by: 'admin' });
      await stand.openTerminal(DEVICE, { events: { configuration: () => { throw new Error('no loudspeaker'); } } });
      await until(() => stand.watch.stateOf('kiosk-1')?.configurationError === 'no loudspeaker', 'the error');
    });

    test('notices reach all, a kind, a group and one terminal, are shown in their time, and go when they are withdrawn', async () => {
      let shown: readonly Notice[] = [];
      await stand.groups.add({ id: 'outpatient', title: '门诊' }, 'admin');
      await stand.groups.add({ id: 'inpatient', title: '住院' }, 'admin');
      await stand.registry.place('kiosk-1', { title: 'K', campus: undefined, group: 'outpatient' });
      await stand.broker.reload?.();
      await stand.openTerminal(DEVICE, { events: { notices: (notices) => { shown = notices; } } });
      const now = stand.clock.now().getTime();
      const issue = async (audience: string, zh: string, fromMs = -1_000) => {
        const issued = await stand.notices.issue({ audience, severity: 'outOfService', zh, en: undefined, validFrom: new Date(now + fromMs), validUntil: new Date(now + 3_600_000) }, 'admin');
        assert.equal(issued.kind, 'ok', JSON.stringify(issued));
        return issued.value;
      };
      const toAll = await issue('all', '今晚停机');
      await issue('kiosk', '自助机维护');
      await issue('outpatient', '门诊停电');
      await issue('inpatient', '与你无关');
      await issue('window', '与你无关');
      await issue('all', '以后再说', 1_800_000);
      const toOne = await issue('terminal/kiosk-1', '请补凭条纸');
      await until(() => shown.length === 4, 'four notices');
      assert.deepEqual(shown.map(({ zh }) => zh).toSorted(), ['今晚停机', '自助机维护', '门诊停电', '请补凭条纸'].toSorted());
      for (const { noticeId } of [toAll, toOne]) await stand.notices.withdraw(noticeId, { by: 'admin', reason: '改期' });
      await until(() => shown.length === 2, 'the withdrawals');
      assert.deepEqual(shown.map(({ zh }) => zh).toSorted(), ['自助机维护', '门诊停电'].toSorted());
      assert.equal((await stand.notices.issue({ ...toAll, audience: 'nobody' }, 'admin')).kind, 'refused');
    });

    test('a notice nobody signed is not shown', async () => {
      let shown: readonly Notice[] = [];
      await stand.openTerminal(DEVICE, { events: { notices: (notices) => { shown = notices; } } });
      const forger = await connectAsync(stand.brokerUrl, { ...stand.credentials.core, clientId: 'forger', reconnectPeriod: 0 }).catch(() => undefined);
      const forged = { v: 1, id: 'f', op: 'notices', ts: Date.now() + 5_000, exp: 0, cid: 'none', seq: 1, body: { audience: 'all', notices: [{ noticeId: 'N1', severity: 'warning', zh: '假', validFrom: '2020-01-01T00:00:00Z', validUntil: '2099-01-01T00:00:00Z' }] }, kid: '0'.repeat(16), sig: 'A'.repeat(86) };
      await forger?.publishAsync(topics.groupNotice('all'), JSON.stringify(forged), { qos: 1 });
      await stand.notices.issue({ audience: 'all', severity: 'information', zh: '真', en: undefined, validFrom: new Date(Date.now() - 1_000), validUntil: new Date(Date.now() + 60_000) }, 'admin');
      await until(() => shown.length > 0, 'the honest one');
      assert.deepEqual(shown.map(({ zh }) => zh), ['真']);
      await forger?.endAsync(true);
    });

    test('faults are raised and cleared by what the terminal reports, and its software is known', async () => {
      const { client } = await stand.openTerminal(DEVICE, { report: { software: 'acme-kiosk 4.2', machine: 'machine-0001' } });
      client.setFaults([{ component: 'printer', code: 'paperOut', level: 'critical' }, { component: 'scanner', code: 'offline', level: 'warning', detail: 'COM3' }]);
      await until(() => stand.watch.faultsOf('kiosk-1').length === 2, 'two faults');
      client.setFaults([{ component: 'scanner', code: 'offline', level: 'warning', detail: 'COM3' }]);
      await until(() => stand.watch.faultsOf('kiosk-1').length === 1, 'the printer is well');
      assert.equal(stand.watch.stateOf('kiosk-1')?.software, 'acme-kiosk 4.2');
      const history = await stand.watch.listFaults('kiosk-1');
      assert.deepEqual(history.map(({ code, clearedAt }) => [code, clearedAt !== undefined]), [['offline', false], ['paperOut', true]]);
    });

    test('a wrong clock corrects itself, is named above the threshold, and the alarm ends when it is set', async () => {
      let offMs = -10 * 60_000;
      const { client } = await stand.openTerminal(DEVICE, { clock: { now: () => new Date(Date.now() + offMs) }, report: { software: 'acme' } });
      assert.equal((await client.call('bill.list', { patientId: 'P10001' })).kind, 'ok', 'it took the core\'s time');
      await until(async () => (await alarms()).some(({ kind }) => kind === 'clockSkew'), 'the alarm');
      assert.ok(Math.abs((stand.watch.stateOf('kiosk-1')?.clockSkewMs ?? 0) + 600_000) < 5_000);
      offMs = 0;
      client.setFaults([]);
      await until(async () => (await alarms()).length === 0, 'the end of the alarm');
      assert.equal((await stand.watch.listAlarms())[0]?.resolvedBy, 'cleared');
    });

    test('a copied disk: both machines are named, nothing is refused, and a person answers', async () => {
      const storage = memoryStorage();
      const one = await stand.openTerminal(DEVICE, { storage });
      const quoted = await one.client.call('bill.quote', { patientId: 'P10001', billNos: ['B1'] });
      assert.equal(quoted.kind, 'ok');
      assert.match(await say({ seq: 7_000, boot: 'another-machine' }), /"kind":"ok"/);
      // A message of the same instant might be a straggler of a machine that was restarted.
      await new Promise((resolve) => setTimeout(resolve, 150));
      const paid = await one.client.pay({ quoteId: quoted.value.quoteId, amountFen: 3_000, method: 'nativeQr' });
      assert.equal(paid.kind, 'order', 'the payment under way goes on');
      const [alarm, ...others] = await alarms();
      assert.ok(alarm !== undefined && others.length === 0);
      assert.deepEqual([alarm.kind, alarm.severity, alarm.sightings.length], ['cloned', 1, 2]);
      assert.equal(alarm.sightings[0]?.boot, 'another-machine');
      const answered = await stand.watch.answerMoved(alarm.id, { by: 'admin', reason: '换主板' });
      assert.equal(answered.kind, 'ok');
      assert.deepEqual(await alarms(), []);
      assert.equal(stand.acts.at(-1)?.what, 'terminalAlarm.moved');
    });

    test('restarts, reconnects, a straggler, a recording played back and a storage put back once raise nothing', async () => {
      const now = stand.clock.now().getTime();
      const recorded = message({ seq: 1, boot: 'first-run', ts: now });
      await stand.desk.answer({ device: 'kiosk-1', operation: 'bill.list', payload: encode(recorded) });
      await say({ seq: 101, boot: 'second-run', ts: now + 500 });
      await say({ seq: 2, boot: 'first-run', ts: now + 400 });
      for (let times = 0; times < 5; times += 1) await stand.desk.answer({ device: 'kiosk-1', operation: 'bill.list', payload: encode(recorded) });
      await say({ seq: 201, boot: 'third-run', ts: now + 900 });
      for (const [seq, at] of [[300, 1_000], [301, 1_100], [5, 1_200], [6, 1_300], [105, 1_400], [106, 1_500]] as const) await say({ seq, ts: now + at });
      assert.deepEqual(await alarms(), []);
    });

    test('without the name of a run, numbers that fall again and again are two machines', async () => {
      const now = stand.clock.now().getTime();
      for (const [step, seq] of [500, 20, 501, 21, 502, 22].entries()) await say({ seq, ts: now + step * 100 });
      assert.deepEqual((await alarms()).map(({ kind }) => kind), ['cloned']);
    });

    test('another machine with the key is important, and urgent once the first one speaks again; "moved" makes the new one the known one', async () => {
      const report = (machine: string) => stand.watch.report('kiosk-1', { software: 'acme', machine, clockMs: stand.clock.now().getTime(), faults: [] });
      await report('machine-0001');
      await report('machine-0002');
      const [changed] = await alarms();
      assert.deepEqual([changed?.kind, changed?.severity, changed?.sightings.map(({ machine }) => machine)], ['machineChanged', 2, ['machine-0001', 'machine-0002']]);
      await report('machine-0001');
      assert.deepEqual((await alarms()).map(({ kind }) => kind), ['cloned', 'machineChanged']);
      for (const { id } of await alarms()) await stand.watch.answerMoved(id, { by: 'admin', reason: '移机' });
      await report('machine-0002');
      assert.deepEqual(await alarms(), []);
    });
  });
}

test('a configuration with an unknown word, a secret, or of somebody who has not seen the newest is refused, and nothing changes', async () => {
  const stand = await openFleetStand();
  const change = (document: unknown, revision = 0) => stand.configuration.change({ scope: 'defaults', scopeId: '', revision, document, by: 'admin' });
  for (const document of [{ colour: 'red' }, { screen: { idleSeconds: 1 } }, { vendor: { apiKey: 'x' } }, { vendor: { password: 'x' } }, { vendor: { price: 0.5 } }]) {
    const answer = await change(document);
    assert.equal(answer.kind === 'refused' && answer.code, 'CONFIGURATION_REFUSED', JSON.stringify(document));
  }
  assert.equal((await change({ screen: { language: 'zh' } })).kind, 'ok');
  const stale = await change({ screen: { language: 'en' } });
  assert.equal(stale.kind === 'refused' && stale.code, 'CONFIGURATION_CHANGED');
  assert.equal(stand.configuration.layers().length, 1);
  assert.equal(keyIdOf(DEVICE.key).length, 16);
  await stand.close();
});
