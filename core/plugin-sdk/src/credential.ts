/**
 * Keys and certificates of a plugin, as it lists them for the platform's certificate watch (证书与密钥监控): what they are, until when they hold, by what
 * they are recognised. A description never holds key material, and no plain hash of a shared secret: short secrets can be guessed from one.
 */
import { Type, type Static } from 'typebox';

const closedObject = { additionalProperties: false } as const;
const TimeSchema = Type.String({ format: 'date-time', description: 'RFC 3339 with offset or Z' });
const FingerprintSchema = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256, lower-case hex' });
const NameSchema = Type.String({ minLength: 1, maxLength: 120, pattern: '^[0-9A-Za-z][0-9A-Za-z._/-]*$' });
const words = (maxLength: number) => Type.Object({ zh: Type.String({ minLength: 1, maxLength }), en: Type.String({ minLength: 1, maxLength }) }, closedObject);

/** `publicKey` and `certificate` may be shown to anybody; `privateKey` and `sharedSecret` are known by their holder only. */
export const CREDENTIAL_KINDS = ['certificate', 'publicKey', 'privateKey', 'sharedSecret'] as const;
export type CredentialKind = (typeof CREDENTIAL_KINDS)[number];

/** `ours`: the hospital replaces it. `theirs`: the other side does, and tells us. A secret both sides share is ours when we set it. */
export const CREDENTIAL_HOLDERS = ['ours', 'theirs'] as const;
export type CredentialHolder = (typeof CREDENTIAL_HOLDERS)[number];

export const CredentialSchema = Type.Object(
  {
    /** The path of the setting that holds it (`verification.publicKeyPem`), or a name that stays the same: what is replaced keeps its name. */
    name: NameSchema,
    title: words(80),
    /** What stands still when it ends. */
    use: words(160),
    holder: Type.Enum(CREDENTIAL_HOLDERS),
    kind: Type.Enum(CREDENTIAL_KINDS),
    notBefore: Type.Optional(TimeSchema),
    notAfter: Type.Optional(TimeSchema),
    /** Upper-case hex for certificates; else as the other side names the key. */
    serial: Type.Optional(Type.String({ minLength: 1, maxLength: 80 })),
    /** Common names. */
    subject: Type.Optional(Type.String({ maxLength: 200 })),
    issuer: Type.Optional(Type.String({ maxLength: 200 })),
    /** Of a certificate's DER, of a public key's SubjectPublicKeyInfo, of a private key's public half. Absent for what the host holds: it makes its own. */
    fingerprint: Type.Optional(FingerprintSchema),
    /** Of the SubjectPublicKeyInfo, by which a certificate and its private key recognise each other. */
    publicKeyFingerprint: Type.Optional(FingerprintSchema),
    /** When the plugin first had it, if it knows. */
    since: Type.Optional(TimeSchema),
    /** Several with one group stand in for each other while a rotation overlaps: the one that ends last decides. */
    group: Type.Optional(NameSchema),
    /** Name of the private key this certificate must belong to. */
    belongsTo: Type.Optional(NameSchema),
    /** The serial the settings name beside it, upper-case hex: another one is a mismatch. */
    mustHaveSerial: Type.Optional(Type.String({ minLength: 1, maxLength: 80 })),
    /** `missing`: needed and not there. `unreadable`: there, but not what it should be. */
    problem: Type.Optional(Type.Enum(['missing', 'unreadable'] as const)),
  },
  closedObject,
);
export type Credential = Static<typeof CredentialSchema>;

export const CredentialListSchema = Type.Object({ kind: Type.Literal('credentials'), credentials: Type.Array(CredentialSchema, { maxItems: 200 }) }, closedObject);
export type CredentialList = Static<typeof CredentialListSchema>;

/**
 * Optional facet of a channel or a hospital adapter. Asked once a day, after each change of its settings, and in rehearsals of a rotation.
 * The host itself finds every setting marked `x-secret` and every certificate in PEM format in the settings, and makes their fingerprints; the plugin says what
 * they are for, which belong together, and what it holds beside its settings (keys it has downloaded). It may ask the far side for those, within the deadline.
 * An isolated plugin names its secrets without seeing them.
 */
export type HoldingCredentials = {
  listCredentials(request: Readonly<Record<string, never>>, context: { readonly deadline: string; readonly signal: AbortSignal }): Promise<CredentialList>;
};
