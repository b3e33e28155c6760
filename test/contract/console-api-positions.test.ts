/** 安装位置: where terminals stand is written down for all that are named or for none, by whoever runs the machine. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { auditorBeside, codeOf, firstAdministrator, listOf, type ConsoleClient } from './console-client.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';

let house: ConsoleHouse;
let administrator: ConsoleClient;
let auditor: ConsoleClient;

before(async () => {
  house = await buildConsoleHouse();
  administrator = await firstAdministrator(house);
  auditor = await auditorBeside(house, administrator);
  for (const id of ['kiosk-1', 'kiosk-2', 'kiosk-3']) await administrator.call('POST', '/terminals', { id, kind: 'kiosk', title: id });
});
after(async () => {
  await house.stop();
  assert.deepEqual(house.undeclared, [], 'every answer is what its route declares');
});

const put = (client: ConsoleClient, terminals: readonly string[], position?: Record<string, string>) => client.call('PUT', '/terminal-positions', { terminals, ...(position === undefined ? {} : { position }) });
const positions = async () => listOf(await administrator.get('/terminal-positions'), 'positions');

test('several terminals get one position, another takes its place, and without one it is forgotten; each act is audited', async () => {
  assert.equal((await put(administrator, ['kiosk-1', 'kiosk-2'], { building: '门诊楼', floor: '1 楼', area: '收费处', spot: '2 号窗口左侧' })).status, 200);
  assert.equal((await put(administrator, ['kiosk-2'], { building: '住院楼' })).status, 200);
  assert.deepEqual(await positions(), [{ terminal: 'kiosk-1', building: '门诊楼', floor: '1 楼', area: '收费处', spot: '2 号窗口左侧' }, { terminal: 'kiosk-2', building: '住院楼' }]);
  assert.equal((await put(administrator, ['kiosk-2'])).status, 200);
  assert.deepEqual((await positions()).map(({ terminal }) => terminal), ['kiosk-1']);
  const rows = listOf(await administrator.get('/audit'), 'rows').filter(({ what }) => what === 'terminal.position');
  assert.deepEqual(rows.map(({ who, object }) => [who, object]), [['li.admin', 'terminal kiosk-2'], ['li.admin', 'terminal kiosk-2'], ['li.admin', '2 terminals']]);
});

test('a terminal nobody registered is refused, and the others of the same act stay as they were', async () => {
  const asBefore = await positions();
  assert.equal(codeOf(await put(administrator, ['kiosk-3', 'kiosk-9'], { building: '急诊楼' })), 'NO_SUCH_ITEM');
  assert.deepEqual(await positions(), asBefore);
});

test('who may not run the machine reads positions and writes none; names that are none, and too many at once, are refused', async () => {
  assert.equal((await auditor.get('/terminal-positions')).status, 200);
  assert.equal(codeOf(await put(auditor, ['kiosk-1'], { building: '别处' })), 'NOT_PERMITTED');
  for (const position of [{}, { building: '' }, { building: ' 门诊楼' }, { building: '长'.repeat(41) }, { building: '楼', floor: '层'.repeat(21) }, { building: '楼', room: '101' }, { floor: '1 楼' }]) assert.equal(codeOf(await put(administrator, ['kiosk-1'], position as Record<string, string>)), 'MALFORMED_REQUEST', JSON.stringify(position));
  assert.equal(codeOf(await put(administrator, [], { building: '门诊楼' })), 'MALFORMED_REQUEST');
  assert.equal(codeOf(await put(administrator, Array.from({ length: 201 }, (_none, index) => `kiosk-${String(index)}`), { building: '门诊楼' })), 'MALFORMED_REQUEST');
});
