import { existsSync, readFileSync } from 'node:fs';

/** A file a person named. @throws Error that says which one is not there. */
export function readBytes(path: string): Buffer {
  if (!existsSync(path)) throw new Error(`${path} does not exist`);
  return readFileSync(path);
}
