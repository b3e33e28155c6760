/** The bodies of 备份与系统. */
import { Type } from 'typebox';
import { BALLAST_STATES, DISK_STEPS, SET_STATES, TARGET_PROTOCOLS } from '../../../backups/ports.js';
import { BilingualSchema } from './bilingual-schema.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const Text = Type.String();
const Instant = Type.String({ description: 'RFC 3339, UTC' });
const Count = Type.Integer({ minimum: 0 });
const Bytes = Type.Integer({ minimum: 0, description: '字节 / bytes' });

const DatabaseSchema = Type.Object({ name: Text, bytes: Bytes, schema: Type.Optional(Type.String({ description: '最近一次结构升级 / Its newest migration' })), migrations: Count }, named('SystemDatabase'));
const CheckSchema = Type.Object({ task: Text, state: Text, at: Type.Optional(Instant), result: Type.Optional(BilingualSchema) }, named('SystemCheck'));
const TargetSchema = Type.Object({ id: Text, protocol: Type.Enum(TARGET_PROTOCOLS), place: Type.String({ description: '目录或地址，不含口令 / The folder or address, without anything that lets in' }), state: Type.Enum(['ready', 'unusable'] as const), freeBytes: Type.Optional(Bytes), problem: Type.Optional(BilingualSchema) }, named('BackupTarget'));
const RecipientSchema = Type.Object({ recipient: Type.String({ description: 'age 公钥 / An age recipient' }), shortId: Type.String({ description: '短号，写在备份文件名里 / Stands in the names of the sets it opens' }), title: Text, isOwn: Type.Boolean({ description: '本机密钥 / The appliance itself' }) }, named('BackupRecipient'));
const CopySchema = Type.Object({ target: Text, verifiedAt: Type.Optional(Instant), problem: Type.Optional(BilingualSchema) }, named('BackupCopy'));
const SetSchema = Type.Object(
  {
    name: Type.String({ description: '文件名 / The name of the file' }), by: Text, begunAt: Instant, endedAt: Type.Optional(Instant), state: Type.Enum(SET_STATES, { description: 'good：至少一处已读回核对 / good: at least one target has it, read back and equal' }), bytes: Type.Optional(Bytes), files: Type.Optional(Count), journalSeq: Type.Optional(Count), sha256: Type.Optional(Text),
    copies: Type.Array(CopySchema), problem: Type.Optional(BilingualSchema), provedAt: Type.Optional(Type.String({ description: '恢复演练成功的时间 / When it was restored and found whole' })), proofFailedAt: Type.Optional(Instant), proof: Type.Optional(BilingualSchema),
  },
  named('BackupSet'),
);
const FenceSchema = Type.Object({ set: Text, takenAt: Instant, restoredAt: Instant, lastJournal: Count }, named('Fence'));

const ContinuousSchema = Type.Object(
  {
    everySeconds: Count, upTo: Type.Optional(Instant), problem: Type.Optional(BilingualSchema),
    targets: Type.Array(Type.Object({ target: Text, upTo: Type.Optional(Type.String({ description: '机器此刻损坏，从这里能恢复到的时刻 / What it would give back, if the machine were gone now' })), waiting: Type.Integer({ minimum: 0, description: '未送达的增量 / Increments it has not got' }), problem: Type.Optional(BilingualSchema) }, named('ContinuousTarget'))),
  },
  { ...named('ContinuousBackup'), description: '连续备份；未启用时没有 / Continuous backup; absent while it is off' },
);

const DiskSchema = Type.Object(
  { step: Type.Enum(DISK_STEPS, { description: '磁盘阶梯 / Its step on the ladder' }), freeBytes: Type.Optional(Bytes), usedPercent: Type.Optional(Type.Number({ minimum: 0 })), ballast: Type.Enum(BALLAST_STATES), ballastBytes: Bytes },
  named('SystemDisk'),
);

export const SystemSchema = Type.Object(
  {
    now: Instant, timeZone: Text, version: Text, runtime: Text, hostName: Text, startedAt: Instant, dataFolder: Text, freeBytes: Type.Optional(Bytes), disk: DiskSchema, databases: Type.Array(DatabaseSchema), checks: Type.Array(CheckSchema), targets: Type.Array(TargetSchema), recipients: Type.Array(RecipientSchema),
    keep: Type.Object({ daily: Count, weekly: Count, monthly: Count }, named('BackupKeep')), isSetUp: Type.Boolean({ description: '已有备份位置和保管在平台之外的密钥 / There is a target, and a key that is kept away from the box' }), lastGoodAt: Type.Optional(Instant), lastProvedAt: Type.Optional(Instant), sets: Type.Array(SetSchema),
    continuous: Type.Optional(ContinuousSchema), fence: Type.Optional(FenceSchema),
  },
  named('System'),
);
export const BegunSchema = Type.Object({ began: Instant }, named('WorkBegun'));
