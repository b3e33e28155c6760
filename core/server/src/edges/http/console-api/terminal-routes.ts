/** Terminals in the console: registered, approved, placed, revoked; their alarms and faults. */
import { ok, refused } from '../../../domain/errors.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import { NumberPath } from './certificate-schemas.js';
import { askChange, PROPOSED } from './change-routes.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import type { ConsoleApiPorts } from './ports.js';
import { DoneSchema, IdPath } from './schemas.js';
import {
  ApprovalSchema, ClaimSchema, CodeSchema, FaultHistorySchema, MovedSchema, NewTerminalSchema, RejectionSchema, RevocationSchema, RotationAskedSchema, TerminalAlarmAnswerSchema, TerminalAlarmListSchema,
  TerminalListSchema, TerminalPlaceSchema, WaitingAnswerSchema, WaitingListSchema,
} from './terminal-schemas.js';
import { viewTerminal, viewTerminalAlarm, viewFault, viewWaiting } from './terminal-on-screen.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();
const DONE = { zh: '已完成', en: 'Done', schema: DoneSchema };
const done = () => ok(json({ done: true }));

export function terminalRoutes(ports: ConsoleApiPorts): Route<ConsoleAccess, ConsoleCaller>[] {
  return [...registrationRoutes(ports), ...approvalRoutes(ports), ...watchRoutes(ports)];
}

/** Undefined: campus and group are there. */
async function whyNotThere({ fleet }: Pick<ConsoleApiPorts, 'fleet'>, { campus, group }: { readonly campus?: string; readonly group?: string }) {
  if (campus !== undefined && !fleet.campuses.some(({ id }) => id === campus)) return refused('NO_SUCH_ITEM', { zh: `没有编号为 ${campus} 的院区`, en: `no campus ${campus}` });
  if (group !== undefined && !(await fleet.groups.isKnown(group))) return refused('NO_SUCH_ITEM', { zh: `没有编号为 ${group} 的分组`, en: `no group ${group}` });
  return undefined;
}

