/** Starting a channel again that a person stopped, as a change (变更申请): it takes money again. Stopping is a brake, and nobody is asked first. */
import { Type } from 'typebox';
import { Parse } from 'typebox/value';
import type { ChangeAct } from '../changes/ports.js';
import { changeLine } from '../domain/change-proposal.js';
import { ok, refused } from '../domain/errors.js';
import { heard } from '../domain/own-words.js';

const Content = Type.Object({ id: Type.String() });

export type InstanceChangePorts = {
  list(): { readonly instances: readonly { readonly id: string; readonly plugin: string; readonly version: string | undefined; readonly state: string }[] };
  /** Undefined: none of that id is known. */
  activate(id: string): Promise<{ readonly id: string; readonly state: string; readonly reason: string | undefined } | undefined>;
};

export function instanceChanges(plugins: InstanceChangePorts): readonly ChangeAct[] {
  const stateOf = (asked: unknown) => plugins.list().instances.find(({ id }) => id === Parse(Content, asked).id);
  return [
    {
      kind: 'instanceStart',
      draw(asked) {
        const instance = stateOf(asked);
        if (instance === undefined) return Promise.resolve(refused('NO_SUCH_ITEM'));
        if (instance.state === 'active') return Promise.resolve(refused('CONFLICT', { zh: '该实例正在运行', en: 'it runs' }));
        const content = { id: instance.id };
        return Promise.resolve(ok({ subject: `instance ${instance.id}`, content, masked: { ...content, plugin: instance.plugin, version: instance.version }, lines: [changeLine('state', instance.state, 'active')], levels: 1 }));
      },
      present(asked) {
        const instance = stateOf(asked);
        // Not its state: what waits to be started may fail, or wait, by itself.
        return Promise.resolve([instance?.plugin, instance?.version]);
      },
      isDone: (asked) => Promise.resolve(stateOf(asked)?.state === 'active'),
      async apply(asked) {
        const started = await plugins.activate(Parse(Content, asked).id);
        if (started === undefined) return refused('NO_SUCH_ITEM');
        return started.state === 'active' ? ok(started) : refused('PLUGIN_REFUSED', heard(started.reason ?? started.state));
      },
    },
  ];
}
