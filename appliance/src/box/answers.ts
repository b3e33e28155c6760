import { Type, type Static } from 'typebox';
import { Check, Errors } from 'typebox/value';
import { parse } from 'yaml';

const Name = Type.String({ pattern: '^[A-Z][A-Z0-9_]{2,99}$' });
const Cidr = Type.String({ pattern: '^[0-9]{1,3}(\\.[0-9]{1,3}){3}/[0-9]{1,2}$' });
const Address = Type.String({ pattern: '^[0-9]{1,3}(\\.[0-9]{1,3}){3}$' });
const Port = Type.Integer({ minimum: 1, maximum: 65_535 });
const Pem = Type.String({ pattern: '^\\s*-----BEGIN [A-Z ]+-----', maxLength: 65_536 });

/** 应答文件 `answers.yaml`: what hospital IT would otherwise say at the screen and in files, for a machine that is set up without anybody in front of it. */
export const AnswersSchema = Type.Object(
  {
    network: Type.Optional(
      Type.Object(
        {
          address: Type.Optional(Cidr),
          gateway: Type.Optional(Address),
          dns: Type.Optional(Type.Array(Address, { maxItems: 4 })),
        },
        { additionalProperties: false },
      ),
    ),
    /** Time servers of the hospital. */
    time: Type.Optional(Type.Array(Type.String({ pattern: '^[A-Za-z0-9.:-]{1,253}$' }), { maxItems: 8 })),
    /** The profile of this hospital, as `config/profiles/*.yaml` has it. */
    profile: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    /** Further files of the configuration, relative to its folder: what the profile reads by `{ fromFile }`. */
    files: Type.Optional(Type.Record(Type.String({ pattern: '^hospitals/[a-z0-9-]+/[A-Za-z0-9_-][A-Za-z0-9._-]*$' }), Type.String(), { additionalProperties: false })),
    /** 医院自己的根证书: authorities the machine trusts besides those of the system, PEM each: the hospital's proxy, its HIS over TLS. */
    authorities: Type.Optional(Type.Array(Type.String({ pattern: '^\\s*-----BEGIN CERTIFICATE-----', maxLength: 16_384 }), { maxItems: 8 })),
    /** 机器角色: what this machine is. `relay`: the DMZ relay, which holds nothing and asks nobody. Absent: as it was; a new machine is the platform. */
    role: Type.Optional(Type.Enum(['platform', 'relay'] as const)),
    /** What a relay is told; ports are let through the firewall. */
    relay: Type.Optional(
      Type.Object(
        {
          publicPort: Type.Optional(Port),
          tunnelPort: Type.Optional(Port),
          clientAddressHeader: Type.Optional(Type.String({ maxLength: 61 })),
          notificationHeaders: Type.Optional(Type.Array(Type.String({ maxLength: 61 }), { maxItems: 20 })),
          /** The public certificate with its chain, and its key, PEM. */
          tls: Type.Optional(Type.Object({ certificate: Pem, privateKey: Pem }, { additionalProperties: false })),
        },
        { additionalProperties: false },
      ),
    ),
    /** 从备份恢复: the machine is made of this set, which lies on the same drive, on the backup drive, or on the server `from` (as a target of the configuration says one, with its secrets in plain), opened by this key. */
    restore: Type.Optional(Type.Object({ set: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,199}\\.age$' }), identity: Type.String({ pattern: 'AGE-SECRET-KEY-1', maxLength: 4_096 }), from: Type.Optional(Type.Record(Type.String(), Type.Unknown())) }, { additionalProperties: false })),
    /** What the profile names by `{ secret: NAME }`. */
    secrets: Type.Optional(Type.Record(Name, Type.String({ maxLength: 16_384 }), { additionalProperties: false })),
  },
  { additionalProperties: false },
);
export type Answers = Static<typeof AnswersSchema>;

/**
 * Reads an answers file.
 * @throws Error with every place that does not fit and what is expected there; values are never repeated, they may be secrets.
 */
export function readAnswers(text: string): Answers {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw new Error(`answers.yaml is not well-formed YAML: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : ''}`, { cause: error });
  }
  if (Check(AnswersSchema, value)) {
    const unsafe = Object.entries(value.secrets ?? {}).filter(([, secret]) => secret.includes('\0'));
    if (unsafe.length > 0) throw new Error(`answers.yaml: secrets.${unsafe[0]?.[0] ?? ''} holds a character that no environment can`);
    return value;
  }
  const problems = Errors(AnswersSchema, value).map(({ instancePath, message }) => `${instancePath === '' ? 'the file' : instancePath.slice(1).replaceAll('/', '.')} ${message}`);
  throw new Error(`answers.yaml: ${problems.slice(0, 5).join('; ')}`);
}
