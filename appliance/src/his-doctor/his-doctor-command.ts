/** `hospay his doctor`: what hospital IT runs before a HIS goes live, and when something is odd. It books nothing. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Screen } from '../screen.js';
import { isMoneySafe, writeMarkdown } from './finding.js';
import { examineHis } from './his-doctor.js';

type Options = {
  readonly settings: string; readonly mapping: string; readonly adapter: string; readonly out: string; readonly calls: string;
  readonly cardType: string; readonly cardNo?: string; readonly patient?: string; readonly inpatient?: string; readonly visit?: string; readonly department?: string; readonly tradeNo: string; readonly day?: string;
};

/** A number no platform ever gives out: the HIS must say that it has nothing under it. */
const NEVER_BOOKED = 'HOSPAYDOCTOR0000';

export function addHisCommand(program: Command, screen: Screen): void {
  program
    .command('his')
    .description('the hospital system 医院系统')
    .command('doctor')
    .description('examine the connection to the HIS, read-only, and write a report 体检医院系统连接（只读）')
    .requiredOption('--settings <file>', "the adapter's settings, JSON; the password may come from HOSPAY_HIS_PASSWORD")
    .requiredOption('--mapping <file>', 'the mapping file')
    .option('--adapter <name>', 'which adapter', 'sqlserver')
    .option('--out <folder>', 'where his-doctor.md and his-doctor.json are written', '.')
    .option('--calls <n>', 'how often each read is called', '5')
    .option('--card-type <type>', 'kind of the sample card', 'visitCard')
    .option('--card-no <no>', 'a sample card').option('--patient <id>', 'a sample patient').option('--department <code>', 'a sample department')
    .option('--inpatient <no>', 'a sample stay').option('--visit <id>', 'its number').option('--trade-no <no>', 'asked about', NEVER_BOOKED).option('--day <yyyy-MM-dd>', 'the day of lists; today')
    .action((options: Options) => examine(options, screen));
}

async function examine(options: Options, screen: Screen): Promise<void> {
  try {
    const calls = Number(options.calls);
    if (!Number.isInteger(calls) || calls < 1 || calls > 100) throw new Error('--calls: expected 1 to 100');
    const password = process.env['HOSPAY_HIS_PASSWORD'];
    const report = await examineHis({
      adapter: options.adapter, settings: { ...(password === undefined ? {} : { password }), ...readObject(options.settings) }, mapping: readObject(options.mapping), calls,
      samples: {
        cardType: options.cardType, cardNo: options.cardNo, patientId: options.patient, inpatientNo: options.inpatient, visitId: options.visit, departmentCode: options.department, tradeNo: options.tradeNo,
        day: options.day ?? new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10),
      },
    });
    mkdirSync(options.out, { recursive: true });
    writeFileSync(join(options.out, 'his-doctor.md'), writeMarkdown(report));
    writeFileSync(join(options.out, 'his-doctor.json'), `${JSON.stringify(report, null, 2)}\n`);
    for (const { level, about, text } of report.findings) if (level !== 'fine') screen.say(`${level === 'missing' ? '✖' : '!'} ${about}: ${text}`);
    screen.say(`${join(options.out, 'his-doctor.md')} and .json are written`);
    if (!isMoneySafe(report)) screen.fail('something that money needs is missing 缺少收款所需的条件');
  } catch (error) {
    screen.fail(error instanceof Error ? error.message : 'it failed');
  }
}

function readObject(path: string): Record<string, unknown> {
  const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${path}: expected an object`);
  return Object.fromEntries(Object.entries(value));
}
