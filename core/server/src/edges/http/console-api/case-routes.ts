/** 差错处理: one case with all that was done about it; taking, noting, and ending it by two persons. */
import { LARGEST_ATTACHMENT_BYTES, type CaseWork } from '../../../domain/case-work.js';
import { ok, type Outcome } from '../../../domain/errors.js';
import { maskDetail } from '../../../domain/mask.js';
import { redactText } from '../../../domain/sensitive.js';
import { bytes, json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import { CaseFilePath, CaseDecisionSchema, CaseNoteSchema, CasePath, CaseProposalSchema, CaseWorkSchema } from './case-schemas.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import { decodedHeader } from './decoded-header.js';
import type { ConsoleApiPorts } from './ports.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();
const CASE = { zh: '差错单', en: 'The case', schema: CaseWorkSchema };
const answer = (found: Outcome<CaseWork>) => (found.kind === 'refused' ? found : ok(json(onScreen(found.value))));

/** A header that is not percent-encoded names nothing. */
export function caseRoutes({ cases }: Pick<ConsoleApiPorts, 'cases'>): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/cases/{id}', operationId: 'findCase', summary: { zh: '一张差错单及其处理记录', en: 'One case with all that was done about it' }, access: 'read', request: { params: CasePath },
      answers: { 200: CASE }, errors: ['NO_SUCH_ITEM'],
      handle: async ({ params }) => answer(await cases.findCase({ id: Number(params.id) })),
    }),
    own.route({
      method: 'POST', path: '/cases/{id}/takers', operationId: 'takeCase', summary: { zh: '领取差错单', en: 'Take a case: whoever took it last owns it' }, access: 'refund', request: { params: CasePath },
      answers: { 200: CASE }, errors: ['NO_SUCH_ITEM', 'CONFLICT'],
      handle: async ({ params }, { login }) => answer(await cases.takeCase({ id: Number(params.id), by: login })),
    }),
    own.route({
      method: 'POST', path: '/cases/{id}/notes', operationId: 'noteCase', summary: { zh: '处理记录或患者联系记录', en: 'A note, or a talk with the patient' }, access: 'refund', request: { params: CasePath, body: CaseNoteSchema },
      answers: { 200: CASE }, errors: ['NO_SUCH_ITEM'],
      handle: async ({ params, body }, { login }) => answer(await cases.noteCase({ id: Number(params.id), ...body, by: login })),
    }),
    own.rawRoute({
      method: 'POST', path: '/cases/{id}/attachments', operationId: 'attachCaseFile', summary: { zh: '上传附件（PDF、图片、Office、文本，8 MB 以内；文件名在请求头 x-file-name，百分号编码）', en: 'File something with a case: its bytes, with the name percent-encoded in x-file-name' }, access: 'refund',
      largestBodyBytes: LARGEST_ATTACHMENT_BYTES, answers: { 200: CASE }, errors: ['MALFORMED_REQUEST', 'NO_SUCH_ITEM'],
      handle: async ({ body, headers }, { id = '' }, { login }) => answer(await cases.attachFile({ id: Number(id), name: decodedHeader(headers['x-file-name']), bytes: body, by: login })),
    }),
    own.route({
      method: 'GET', path: '/cases/{id}/attachments/{seq}', operationId: 'openCaseFile', summary: { zh: '下载附件', en: 'The bytes of an attachment' }, access: 'read', request: { params: CaseFilePath },
      answers: { 200: { zh: '附件', en: 'The file', contentType: 'application/octet-stream', headers: { 'content-disposition': { zh: '文件名', en: 'File name' } } } }, errors: ['NO_SUCH_ITEM'],
      async handle({ params: { id, seq } }, { login }) {
        const opened = await cases.openFile({ id: Number(id), seq: Number(seq), by: login });
        if (opened.kind === 'refused') return opened;
        // Never shown by the browser as a page of ours: whatever it holds, it is a file to be saved.
        return ok(bytes('application/octet-stream', opened.value.bytes, { 'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(opened.value.name)}`, 'x-content-type-options': 'nosniff' }));
      },
    }),
    own.route({
      method: 'POST', path: '/cases/{id}/proposals', operationId: 'proposeCaseEnd', summary: { zh: '提出处理方案：核销或说明结案', en: 'Propose how it ends: written off, or explained' }, access: 'refund', request: { params: CasePath, body: CaseProposalSchema },
      answers: { 200: CASE }, errors: ['NO_SUCH_ITEM', 'CASE_ENDS_ITSELF', 'CONFLICT'],
      handle: async ({ params, body }, { login }) => answer(await cases.proposeEnd({ id: Number(params.id), ...body, by: login })),
    }),
    own.route({
      method: 'POST', path: '/cases/{id}/decisions', operationId: 'decideCaseEnd', summary: { zh: '审批处理方案（须由他人）', en: 'Approve or reject what was proposed; never one’s own' }, access: 'refund', request: { params: CasePath, body: CaseDecisionSchema },
      answers: { 200: CASE }, errors: ['NO_SUCH_ITEM', 'SECOND_PERSON_NEEDED', 'APPROVAL_OVER', 'CONFLICT'],
      handle: async ({ params, body: { hash, decision, reason } }, { login }) => answer(await cases.decideEnd({ id: Number(params.id), hash, isApproved: decision === 'approve', reason, by: login })),
    }),
  ];
}

/** What people wrote about a patient, and the names of their files: what looks like a number of his is not shown; a reveal gives the words as they are. */
function onScreen({ detail, proposal, attachments, acts, ...work }: CaseWork) {
  return {
    ...work, detail: maskDetail(detail), ...(proposal === undefined ? {} : { proposal: { ...proposal, reason: redactText(proposal.reason) } }), attachments: attachments.map(({ name, ...file }) => ({ ...file, name: redactText(name) })),
    acts: acts.map(({ text, ...act }) => ({ ...act, text: redactText(text) })),
  };
}
