import { Op, UniqueConstraintError, type Sequelize } from 'sequelize';
import { readBilingual, shortened, writeBilingual, type Bilingual } from '../../../domain/bilingual.js';
import { TASK_RUN_CAUSES, TASK_RUN_STATES, type StoredTask, type TaskRun, type TaskStore } from '../../../tasks/ports.js';
import type { Models, TaskRow, TaskRunRow } from './models.js';

/** Of one language: the column takes both. */
const LONGEST_RESULT = 900;

export function taskStore(sequelize: Sequelize, { tasks, taskRuns }: Models, hospital: string): TaskStore {
  return {
    async define(definitions, now) {
      await sequelize.transaction(async (transaction) => {
        for (const { name, rule, missed, enabled } of definitions) {
          const [known] = await tasks.update({ rule, missed, updatedAt: now }, { where: { name, hospital }, transaction });
          if (known === 0) await tasks.create({ name, hospital, rule, missed, enabled, createdAt: now, updatedAt: now }, { transaction });
        }
      });
    },
    async list() {
      return (await tasks.findAll({ where: { hospital }, order: ['name'] })).map((task) => asTask(task.get()));
    },
    async setEnabled(name, enabled, now) {
      return (await tasks.update({ enabled, updatedAt: now }, { where: { name, hospital } }))[0] === 1;
    },
    async addRun({ startedAt, finishedAt, result, ...run }) {
      try {
        const created = await taskRuns.create({ ...run, startedAt: startedAt ?? null, finishedAt: finishedAt ?? null, result: result === undefined ? null : asColumn(result) });
        return created.get().id;
      } catch (error) {
        if (error instanceof UniqueConstraintError) return undefined;
        throw error;
      }
    },
    async finishRun(id, { state, finishedAt, result }) {
      await taskRuns.update({ state, finishedAt, result: asColumn(result) }, { where: { id } });
    },
    async lastFireTime(task) {
      const run = (await taskRuns.findOne({ where: { task, cause: { [Op.ne]: 'person' } }, order: [['fireTime', 'DESC']] }))?.get();
      return run?.fireTime;
    },
    async listRuns({ task, limit }) {
      const runs = await taskRuns.findAll({ ...(task === undefined ? {} : { where: { task } }), order: [['fireTime', 'DESC'], ['id', 'DESC']], limit });
      return runs.map((run) => asRun(run.get()));
    },
    async markInterrupted(now) {
      return (await taskRuns.update({ state: 'interrupted', finishedAt: now, result: asColumn({ zh: '运行中平台停止', en: 'The platform stopped while it ran' }) }, { where: { state: 'running' } }))[0];
    },
    removeRunsBefore: (time) => taskRuns.destroy({ where: { fireTime: { [Op.lt]: time }, state: { [Op.ne]: 'running' } } }),
  };
}

function asColumn(result: Bilingual): string {
  return writeBilingual(shortened(result, LONGEST_RESULT));
}

function asTask({ name, rule, missed, enabled, createdAt }: TaskRow): StoredTask {
  return { name, rule, missed: missed === 'runOnce' ? 'runOnce' : 'skip', enabled, createdAt };
}

function asRun({ id, task, fireTime, state, cause, startedAt, finishedAt, result }: TaskRunRow): TaskRun {
  return {
    id,
    task,
    fireTime,
    state: TASK_RUN_STATES.find((name) => name === state) ?? 'failed',
    cause: TASK_RUN_CAUSES.find((name) => name === cause) ?? 'rule',
    startedAt: startedAt ?? undefined,
    finishedAt: finishedAt ?? undefined,
    result: result === null ? undefined : readBilingual(result),
  };
}
