/** The shapes of the console API about parameters (参数管理). */
import { Type } from 'typebox';
import { ChangeSchema, ReasonSchema } from './change-schemas.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const Text = Type.String();

export const ParameterSchema = Type.Object(
  {
    key: Type.String({ description: '参数键，与 hospay config 一致 / As `hospay config` prints it' }), group: Text, of: Type.Optional(Type.String({ description: '列表成员的编号或名称 / Of a member of a list: its id or name' })), zh: Text, en: Text,
    value: Type.String({ description: '生效值；密钥为 # 加指纹；空为未设置 / In force; of a secret # and its fingerprint; empty: not set' }), isSet: Type.Boolean(), isSecret: Type.Boolean(), default: Type.Optional(Text),
    origin: Type.Enum(['defaults', 'file', 'console', 'environment', 'secretFile', 'argument', 'approved', 'none'] as const, { description: 'defaults 默认；file 配置文件；console 控制台变更；environment 环境变量；secretFile 密钥文件；argument 启动参数；approved 已批准的变更；none 未设置' }),
    originName: Type.String({ description: '文件、变量或变更单号 / The file, the variable or the change' }),
    takesEffect: Type.Enum(['restart', 'approval'] as const, { description: 'restart 重启后生效；approval 两人审批并重启后生效' }),
    next: Type.Optional(Type.String({ description: '重启后生效的值 / Runs from the next start on' })), schema: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: '可在控制台修改：值的 JSON Schema / May be set at the console: the schema of its value' })), current: Type.Optional(Type.Unknown({ description: '重启后运行的值（可修改的参数） / What runs from the next start on, of what may be set here' })),
    inFile: Type.Optional(Type.String({ description: '文件中的值，尚未批准 / What the file says, not approved yet' })),
  },
  named('Parameter'),
);
export const ParameterListSchema = Type.Object(
  {
    isPending: Type.Boolean({ description: '配置文件的资金部分与已批准的不一致 / The file says otherwise than what was approved' }),
    groups: Type.Array(Type.Object({ id: Text, zh: Text, en: Text }, named('ParameterGroup'))), parameters: Type.Array(ParameterSchema),
  },
  named('ParameterList'),
);

/** Without a value it goes back to what the file says. */
export const ParameterWishSchema = Type.Object({ key: Type.String({ minLength: 1, maxLength: 120 }), value: Type.Optional(Type.Unknown()), reason: ReasonSchema }, named('ParameterWish'));
export const ParameterAskedSchema = Type.Object({ change: Type.Optional(ChangeSchema) }, named('ParameterAsked'));
