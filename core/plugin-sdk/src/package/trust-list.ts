/**
 * Whom a hospital trusts with code: publishers' keys, withdrawn keys and withdrawn packages, in one signed file that travels by USB stick like everything else. Its own
 * signers (roots) are named in it, so roots can be replaced too: the list that names new roots is signed by the old ones and the new.
 */
import { Type, type Static } from 'typebox';
import { Check } from 'typebox/value';
import { signBytes, verifyBytes, type SigningKey } from './signing-key.js';

const closed = { additionalProperties: false } as const;
const KeyId = Type.String({ pattern: '^[0-9a-f]{16}$' });
const Time = Type.String({ format: 'date-time' });
const KeySchema = Type.Object({ keyId: KeyId, publisher: Type.String({ minLength: 1, maxLength: 100 }), publicKeyPem: Type.String({ maxLength: 1024 }) }, closed);

const BodySchema = Type.Object(
  {
    format: Type.Literal('hospay-trust-list/1'),
    /** Grows with every list: an older one is never taken again. */
    serial: Type.Integer({ minimum: 1 }),
    issuedAt: Time,
    /** Who may issue the next list. */
    roots: Type.Array(KeySchema, { minItems: 1, maxItems: 8 }),
    /** Whose packages may be installed. `publisher` must equal the package's. */
    publishers: Type.Array(KeySchema, { maxItems: 500 }),
    revokedKeys: Type.Array(Type.Object({ keyId: KeyId, reason: Type.String({ minLength: 1, maxLength: 200 }) }, closed), { maxItems: 1_000 }),
    /** By the hash of the package, or by id and version. */
    revokedPackages: Type.Array(
      Type.Object(
        { id: Type.String({ maxLength: 64 }), version: Type.Optional(Type.String({ maxLength: 40 })), hash: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$' })), reason: Type.String({ minLength: 1, maxLength: 200 }) },
        closed,
      ),
      { maxItems: 10_000 },
    ),
  },
  closed,
);
export type TrustListBody = Static<typeof BodySchema>;

/** The body is kept as the text that was signed. */
export const TrustListSchema = Type.Object(
  { body: Type.String({ maxLength: 4_000_000 }), signatures: Type.Array(Type.Object({ keyId: KeyId, signature: Type.String({ maxLength: 200 }) }, closed), { maxItems: 16 }) },
  closed,
);
export type TrustList = Static<typeof TrustListSchema>;

export function makeTrustList(body: TrustListBody): TrustList {
  return { body: JSON.stringify(body, null, 2), signatures: [] };
}

export function signTrustList(list: TrustList, key: SigningKey): TrustList {
  const signature = signBytes('hospay-trust-list/1', Buffer.from(list.body, 'utf8'), key);
  return { ...list, signatures: [...list.signatures.filter(({ keyId }) => keyId !== key.keyId), { keyId: key.keyId, signature }] };
}

export type ReadTrustList = { readonly kind: 'ok'; readonly body: TrustListBody; readonly list: TrustList } | { readonly kind: 'refused'; readonly reason: string };

/** Reads a list without judging who signed it. For the one the hospital has already taken. */
export function readTrustList(text: string): ReadTrustList {
  let value: unknown;
  let body: unknown;
  try {
    value = JSON.parse(text);
    if (!Check(TrustListSchema, value)) return refused('this is not a trust list');
    body = JSON.parse(value.body);
  } catch {
    return refused('this is not a trust list');
  }
  return Check(BodySchema, body) ? { kind: 'ok', body, list: value } : refused('the trust list has another format');
}

/**
 * Decides whether the next list replaces the present one: newer, signed by a present root that is not withdrawn, and, where it names other roots, by one of those
 * too, so that nobody is locked out by a key that was never theirs.
 */
export function acceptTrustList(present: TrustListBody, text: string): ReadTrustList {
  const next = readTrustList(text);
  if (next.kind === 'refused') return next;
  const { body, list } = next;
  if (body.serial <= present.serial) return refused(`its serial ${String(body.serial)} is not newer than ${String(present.serial)}`);
  const revoked = new Set(present.revokedKeys.map(({ keyId }) => keyId));
  const isSignedBy = (roots: TrustListBody['roots']): boolean =>
    roots.some(({ keyId, publicKeyPem }) => !revoked.has(keyId) && list.signatures.some((signed) => signed.keyId === keyId && verifyBytes('hospay-trust-list/1', Buffer.from(list.body, 'utf8'), signed.signature, publicKeyPem)));
  if (!isSignedBy(present.roots)) return refused('no root of the present trust list has signed it');
  const known = new Set(present.roots.map(({ keyId }) => keyId));
  const isRotation = body.roots.some(({ keyId }) => !known.has(keyId));
  if (isRotation && !isSignedBy(body.roots.filter(({ keyId }) => !known.has(keyId)))) return refused('it names new roots, and none of them has signed it');
  return next;
}

function refused(reason: string): ReadTrustList {
  return { kind: 'refused', reason };
}
