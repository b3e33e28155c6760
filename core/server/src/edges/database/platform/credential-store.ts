import { CREDENTIAL_HOLDERS, CREDENTIAL_KINDS } from '@hospay/plugin-sdk';
import { Op, UniqueConstraintError, type Sequelize, type Transaction } from 'sequelize';
import { readBilingual, writeBilingual } from '../../../domain/bilingual.js';
import { CREDENTIAL_ALARMS, CREDENTIAL_EVENTS, ENDS_THAT_MAY_COME_BACK, type CredentialAlarm, type CredentialEvent, type CredentialStore, type NewCredentialAlarm, type StoredCredential } from '../../../monitoring/ports.js';
import type { CredentialAlarmRow, CredentialEventRow, CredentialRow, Models } from './models.js';

export function credentialStore(sequelize: Sequelize, { credentials, credentialEvents, credentialAlarms }: Models, hospital: string): CredentialStore {
  const addAlarm = async ({ thresholdDays, detail, ...alarm }: NewCredentialAlarm, transaction?: Transaction): Promise<boolean> => {
    try {
      await credentialAlarms.create({ hospital, ...alarm, detail: writeBilingual(detail), thresholdDays: thresholdDays ?? null, resolvedAt: null, resolvedBy: null }, transaction === undefined ? {} : { transaction });
      return true;
    } catch (error) {
      if (error instanceof UniqueConstraintError) return false;
      throw error;
    }
  };
  return {
    async list() {
      return (await credentials.findAll({ where: { hospital }, order: ['owner', 'name'] })).map((row) => asCredential(row.get()));
    },
    async save({ credential, event, alarm }) {
      const { owner, name } = credential;
      const row = asRow(credential, hospital);
      await sequelize.transaction(async (transaction) => {
        const [known] = await credentials.update(row, { where: { hospital, owner, name }, transaction });
        if (known === 0) await credentials.create(row, { transaction });
        if (event !== undefined) await credentialEvents.create({ hospital, ...event, before: event.before ?? null, after: event.after ?? null }, { transaction });
        if (alarm !== undefined) await addAlarm(alarm, transaction);
      });
    },
    async listEvents({ owner, name, limit }) {
      return (await credentialEvents.findAll({ where: { hospital, owner, name }, order: [['id', 'DESC']], limit })).map((row) => asEvent(row.get()));
    },
    async openAlarms() {
      return (await credentialAlarms.findAll({ where: { hospital, resolvedAt: null }, order: ['severity', 'id'] })).map((row) => asAlarm(row.get()));
    },
    async listAlarms({ limit }) {
      return (await credentialAlarms.findAll({ where: { hospital }, order: [['id', 'DESC']], limit })).map((row) => asAlarm(row.get()));
    },
    async findAlarm(id) {
      const found = (await credentialAlarms.findOne({ where: { hospital, id } }))?.get();
      return found === undefined ? undefined : asAlarm(found);
    },
    async raise(alarm) {
      if (await addAlarm(alarm)) return true;
      const { owner, name, kind, occasion, raisedAt, detail } = alarm;
      const [opened] = await credentialAlarms.update({ resolvedAt: null, resolvedBy: null, raisedAt, detail: writeBilingual(detail) }, { where: { hospital, owner, name, kind, occasion, resolvedBy: { [Op.in]: [...ENDS_THAT_MAY_COME_BACK] } } });
      return opened > 0;
    },
    async resolve(id, { at, by }) {
      await credentialAlarms.update({ resolvedAt: at, resolvedBy: by }, { where: { hospital, id, resolvedAt: null } });
    },
  };
}

function asRow(credential: StoredCredential, hospital: string): CredentialRow {
  const { serial, subject, issuer, notBefore, notAfter, fingerprint } = credential;
  return { hospital, ...credential, serial: serial ?? null, subject: subject ?? null, issuer: issuer ?? null, notBefore: notBefore ?? null, notAfter: notAfter ?? null, fingerprint: fingerprint ?? null };
}

function asCredential({ hospital: _hospital, holder, kind, serial, subject, issuer, notBefore, notAfter, fingerprint, ...row }: CredentialRow): StoredCredential {
  return {
    ...row, serial: serial ?? undefined, subject: subject ?? undefined, issuer: issuer ?? undefined, notBefore: notBefore ?? undefined, notAfter: notAfter ?? undefined, fingerprint: fingerprint ?? undefined,
    holder: CREDENTIAL_HOLDERS.find((known) => known === holder) ?? 'ours', kind: CREDENTIAL_KINDS.find((known) => known === kind) ?? 'sharedSecret',
  };
}

function asEvent({ owner, name, at, what, before, after, wasRehearsed }: CredentialEventRow): CredentialEvent {
  return { owner, name, at, what: CREDENTIAL_EVENTS.find((known) => known === what) ?? 'replaced', before: before ?? undefined, after: after ?? undefined, wasRehearsed };
}

function asAlarm({ id, owner, name, kind, thresholdDays, severity, detail, raisedAt, resolvedAt, resolvedBy }: CredentialAlarmRow): CredentialAlarm {
  return {
    id, owner, name, kind: CREDENTIAL_ALARMS.find((known) => known === kind) ?? 'unreadable', thresholdDays: thresholdDays ?? undefined, severity: severity === 1 ? 1 : severity === 2 ? 2 : 3, detail: readBilingual(detail), raisedAt,
    resolvedAt: resolvedAt ?? undefined, resolvedBy: resolvedBy ?? undefined,
  };
}
