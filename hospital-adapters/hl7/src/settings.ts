/** The adapter's settings: where the HIS listens, how its messages are acknowledged and spelt, and how much of it we may use. */
import { GUARD_SETTINGS, NoticeListenerSchema } from '@hospay/plugin-sdk/his-mapping';
import { Type, type Static } from 'typebox';
import { CHARACTER_SETS } from './character-set.js';

const closedObject = { additionalProperties: false } as const;
const Port = Type.Integer({ minimum: 1, maximum: 65_535 });
const Certificates = Type.String({ pattern: '-----BEGIN CERTIFICATE-----', maxLength: 65_536 });

export const SettingsSchema = Type.Object(
  {
    host: Type.String({ minLength: 1, maxLength: 255, title: 'HIS 主机 / HIS host', description: 'where the HIS or its integration engine listens for MLLP' }),
    port: Port,
    mappingFile: Type.Optional(Type.String({ minLength: 1, description: 'path of the mapping file; exactly one of mapping and mappingFile' })),
    mapping: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'the mapping itself' })),
    acknowledgement: Type.Optional(
      Type.Enum(['original', 'enhanced'], { description: 'original: one answer (AA, AE, AR); enhanced: a commit acknowledgement (CA, CE, CR), then the answer. Default original' }),
    ),
    answerListener: Type.Optional(
      Type.Object({ host: Type.Optional(Type.String({ minLength: 1, maxLength: 255, description: 'default 0.0.0.0' })), port: Port }, {
        ...closedObject, description: 'enhanced only: the HIS opens a connection of its own to send its answers here',
      }),
    ),
    characterSet: Type.Optional(
      Type.Enum(CHARACTER_SETS, { description: 'of what we send, and of answers that name none in MSH-18. cp936 is GBK, which MSH-18 has no word for. Default utf-8' }),
    ),
    declareCharacterSet: Type.Optional(Type.Boolean({ description: 'false leaves MSH-18 empty, for a HIS that refuses it; default true' })),
    connections: Type.Optional(Type.Integer({ minimum: 1, maximum: 16, description: 'connections this adapter may hold, one message at a time on each; default 4' })),
    connectTimeoutMs: Type.Optional(Type.Integer({ minimum: 100, maximum: 60_000, description: 'default 5000' })),
    renewAfterIdleMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 3_600_000, description: 'a connection idle for longer is opened anew before use: firewalls forget silently; default 60000' })),
    largestMessageBytes: Type.Optional(Type.Integer({ minimum: 1_024, maximum: 67_108_864, description: 'default 4 MiB' })),
    slowCallMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 120_000, description: 'calls that take longer are logged; default 2000' })),
    tls: Type.Optional(Type.Boolean({ description: 'TLS 1.2 or later; the HIS must show a certificate of caPem' })),
    caPem: Type.Optional(Type.String({ ...Certificates, title: 'HIS 根证书 / CA of the HIS (PEM)', description: 'the only authorities that are believed; without it those of the system' })),
    serverName: Type.Optional(Type.String({ minLength: 1, maxLength: 255, description: 'the name in the certificate, where it is not the host' })),
    certificatePem: Type.Optional(Type.String({ ...Certificates, title: '客户端证书 / Client certificate (PEM)' })),
    privateKeyPem: Type.Optional(Type.String({ maxLength: 16_384, title: '客户端私钥 / Client private key (PEM)', 'x-secret': true })),
    noticeListener: Type.Optional(NoticeListenerSchema),
    noticeSecurity: Type.Optional(Type.String({ minLength: 8, maxLength: 40, 'x-secret': true, description: 'what stands in MSH-8 of every notice; without it TLS or the address must do' })),
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
