/** The installer medium in QEMU: a bare machine becomes an appliance, on the word of whoever stands before it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { VirtualMachine } from './virtual-machine.js';

const medium = process.env['HOSPAY_INSTALLER'] ?? '';

test('the medium shows the disk and writes nothing until its name is typed twice; then the machine is off, and starts from its disk as the appliance', { skip: medium === '' ? 'no installer medium: name it in HOSPAY_INSTALLER' : false }, async (context) => {
  const machine = await VirtualMachine.create({ medium });
  context.after(() => machine.remove());
  machine.start();
  await machine.says(/vda {2,}51\.5 GB .*\[empty 空\]/);
  await machine.types('vdb');
  await machine.says(/There is no disk vdb/);
  await machine.types('vda');
  await machine.says(/EVERYTHING on vda/);
  await machine.types('vda');
  await machine.says(/Nothing was written/);
  // Only the head of a disk would be there: nothing is.
  assert.ok(sizeOf(machine.disk) < 1_000_000, 'something was written');
  await machine.types('vda');
  await machine.says(/Nothing was written[^]*EVERYTHING on vda/);
  await machine.types('erase vda');
  await machine.says(/Installed on vda/);
  await machine.ends();
  machine.start({ withMedium: false });
  await machine.says(/system slot 系统槽 A[^]*core 核心 ready/);
});

function sizeOf(disk: string): number {
  const { stdout } = spawnSync('qemu-img', ['info', '--force-share', '--output=json', disk], { encoding: 'utf8' });
  return (JSON.parse(stdout) as { 'actual-size': number })['actual-size'];
}
