import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { Sensitive } from '../domain/sensitive.js';
import { createLogger, type LoggerOptions } from './logger.js';

const clock = { now: () => new Date('2026-11-22T00:00:00.000Z') };

function logInto(lines: string[], options: Partial<LoggerOptions> = {}) {
  return createLogger({ clock, level: 'info', write: (line) => lines.push(line), ...options });
}

test('a line is one JSON object with time, level, message and facts', () => {
  const lines: string[] = [];
  logInto(lines).with({ part: 'payments' }).info('payment succeeded', { tradeNo: 'H20261122T1', amountFen: 100 });
  assert.deepEqual(JSON.parse(lines[0] ?? ''), { level: 'info', at: '2026-11-22T00:00:00.000Z', part: 'payments', tradeNo: 'H20261122T1', amountFen: 100, message: 'payment succeeded' });
});

test('no canary passes, whether in a message, a fact, a nested value, an error or a bound fact', () => {
  const lines: string[] = [];
  const log = logInto(lines, { level: 'debug' });
  log.info('patient 110101199003070718 called 13812345678');
  log.warn('read', { patient: { name: 'canary-name', idNo: 'canary-id' }, card: '6222021234567890128' });
  log.error('failed', { error: new Error('-----BEGIN PRIVATE KEY-----canary-pem-----END PRIVATE KEY-----', { cause: { apiV3Key: 'canary-key' } }) });
  log.with({ password: 'canary-password' }).debug('bound');
  log.info('wrapped', { value: new Sensitive('canary-wrapped') });
  assert.equal(lines.length, 5);
  assert.doesNotMatch(lines.join(''), /canary|110101199003070718|13812345678|6222021234567890128/);
});

test('a fact cannot pose as the level, the time or the message of its line', () => {
  const lines: string[] = [];
  logInto(lines).info('true message', { level: 'error', at: 'never', message: 'forged' });
  const line = lines[0] ?? '';
  assert.deepEqual([JSON.parse(line).level, JSON.parse(line).message, line.match(/"at":/g)?.length], ['info', 'true message', 1]);
});

test('a line break in a message stays inside its line', () => {
  const lines: string[] = [];
  logInto(lines).info('one\n{"level":"error"}');
  assert.equal(lines.join('').trimEnd().split('\n').length, 1);
});

test('lines below the level are not written', () => {
  const lines: string[] = [];
  logInto(lines).debug('quiet');
  assert.deepEqual(lines, []);
});

test('the file gets the same lines, rotates by size and keeps a bounded number of files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-log-'));
  const lines: string[] = [];
  const log = logInto(lines, { file: { path: join(folder, 'logs/hospay.log'), largestBytes: 400, keptFiles: 3 } });
  for (let count = 0; count < 20; count += 1) log.info(`line ${count}`);
  log.close();
  const names = readdirSync(join(folder, 'logs')).toSorted();
  const kept = ['hospay.log.2', 'hospay.log.1', 'hospay.log'].map((name) => readFileSync(join(folder, 'logs', name), 'utf8')).join('');
  rmSync(folder, { recursive: true });
  assert.deepEqual(names, ['hospay.log', 'hospay.log.1', 'hospay.log.2']);
  assert.ok(lines.join('').endsWith(kept));
  assert.ok(kept.length > 400);
});
