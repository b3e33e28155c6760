/** The bodies of 支持包. */
import { Type } from 'typebox';
import { SENSITIVE_TYPES, VERDICT_LEVELS } from '../../../support/ports.js';
import { BilingualSchema } from './bilingual-schema.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const Text = Type.String();
const Instant = Type.String({ description: 'RFC 3339, UTC' });
const Bytes = Type.Integer({ minimum: 0, description: '字节 / bytes' });

const FileSchema = Type.Object({ path: Text, bytes: Bytes, mayStay: Type.Boolean({ description: '可以不放入下载的支持包 / It can be left out of what is downloaded' }), redactions: Type.Array(Type.Object({ type: Type.Enum(SENSITIVE_TYPES), count: Type.Integer({ minimum: 1 }) }, named('SupportRedaction')), { description: '按类型替换的处数 / How many of which type were replaced' }) }, named('SupportFile'));
const VerdictSchema = Type.Object({ check: Text, level: Type.Enum(VERDICT_LEVELS, { description: 'unknown：未能获知 / unknown: could not be found out' }), said: BilingualSchema, next: Type.Optional(BilingualSchema) }, named('SupportVerdict'));
const BundleSchema = Type.Object(
  { name: Text, collectedAt: Instant, endsAt: Type.String({ description: '届时删除 / It is removed then' }), bytes: Bytes, files: Type.Array(FileSchema), problems: Type.Array(Type.Object({ collector: Text, said: BilingualSchema }, named('SupportProblem')), { description: '未能收集的项 / What could not be collected' }), verdicts: Type.Array(VerdictSchema, { description: '最要紧的在前 / What is worst stands first' }) },
  named('SupportBundle'),
);
export const SupportSchema = Type.Object({ isCollecting: Type.Boolean(), problem: Type.Optional(BilingualSchema), bundle: Type.Optional(BundleSchema) }, named('Support'));
export const DownloadSupportBody = Type.Object({ name: Type.String({ maxLength: 60 }), without: Type.Array(Type.String({ maxLength: 200 }), { maxItems: 200, description: '不放入的文件 / Files that stay in the house' }) }, named('DownloadSupport'));
