/** The adapter's settings: where the HIS listens, how its messages are acknowledged and spelt, and how much of it we may use. */
import { GUARD_SETTINGS, NoticeListenerSchema } from '@hospay/plugin-sdk/his-mapping';
import { Type, type Static } from 'typebox';
import { CHARACTER_SETS } from './character-set.js';

const closedObject = { additionalProperties: false } as const;
const Port = Type.Integer({ minimum: 1, maximum: 65_535 });
const Certificates = Type.String({ pattern: '-----BEGIN CERTIFICATE-----', maxLength: 65_536 });

export const SettingsSchema = Type.Object(
  {
    host: Type.String({ minLength: 1, maxLength: 255, title: 'HIS 主机 / HIS host', description: 'HIS 或其集成平台接收 MLLP 的地址 / where the HIS or its integration engine listens for MLLP' }),
    port: Port,
    mappingFile: Type.Optional(Type.String({ minLength: 1, description: '映射文件的路径；mapping 与 mappingFile 二选一 / path of the mapping file; exactly one of mapping and mappingFile' })),
    mapping: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: '映射本身 / the mapping itself' })),
    acknowledgement: Type.Optional(
      Type.Enum(['original', 'enhanced'], { description: 'original：一次应答（AA、AE、AR）；enhanced：先确认接收（CA、CE、CR）再应答。默认 original / original: one answer (AA, AE, AR); enhanced: a commit acknowledgement (CA, CE, CR), then the answer. Default original' }),
    ),
    answerListener: Type.Optional(
      Type.Object({ host: Type.Optional(Type.String({ minLength: 1, maxLength: 255, description: '默认 0.0.0.0 / default 0.0.0.0' })), port: Port }, {
        ...closedObject, description: '仅 enhanced：HIS 另建连接向此处发送应答 / enhanced only: the HIS opens a connection of its own to send its answers here',
      }),
    ),
    characterSet: Type.Optional(
      Type.Enum(CHARACTER_SETS, { description: '发送报文以及 MSH-18 未标明的应答所用的字符集。cp936 即 GBK，MSH-18 没有对应的写法。默认 utf-8 / of what we send, and of answers that name none in MSH-18. cp936 is GBK, which MSH-18 has no word for. Default utf-8' }),
    ),
    declareCharacterSet: Type.Optional(Type.Boolean({ description: 'false 使 MSH-18 留空（有的 HIS 不接受）；默认 true / false leaves MSH-18 empty, for a HIS that refuses it; default true' })),
    connections: Type.Optional(Type.Integer({ minimum: 1, maximum: 16, description: '本适配器可占用的连接数，每个连接同时只有一条消息；默认 4 / connections this adapter may hold, one message at a time on each; default 4' })),
    connectTimeoutMs: Type.Optional(Type.Integer({ minimum: 100, maximum: 60_000, description: '默认 5000 / default 5000' })),
    renewAfterIdleMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 3_600_000, description: '空闲更久的连接使用前重新建立（防火墙会悄悄断开）；默认 60000 / a connection idle for longer is opened anew before use: firewalls forget silently; default 60000' })),
    largestMessageBytes: Type.Optional(Type.Integer({ minimum: 1_024, maximum: 67_108_864, description: '默认 4 MiB / default 4 MiB' })),
    slowCallMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 120_000, description: '耗时更长的调用记入日志；默认 2000 / calls that take longer are logged; default 2000' })),
    tls: Type.Optional(Type.Boolean({ description: 'TLS 1.2 及以上；HIS 须出示 caPem 签发的证书 / TLS 1.2 or later; the HIS must show a certificate of caPem' })),
    caPem: Type.Optional(Type.String({ ...Certificates, title: 'HIS 根证书 / CA of the HIS (PEM)', description: '只信任这些机构；不填则用系统信任的机构 / the only authorities that are believed; without it those of the system' })),
    serverName: Type.Optional(Type.String({ minLength: 1, maxLength: 255, description: '证书上的名称，与主机名不同时填写 / the name in the certificate, where it is not the host' })),
    certificatePem: Type.Optional(Type.String({ ...Certificates, title: '客户端证书 / Client certificate (PEM)' })),
    privateKeyPem: Type.Optional(Type.String({ maxLength: 16_384, title: '客户端私钥 / Client private key (PEM)', 'x-secret': true })),
    noticeListener: Type.Optional(NoticeListenerSchema),
    noticeSecurity: Type.Optional(Type.String({ minLength: 8, maxLength: 40, 'x-secret': true, description: '每条通知 MSH-8 的内容；不填则须有 TLS 或限定地址 / what stands in MSH-8 of every notice; without it TLS or the address must do' })),
    ...GUARD_SETTINGS,
  },
  closedObject,
);
export type Settings = Static<typeof SettingsSchema>;

/** What a schema cannot say. @returns complaints of the form `settings.x: what was expected` */
export function settingsComplaints({ acknowledgement, answerListener, noticeListener, tls, caPem, serverName, certificatePem, privateKeyPem }: Settings): string[] {
  const complaints: string[] = [];
  if (answerListener !== undefined && acknowledgement !== 'enhanced') complaints.push('settings.answerListener: only with acknowledgement "enhanced"; in the original mode the answer comes on our own connection');
  if (tls !== true && (caPem ?? serverName ?? certificatePem ?? privateKeyPem) !== undefined) complaints.push('settings.tls: certificates are given, and TLS is off');
  if ((certificatePem === undefined) !== (privateKeyPem === undefined)) complaints.push('settings: certificatePem and privateKeyPem come together');
  if (answerListener !== undefined && tls === true && (caPem === undefined || certificatePem === undefined)) complaints.push('settings.answerListener: with TLS it needs caPem and certificatePem: the HIS shows its certificate, and we ours');
  if (noticeListener !== undefined && tls === true && (caPem === undefined || certificatePem === undefined)) complaints.push('settings.noticeListener: with TLS it needs caPem and certificatePem: the HIS shows its certificate, and we ours');
  return complaints;
}
