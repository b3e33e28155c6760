import { Type, type Static } from 'typebox';
import { NFS_PATTERNS, NFS_VERSIONS } from '../domain/nfs-place.js';

const closed = { additionalProperties: false } as const;
const Host = Type.String({ pattern: '^[0-9A-Za-z.:_-]{1,253}$' });
const Port = Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 }));
const User = Type.String({ minLength: 1, maxLength: 200 });
const Secret = (description: string) => Type.String({ minLength: 1, maxLength: 16_384, description: `${description}; give it by { secret } or { secretFile }` });
/** Below what the server gives the account; `..` leads elsewhere. */
const Path = (description: string) => Type.Optional(Type.String({ pattern: '^(?!.*\\.\\.)[^\\\\\\u0000-\\u001f]{1,400}$', description }));

const SftpSchema = Type.Object(
  {
    host: Host, port: Port, user: User,
    password: Type.Optional(Secret('the password of the account, where it has no key')),
    privateKey: Type.Optional(Secret('the private key of the account, PEM')),
    passphrase: Type.Optional(Secret('opens the private key')),
    hostKeys: Type.Array(Type.String({ pattern: '^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]{40,1000}={0,2}$' }), { minItems: 1, maxItems: 8, description: 'every key ssh-keyscan tells of the server, compared with what the server shows: kind and key, without the host. Nothing is sent to a server with another' }),
    folder: Path('from the root of the server; without a slash at its beginning, from where the account begins'),
  },
  { ...closed, description: 'a server over SSH' },
);
const S3Schema = Type.Object(
  {
    endpoint: Type.String({ pattern: '^https?://[^\\s@/]+/?$', maxLength: 300, description: 'http:// only inside a network of its own: the sets are encrypted, their names and the bucket are not' }),
    region: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9-]{1,64}$', description: 'absent: us-east-1, as most servers of a house have it' })),
    bucket: Type.String({ pattern: '^[a-z0-9][a-z0-9.-]{1,62}$' }),
    prefix: Path('before the names of the objects'),
    accessKeyId: Type.String({ minLength: 1, maxLength: 128 }),
    secretAccessKey: Secret('the key that signs'),
    pathStyle: Type.Optional(Type.Boolean({ description: 'false: the bucket is part of the host name, as public clouds want it' })),
    authorityFile: Type.Optional(Type.String({ minLength: 1, description: 'PEM of the authority that signed its certificate, relative to the configuration; absent: those the system trusts' })),
  },
  { ...closed, description: 'object storage that speaks S3' },
);
const SmbSchema = Type.Object(
  {
    host: Host, port: Port, share: Type.String({ pattern: '^[^\\\\/:\\u0000-\\u001f]{1,80}$', description: 'the name of the share' }), folder: Path('a folder of the share'),
    user: User, domain: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9._-]{1,255}$', description: 'absent: WORKGROUP' })), password: Secret('the password of the account'),
  },
  { ...closed, description: 'a share of a file server or NAS, SMB 2 or 3; the core reaches it by itself, nothing is mounted' },
);

const NfsSchema = Type.Object(
  {
    host: Type.String({ pattern: NFS_PATTERNS.host }), port: Port,
    exportPath: Type.String({ pattern: NFS_PATTERNS.exportPath, description: 'what the server exports, as it names it' }), folder: Type.Optional(Type.String({ pattern: NFS_PATTERNS.folder, description: 'a folder of the export, without a slash at its beginning' })),
    version: Type.Optional(Type.Enum(NFS_VERSIONS, { description: 'absent: 4.1' })),
  },
  { ...closed, description: 'an NFS export; the appliance mounts it while it writes or reads, apart from the core. It has no password: the server believes the address of this machine, and user number 700' },
);

/** One of the five says where it is; each holds the file `.hospay-backup-target`. */
const PLACES = {
  folder: Type.Optional(Type.String({ minLength: 1, description: 'a mounted disk or share that holds the file .hospay-backup-target; relative to the data folder' })),
  makes: Type.Optional(Type.Boolean({ description: 'makes the folder and its mark when they are not there: for demos, never for what is mounted' })),
  sftp: Type.Optional(SftpSchema), s3: Type.Optional(S3Schema), smb: Type.Optional(SmbSchema), nfs: Type.Optional(NfsSchema),
};
/** What `hospay backup … --server` is given: no box is there, and no configuration. */
export const BackupPlaceSchema = Type.Object(PLACES, closed);
export type BackupPlace = Static<typeof BackupPlaceSchema>;

/** Where backups (备份) go, who can open them, and how long they stay. */
export const BackupsSchema = Type.Object(
  {
    targets: Type.Array(
      Type.Object({ id: Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 32 }), ...PLACES }, closed),
      { maxItems: 10, description: '备份位置: every set goes to each of them; each is a folder, or a server by sftp, s3, smb or nfs' },
    ),
    recipients: Type.Array(
      Type.Object({ recipient: Type.String({ pattern: '^age1[02-9ac-hj-np-z]{58}$', description: 'an age recipient (age1…); its identity is kept where the box is not' }), title: Type.String({ minLength: 1, maxLength: 60 }) }, closed),
      { maxItems: 10, description: '备份密钥: who can open a set beside the appliance itself; without one a burnt box is lost with its backups' },
    ),
    keep: Type.Object(
      {
        daily: Type.Integer({ minimum: 1, maximum: 400, description: 'of so many last days the newest set each' }), weekly: Type.Integer({ minimum: 0, maximum: 400, description: 'of so many last weeks the newest set each' }),
        monthly: Type.Integer({ minimum: 0, maximum: 400, description: 'of so many last months the newest set each' }),
      },
      { ...closed, description: '备份保留' },
    ),
    continuous: Type.Object(
      { everySeconds: Type.Integer({ minimum: 0, maximum: 3_600, description: '连续备份: so often what changed goes to every target; 0: off, and a day is lost with the disk' }) },
      { ...closed, description: '连续备份' },
    ),
  },
  { ...closed, description: '备份' },
);
