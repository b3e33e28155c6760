import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionConfiguration, sessionSettings } from './connection-options.js';
import { SQL_SERVER_VERSIONS } from './server-generations.js';
import type { Settings } from './settings.js';

const settings: Settings = { server: 'his', database: 'his', user: 'hospay', password: 'x', mappingFile: 'm.json' };

test('a server version brings its protocol and TLS defaults', () => {
  const tdsVersions = SQL_SERVER_VERSIONS.map((version) => connectionConfiguration({ ...settings, version }).options?.tdsVersion);
  assert.deepEqual(tdsVersions, ['7_1', '7_2', '7_3_A', '7_3_B', '7_4', '7_4', '7_4', '7_4', '7_4', '7_4']);
  assert.equal(connectionConfiguration({ ...settings, version: 'sql2022' }).options?.encrypt, true);
  assert.equal(connectionConfiguration({ ...settings, version: 'sql2008r2' }).options?.encrypt, false);
  assert.deepEqual(connectionConfiguration({ ...settings, version: 'sql2008', encrypt: true }).options?.cryptoCredentialsDetails, { minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' });
  assert.equal(connectionConfiguration({ ...settings, version: 'sql2008', tls: 'modern' }).options?.cryptoCredentialsDetails, undefined);
});

test('a certificate nobody vouches for is refused unless the settings say otherwise', () => {
  assert.equal(connectionConfiguration(settings).options?.trustServerCertificate, false);
  assert.equal(connectionConfiguration({ ...settings, trustServerCertificate: true }).options?.trustServerCertificate, true);
});

test('a SET option of null leaves the server its default', () => {
  const options = connectionConfiguration({ ...settings, setOptions: { quotedIdentifier: null, ansiNulls: false } }).options;
  assert.equal(options?.enableQuotedIdentifier, null);
  assert.equal(options?.enableAnsiNull, false);
  assert.equal(options?.enableArithAbort, true);
});

test('each connection waits for locks only so long, loses deadlocks, and aborts on error', () => {
  assert.equal(sessionSettings(settings), 'SET LOCK_TIMEOUT 3000\nSET DEADLOCK_PRIORITY LOW\nSET XACT_ABORT ON');
  assert.equal(sessionSettings({ ...settings, lockTimeoutMs: 500, setOptions: { xactAbort: null } }), 'SET LOCK_TIMEOUT 500\nSET DEADLOCK_PRIORITY LOW');
});
