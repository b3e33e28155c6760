import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHostReadings, type HostProbe } from './host-readings.js';

function scripted() {
  const state = { busy: 0, all: 0, wall: 1_000_000, monotonic: 0 };
  const probe: HostProbe = {
    processors: () => ({ busy: state.busy, all: state.all }), availableBytes: () => 512 * 1024 * 1024, processBytes: () => 256 * 1024 * 1024, eventLoopMs: () => 7, wallMs: () => state.wall, monotonicMs: () => state.monotonic, stop() {},
  };
  const readings = createHostReadings(probe);
  const pass = (ms: number, jumpMs = 0): void => {
    state.monotonic += ms;
    state.wall += ms + jumpMs;
  };
  const value = (measure: string) => readings.read().find((reading) => reading.measure === measure)?.value;
  return { state, pass, value };
}

test('the CPU is what was busy since the last reading, memory is in megabytes', () => {
  const { state, value } = scripted();
  state.busy = 30;
  state.all = 40;
  assert.equal(value('cpuPercent'), 75);
  state.all = 140;
  assert.equal(value('cpuPercent'), 0);
  assert.deepEqual([value('memoryAvailable'), value('processMemory'), value('eventLoopDelay')], [512, 256, 7]);
});

test('a wall clock that jumps either way is seen for ten minutes, one that runs evenly is not', () => {
  const { pass, value } = scripted();
  pass(5_000);
  assert.equal(value('clockJump'), 0);
  pass(5_000, -3_600_000);
  assert.equal(value('clockJump'), 3_600_000);
  pass(300_000);
  assert.equal(value('clockJump'), 3_600_000);
  pass(300_000);
  assert.equal(value('clockJump'), 0);
});

test('the machine itself gives numbers', () => {
  const readings = createHostReadings();
  for (const { measure, value } of readings.read()) assert.ok(Number.isFinite(value) && value >= 0, measure);
  readings.stop();
});
