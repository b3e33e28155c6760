/** The same agreements as a vendor's would run: packed, unpacked, shut in a process of their own, the key by name only; and as the product's own, behind the same host. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createMemoryStore } from '@hospay/plugin-sdk/host';
import { buildPackage } from '@hospay/plugin-sdk/package';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { SYSTEM_TIMERS } from '@hospay/server/edges/machine/system-timers.js';
import { gatewayDirectory } from '@hospay/server/plugin-host/guest-directories.js';
import { createPluginHost } from '@hospay/server/plugin-host/plugin-host.js';
import { SILENT_METRICS } from '@hospay/server/plugin-host/ports.js';
import { ROOT } from '../architecture/source-files.js';
import { startAgreementGatewaySimulator } from '../simulators/agreement-gateway/start-agreement-gateway-simulator.js';
import { unpackTo } from './vendor-packages.js';

const ID = 'quick-pay-1';

async function hosted(context: TestContext, isFirstParty: boolean) {
  const simulator = await startAgreementGatewaySimulator();
  const folder = mkdtempSync(join(tmpdir(), 'hospay-agreements-'));
  const host = createPluginHost({
    folders: [isFirstParty ? join(ROOT, 'plugins/quick-pay') : folder], clock: { now: () => new Date() }, timers: SYSTEM_TIMERS, log: SILENT_LOG, metrics: SILENT_METRICS, stores: { open: () => createMemoryStore() }, isFirstParty: () => isFirstParty,
  });
  context.after(async () => {
    await host.stop();
    await simulator.stop();
    rmSync(folder, { recursive: true });
  });
  if (!isFirstParty) await unpackTo(join(folder, 'agreement-gateway'), (await buildPackage(join(ROOT, 'plugins/quick-pay/agreement-gateway'))).bytes);
  host.discover();
  const { state, reason } = await host.activate({ id: ID, plugin: 'agreement-gateway', settings: simulator.settings, enabled: true, merchantNo: simulator.settings.merchantNo });
  assert.equal(state, 'active', reason);
  return { host, simulator };
}

for (const isFirstParty of [true, false]) {
  test(`a card is bound, charged and unbound ${isFirstParty ? 'in this process' : 'in a process of its own'}; a stopped plugin says what did not leave`, async (context) => {
    const { host, simulator } = await hosted(context, isFirstParty);
    const configured = () => [{ id: 'other', enabled: true }, { id: ID, enabled: true }];
    const { gateway, channel: channelId } = gatewayDirectory(host, configured, () => true).choose() ?? assert.fail('no gateway');
    assert.equal(channelId, ID);
    assert.equal(gatewayDirectory(host, configured, () => false).choose(), undefined, 'one that does not answer binds no new card');
    const { name, idNo, cardNo, mobile } = simulator.agreements.newCard();
    const reference = { bindingNo: 'HOSTED000001', requestedAt: new Date().toISOString() };
    assert.equal((await gateway.requestBinding({ ...reference, cardHolder: { name, idNo, cardNo, mobile } })).kind, 'codeSent');
    const bound = await gateway.confirmBinding({ ...reference, code: simulator.agreements.codeFor(reference.bindingNo) });
    assert.ok(bound.kind === 'bound', JSON.stringify(bound));
    const agreementToken = bound.card.token;
    assert.deepEqual(await gateway.queryBinding(reference), bound);
    const expiresAt = new Date(Date.now() + 300_000).toISOString();
    const charged = await host.channel(ID)?.charge({ tradeNo: 'QPHOSTED0001', amountFen: 1_000, description: '门诊缴费', method: 'quickPay', submittedAt: reference.requestedAt, expiresAt, agreementToken });
    assert.equal(charged?.kind, 'succeeded', JSON.stringify(charged));
    assert.deepEqual(await gateway.queryAgreement({ agreementToken }), { kind: 'active' });
    assert.deepEqual(await gateway.unbind({ unbindingNo: 'HOSTED000001', agreementToken }), { kind: 'unbound' });
    await host.deactivate(ID);
    assert.equal(host.agreements(ID), undefined);
    assert.equal((await gateway.unbind({ unbindingNo: 'HOSTED000001', agreementToken })).kind, 'notSent');
    assert.equal((await gateway.queryBinding(reference)).kind, 'unknown');
  });
}
