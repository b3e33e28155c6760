/** The shapes of the console API about statement files (对账文件). */
import { Type } from 'typebox';
import { PUSH_KINDS, STATEMENT_SCOPES } from '../../../statement-files/ports.js';
import { BilingualSchema } from './bilingual-schema.js';
import { DaySchema } from './schemas.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const Count = Type.Integer({ minimum: 0 });
const Instant = Type.String({ format: 'date-time' });

export const StatementRangeSchema = Type.Object({ from: DaySchema, to: DaySchema }, named('StatementRange'));
export const StatementFilePath = Type.Object({ id: Type.String({ pattern: '^[1-9]\\d{0,14}$' }) }, { additionalProperties: false });
export const StatementFileListSchema = Type.Object(
  {
    files: Type.Array(
      Type.Object(
        {
          id: Type.Integer(), day: DaySchema, version: Type.Integer({ minimum: 1 }), scope: Type.Enum(STATEMENT_SCOPES), appId: Type.String({ description: '全院为空 / Empty for the hospital\'s own' }), fileName: Type.String(),
          payments: Count, paymentFen: Count, refunds: Count, refundFen: Count, bytes: Count, sha256: Type.String(), madeAt: Instant,
          delivery: Type.Optional(Type.Object({ application: Type.String(), what: Type.Enum(PUSH_KINDS), attempts: Count, lastProblem: Type.Optional(BilingualSchema), deliveredAt: Type.Optional(Instant) }, named('StatementDelivery'))),
        },
        named('StatementFile'),
      ),
    ),
  },
  named('StatementFileList'),
);
