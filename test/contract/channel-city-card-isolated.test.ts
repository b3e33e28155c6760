/** The same suite over the same plugin as hospitals get it: packed, unpacked and shut in a process of its own, secrets by name only. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { createMemoryStore } from '@hospay/plugin-sdk/host';
import { runChannelConformance } from '@hospay/plugin-sdk/testkit';
import type { Log } from '@hospay/server/domain/log.js';
import { SYSTEM_TIMERS } from '@hospay/server/edges/machine/system-timers.js';
import { createGuestCapabilities } from '@hospay/server/plugin-host/guest-capabilities.js';
import { readPackage } from '@hospay/server/plugin-host/read-package.js';
import { startApart } from '@hospay/server/plugin-host/start-guest.js';
import { makeCityCardSubject, type StartChannel } from './channel-city-card-subject.js';
import { makeVendor, unpackTo } from './vendor-packages.js';

let folder: string;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hospay-city-card-'));
  await unpackTo(folder, await makeVendor().pack('1.0.0'));
});
after(() => { rmSync(folder, { recursive: true }); });

const apart: StartChannel = async (settings, { now, logged, mortality }) => {
  const reading = readPackage(folder);
  assert.equal(reading.kind, 'fits');
  const line = (message: string, facts?: object): void => { logged(`${message} ${JSON.stringify(facts ?? {})}`); };
  const log: Log = { debug: line, info: line, warn: line, error: line, with: () => log };
  const capabilities = createGuestCapabilities({ manifest: reading.package.manifest, settings, store: createMemoryStore(), timers: SYSTEM_TIMERS });
  const guest = await startApart({ package: reading.package, settings, capabilities: mortality?.wrap(capabilities.capabilities) ?? capabilities.capabilities, clock: { now }, timers: SYSTEM_TIMERS, log });
  assert.equal(guest.kind, 'started', 'reason' in guest ? guest.reason : '');
  const channel = guest.contributions.channels?.['city-card'] ?? assert.fail('no channel');
  return {
    channel,
    async stop() {
      await guest.stop();
      capabilities.stop();
    },
  };
};

runChannelConformance({ name: 'city-card, isolated', makeSubject: () => makeCityCardSubject(apart), notApplicable: { 'certificate.expired': 'the city card signs with a shared key' } });
