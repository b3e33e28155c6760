/** Where an adapter's mapping comes from: its settings hold it, or name its file. */
import { readFile } from 'node:fs/promises';
import { Type } from 'typebox';
import { MappingError } from './mapping-error.js';

export const MAPPING_SETTINGS = {
  mappingFile: Type.Optional(Type.String({ minLength: 1, description: '映射文件的路径；mapping 与 mappingFile 二选一 / path of the mapping file; exactly one of mapping and mappingFile' })),
  mapping: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: '映射本身 / the mapping itself' })),
} as const;

/** The mapping as parsed JSON, not yet checked. @throws MappingError */
export async function loadMapping({ mapping, mappingFile }: { readonly mapping?: unknown; readonly mappingFile?: string }): Promise<unknown> {
  if ((mapping === undefined) === (mappingFile === undefined)) throw new MappingError(['settings: expected exactly one of mapping and mappingFile']);
  if (mappingFile === undefined) return mapping;
  try {
    const parsed: unknown = JSON.parse(await readFile(mappingFile, 'utf8'));
    return parsed;
  } catch (error) {
    throw new MappingError([`settings.mappingFile: cannot read ${mappingFile}: ${error instanceof Error ? error.message : String(error)}`]);
  }
}
