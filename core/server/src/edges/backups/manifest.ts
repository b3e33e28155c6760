import { Type } from 'typebox';
import { Parse } from 'typebox/value';
import { BACKUP_FORMAT, type IncrementManifest, type Manifest } from '../../backups/ports.js';
import { BilingualError } from '../../domain/bilingual.js';

const Count = Type.Integer({ minimum: 0 });
const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });
const Mark = Type.Object({ seq: Count, hash: Sha256 });
const File = { path: Type.String({ minLength: 1 }), bytes: Count, sha256: Sha256 } as const;
const ManifestSchema = Type.Object({
  formatVersion: Type.Literal(BACKUP_FORMAT), product: Type.Literal('hospay'), name: Type.String(), version: Type.String(), hospital: Type.String(), profile: Type.String(), takenAt: Type.String(), journal: Mark, audit: Mark,
  databases: Type.Array(Type.Object({ ...File, schema: Type.Array(Type.String()) })), files: Type.Array(Type.Object(File)),
  follows: Type.Optional(Type.Object({ stream: Type.String(), no: Count })), copiedAtMs: Type.Optional(Type.Number()),
});
const IncrementSchema = Type.Object({
  formatVersion: Type.Literal(BACKUP_FORMAT), product: Type.Literal('hospay'), kind: Type.Literal('increment'), name: Type.String(), version: Type.String(), hospital: Type.String(), stream: Type.String(), no: Type.Integer({ minimum: 1 }),
  takenAt: Type.String(), beganAtMs: Type.Number(), journal: Mark, audit: Mark, pages: Type.Array(Type.Object(File)), files: Type.Array(Type.Object(File)), seal: Sha256,
});

/** @throws BilingualError for a set of a newer program, or of none */
export function parseManifest(text: string): Manifest {
  return parse(text, (value) => Parse(ManifestSchema, value));
}
/** The same of an increment. */
export function parseIncrementManifest(text: string): IncrementManifest {
  return parse(text, (value) => Parse(IncrementSchema, value));
}

function parse<Value>(text: string, read: (value: unknown) => Value): Value {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && 'formatVersion' in value && typeof value.formatVersion === 'number' && value.formatVersion > BACKUP_FORMAT) {
      throw new BilingualError({ zh: `该备份由更新版本的平台写成（格式 ${String(value.formatVersion)}），请用那个版本恢复`, en: `a newer platform wrote this set (format ${String(value.formatVersion)}): restore it with that version` });
    }
    return read(value);
  } catch (error) {
    if (error instanceof BilingualError) throw error;
    throw new BilingualError({ zh: '备份清单读不懂', en: 'the manifest of the set cannot be read' });
  }
}
