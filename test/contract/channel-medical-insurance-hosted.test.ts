import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { createMemoryStore } from '@hospay/plugin-sdk/host';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { SYSTEM_TIMERS } from '@hospay/server/edges/machine/system-timers.js';
import { createPluginHost } from '@hospay/server/plugin-host/plugin-host.js';
import { SILENT_METRICS } from '@hospay/server/plugin-host/ports.js';

import { startMedicalInsuranceSimulator } from '../simulators/medical-insurance/start-medical-insurance-simulator.js';
import { activateMobile, mobilePresettled, mobileSettingsFor } from './channel-medical-insurance-mobile-stand.js';
import { presettled, referenceOf } from './channel-medical-insurance-stand.js';
import { activate, orderOf, settingsFor } from './channel-medical-insurance-subject.js';

const FOLDER = join(import.meta.dirname, '../../../plugins/channels');

/** Through the manifest: its hosts, its secrets by name, the settings' schema, the boundary. */
for (const profile of ['inPerson', 'mobile'] as const) {
  test(`the plugin as the host runs it settles and undoes, ${profile} profile`, async (context) => {
    const now = (): Date => new Date();
    const simulator = await startMedicalInsuranceSimulator({ now, bodyCipher: 'sm4' });
    const store = createMemoryStore();
    const host = createPluginHost({ folders: [FOLDER], clock: { now }, timers: SYSTEM_TIMERS, log: SILENT_LOG, metrics: SILENT_METRICS, stores: { open: () => store }, isFirstParty: () => true });
    context.after(async () => {
      await host.stop();
      await simulator.stop();
    });
    host.discover();
    const settings = profile === 'mobile' ? mobileSettingsFor(simulator) : { ...settingsFor(simulator), bodyCipher: 'sm4' as const };
    const { state, reason } = await host.activate({ id: 'insurance', plugin: 'medical-insurance', settings, enabled: true, merchantNo: simulator.institutionCode });
    assert.equal(state, 'active', reason);
    const channel = host.channel('insurance') ?? assert.fail('there is no channel');
    // The core pre-settles through its own use cases; here another instance on the same store does.
    const beside = profile === 'mobile' ? await activateMobile({ simulator, now, store }) : await activate({ simulator, now, store, settings: { bodyCipher: 'sm4' } });
    const order = profile === 'mobile' ? (await mobilePresettled({ ...beside, simulator })).order : await presettled(beside).then(({ presettlementNo, insuredFen }) => orderOf(presettlementNo, insuredFen));
    await beside.stop();
    const outcome = await channel.charge(order);
    assert.ok(outcome.kind === 'succeeded', JSON.stringify(outcome));
    assert.deepEqual(outcome.insuranceSplit, { fundFen: 7_000, accountFen: 3_000 });
    const payment = referenceOf(order, outcome);
    const refunded = await channel.refund({ refundNo: 'RHOSTED1', submittedAt: now().toISOString(), refundFen: 10_000, reason: '退费', payment });
    assert.equal(refunded.kind, 'succeeded', JSON.stringify(refunded));
  });
}
