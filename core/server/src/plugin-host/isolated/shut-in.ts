/**
 * Takes away what Node's permission model leaves open on this version: the network modules and the ways to reach another process. Runs before a line of the plugin. A seat belt
 * against mistakes and curiosity; the wall is the process, and the unit it runs in on the appliance.
 */
import module, { registerHooks, syncBuiltinESMExports } from 'node:module';

const REFUSED = new Set([
  'net', 'tls', 'dns', 'dns/promises', 'dgram', 'http', 'https', 'http2', '_http_agent', '_http_client', '_http_common', '_http_incoming', '_http_outgoing', '_http_server', '_tls_common', '_tls_wrap', 'child_process', 'cluster',
  'worker_threads', 'inspector', 'inspector/promises', 'repl', 'wasi', 'trace_events', 'sqlite',
]);

const refusal = (name: string): Error => new Error(`${name} is not for plugins: use context.http, context.store and context.keys`);
const plain = (name: string): string => name.replace(/^node:/, '');

export function shutIn(): void {
  registerHooks({
    resolve(specifier, context, next) {
      if (REFUSED.has(plain(specifier))) throw refusal(specifier);
      return next(specifier, context);
    },
  });
  const forbidden = (name: string) => () => { throw refusal(name); };
  // Nobody hooks in behind us.
  Object.assign(module, { registerHooks: forbidden('module.registerHooks'), register: forbidden('module.register') });
  syncBuiltinESMExports();
  const { getBuiltinModule } = process;
  Object.assign(process, {
    kill: forbidden('process.kill'),
    chdir: forbidden('process.chdir'),
    getBuiltinModule: (name: string) => {
      if (REFUSED.has(plain(name))) throw refusal(name);
      return getBuiltinModule(name);
    },
  });
  for (const name of ['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest']) Reflect.deleteProperty(globalThis, name);
}
