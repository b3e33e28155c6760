/** 备份与系统: the machine, its backups, and the fence of one that was made of a backup. */
import type { BackupSet, SystemDesk } from '../../../backups/ports.js';
import { ok, refused, type Outcome } from '../../../domain/errors.js';
import { json, type Answer } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import { askChange, PROPOSED } from './change-routes.js';
import { ReasonBody } from './change-schemas.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import type { ConsoleApiPorts } from './ports.js';
import { DoneSchema } from './schemas.js';
import { BegunSchema, SystemSchema } from './system-schemas.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();
const BEGUN = { 202: { zh: '已开始，见进行中的工作', en: 'Begun; see the work in progress', schema: BegunSchema } };
const SETS_SHOWN = 100;

type Ports = Pick<ConsoleApiPorts, 'backups' | 'system' | 'work' | 'changes' | 'audit' | 'clock'>;

export function systemRoutes(ports: Ports): Route<ConsoleAccess, ConsoleCaller>[] {
  const { backups, work, clock } = ports;
  /** It goes on after the answer: a page that waited for minutes would give up. What refuses at once is told at once. */
  const begin = async (kind: 'backup' | 'backupProof', by: string, run: Parameters<typeof work.during<BackupSet>>[1]): Promise<Outcome<Answer>> => {
    const refusal = Promise.withResolvers<Outcome<Answer> | undefined>();
    const ended = work.during({ kind, subject: '', by, mayCancel: true }, async (hear) => {
      const outcome = await run(hear);
      if (outcome.kind === 'refused') refusal.resolve(outcome);
      const problem = outcome.kind === 'refused' ? undefined : kind === 'backup' ? outcome.value.problem : outcome.value.proofFailedAt === undefined ? undefined : outcome.value.proof;
      return problem === undefined ? outcome : refused('INTERNAL', problem);
    });
    ended.then(() => { refusal.resolve(undefined); }, () => { refusal.resolve(undefined); });
    const soon = new Promise<undefined>((go) => { setImmediate(() => { setImmediate(() => { go(undefined); }); }); });
    return (await Promise.race([refusal.promise, soon])) ?? ok(json({ began: clock.now().toISOString() }, 202));
  };
  return [
    own.route({
      method: 'GET', path: '/system', operationId: 'readSystem', summary: { zh: '备份与系统', en: 'The machine and its backups' }, access: 'readMachine', answers: { 200: { zh: '现状', en: 'As it is', schema: SystemSchema } }, errors: [],
      handle: async () => ok(json(await viewSystem(ports))),
    }),
    own.route({
      method: 'POST', path: '/system/backups', operationId: 'takeBackup', summary: { zh: '立即备份', en: 'Take a backup now' }, access: 'operate', answers: BEGUN, errors: ['CONFLICT'],
      handle: (_request, { login }) => begin('backup', login, (hear) => backups.take({ by: login, hear })),
    }),
    own.route({
      method: 'POST', path: '/system/proofs', operationId: 'proveBackup', summary: { zh: '恢复演练：把最新的备份恢复到临时目录并全面核对', en: 'Restore the newest set into scratch and hold everything against everything' }, access: 'operate', answers: BEGUN, errors: ['CONFLICT', 'NO_SUCH_ITEM'],
      handle: (_request, { login }) => begin('backupProof', login, (hear) => backups.prove({ by: login, hear })),
    }),
    own.route({
      method: 'POST', path: '/system/ballast/release', operationId: 'releaseBallast', summary: { zh: '释放压舱文件：数据盘已满、写不进去时为抢修腾出空间', en: 'Let the ballast go: room for a repair where nothing can be written' }, access: 'operate', answers: { 200: { zh: '已释放', en: 'Let go', schema: DoneSchema } }, errors: ['CONFLICT'],
      async handle(_request, { login }) {
        const released = await ports.system.releaseBallast({ by: login });
        return released.kind === 'refused' ? released : ok(json({ done: true }));
      },
    }),
    own.route({
      method: 'POST', path: '/system/fence/lift', operationId: 'liftFence', summary: { zh: '申请解除隔离：确认旧机器已停用，须由另一人批准', en: 'Propose to lift the fence: the old box is off; another person approves' }, access: 'operate', request: { body: ReasonBody }, answers: { 200: { zh: '已解除', en: 'Lifted', schema: DoneSchema }, 202: PROPOSED }, errors: ['CONFLICT'],
      handle: ({ body: { reason } }, { login }) => askChange(ports, { kind: 'liftFence', content: {}, reason, by: login }),
    }),
  ];
}

async function viewSystem({ backups, system, clock }: Ports) {
  const [facts, checks, targets, sets, health, continuous] = await Promise.all([system.read(), system.lastChecks(), backups.targets(), backups.list(), backups.health(), backups.continuous()]);
  return {
    now: clock.now().toISOString(), ...viewFacts(facts), disk: system.disk(), checks: checks.map(({ at, ...check }) => ({ ...check, at: at?.toISOString() })), recipients: backups.recipients, keep: backups.keep, isSetUp: health.isSetUp, lastGoodAt: health.lastGoodAt?.toISOString(), lastProvedAt: health.lastProvedAt?.toISOString(),
    targets: targets.map(({ id, protocol, place, ...state }) => ({ id, protocol, place, state: state.kind, ...(state.kind === 'ready' ? { freeBytes: state.freeBytes } : { problem: state.said }) })),
    sets: sets.slice(0, SETS_SHOWN).map(({ begunAt, endedAt, provedAt, proofFailedAt, ...set }) => ({ ...set, begunAt: begunAt.toISOString(), endedAt: endedAt?.toISOString(), provedAt: provedAt?.toISOString(), proofFailedAt: proofFailedAt?.toISOString() })),
    ...(continuous === undefined ? {} : { continuous: { ...continuous, upTo: health.upTo?.toISOString(), targets: continuous.targets.map(({ upTo, ...target }) => ({ ...target, upTo: upTo?.toISOString() })) } }),
    ...(backups.fence === undefined ? {} : { fence: { set: backups.fence.set, takenAt: backups.fence.takenAt, restoredAt: backups.fence.restoredAt, lastJournal: backups.fence.journal.seq } }),
  };
}

function viewFacts({ startedAt, databases, ...facts }: Awaited<ReturnType<SystemDesk['read']>>) {
  return { ...facts, startedAt: startedAt.toISOString(), databases };
}
