import assert from 'node:assert/strict';
import test from 'node:test';
import { createMetrics, DURATION_BUCKETS } from './metrics.js';

test('the page shows counters, gauges and histograms under their labels', async () => {
  const metrics = createMetrics();
  metrics.counter({ name: 'hospay_payments_total', help: 'payments by end', labels: ['end'] }).add({ end: 'succeeded' }, 2);
  metrics.gauge({ name: 'hospay_open_cases', help: 'open cases' }).set(3);
  metrics.observedGauge({ name: 'hospay_free_bytes', help: 'free space', read: () => 42 });
  metrics.histogram({ name: 'hospay_call_seconds', help: 'guest calls', labels: ['plugin'], buckets: DURATION_BUCKETS }).observe(0.2, { plugin: 'p' });
  const { text, contentType } = await metrics.page();
  assert.match(contentType, /text\/plain/);
  for (const line of ['hospay_payments_total{end="succeeded"} 2', 'hospay_open_cases 3', 'hospay_free_bytes 42', 'hospay_call_seconds_count{plugin="p"} 1']) assert.ok(text.includes(line), line);
});

test('a name without our prefix is refused', () => {
  assert.throws(() => createMetrics().counter({ name: 'payments_total', help: '' }), /hospay_/);
});

test('two platforms in one process count apart', async () => {
  const [one, two] = [createMetrics(), createMetrics()];
  one.counter({ name: 'hospay_a_total', help: 'a' }).add();
  two.counter({ name: 'hospay_a_total', help: 'a' });
  assert.match((await one.page()).text, /hospay_a_total 1/);
  assert.match((await two.page()).text, /hospay_a_total 0/);
});
