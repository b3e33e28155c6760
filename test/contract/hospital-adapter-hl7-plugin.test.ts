/** The HL7 adapter as a plugin: what it gives, and what it refuses to start with. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import hl7Plugin, { SettingsSchema } from '@hospay/hospital-adapter-hl7';
import { makeTestContext } from '@hospay/plugin-sdk/testkit';
import { Check } from 'typebox/value';

const mappingFile = fileURLToPath(new URL('../../../config/hospitals/lakeside/hl7-mapping.json', import.meta.url));
const settings = { host: '127.0.0.1', port: 1 };

test('the plugin gives what its manifest declares', async () => {
  const contributions = await hl7Plugin.activate(makeTestContext({ settings: { ...settings, mappingFile } }));
  assert.deepEqual(Object.keys(contributions.hospitalAdapters ?? {}), ['hl7']);
  await contributions.stop?.();
});

test('the plugin refuses settings and mapping files that cannot work, by name', async () => {
  const activate = async (more: object) => hl7Plugin.activate(makeTestContext({ settings: { ...settings, ...more } }));
  await assert.rejects(activate({}), /exactly one of mapping and mappingFile/);
  await assert.rejects(activate({ mapping: { format: 'other' } }), /format: expected "hospay-hl7-mapping\/1"/);
  await assert.rejects(activate({ mappingFile, answerListener: { port: 2575 } }), /settings\.answerListener: only with acknowledgement "enhanced"/);
  await assert.rejects(activate({ mappingFile, caPem: '-----BEGIN CERTIFICATE-----' }), /settings\.tls: certificates are given/);
  await assert.rejects(activate({ mappingFile, tls: true, privateKeyPem: 'x' }), /certificatePem and privateKeyPem come together/);
  const mapping: Record<string, unknown> = JSON.parse(await readFile(mappingFile, 'utf8'));
  await assert.rejects(activate({ mapping: { ...mapping, header: { sendingFacility: '䶮医院' } }, characterSet: 'cp936' }), /header\.sendingFacility: contains characters that cp936 does not have/);
  assert.equal(Check(SettingsSchema, { ...settings, mappingFile, prot: 1 }), false);
});

test('a port for answers that somebody else holds is told when the adapter starts', async (context) => {
  const other = createServer(() => undefined);
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  context.after(() => other.close());
  const address = other.address();
  assert.ok(address !== null && typeof address !== 'string');
  await assert.rejects(async () => hl7Plugin.activate(makeTestContext({ settings: { ...settings, mappingFile, acknowledgement: 'enhanced', answerListener: { host: '127.0.0.1', port: address.port } } })), /EADDRINUSE/);
});
