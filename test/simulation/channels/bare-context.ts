import type { PluginContext, PluginHttp, PluginStore } from '@hospay/plugin-sdk';
import type { GuestLife } from './guest-life.js';

/** What the core gives any plugin, in the time of the simulation; settings and a wire are the plugin's own. */
export type BareContext = (life: GuestLife, store: PluginStore, instance: string) => Omit<PluginContext<never>, 'settings'>;

const NO_HTTP: PluginHttp = { request: () => Promise.resolve({ kind: 'notSent', reason: 'this plugin has no network' }) };
const NO_KEYS: PluginContext<never>['keys'] = {
  sign: () => Promise.reject(new Error('no secret here')),
  verify: () => Promise.resolve(false),
  decryptAesGcm: () => Promise.resolve(undefined),
  digestWithSecret: () => Promise.reject(new Error('no secret here')),
};
const SILENT: PluginContext<never>['log'] = { info() {}, warn() {} };

/** `now` is the platform's own clock, wrong when that is wrong. */
export function bareContext(now: () => Date): BareContext {
  return (life, store, instance) => ({
    store,
    http: NO_HTTP,
    keys: NO_KEYS,
    log: SILENT,
    now,
    after: (milliseconds, run) => life.after(milliseconds, `timer of ${instance}`, run),
  });
}
