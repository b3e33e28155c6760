/** What systemd and chrony know: units, journal, time. Where they are not, that is what is said. */
import type { Collected, Collector, SupportFacts } from '../../support/ports.js';
import { runProgram, type Ran, type RunRequest } from './run-program.js';

type Run = (request: RunRequest) => Promise<Ran>;
const DEADLINE_MS = 10_000;
const JOURNAL_DEADLINE_MS = 20_000;
const JOURNAL_LINES = '3000';
const OUR_UNITS = ['hospay*.service', 'chrony*.service', 'systemd-timesyncd.service', 'nftables.service'] as const;

export function systemCollectors(run: Run = runProgram): readonly Collector[] {
  const collector = (id: string, deadlineMs: number, collect: () => Promise<Collected>): Collector => ({ id, deadlineMs: deadlineMs + 1_000, collect });
  return [
    collector('units', 2 * DEADLINE_MS, async () => {
      const shown = await run({ program: 'systemctl', words: ['show', ...OUR_UNITS, '--all', '-p', 'Id,ActiveState,SubState,Result,NRestarts,ExecMainStatus,ActiveEnterTimestamp,MemoryCurrent'], deadlineMs: DEADLINE_MS });
      const failed = await run({ program: 'systemctl', words: ['--failed', '--all', '--no-pager', '--plain'], deadlineMs: DEADLINE_MS });
      const units = shown.kind === 'ended' && shown.status === 0 ? readUnits(shown.output) : undefined;
      return { files: [{ path: 'units.txt', text: `${said('systemctl show', shown)}\n${said('systemctl --failed', failed)}\n` }], facts: units === undefined ? {} : { units } };
    }),
    collector('journal', JOURNAL_DEADLINE_MS, async () => {
      const found = await run({ program: 'journalctl', words: [...OUR_UNITS.flatMap((unit) => ['-u', unit]), '-n', JOURNAL_LINES, '-o', 'short-iso', '--no-pager', '-q'], deadlineMs: JOURNAL_DEADLINE_MS });
      return { files: [{ path: 'journal.txt', text: said('journalctl', found) }] };
    }),
    collector('time', 2 * DEADLINE_MS, async () => {
      const [chrony, control] = [await run({ program: 'chronyc', words: ['-n', 'tracking'], deadlineMs: DEADLINE_MS }), await run({ program: 'timedatectl', words: ['show'], deadlineMs: DEADLINE_MS })];
      const clock = readClock(chrony, control);
      return { files: [{ path: 'time.txt', text: `${said('chronyc tracking', chrony)}\n${said('timedatectl show', control)}\n` }], facts: clock === undefined ? {} : { clock } };
    }),
  ];
}

function said(what: string, ran: Ran): string {
  const text = ran.kind === 'ended' ? ran.output : ran.kind === 'absent' ? '本机没有此程序 not on this machine' : '超时 did not answer in time';
  return `# ${what}\n${text}`;
}

/** Paragraphs of `Key=value`, as `systemctl show` prints them. A pattern that nothing matches shows nothing. */
export function readUnits(text: string): NonNullable<SupportFacts['units']> {
  return text.split(/\n{2,}/).flatMap((paragraph) => {
    const of = (key: string): string => new RegExp(`^${key}=(.*)$`, 'm').exec(paragraph)?.[1] ?? '';
    return of('Id') === '' ? [] : [{ unit: of('Id'), state: of('ActiveState'), restarts: Number(of('NRestarts')) || 0 }];
  });
}

/** Chrony tells the offset; without it systemd tells whether somebody keeps the time. */
export function readClock(chrony: Ran, control: Ran): SupportFacts['clock'] {
  if (chrony.kind === 'ended' && chrony.status === 0) {
    const [, seconds, side] = /^System time\s*:\s*([\d.]+) seconds (slow|fast)/m.exec(chrony.output) ?? [];
    return { isSynchronised: /^Leap status\s*:\s*Normal/m.test(chrony.output), ...(seconds === undefined ? {} : { offsetMs: Number(seconds) * (side === 'slow' ? -1_000 : 1_000) }) };
  }
  return control.kind === 'ended' && control.status === 0 ? { isSynchronised: /^NTPSynchronized=yes$/m.test(control.output) } : undefined;
}
