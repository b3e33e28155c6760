/**
 * What a start costs, where no processor is at hand that virtualizes: the image as it is, from the firmware on, on one emulated processor whose clock counts what it executes. Its own clock says how long the start takes on a
 * processor that does 1,000 million instructions a second and has nobody beside it. It hardly depends on the host: only what it waits for (disk, timers) counts as it is.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ConsoleClient } from '../contract/console-client.js';
import { READY } from './hospital-outside.js';
import { VirtualMachine } from './virtual-machine.js';

/** 20 s of one processor of 3 GHz that executes an instruction a cycle, which is taken for granted here; the machine is given two. */
const MOST_MILLIONS = 60_000;
const MILLIONS_PER_SECOND = 1_000;
/** A counted processor is emulated by one of ours alone. */
const WITHIN_MS = 2_400_000;

const powerOn = new Date(Math.floor(Date.now() / 1_000) * 1_000);
let machine: VirtualMachine;
before(async () => { machine = await VirtualMachine.create({ countedFrom: powerOn }); });
after(() => machine.remove());

test('a new machine takes payments after what a processor of a server executes in 20 s, file systems and keys made in that time', async (context) => {
  const since = Date.now();
  machine.start();
  await machine.says(READY, WITHIN_MS);
  const { headers } = await new ConsoleClient(machine.consoleOrigin).get('/state');
  const millions = (Date.parse(headers.get('date') ?? '') - powerOn.getTime()) / 1_000 * MILLIONS_PER_SECOND;
  context.diagnostic(`${String(millions)} million instructions and waits from power-on to ready (${String(Math.round((Date.now() - since) / 1_000))} s of emulation)`);
  assert.ok(millions > 0 && millions <= MOST_MILLIONS, String(millions));
});
