import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { BlockList } from 'node:net';
import { test } from 'node:test';
import { isListed, onlyAllowedAddresses } from '@hospay/server/edges/http/console-api/allowed-addresses.js';
import { codeOf, ConsoleClient } from './console-client.js';
import { buildConsoleHouse } from './console-house.js';

/** An address of this machine that is not the loopback: what a workstation comes from. */
const outside = Object.values(networkInterfaces()).flat().find((one) => one?.family === 'IPv4' && !one.internal)?.address;

test('the console answers the listed networks, and the machine itself whatever the list says', async () => {
  // 127.0.0.2 is the machine itself, too; the rule for others is held below without a wire where the machine has no other address.
  const house = await buildConsoleHouse({ allowedAddresses: ['10.99.0.0/16'], host: '0.0.0.0' });
  try {
    const port = new URL(house.origin).port;
    assert.equal((await new ConsoleClient(`http://127.0.0.1:${port}`).get('/state')).status, 200);
    if (outside !== undefined) {
      const turnedAway = await new ConsoleClient(`http://${outside}:${port}`).call('GET', '/state', undefined, { 'x-forwarded-for': '10.99.0.1', forwarded: 'for=10.99.0.1' });
      assert.deepEqual([turnedAway.status, codeOf(turnedAway)], [403, 'ADDRESS_NOT_ALLOWED'], 'what a header says of the address is not believed');
      assert.equal((await fetch(`http://${outside}:${port}/`)).status, 403, 'pages neither');
    }
  } finally {
    await house.stop();
  }
});

test('a guest over IPv6 that stands for an IPv4 one is the IPv4 one', () => {
  const list = new BlockList();
  list.addSubnet('10.20.0.0', 16, 'ipv4');
  list.addSubnet('fd00::', 8, 'ipv6');
  assert.deepEqual(['10.20.3.4', '::ffff:10.20.3.4', 'fd12::1', '10.21.0.1', '::ffff:10.21.0.1', 'fe80::1', '', 'nonsense'].map((address) => isListed(list, address)), [true, true, true, false, false, false, false, false]);
  assert.equal(typeof onlyAllowedAddresses(['10.20.0.0/16', '10.1.2.3', 'fd00::/8']), 'function');
});
