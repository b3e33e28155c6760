/**
 * Whose updates this machine takes. The system brings the keys it was built with; what bundles added or revoked since stays on the partition of the state, over
 * every later version: a revoked key never comes back with an older list.
 */
import { Type, type Static } from 'typebox';
import { Parse } from 'typebox/value';

const KeyId = Type.String({ pattern: '^[0-9a-f]{16}$' });
export const UpdateKeySchema = Type.Object({ keyId: KeyId, publicKeyPem: Type.String({ maxLength: 400 }), title: Type.String({ maxLength: 100 }) }, { additionalProperties: false });
export type UpdateKey = Static<typeof UpdateKeySchema>;
/** `/usr/share/hospay/update-keys.json` of the system. */
export const BuiltInKeysSchema = Type.Array(UpdateKeySchema, { minItems: 1, maxItems: 8 });
/** `update-keys.json` of the state. */
const ChangesSchema = Type.Object({ added: Type.Array(UpdateKeySchema), revoked: Type.Array(KeyId) }, { additionalProperties: false });
/** What a bundle changes of the keys. */
export const KeyChangesSchema = Type.Object({ add: Type.Array(UpdateKeySchema, { maxItems: 4 }), revoke: Type.Array(KeyId, { maxItems: 8 }) }, { additionalProperties: false });
export type KeyChanges = Static<typeof KeyChangesSchema>;

/** @param changes the text of the state's file, absent on a machine no bundle changed the keys of. @throws when a file is not what it should be: then no update is taken at all */
export function trustedKeys(builtIn: string, changes: string | undefined): readonly UpdateKey[] {
  const { added, revoked } = changes === undefined ? { added: [], revoked: [] } : Parse(ChangesSchema, JSON.parse(changes));
  const all = [...Parse(BuiltInKeysSchema, JSON.parse(builtIn)), ...added];
  return all.filter(({ keyId }, index) => !revoked.includes(keyId) && all.findIndex((one) => one.keyId === keyId) === index);
}

/** The state's file after a bundle. Revocations only grow. */
export function withKeyChanges(changes: string | undefined, { add, revoke }: KeyChanges): string {
  const before = changes === undefined ? { added: [], revoked: [] } : Parse(ChangesSchema, JSON.parse(changes));
  const added = [...before.added, ...add.filter(({ keyId }) => !before.added.some((one) => one.keyId === keyId))];
  return JSON.stringify({ added, revoked: [...new Set([...before.revoked, ...revoke])].toSorted() });
}
