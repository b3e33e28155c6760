import assert from 'node:assert/strict';
import test from 'node:test';
import { MappingError } from './mapping-error.js';
import { createNoticeDoor } from './notice-door.js';

test('only the addresses and networks that are named are let in, however a socket spells them', () => {
  const door = createNoticeDoor({ port: 1, allowedAddresses: ['10.1.2.0/24', '192.168.7.9', 'fd00::/8'] }, () => new Date(0));
  for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '192.168.7.9', 'fd00::17']) assert.equal(door.lets(address), true, address);
  for (const address of ['10.1.3.3', '192.168.7.10', '127.0.0.1', '::1', undefined, '', 'nowhere']) assert.equal(door.lets(address), false, String(address));
  for (const text of ['10.1.2.0/33', 'his.local', '10.1.2.0/24/8', '10.1.2/24']) assert.throws(() => createNoticeDoor({ port: 1, allowedAddresses: [text] }, () => new Date(0)), MappingError, text);
});

test('an address may send so much in a minute and no more; another is not held up by it', () => {
  let now = 0;
  const door = createNoticeDoor({ port: 1, allowedAddresses: ['10.0.0.0/8'], perMinute: 2 }, () => new Date(now));
  assert.deepEqual([door.takes('10.0.0.1'), door.takes('::ffff:10.0.0.1'), door.takes('10.0.0.1'), door.takes('10.0.0.2')], [true, true, false, true]);
  now = 60_000;
  assert.equal(door.takes('10.0.0.1'), true);
});
