/** The part of the configuration about what others keep a copy of. */
import { Type } from 'typebox';

const closed = { additionalProperties: false } as const;
const Id = Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 64, description: 'lower-case letters, digits and hyphens' });

export const StatementFilesSchema = Type.Object(
  {
    keepDays: Type.Integer({ minimum: 35, maximum: 3_650, description: 'so many days statement files lie in the data folder; what they said is kept for ever' }),
    lookBackDays: Type.Integer({ minimum: 2, maximum: 400, description: 'a day that changes within so many days gets another version of its file' }),
    push: Type.Array(Type.Object({ application: Id, what: Type.Enum(['notice', 'file'] as const, { description: 'notice: told with where the file is fetched; file: the file itself is sent' }) }, closed), {
      maxItems: 200, description: '对账文件推送: applications whose notify address is told of each new file; the others fetch theirs',
    }),
  },
  { ...closed, description: '对账文件' },
);
