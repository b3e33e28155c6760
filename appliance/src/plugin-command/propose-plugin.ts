/** `hospay plugin install|rollback|remove|trust`: what asks for a change at the running core. Nothing is made by it: another person approves, here or in the console. */
import type { Command } from 'commander';
import { sayChange } from '../change-command/change-command.js';
import { addConsoleOptions, asList, asObject, atConsole, type ConsoleOptions, type Reply } from '../change-command/console-session.js';
import type { Screen } from '../screen.js';
import { readBytes } from './read-bytes.js';

type Asking = ConsoleOptions & { readonly reason: string };
type InstallOptions = Asking & { readonly instance?: string; readonly contribution?: string; readonly merchantNo?: string; readonly settings?: string; readonly acceptCapabilities?: true };

export function addProposals(plugin: Command, screen: Screen): void {
  const run = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      screen.fail(error instanceof Error ? error.message : 'it failed');
    }
  };
  const asked = ({ status, body }: Reply): void => {
    if (status === 202) for (const line of sayChange(asObject(body['change']))) screen.say(line);
    else screen.say(`done at once: nobody else can approve yet 已直接执行：尚无第二名审批人 ${JSON.stringify(body)}`);
  };
  const command = (usage: string, description: string): Command => addConsoleOptions(plugin.command(usage).description(description).requiredOption('--reason <text>', 'why; whoever approves reads it 申请原因'));

  command('install <package>', 'propose to install a package, or to upgrade to it 申请安装或升级')
    .option('--instance <id>', 'a new instance, or one whose settings change')
    .option('--contribution <name>', 'which of its contributions')
    .option('--merchant-no <no>', 'one of the hospital’s merchants')
    .option('--settings <file>', 'the settings of the instance, JSON')
    .option('--accept-capabilities', 'agree to what it wants beyond the version before')
    .action((path: string, options: InstallOptions) => run(() => atConsole(options, async (session) => {
      const { body: received } = await session.call('POST', '/plugins/packages', readBytes(path));
      screen.say(`${String(received['id'])} ${String(received['version'])} by ${String(received['publisher'])}, ${String(received['tier'])}`);
      for (const { capability, before, after } of asList(received['capabilityChanges'])) screen.say(`  ${String(capability)}: ${String(before) || '-'} -> ${String(after)}`);
      const { instance, contribution, merchantNo, settings, acceptCapabilities, reason } = options;
      asked(await session.call('POST', `/plugins/packages/${String(received['hash'])}/install`, {
        acceptsCapabilities: acceptCapabilities === true, reason, ...(instance === undefined ? {} : { instance }), ...(contribution === undefined ? {} : { contribution }), ...(merchantNo === undefined ? {} : { merchantNo }),
        ...(settings === undefined ? {} : { settings: asObject(JSON.parse(readBytes(settings).toString('utf8'))) }),
      }));
    })));
  command('rollback <id>', 'propose to go back to the version before 申请回退').action((id: string, options: Asking) => run(() => atConsole(options, async (session) => {
    asked(await session.call('POST', `/plugins/packages/${encodeURIComponent(id)}/rollback`, { reason: options.reason }));
  })));
  command('remove <id>', 'propose to remove a plugin 申请卸载').action((id: string, options: Asking) => run(() => atConsole(options, async (session) => {
    asked(await session.call('DELETE', `/plugins/packages/${encodeURIComponent(id)}?${new URLSearchParams({ reason: options.reason }).toString()}`));
  })));
  command('trust <file>', 'propose a newer trust list 申请更新信任清单').action((path: string, options: Asking) => run(() => atConsole(options, async (session) => {
    asked(await session.call('PUT', `/plugins/trust-list?${new URLSearchParams({ reason: options.reason }).toString()}`, readBytes(path)));
  })));
}
