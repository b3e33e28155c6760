/** `npm run simulate:month -- [--days 30] [--orders 3400] [--differences 20] [--seed 1]`: a month of a hospital in virtual time; exit code 1 when it does not close. */
import { parseArgs } from 'node:util';
import { runMonth } from './run-month.js';

const { values } = parseArgs({ options: { days: { type: 'string', default: '30' }, orders: { type: 'string', default: '3400' }, differences: { type: 'string', default: '20' }, seed: { type: 'string', default: '1' }, from: { type: 'string', default: '2026-09-01' } } });
const whole = (text: string, name: string): number => {
  if (!/^\d{1,7}$/.test(text)) throw new Error(`--${name} must be a whole number, not "${text}"`);
  return Number(text);
};
const since = process.hrtime.bigint();
const report = await runMonth({ seed: whole(values.seed, 'seed'), firstDay: values.from, days: whole(values.days, 'days'), ordersPerDay: whole(values.orders, 'orders'), differencesPerDay: whole(values.differences, 'differences') });
const seconds = Number(process.hrtime.bigint() - since) / 1e9;
console.log(`${String(report.days.length)} days, ${String(report.orders)} orders in ${seconds.toFixed(1)} s; planted: ${[...report.planted].map(([kind, count]) => `${kind} ${String(count)}`).join(', ')}`);
console.log(`hanging: ${String(report.hangingFen.before)} fen before two persons decided, ${String(report.hangingFen.after)} after; ledger ${report.ledgerHash}`);
for (const problem of report.problems.slice(0, 40)) console.log(`  ${problem}`);
console.log(report.problems.length === 0 ? 'every day is balanced or explained, every planted difference was found, none was invented, suspense is what open cases say, settlement equals bank, and the month is closed' : `${String(report.problems.length)} problems`);
process.exitCode = report.problems.length === 0 ? 0 : 1;
