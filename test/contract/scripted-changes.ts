/** A plugin whose version is a variable: what a change does to it a test can see, move and interrupt. */
import { isRecord } from './console-client.js';
import type { ChangeAct } from '@hospay/server/changes/ports.js';
import { ok, refused } from '@hospay/server/domain/errors.js';

export function scriptedPlugin() {
  const plugin = { version: '1.1.0', previous: '1.0.0', made: [] as string[], refusal: undefined as string | undefined, interrupted: false, mask: '' };
  const wanted = (content: unknown): string => (isRecord(content) && typeof content['hash'] === 'string' ? content['hash'].slice(0, 8) : plugin.previous);
  const act = (kind: ChangeAct['kind'], levels: 1 | 2): ChangeAct => ({
    kind,
    draw: (content) => Promise.resolve(plugin.refusal === undefined ? ok({ subject: 'plugin city-card', content, masked: [content, plugin.mask], levels, lines: [{ name: 'version', before: plugin.version, after: wanted(content) }, { name: 'settings.key', before: '#0123456789abcdef', after: '#fedcba9876543210' }] }) : refused('CONFLICT', plugin.refusal)),
    present: () => Promise.resolve(plugin.version),
    isDone: (content) => Promise.resolve(plugin.version === wanted(content)),
    apply(content) {
      if (plugin.interrupted) return Promise.reject(new Error('the power went'));
      plugin.version = wanted(content);
      plugin.made.push(`${kind} ${plugin.version}`);
      return Promise.resolve(ok({ id: 'city-card', version: plugin.version, previous: plugin.previous, steps: [] }));
    },
  });
  return { plugin, acts: [act('pluginInstall', 2), act('pluginRollBack', 1)] as const };
}
