/** `npm run simulate -- --seeds N [--seed S] [--plant NAME] [--without "FAULT,FAULT"] [--workers 2] [--office] [--cards] [--again] [--self-tests] [--clock]`: exit code 1 when a rule broke. */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { CLOCK_STORM, FAULT_KINDS } from './faults.js';
import { OFFICE_WEATHER } from './planted-payout-bugs.js';
import { runSeeds, type Summary } from './run-seeds.js';
import type { SeedReport } from './simulate-seed.js';

const { values } = parseArgs({
  options: { seeds: { type: 'string' }, seed: { type: 'string' }, plant: { type: 'string' }, without: { type: 'string' }, workers: { type: 'string' }, events: { type: 'string' }, office: { type: 'boolean' }, cards: { type: 'boolean' }, again: { type: 'boolean' }, 'self-tests': { type: 'boolean' }, clock: { type: 'boolean' } },
});
const firstSeed = wholeNumber(values.seed ?? '1', 'seed');
const seeds = wholeNumber(values.seeds ?? (values.seed === undefined ? '200' : '1'), 'seeds');
const masked = values.without === undefined ? [] : values.without.split(',').map((name) => name.trim());
for (const name of masked) if (!(name in FAULT_KINDS)) throw new Error(`no such fault: ${name}; there are: ${Object.keys(FAULT_KINDS).join(', ')}`);
const workers = Math.min(seeds, wholeNumber(values.workers ?? String(Math.min(2, availableParallelism())), 'workers'));
const shownEvents = wholeNumber(values.events ?? '40', 'events');

const since = process.hrtime.bigint();
const hasFinanceOffice = values.office;
const storm = { ...(hasFinanceOffice === true ? OFFICE_WEATHER : {}), ...(values.clock === true ? CLOCK_STORM : {}) };
const summary = await runSeeds({ firstSeed, seeds, plant: values.plant, masked, workers, ...(values.cards === true ? { hasBoundCards: true } : {}), ...(values.again === true ? { asksAgain: true } : {}), ...(values['self-tests'] === true ? { testsChannels: true } : {}), ...(Object.keys(storm).length > 0 ? { storm } : {}), ...(hasFinanceOffice === true ? { hasFinanceOffice } : {}) });
print(summary, Number(process.hrtime.bigint() - since) / 1e9);
process.exitCode = summary.failed.length + summary.unrepeatable.length === 0 ? 0 : 1;

function print({ failed, faults, marks, unrepeatable, ...total }: Summary, seconds: number): void {
  const years = total.virtualMs / (365.25 * 24 * 3600 * 1000);
  console.log(`${String(total.seeds)} seeds in ${seconds.toFixed(1)} s (${Math.round((total.seeds / seconds) * 60).toString()} seeds/min on ${String(workers)} threads), ${String(total.orders)} orders, ${String(total.events)} events, ${years.toFixed(1)} simulated years`);
  console.log(`\nfaults\n${table(new Map([...Object.keys(FAULT_KINDS).map((kind): [string, number] => [kind, 0]), ...faults]))}`);
  console.log(`\nmet sometimes\n${table(marks)}`);
  for (const seed of unrepeatable) console.log(`\nseed ${String(seed)} gave two different histories`);
  for (const report of failed.slice(0, 5)) printFailure(report);
  console.log(`\n${String(failed.length)} seeds broke a rule${failed.length === 0 ? '' : `: ${failed.map(({ seed }) => seed).sort((left, right) => left - right).slice(0, 50).join(' ')}`}`);
}

function printFailure(report: SeedReport): void {
  console.log(`\nseed ${String(report.seed)} broke a rule`);
  for (const violation of report.violations.slice(0, 5)) console.log(`  ${violation.at}  ${violation.rule}  ${violation.subject}: ${violation.detail}`);
  console.log(`  the last events:\n${report.lastLines.slice(-shownEvents).map((line) => `    ${line}`).join('\n')}`);
  const plant = values.plant === undefined ? '' : ` --plant ${values.plant}`;
  const without = masked.length === 0 ? '' : ` --without "${masked.join(',')}"`;
  console.log(`  replay: npm run simulate -- --seed ${String(report.seed)} --seeds 1${plant}${without}${values.office === true ? ' --office' : ''}${values.cards === true ? ' --cards' : ''}${values.again === true ? ' --again' : ''}${values['self-tests'] === true ? ' --self-tests' : ''}${values.clock === true ? ' --clock' : ''}`);
}

function table(counts: ReadonlyMap<string, number>): string {
  return [...counts].sort(([left], [right]) => (left < right ? -1 : 1)).map(([name, count]) => `  ${String(count).padStart(9)}  ${name}`).join('\n');
}

function wholeNumber(text: string, name: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} must be a whole number, not "${text}"`);
  return Number(text);
}
