import { Op, UniqueConstraintError, type Sequelize } from 'sequelize';
import {
  FAULT_COMPONENTS, FAULT_LEVELS, NOTICE_SEVERITIES, type FleetStore, type Notice, type StoredFault, type TerminalState,
} from '../../../fleet/ports.js';
import { terminalAlarmStore } from './terminal-alarm-store.js';
import type { Models, TerminalFaultRow, TerminalNoticeRow, TerminalStateRow } from './models.js';
import { terminalConfigurationStore } from './terminal-configuration-store.js';

/** Groups, reports, alarms, configuration and notices of terminals. */
export function fleetStore(sequelize: Sequelize, models: Models, hospital: string): FleetStore {
  const { terminals, terminalGroups, terminalConfigurations, terminalStates, terminalFaults, terminalNotices, terminalAlarms, terminalPresences } = models;
  return {
    ...terminalAlarmStore(models, hospital),
    ...terminalConfigurationStore(sequelize, models, hospital),

    async listGroups() {
      return (await terminalGroups.findAll({ where: { hospital }, order: ['id'] })).map((row) => row.get()).map(({ id, title }) => ({ id, title }));
    },
    async addGroup({ id, title }, now) {
      try {
        await terminalGroups.create({ hospital, id, title, createdAt: now });
        return true;
      } catch (error) {
        if (error instanceof UniqueConstraintError) return false;
        throw error;
      }
    },
    renameGroup: async ({ id, title }) => (await terminalGroups.update({ title }, { where: { hospital, id } }))[0] === 1,
    removeGroup: (id, now) =>
      sequelize.transaction(async (transaction) => {
        if ((await terminals.count({ where: { hospital, groupId: id }, transaction })) > 0) return 'inUse';
        if ((await terminalNotices.count({ where: { hospital, audience: id, withdrawnAt: null, validUntil: { [Op.gt]: now } }, transaction })) > 0) return 'inUse';
        await terminalConfigurations.destroy({ where: { hospital, scope: 'group', scopeId: id }, transaction });
        return (await terminalGroups.destroy({ where: { hospital, id }, transaction })) === 1 ? 'removed' : 'none';
      }),

    async listStates() {
      return (await terminalStates.findAll({ where: { hospital } })).map((row) => asState(row.get()));
    },
    async findState(terminal) {
      const found = (await terminalStates.findOne({ where: { hospital, terminal } }))?.get();
      return found === undefined ? undefined : asState(found);
    },
    saveState: (terminal, state) =>
      sequelize.transaction(async (transaction) => {
        // Given members only: an undefined one is emptied.
        const values = Object.fromEntries(Object.entries(state).map(([name, value]) => [name, value ?? null]));
        const [known] = await terminalStates.update(values, { where: { hospital, terminal }, transaction });
        if (known === 0) await terminalStates.create({ ...NO_STATE, hospital, terminal, ...values }, { transaction });
      }),

    async openFaults(terminal) {
      return (await terminalFaults.findAll({ where: { hospital, clearedAt: null, ...(terminal === undefined ? {} : { terminal }) }, order: ['id'] })).map((row) => asFault(row.get()));
    },
    async listFaults({ terminal, limit }) {
      return (await terminalFaults.findAll({ where: { hospital, terminal }, order: [['id', 'DESC']], limit })).map((row) => asFault(row.get()));
    },
    async faultsBetween(from, to) {
      const rows = await terminalFaults.findAll({ where: { hospital, raisedAt: { [Op.lt]: to }, clearedAt: { [Op.or]: [{ [Op.gt]: from }, null] } }, order: ['id'] });
      return rows.map((row) => asFault(row.get()));
    },
    changeFaults: (terminal, { raise, clear, at }) =>
      sequelize.transaction(async (transaction) => {
        if (clear.length > 0) await terminalFaults.update({ clearedAt: at }, { where: { hospital, terminal, id: { [Op.in]: [...clear] }, clearedAt: null }, transaction });
        for (const { component, code, level, detail } of raise) await terminalFaults.create({ hospital, terminal, component, code, level, detail: detail ?? null, raisedAt: at, clearedAt: null }, { transaction });
      }),

    async addNotice({ en, withdrawnAt, withdrawnBy, ...notice }) {
      await terminalNotices.create({ hospital, ...notice, en: en ?? null, withdrawnAt: withdrawnAt ?? null, withdrawnBy: withdrawnBy ?? null });
    },
    async withdrawNotice(noticeId, { at, by }) {
      const [changed] = await terminalNotices.update({ withdrawnAt: at, withdrawnBy: by }, { where: { hospital, noticeId, withdrawnAt: null } });
      const found = changed === 1 ? (await terminalNotices.findOne({ where: { hospital, noticeId } }))?.get() : undefined;
      return found === undefined ? undefined : asNotice(found);
    },
    async listNotices({ limit }) {
      return (await terminalNotices.findAll({ where: { hospital }, order: [['createdAt', 'DESC'], 'noticeId'], limit })).map((row) => asNotice(row.get()));
    },
    async liveNotices(now) {
      return (await terminalNotices.findAll({ where: { hospital, withdrawnAt: null, validUntil: { [Op.gt]: now } }, order: ['validFrom', 'noticeId'] })).map((row) => asNotice(row.get()));
    },

    async removeBefore(time) {
      const stays = await terminalPresences.destroy({ where: { hospital, until: { [Op.lt]: time } } });
      const faults = await terminalFaults.destroy({ where: { hospital, clearedAt: { [Op.lt]: time } } });
      const alarms = await terminalAlarms.destroy({ where: { hospital, resolvedAt: { [Op.lt]: time } } });
      return stays + faults + alarms + (await terminalNotices.destroy({ where: { hospital, validUntil: { [Op.lt]: time } } }));
    },
  };
}

const NO_STATE = { software: null, machine: null, clockSkewMs: null, reportedAt: null, configurationVersion: null, configurationHash: null, configurationError: null, configurationAt: null, placedRevision: null };

function asState({ terminal, software, machine, clockSkewMs, reportedAt, configurationVersion, configurationHash, configurationError, configurationAt }: TerminalStateRow): TerminalState {
  return {
    terminal, software: software ?? undefined, machine: machine ?? undefined, clockSkewMs: clockSkewMs ?? undefined, reportedAt: reportedAt ?? undefined, configurationVersion: configurationVersion ?? undefined,
    configurationHash: configurationHash ?? undefined, configurationError: configurationError ?? undefined, configurationAt: configurationAt ?? undefined,
  };
}
function asFault({ id, terminal, component, code, level, detail, raisedAt, clearedAt }: TerminalFaultRow): StoredFault {
  return {
    id, terminal, component: FAULT_COMPONENTS.find((known) => known === component) ?? 'application', code, level: FAULT_LEVELS.find((known) => known === level) ?? 'notice', detail: detail ?? undefined, raisedAt,
    clearedAt: clearedAt ?? undefined,
  };
}
function asNotice({ hospital: _hospital, severity, en, withdrawnAt, withdrawnBy, ...row }: TerminalNoticeRow): Notice {
  return { ...row, severity: NOTICE_SEVERITIES.find((known) => known === severity) ?? 'information', en: en ?? undefined, withdrawnAt: withdrawnAt ?? undefined, withdrawnBy: withdrawnBy ?? undefined };
}
