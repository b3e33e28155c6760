/** The shapes of the payment API about statement files (对账文件). */
import { Type, type Static } from 'typebox';
import { STATEMENT_SCOPES } from '../../../statement-files/ports.js';
import { DaySchema } from './schemas.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const AmountFen = Type.Integer({ minimum: 0, description: 'Integer fen (分)' });
const Count = Type.Integer({ minimum: 0 });
const Sha256 = (description: string) => Type.String({ pattern: '^[0-9a-f]{64}$', description });

/** Of orders; a merchant has no orders of its own, only payments. */
export const ScopeField = Type.Optional(Type.Enum(['application', 'hospital'] as const, { description: 'application（默认）：本应用；hospital：全院，仅 hospital 权限 / Absent: your own; hospital: the whole hospital, permission hospital' }));
export const StatementScopeField = Type.Optional(Type.Enum(STATEMENT_SCOPES, { description: 'application（默认）：本应用；merchant：所绑定的商户，须另有 merchant 权限；hospital：全院，仅 hospital 权限 / Absent: your own; merchant: the merchant you are bound to, with the permission merchant as well; hospital: the whole hospital, permission hospital' }));

export const StatementFileSchema = Type.Object(
  {
    day: DaySchema, version: Type.Integer({ minimum: 1, description: '同一天的新版本取代旧版本 / A higher version of a day stands in place of a lower one' }), scope: Type.Enum(STATEMENT_SCOPES), fileName: Type.String(),
    payments: Count, paymentFen: AmountFen, refunds: Count, refundFen: AmountFen,
    bodySha256: Sha256('正文摘要：相同即内容相同 / Of the lines between head and foot: the same hash says the same'), bytes: Count, sha256: Sha256('整个文件 / Of the whole file'),
    signature: Sha256('应用密钥对文件的签名 / HMAC-SHA256(secret, "HOSPAY-STATEMENT-FILE" \\n appId \\n fileName \\n sha256 \\n)'), madeAt: Type.String({ description: 'RFC 3339' }),
  },
  named('StatementFile'),
);
export const StatementFileListSchema = Type.Object({ files: Type.Array(StatementFileSchema) }, named('StatementFileList'));
/** What an application is sent at its notify address when it is told of files. */
export const StatementNotificationSchema = Type.Object(
  {
    eventId: Type.String({ description: '同一事件重发时不变 / The same for every repeat of this event' }), kind: Type.Literal('statementFile'), version: Type.Integer({ minimum: 1 }), statementFile: StatementFileSchema,
    download: Type.String({ description: '下载路径 / Where it is fetched, below the origin of this API' }),
  },
  named('StatementNotification'),
);

/** The shapes as types. The SDK's own types are proven equal to these. */
export type StatementApiShapes = { readonly StatementFile: Static<typeof StatementFileSchema>; readonly StatementNotification: Static<typeof StatementNotificationSchema> };
