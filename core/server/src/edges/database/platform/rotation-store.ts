import { Op } from 'sequelize';
import { Type } from 'typebox';
import { Parse } from 'typebox/value';
import { quoted } from '../../../domain/bilingual.js';
import { REHEARSAL_STEPS, ROTATION_STATES, type Rotation, type RotationStore } from '../../../monitoring/ports.js';
import type { CredentialRotationRow, Models } from './models.js';
import type { SecretBox } from './secret-box.js';

const Settings = Type.Record(Type.String(), Type.Unknown());
const SealedSchema = Type.Object({ previous: Settings, candidate: Settings });
const PathsSchema = Type.Array(Type.String());
/** Those of earlier versions are one text. */
const BilingualText = Type.Object({ zh: Type.String(), en: Type.String() });
const StepsSchema = Type.Array(Type.Object({ step: Type.Enum(REHEARSAL_STEPS), result: Type.Enum(['passed', 'warning', 'failed', 'skipped'] as const), found: Type.Array(Type.Union([BilingualText, Type.String()])) }));
const FingerprintsSchema = Type.Array(Type.Object({ name: Type.String(), fingerprint: Type.String() }));

export function rotationStore({ credentialRotations }: Models, hospital: string, box: SecretBox): RotationStore {
  const place = (instance: string) => `credential_rotation.settingsSealed ${instance}`;
  const find = async (id: number) => (await credentialRotations.findOne({ where: { hospital, id } }))?.get();
  return {
    async add({ instance, state, changedPaths, steps, fingerprints, rehearsedAt, rehearsedBy }, settings) {
      const created = await credentialRotations.create({
        hospital, instance, state, changedPaths: JSON.stringify(changedPaths), steps: JSON.stringify(steps), fingerprints: JSON.stringify(fingerprints),
        settingsSealed: settings === undefined ? null : box.seal(JSON.stringify(settings), place(instance)), rehearsedAt, rehearsedBy, carriedOutAt: null, carriedOutBy: null, takenBackAt: null,
      });
      return asRotation(created.get());
    },
    async find(id) {
      const found = await find(id);
      return found === undefined ? undefined : asRotation(found);
    },
    async list({ limit }) {
      const rows = await credentialRotations.findAll({ where: { hospital }, order: [['id', 'DESC']], limit });
      return rows.map((row) => asRotation(row.get()));
    },
    async settingsOf(id) {
      const found = await find(id);
      if (found === undefined || found.settingsSealed === null) return undefined;
      return Parse(SealedSchema, JSON.parse(box.open(found.settingsSealed, place(found.instance)).toString('utf8')));
    },
    async carriedOut(id, by, at) {
      await credentialRotations.update({ state: 'active', carriedOutAt: at, carriedOutBy: by }, { where: { hospital, id } });
    },
    async takenBack(id, at) {
      await credentialRotations.update({ state: 'takenBack', takenBackAt: at, settingsSealed: null }, { where: { hospital, id } });
    },
    async outdateOthers(instance, id) {
      await credentialRotations.update({ settingsSealed: null }, { where: { hospital, instance, id: { [Op.ne]: id } } });
      await credentialRotations.update({ state: 'outdated' }, { where: { hospital, instance, id: { [Op.ne]: id }, state: { [Op.in]: ['passed', 'active'] } } });
    },
    async outdateRehearsedBefore(time) {
      await credentialRotations.update({ state: 'outdated', settingsSealed: null }, { where: { hospital, state: 'passed', rehearsedAt: { [Op.lt]: time } } });
    },
    async rehearsedFingerprints(owner) {
      const rows = await credentialRotations.findAll({ where: { hospital, instance: owner, state: { [Op.ne]: 'failed' } }, order: [['id', 'DESC']], limit: 20 });
      return new Set(rows.flatMap((row) => asRotation(row.get()).fingerprints.map(({ fingerprint }) => fingerprint)));
    },
  };
}

function asRotation({ id, instance, state, changedPaths, steps, fingerprints, rehearsedAt, rehearsedBy, carriedOutAt, carriedOutBy, takenBackAt }: CredentialRotationRow): Rotation {
  return {
    id, instance, state: ROTATION_STATES.find((known) => known === state) ?? 'outdated', changedPaths: Parse(PathsSchema, JSON.parse(changedPaths)), steps: Parse(StepsSchema, JSON.parse(steps)).map((played) => ({ ...played, found: played.found.map((one) => (typeof one === 'string' ? quoted(one) : one)) })),
    fingerprints: Parse(FingerprintsSchema, JSON.parse(fingerprints)), rehearsedAt, rehearsedBy, carriedOutAt: carriedOutAt ?? undefined, carriedOutBy: carriedOutBy ?? undefined, takenBackAt: takenBackAt ?? undefined,
  };
}