function registrationRoutes(ports: ConsoleApiPorts): Route<ConsoleAccess, ConsoleCaller>[] {
  const { terminals, fleet, audit, clock } = ports;
  return [
    own.route({
      method: 'GET', path: '/terminals', operationId: 'listTerminals', summary: { zh: '终端', en: 'Terminals' }, access: 'readMachine',
      answers: { 200: { zh: '终端', en: 'Terminals', schema: TerminalListSchema } }, errors: [],
      handle: async () => ok(json({ terminals: (await terminals.list()).map(viewTerminal), campuses: fleet.campuses, groups: await fleet.groups.list(), now: clock.now().toISOString() })),
    }),
    own.route({
      method: 'POST', path: '/terminals', operationId: 'registerTerminal', summary: { zh: '登记终端', en: 'Register a terminal' }, access: 'operate', request: { body: NewTerminalSchema },
      answers: { 200: DONE }, errors: ['CONFLICT', 'NO_SUCH_ITEM'],
      async handle({ body }, caller) {
        const missing = await whyNotThere(ports, body);
        if (missing !== undefined) return missing;
        if (!(await terminals.register(body))) return refused('CONFLICT', { zh: '该终端编号已存在', en: 'this id exists' });
        const { id, ...after } = body;
        await audit.record({ who: caller.login, what: 'terminal.register', object: `terminal ${id}`, after });
        return done();
      },
    }),
    own.route({
      method: 'PATCH', path: '/terminals/{id}', operationId: 'placeTerminal', summary: { zh: '修改名称、院区、分组；影响路由或结算归属的须由他人审批', en: 'Title, campus and group of a terminal; where routing or settlement look at it, by the approval of another' }, access: 'operate', request: { params: IdPath, body: TerminalPlaceSchema },
      answers: { 200: DONE, 202: PROPOSED }, errors: ['NO_SUCH_ITEM', 'CONFLICT'],
      async handle({ params: { id }, body: { reason, ...body } }, caller) {
        const missing = await whyNotThere(ports, body);
        if (missing !== undefined) return missing;
        const before = (await terminals.list()).find((terminal) => terminal.id === id);
        if (before !== undefined && terminals.movesMoney(before, { campus: body.campus, group: body.group })) {
          if (reason === undefined) return refused('MALFORMED_REQUEST', { zh: '该改动影响路由或结算归属，须由他人审批：请填写原因', en: 'reason: routing or settlement look at where this terminal stands, so another person approves it and reads why' });
          return askChange(ports, { kind: 'terminalPlace', content: { id, ...body }, reason, by: caller.login });
        }
        if (before === undefined || !(await terminals.place(id, { title: body.title, campus: body.campus, group: body.group }))) return refused('NO_SUCH_ITEM');
        await audit.record({ who: caller.login, what: 'terminal.place', object: `terminal ${id}`, before: { title: before.title, campus: before.campus, group: before.group }, after: body });
        return done();
      },
    }),
    own.route({
      method: 'POST', path: '/terminals/{id}/claim', operationId: 'offerClaim', summary: { zh: '生成登记码（只显示一次）', en: 'A claim code, shown once' }, access: 'operate', request: { params: IdPath },
      answers: { 200: { zh: '登记码', en: 'The claim code', schema: ClaimSchema } }, errors: ['NO_SUCH_ITEM'],
      async handle({ params: { id } }, caller) {
        const offered = await terminals.offerClaim(id);
        if (offered.kind === 'refused') return refused('NO_SUCH_ITEM');
        await audit.record({ who: caller.login, what: 'terminal.offerClaim', object: `terminal ${id}`, after: { expiresAt: offered.value.expiresAt } });
        return ok(json({ id, code: offered.value.code, expiresAt: offered.value.expiresAt.toISOString() }));
      },
    }),
    own.route({
      method: 'POST', path: '/terminals/{id}/revoke', operationId: 'revokeTerminal', summary: { zh: '停用终端并作废密钥和证书', en: 'Disable a terminal, forget its key, revoke its certificates' }, access: 'operate', request: { params: IdPath, body: RevocationSchema },
      answers: { 200: DONE }, errors: ['NO_SUCH_ITEM'],
      async handle({ params: { id }, body }, caller) {
        if (!(await terminals.revoke(id))) return refused('NO_SUCH_ITEM');
        await audit.record({ who: caller.login, what: 'terminal.revoke', object: `terminal ${id}`, reason: body.reason });
        return done();
      },
    }),
    own.route({
      method: 'POST', path: '/terminals/{id}/key-rotation', operationId: 'askKeyRotation', summary: { zh: '轮换终端密钥（无需到场）', en: 'Replace a terminal’s key without a visit' }, access: 'operate', request: { params: IdPath },
      answers: { 200: { zh: '已要求', en: 'The terminal is asked', schema: RotationAskedSchema } }, errors: ['NO_SUCH_ITEM'],
      async handle({ params: { id } }, caller) {
        const asked = await terminals.askRotation(id);
        if (asked.kind === 'refused') return refused('NO_SUCH_ITEM', { zh: '没有该终端，或终端尚无密钥', en: 'no such terminal, or it has no key' });
        await audit.record({ who: caller.login, what: 'terminal.rotateKey', object: `terminal ${id}` });
        return ok(json({ askedAt: asked.value.askedAt.toISOString() }));
      },
    }),
  ];
}

