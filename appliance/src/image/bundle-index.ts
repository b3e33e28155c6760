import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Type } from 'typebox';
import { Parse } from 'typebox/value';

const INDEX_FILE = 'index.json';
const IndexSchema = Type.Object({ format: Type.Literal('hospay-updates/1'), bundles: Type.Array(Type.Object({ file: Type.String(), version: Type.String(), bytes: Type.Number(), sha256: Type.String() })) });

/**
 * Writes `index.json` beside an update bundle: what a mirror in a hospital's network is looked at by. A folder of several versions keeps those that still lie there. It is not signed: every bundle is.
 * @param bundle its file. @returns the index's file. @throws when an index lies there that is none
 */
export async function indexBundle(bundle: string, version: string): Promise<string> {
  const [folder, file] = [dirname(bundle), basename(bundle)];
  const index = join(folder, INDEX_FILE);
  const { bundles: known } = existsSync(index) ? Parse(IndexSchema, JSON.parse(readFileSync(index, 'utf8'))) : { bundles: [] };
  const hash = createHash('sha256');
  for await (const piece of createReadStream(bundle, { highWaterMark: 1_048_576 })) if (piece instanceof Uint8Array) hash.update(piece);
  const bundles = [...known.filter((one) => one.file !== file && existsSync(join(folder, one.file))), { file, version, bytes: statSync(bundle).size, sha256: hash.digest('hex') }];
  writeFileSync(index, `${JSON.stringify({ format: 'hospay-updates/1', bundles: bundles.toSorted((one, other) => (one.file < other.file ? -1 : 1)) }, undefined, 2)}\n`);
  return index;
}
