import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { PluginDefinition } from '@hospay/plugin-sdk';
import type { PluginPackage } from './read-package.js';

const VERSION_PARAMETER = 'hospay-version';

/**
 * Imports a package's entry as it is on disk now. Node never forgets a module, so the address carries the package's fingerprint; a resolve
 * hook passes it on to the package's other files, else a reload would join a new entry to old parts. Each reload therefore keeps the old code in memory
 * until the next restart.
 * @throws when the module throws while loading or its default export is not a plugin definition.
 */
export async function loadModule({ entryPath, fingerprint }: Pick<PluginPackage, 'entryPath' | 'fingerprint'>): Promise<PluginDefinition> {
  registerOnce();
  const module: unknown = await import(`${pathToFileURL(entryPath).href}?${VERSION_PARAMETER}=${fingerprint}`);
  const definition = typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined;
  if (!isDefinition(definition)) throw new Error('the entry has no default export made by definePlugin({ settings, activate })');
  return definition;
}

let registered = false;
function registerOnce(): void {
  if (registered) return;
  registered = true;
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context);
      const version = context.parentURL === undefined ? null : new URL(context.parentURL).searchParams.get(VERSION_PARAMETER);
      if (version === null || !/^\.\.?\//.test(specifier)) return resolved;
      const url = new URL(resolved.url);
      url.searchParams.set(VERSION_PARAMETER, version);
      return { ...resolved, url: url.href };
    },
  });
}

function isDefinition(value: unknown): value is PluginDefinition {
  return typeof value === 'object' && value !== null && 'activate' in value && typeof value.activate === 'function' && 'settings' in value && typeof value.settings === 'object' && value.settings !== null;
}
