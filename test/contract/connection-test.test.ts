/** What the host asks a channel to find out whether its far side is there. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TransferReferenceSchema, type ProbeOutcome, type TransferNews, type TransferReference } from '@hospay/plugin-sdk';
import { Check } from 'typebox/value';
import type { Trial } from '@hospay/server/plugin-host/plugin-host.js';
import { probeChannel } from '@hospay/server/plugin-host/channel-health.js';
import { testConnection } from '@hospay/server/plugin-host/packages/connection-test.js';
import { SYSTEM_RANDOM } from '@hospay/server/edges/machine/system-random.js';
import { ScriptedChannel, ScriptedHospital } from './scripted-guests.js';

const PORTS = { clock: { now: () => new Date('2026-11-20T01:00:00Z') }, random: SYSTEM_RANDOM };
const WITH_NETWORK = { needs: { network: ['baseUrl'] } };

class BookChannel extends ScriptedChannel {
  outcome: ProbeOutcome = { kind: 'answered' };
  /** Answers a number it never sent from its own book. */
  override readonly queryAnswers = Array.from({ length: 10 }, () => ({ kind: 'notFound' }) as const);
}
class ProbedChannel extends BookChannel {
  readonly probing = { probe: () => Promise.resolve(this.outcome) };
}
const trialOf = (channel: ScriptedChannel): Trial => ({ channel, hospital: undefined, bankLink: undefined, reports: [], logged: () => [], get running(): never { return assert.fail('nobody looks'); } });

test('a channel with a probe is asked by it and by nothing else, whatever its query would say', async () => {
  const channel = new ProbedChannel();
  assert.equal((await testConnection(trialOf(channel), WITH_NETWORK, PORTS)).result, 'answered');
  channel.outcome = { kind: 'unknown', reason: 'the signature is not theirs' };
  assert.deepEqual(await testConnection(trialOf(channel), WITH_NETWORK, PORTS), { result: 'silent', found: 'unknown: the signature is not theirs' });
  assert.equal(await probeChannel({ channel: () => channel }, 'c', PORTS), false, 'the health probe does not believe the book either');
  assert.deepEqual(channel.calls, []);
});

test('without a probe a number nobody used is asked about; what names no host has nobody to ask', async () => {
  const channel = new BookChannel();
  assert.deepEqual(await testConnection(trialOf(channel), WITH_NETWORK, PORTS), { result: 'answered', found: 'the channel answered notFound' });
  const asked = channel.calls.length;
  assert.equal((await testConnection(trialOf(channel), { needs: {} }, PORTS)).result, 'skipped');
  assert.equal(channel.calls.length, asked, 'its own book proves nothing');
  assert.equal((await testConnection(trialOf(new ProbedChannel()), { needs: {} }, PORTS)).result, 'answered', 'a line of its own (TCP) is named by no host');
});

test('a hospital system that answers and has changed under its mapping says what changed', async () => {
  class ChangedHospital extends ScriptedHospital {
    override ping(): ReturnType<ScriptedHospital['ping']> {
      return Promise.resolve({ kind: 'ok', value: { hisTime: '2026-11-20T09:00:00+08:00', findings: ['operations.confirm: the HIS has no procedure dbo.usp_confirm'] } });
    }
  }
  const trial = (hospital: ScriptedHospital): Trial => ({ channel: undefined, hospital, bankLink: undefined, reports: [], logged: () => [], get running(): never { return assert.fail('nobody looks'); } });
  assert.deepEqual(await testConnection(trial(new ChangedHospital()), WITH_NETWORK, PORTS), { result: 'answered', found: 'the hospital system answered; operations.confirm: the HIS has no procedure dbo.usp_confirm' });
  assert.deepEqual(await testConnection(trial(new ScriptedHospital()), WITH_NETWORK, PORTS), { result: 'silent', found: 'scripted' });
});

test('a bank is asked about a transfer nobody ordered: that it never had it proves the line', async () => {
  const asked: TransferReference[] = [];
  const trial = (news: TransferNews): Trial => ({ reports: [],
    channel: undefined, hospital: undefined, logged: () => [], get running(): never { return assert.fail('nobody looks'); },
    bankLink: { id: 'bank', accountNos: ['7111010182600123456'], pay: () => assert.fail('nothing is paid'), statement: () => assert.fail('nothing is read'), query: (reference) => { asked.push(reference); return Promise.resolve(news); } },
  });
  assert.deepEqual(await testConnection(trial({ kind: 'absent' }), WITH_NETWORK, PORTS), { result: 'answered', found: 'the bank answered absent' });
  assert.equal(Check(TransferReferenceSchema, asked[0]), true);
  assert.deepEqual(await testConnection(trial({ kind: 'unknown', reason: 'no line' }), WITH_NETWORK, PORTS), { result: 'silent', found: 'unknown: no line' });
});
