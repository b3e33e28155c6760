import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { call } from './channel-medical-insurance-subject.js';
import { mobileStandOf } from './channel-medical-insurance-mobile-stand.js';
import { standOf } from './channel-medical-insurance-stand.js';

describe('medical insurance: the probe', () => {
  for (const options of [{}, { settings: { settlementLookup: 'none' } }, { headers: 'oauth', bodyCipher: 'sm4' }] as const) {
    test(`at the window it is a look-up of nobody's settlement (${JSON.stringify(options)})`, async (context) => {
      const stand = await standOf(context, options);
      assert.deepEqual(await stand.channel.probe?.({}, call), { kind: 'answered' });
      assert.deepEqual(stand.simulator.interface.received.map(({ infno }) => infno), ['9001', '5203']);
      stand.simulator.faults.inject({ on: '5203', fault: 'refuse' });
      assert.deepEqual(await stand.channel.probe?.({}, call), { kind: 'answered' }, 'a centre may refuse what it does not find');
    });
  }

  test('a wrong key, no answer, or a gateway that does not know us is unknown', async (context) => {
    const stand = await standOf(context, { bodyCipher: 'sm4' });
    for (const fault of ['executeThenOtherKey', 'executeThenUnsigned', 'dropBeforeExecuting', 'executeThenServerError', 'unlistedCode', 'executeThenGatewayTimeout'] as const) {
      stand.simulator.faults.inject({ on: '5203', fault });
      assert.equal((await stand.channel.probe?.({}, call))?.kind, 'unknown', fault);
    }
    const stranger = await stand.restart({ gatewaySecret: 'another-secret' });
    assert.equal((await stranger.channel.probe?.({}, call))?.kind, 'unknown');
  });

  test('in mobile payment it is a question about nobody’s order, whose refusal is signed', async (context) => {
    const stand = await mobileStandOf(context);
    assert.deepEqual(await stand.channel.probe?.({}, call), { kind: 'answered' });
    assert.deepEqual(stand.simulator.mobileInterface.received.map(({ infno }) => infno), ['6301']);
    for (const fault of ['refuseForged', 'dropBeforeExecuting', 'unlistedCode'] as const) {
      stand.simulator.faults.inject({ on: '6301', fault });
      assert.equal((await stand.channel.probe?.({}, call))?.kind, 'unknown', fault);
    }
  });
});
