/** The bodies of 系统更新. */
import { Type } from 'typebox';
import { BUNDLE_NAME, BUNDLE_ORIGINS, PREFLIGHT_LEVELS, SLOT_STATES } from '../../../updates/ports.js';
import { BilingualSchema } from './bilingual-schema.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const Text = Type.String();
const Bytes = Type.Integer({ minimum: 0, description: '字节 / bytes' });

const SlotSchema = Type.Object({ slot: Type.Enum(['a', 'b'] as const), state: Type.Enum(SLOT_STATES, { description: 'trying：试运行；failed：未能启动，不再使用 / trying: on trial; failed: did not come up, is not started again' }), isRunning: Type.Boolean(), triesLeft: Type.Optional(Type.Integer()), version: Type.Optional(Text) }, named('SystemSlot'));
const LastSchema = Type.Object({ version: Text, from: Text, outcome: Type.Enum(['committed', 'reverted'] as const), at: Text, reason: Type.Optional(BilingualSchema) }, named('LastUpdate'));
const CheckSchema = Type.Object({ check: Text, subject: Type.Optional(Text), level: Type.Enum(PREFLIGHT_LEVELS, { description: 'stop：不能安装；look：批准者须知 / stop: it is not installed like this; look: whoever approves should know' }), said: BilingualSchema }, named('PreflightCheck'));
const BundleSchema = Type.Object({ version: Text, manifestSha256: Text, sdk: Text, builtAt: Text, notes: BilingualSchema, upgradesFrom: Text, bytes: Bytes, checks: Type.Array(CheckSchema) }, named('UpdateBundle'));

const ArrivingSchema = Type.Object({ from: Type.Enum(BUNDLE_ORIGINS, { description: 'upload：控制台上传；drive：U 盘；mirror：更新镜像 / upload: sent at the console; drive: from the drive with updates; mirror: from the mirror' }), name: Text, total: Bytes, sha256: Type.Optional(Text), arrived: Bytes }, named('ArrivingBundle'));

const MirrorBundleSchema = Type.Object({ file: Text, version: Text, bytes: Bytes, sha256: Text }, named('MirrorBundle'));
const Offered = Type.Array(MirrorBundleSchema, { description: '比当前新，新的在前 / Newer than what runs, newest first' });
const MirrorSchema = Type.Object({ address: Text, lookedAt: Type.Optional(Text), problem: Type.Optional(BilingualSchema), offered: Offered }, named('UpdateMirror'));
export const MirrorLookSchema = Type.Object({ offered: Offered }, named('MirrorLook'));

export const UpdateSchema = Type.Object(
  {
    isAppliance: Type.Boolean({ description: '在一体机上运行 / It runs on an appliance' }), version: Type.Optional(Text), isTrying: Type.Boolean(), slots: Type.Array(SlotSchema), pendingVersion: Type.Optional(Text), last: Type.Optional(LastSchema), problem: Type.Optional(BilingualSchema),
    mirror: Type.Optional(MirrorSchema), isTaking: Type.Boolean({ description: '平台正在取；否则等人续传 / The platform fetches it now; otherwise it waits to be gone on with' }), arriving: Type.Optional(ArrivingSchema), bundle: Type.Optional(BundleSchema), chunkBytes: Bytes, windowFrom: Text, windowTo: Text,
  },
  named('SystemUpdate'),
);
export const ArrivedSchema = Type.Object({ arrived: Bytes }, named('BundleArrived'));
export const PieceQuery = Type.Object({ offset: Type.Integer({ minimum: 0, description: '从第几字节起 / From this byte on' }), total: Type.Integer({ minimum: 1, description: '文件总长 / How long the whole is' }), name: Type.Optional(Type.String({ maxLength: 255, description: '文件名；断线后据此续传 / Its name: what is gone on with after a broken line is the same file' })) }, { additionalProperties: false });
const FileName = Type.String({ pattern: BUNDLE_NAME });
export const DriveSchema = Type.Object({ files: Type.Array(Type.Object({ name: Text, bytes: Bytes, problem: Type.Optional(BilingualSchema) }, named('DriveFile'))) }, named('UpdateDrive'));
export const TakeFromDriveBody = Type.Object({ file: FileName }, named('TakeFromDrive'));
export const TakeFromMirrorBody = Type.Object({ file: FileName, sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }) }, named('TakeFromMirror'));
export const TakingSchema = Type.Object({ file: Text }, named('BundleTaking'));
export const InstallUpdateBody = Type.Object({ manifestSha256: Type.String({ pattern: '^[0-9a-f]{64}$' }), version: Type.String({ maxLength: 40 }), when: Type.Enum(['now', 'window'] as const, { description: '批准后立即重启，或等更新时段 / Restart once it is approved, or when the window opens' }), reason: Type.String({ minLength: 2, maxLength: 200 }) }, named('InstallUpdate'));