function approvalRoutes(ports: ConsoleApiPorts): Route<ConsoleAccess, ConsoleCaller>[] {
  const { terminals: { enrolment }, audit } = ports;
  return [
    own.route({
      method: 'GET', path: '/terminal-requests', operationId: 'listWaitingTerminals', summary: { zh: '等待批准的终端', en: 'Terminals that wait for approval' }, access: 'operate',
      answers: { 200: { zh: '等待批准的终端', en: 'Terminals that wait', schema: WaitingListSchema } }, errors: [],
      handle: () => ok(json({ waiting: enrolment.waiting().map(viewWaiting) })),
    }),
    own.route({
      method: 'POST', path: '/terminal-requests/find', operationId: 'findWaitingTerminal', summary: { zh: '按屏幕上的登记码查找', en: 'Find it by the code on its screen' }, access: 'operate', request: { body: CodeSchema },
      answers: { 200: { zh: '该终端', en: 'The terminal that shows it', schema: WaitingAnswerSchema } }, errors: ['ENROLMENT_NOT_FOUND'],
      handle({ body }) {
        const found = enrolment.find(body.code);
        return found.kind === 'refused' ? refused('ENROLMENT_NOT_FOUND') : ok(json({ waiting: viewWaiting(found.value) }));
      },
    }),
    own.route({
      method: 'POST', path: '/terminal-requests/approve', operationId: 'approveTerminal', summary: { zh: '批准终端登记', en: 'Approve a terminal' }, access: 'operate', request: { body: ApprovalSchema },
      answers: { 200: { zh: '已批准的终端', en: 'What was approved', schema: WaitingAnswerSchema } }, errors: ['ENROLMENT_NOT_FOUND', 'NO_SUCH_ITEM', 'CONFLICT'],
      async handle({ body: { code, replaces = false, id, kind, title, campus, group } }, caller) {
        const missing = await whyNotThere(ports, { ...(campus === undefined ? {} : { campus }), ...(group === undefined ? {} : { group }) });
        if (missing !== undefined) return missing;
        const approved = await enrolment.approve({ code, terminal: { id, kind, title, campus, group }, replaces });
        if (approved.kind === 'refused') return approved.code === 'CONFLICT' ? approved : refused('ENROLMENT_NOT_FOUND');
        const { waiting } = approved.value;
        await audit.record({
          who: caller.login, what: 'terminal.approve', object: `terminal ${id}`, after: { kind, title, campus, group, replaces, software: waiting.software, machine: waiting.machine, address: waiting.address, request: waiting.claimId.slice(0, 16) },
        });
        return ok(json({ waiting: viewWaiting(waiting) }));
      },
    }),
    own.route({
      method: 'POST', path: '/terminal-requests/reject', operationId: 'rejectTerminal', summary: { zh: '拒绝终端登记', en: 'Reject a waiting terminal' }, access: 'operate', request: { body: RejectionSchema },
      answers: { 200: DONE }, errors: ['ENROLMENT_NOT_FOUND'],
      async handle({ body: { claimId, reason } }, caller) {
        const rejected = enrolment.reject(claimId);
        if (rejected === undefined) return refused('ENROLMENT_NOT_FOUND');
        await audit.record({ who: caller.login, what: 'terminal.reject', object: `terminal request ${claimId.slice(0, 16)}`, before: { software: rejected.software, address: rejected.address }, reason });
        return done();
      },
    }),
  ];
}

function watchRoutes({ fleet: { watch } }: ConsoleApiPorts): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/terminals/{id}/faults', operationId: 'listTerminalFaults', summary: { zh: '异常记录', en: 'Faults of a terminal, newest first' }, access: 'readMachine', request: { params: IdPath },
      answers: { 200: { zh: '异常记录', en: 'Faults', schema: FaultHistorySchema } }, errors: [],
      handle: async ({ params: { id } }) => ok(json({ faults: (await watch.listFaults(id)).map(viewFault) })),
    }),
    own.route({
      method: 'GET', path: '/terminal-alarms', operationId: 'listTerminalAlarms', summary: { zh: '终端告警', en: 'Alarms about terminals, newest first' }, access: 'readMachine',
      answers: { 200: { zh: '终端告警', en: 'Alarms', schema: TerminalAlarmListSchema } }, errors: [],
      handle: async () => ok(json({ alarms: (await watch.listAlarms()).map(viewTerminalAlarm) })),
    }),
    own.route({
      method: 'POST', path: '/terminal-alarms/{id}/moved', operationId: 'answerTerminalMoved', summary: { zh: '答复告警：只有一台，已移机或更换部件', en: 'Answer an alarm: there is one machine, it was moved or repaired' }, access: 'operate', request: { params: NumberPath, body: MovedSchema },
      answers: { 200: { zh: '告警', en: 'The alarm', schema: TerminalAlarmAnswerSchema } }, errors: ['NO_SUCH_ITEM', 'CONFLICT'],
      async handle({ params, body }, caller) {
        const answered = await watch.answerMoved(Number(params.id), { by: caller.login, reason: body.reason });
        return answered.kind === 'refused' ? answered : ok(json({ alarm: viewTerminalAlarm(answered.value) }));
      },
    }),
  ];
}
