/** The CITIC plugin as the platform runs it: from its folder, by its manifest, behind the boundary, with the accounts of the configuration. */
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { createMemoryStore } from '@hospay/plugin-sdk/host';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { SYSTEM_TIMERS } from '@hospay/server/edges/machine/system-timers.js';
import { bankLinkDirectory } from '@hospay/server/plugin-host/guest-directories.js';
import { createPluginHost } from '@hospay/server/plugin-host/plugin-host.js';
import { SILENT_METRICS } from '@hospay/server/plugin-host/ports.js';
import { startCiticStand } from './bank-link-citic-stand.js';
import { ACCOUNT_NO, PAYEE } from './bank-link-plain-subject.js';

const FOLDER = resolve(import.meta.dirname, '../../../plugins/bank-links');

test('a transfer goes through the whole host to the bank, is asked about and read in the next day’s statement', async (context) => {
  const { frontEnd, bank, now, passDays, stop } = await startCiticStand();
  const host = createPluginHost({ folders: [FOLDER], clock: { now }, timers: SYSTEM_TIMERS, log: SILENT_LOG, metrics: SILENT_METRICS, stores: { open: () => createMemoryStore() }, isFirstParty: () => true });
  context.after(async () => { await host.stop(); await stop(); });
  const settings = { frontEndUrl: frontEnd.url, userName: 'hospay01', accountNos: [ACCOUNT_NO], instructionSpacingMs: 25, querySpacingMs: 25 };
  const configured = { id: 'bank', plugin: 'citic', enabled: true, accountNos: [ACCOUNT_NO], settings };
  const { state, reason } = await host.activate(configured);
  assert.deepEqual([state, reason], ['active', undefined]);
  const link = bankLinkDirectory(host, () => [configured]).ofAccount(ACCOUNT_NO) ?? assert.fail();
  const request = { instructionNo: 'T20261127000000001', fromAccountNo: ACCOUNT_NO, payee: PAYEE, amountFen: 12_345, purpose: '退预交金' };
  assert.equal((await link.pay(request)).kind, 'accepted');
  assert.equal((await link.query({ instructionNo: request.instructionNo, fromAccountNo: ACCOUNT_NO, amountFen: 12_345, requestedAt: now().toISOString() })).kind, 'succeeded');
  const day = new Date(now().getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
  passDays(1);
  const statement = await link.statement({ accountNo: ACCOUNT_NO, day });
  assert.deepEqual(statement.kind === 'statement' && statement.lines.map(({ instructionNo, amountFen, direction }) => [instructionNo, amountFen, direction]), [[request.instructionNo, 12_345, 'out']]);
  assert.equal(bank.transfers.paidUnder(request.instructionNo), 1);
  assert.match((await host.activate({ ...configured, accountNos: ['7111010182600999999'] })).reason ?? '', /the plugin pays from 7111010182600123456/);
});
