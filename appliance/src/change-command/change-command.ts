/** `hospay change …`: what waits for a second person, seen and decided at the command line by somebody who signs in under his own name. */
import type { Command } from 'commander';
import type { Screen } from '../screen.js';
import { addConsoleOptions, asList, asObject, atConsole, type ConsoleOptions } from './console-session.js';

type Json = Readonly<Record<string, unknown>>;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

export function addChangeCommand(program: Command, screen: Screen): void {
  const change = program.command('change').description('changes of plugins, keys and routing that others approve 变更审批');
  const run = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      screen.fail(error instanceof Error ? error.message : 'it failed');
    }
  };

  addConsoleOptions(change.command('list').description('open ones first 变更单')).action((options: ConsoleOptions) => run(() => atConsole(options, async (session) => {
    const { body } = await session.call('GET', '/changes');
    if (body['needsTwo'] !== true) screen.say('only one person can approve: changes are made at once 尚未启用双人复核：只有一名审批人');
    for (const one of asList(body['changes'])) screen.say(`${text(one['changeNo'])}  ${text(one['state'])}  ${text(one['kind'])}  ${text(one['subject'])}  ${text(one['proposedBy'])}: ${text(one['reason'])}`);
  })));

  addConsoleOptions(change.command('show <changeNo>').description('what is there now and what would be 现在与变更后')).action((changeNo: string, options: ConsoleOptions) => run(() => atConsole(options, async (session) => {
    const { body } = await session.call('GET', '/changes');
    const found = asList(body['changes']).find((one) => one['changeNo'] === changeNo);
    if (found === undefined) throw new Error(`there is no change ${changeNo} 变更单不存在`);
    for (const line of sayChange(found)) screen.say(line);
  })));

  for (const [word, decision, description] of [['approve', 'approve', 'approve exactly what `show` said 同意'], ['refuse', 'refuse', 'refuse, or take one’s own back 拒绝或撤回']] as const) {
    addConsoleOptions(change.command(`${word} <shown...>`).description(`${description}; each as <changeNo>:<hash>`).requiredOption('--reason <text>', 'why 意见')).action((shown: readonly string[], options: ConsoleOptions & { reason: string }) => run(() => atConsole(options, async (session) => {
      const changes = shown.map((one) => {
        const [changeNo = '', hash = ''] = one.split(':');
        if (!/^BG\d{8}$/.test(changeNo) || !/^[0-9a-f]{64}$/.test(hash)) throw new Error(`${one}: expected <changeNo>:<hash>, as \`hospay change show\` writes it`);
        return { changeNo, hash };
      });
      const { body } = await session.call('POST', '/changes/decisions', { changes, decision, reason: options.reason });
      for (const result of asList(body['results'])) {
        const error = asObject(result['error']);
        if (result['error'] === undefined) screen.say(`${text(result['changeNo'])}: ${text(asObject(result['change'])['state'])}`);
        else screen.fail(`${text(result['changeNo'])}: ${text(error['code'])} ${text(error['detail'])}`.trimEnd());
      }
    })));
  }
}

/** A change as a person reads it, with the words that approve exactly this. */
export function sayChange(change: Json): readonly string[] {
  return [
    `${text(change['changeNo'])}  ${text(change['state'])}  ${text(change['kind'])}  ${text(change['subject'])}`,
    `  proposed by ${text(change['proposedBy'])}, ${String(change['levels'])} approval(s), until ${text(change['expiresAt'])}: ${text(change['reason'])}`,
    ...asList(change['lines']).map((line) => `  ${text(line['name'])}: ${text(line['before']) || '-'} -> ${text(line['after']) || '-'}`),
    ...(text(change['error']) === '' ? [] : [`  ${text(change['error'])}`]),
    `  hospay change approve ${text(change['changeNo'])}:${text(change['hash'])} --login <another person> --reason <why>`,
  ];
}
