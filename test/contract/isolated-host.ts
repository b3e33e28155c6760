import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import { createMemoryStore } from '@hospay/plugin-sdk/host';
import { buildPackage } from '@hospay/plugin-sdk/package';
import type { ChannelGuest } from '@hospay/server/domain/guests.js';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { SYSTEM_TIMERS } from '@hospay/server/edges/machine/system-timers.js';
import { createPluginHost } from '@hospay/server/plugin-host/plugin-host.js';
import { SILENT_METRICS } from '@hospay/server/plugin-host/ports.js';

import { ROOT } from '../architecture/source-files.js';
import { unpackTo } from './vendor-packages.js';

export type ShutIn = { readonly plugin: string; readonly settings: Readonly<Record<string, unknown>>; readonly merchantNo: string; readonly simulator: { readonly stop: () => Promise<void> } };

/** A channel of ours as a vendor's would run: packed, unpacked and shut in a process of its own behind the production host. The simulator is stopped after it. */
export async function shutIn(context: TestContext, { plugin, settings, merchantNo, simulator }: ShutIn): Promise<ChannelGuest> {
  const folder = mkdtempSync(join(tmpdir(), `hospay-${plugin}-`));
  const host = createPluginHost({
    folders: [folder], clock: { now: () => new Date() }, timers: SYSTEM_TIMERS, log: SILENT_LOG, metrics: SILENT_METRICS, stores: { open: () => createMemoryStore() }, isFirstParty: () => false,
  });
  context.after(async () => {
    await host.stop();
    await simulator.stop();
    rmSync(folder, { recursive: true });
  });
  const { bytes } = await buildPackage(join(ROOT, 'plugins/channels', plugin));
  await unpackTo(join(folder, plugin), bytes);
  host.discover();
  const { state, reason } = await host.activate({ id: `${plugin}-1`, plugin, settings, enabled: true, merchantNo });
  assert.equal(state, 'active', reason);
  return host.channel(`${plugin}-1`) ?? assert.fail('there is no channel');
}
