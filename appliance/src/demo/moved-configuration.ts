/** The demo's configuration with its ports moved, written beside its data: everything else is the very same. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT } from './built-artefacts.js';
import { movePorts } from './ports.js';

/** Returns the folder of profiles to start the core with. */
export function writeMovedConfiguration(dataFolder: string, offset: number): string {
  const [from, to] = [join(ROOT, 'config'), join(dataFolder, 'demo/moved-configuration')];
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true });
  mkdirSync(join(to, 'profiles'), { recursive: true });
  const write = (path: string): void => {
    // Folders of plugins are named from the configuration folder, which has moved, too.
    const text = movePorts(readFileSync(join(from, path), 'utf8'), offset).replaceAll('../plugins/', `${relative(to, join(ROOT, 'plugins'))}/`).replaceAll('../hospital-adapters', relative(to, join(ROOT, 'hospital-adapters')));
    writeFileSync(join(to, path), text);
  };
  write('defaults.yaml');
  for (const name of readdirSync(join(from, 'profiles'))) write(join('profiles', name));
  return join(to, 'profiles');
}
