/** The adapter's settings: where the HIS's SQL Server is, how to speak to it, and how much of it we may use. */
import { GUARD_SETTINGS } from '@hospay/plugin-sdk/his-mapping';
import { Type, type Static } from 'typebox';
import { SQL_SERVER_VERSIONS } from './server-generations.js';

const closedObject = { additionalProperties: false } as const;

/** true and false are sent at login; null leaves the server's default, as the vendor's own old client does. */
const SetOption = Type.Optional(Type.Union([Type.Boolean(), Type.Null()]));

export const SettingsSchema = Type.Object(
  {
    server: Type.String({ minLength: 1, maxLength: 255, title: 'HIS 服务器 / HIS server', description: '主机名或地址 / host name or address' }),
    port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535, description: '默认 1433 / default 1433' })),
    database: Type.String({ minLength: 1, maxLength: 128 }),
    user: Type.String({ minLength: 1, maxLength: 128, description: '专用登录名：只授予映射中各存储过程的 EXECUTE 权限 / a login of its own: EXECUTE on the mapped procedures and nothing else' }),
    password: Type.String({ maxLength: 128, 'x-secret': true }),
    mappingFile: Type.Optional(Type.String({ minLength: 1, description: '映射文件的路径；mapping 与 mappingFile 二选一 / path of the mapping file; exactly one of mapping and mappingFile' })),
    mapping: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: '映射本身 / the mapping itself' })),
    version: Type.Optional(Type.Enum(SQL_SERVER_VERSIONS, { description: '服务器版本对应的协议、TLS、SET 选项与 SQL 写法；默认 sql2012 / protocol, TLS, SET options and SQL of a server generation; default sql2012' })),
    encrypt: Type.Optional(Type.Boolean({ description: '默认：sql2008r2 及以前与 sql2012 至 sql2019 为 off，sql2022 为 on / default: off up to sql2008r2 and for sql2012 to sql2019, on for sql2022' })),
    caPem: Type.Optional(Type.String({ minLength: 1, maxLength: 65_536, title: 'HIS 服务器的 CA 证书 / CA of the HIS server', description: 'PEM：服务器证书的签发机构；自签名时为该证书本身；默认使用本机信任的机构 / PEM: the authority of the server\'s certificate, or that certificate itself where it signed itself; default: the authorities this machine knows' })),
    serverName: Type.Optional(Type.String({ minLength: 1, maxLength: 255, description: '服务器证书上的名称，与 server 不同时填写；SQL Server 自带证书的名称为 SSL_Self_Signed_Fallback / the name in the server\'s certificate, where it is not `server`; SQL Server\'s own reads SSL_Self_Signed_Fallback' })),
    trustServerCertificate: Type.Optional(Type.Boolean({ description: '默认 false；true 接受任何证书，网络上的他人可冒充 HIS，应改填 caPem / default false; true accepts any certificate, so that whoever stands on the line can answer for the HIS: give caPem instead' })),
    tls: Type.Optional(Type.Union([Type.Literal('modern'), Type.Literal('legacy')], { description: 'legacy 允许 TLS 1.0 与旧签名算法；sql2008r2 及以前默认 legacy / legacy allows TLS 1.0 and old signatures; default legacy up to sql2008r2' })),
    setOptions: Type.Optional(
      Type.Object(
        {
          ansiNulls: SetOption, ansiNullDefault: SetOption, ansiPadding: SetOption, ansiWarnings: SetOption, arithAbort: SetOption,
          concatNullYieldsNull: SetOption, cursorCloseOnCommit: SetOption, implicitTransactions: SetOption, numericRoundAbort: SetOption,
          quotedIdentifier: SetOption, xactAbort: SetOption,
        },
        closedObject,
      ),
    ),
    dateFormat: Type.Optional(
      Type.Union([Type.Literal('ymd'), Type.Literal('mdy'), Type.Literal('dmy'), Type.Null()], { description: '服务器解读文本日期的次序；null 保持登录名的设置；默认 ymd，sql2008r2 及以前为 null / how the server reads dates in text; null leaves the login its own; default ymd, null up to sql2008r2' }),
    ),
    basketIdentities: Type.Optional(
      Type.Array(
        Type.Object({ terminal: Type.String({ minLength: 1, maxLength: 64 }), operator: Type.String({ minLength: 1, maxLength: 32 }) }, closedObject),
        { minItems: 1, maxItems: 64, description: 'HIS 为我方保留的终端号与操作员号，每个可同时进行的流程一对 / terminal and operator numbers the HIS keeps for us, one pair for each sequence that may run at once' },
      ),
    ),
    schemaCheckEveryMs: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 86_400_000, description: '上次比对超过此时长时，ping 重新比对 HIS 与映射；默认 600000 / ping compares the HIS with the mapping again when the last comparison is older; default 600000' }),
    ),
    poolMax: Type.Optional(Type.Integer({ minimum: 1, maximum: 16, description: '本适配器可占用的连接数；默认 4 / connections this adapter may hold; default 4' })),
    applicationName: Type.Optional(Type.String({ minLength: 1, maxLength: 120, description: 'DBA 可见的程序名；默认 Hospay / shown to the DBA; default Hospay' })),
    connectTimeoutMs: Type.Optional(Type.Integer({ minimum: 100, maximum: 60_000, description: '默认 5000 / default 5000' })),
    lockTimeoutMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 60_000, description: '默认 3000 / default 3000' })),
    slowCallMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 120_000, description: '耗时更长的调用记入日志；默认 2000 / calls that take longer are logged; default 2000' })),
    ...GUARD_SETTINGS,
    validateAfterIdleMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 3_600_000, description: '空闲更久的连接使用前先探测（防火墙会悄悄断开）；默认 15000 / a connection idle for longer is tried before use: firewalls forget silently; default 15000' })),
  },
  closedObject,
);
export type Settings = Static<typeof SettingsSchema>;
