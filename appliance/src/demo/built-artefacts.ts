import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** appliance/dist/demo → repository root. */
export const ROOT = resolve(import.meta.dirname, '../../..');

/** Loads a built module by its place in the product. @throws with what to do when it was not built. */
export async function loadBuilt(path: string): Promise<unknown> {
  const file = join(ROOT, path);
  if (!existsSync(file)) throw new Error(`${path} is not built; run: npm run build`);
  return import(pathToFileURL(file).href);
}
