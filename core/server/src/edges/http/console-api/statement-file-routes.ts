/** Statement files (对账文件) for the hospital's people: of every application and of the whole hospital, and what became of sending them. */
import { ok } from '../../../domain/errors.js';
import { heard } from '../../../domain/own-words.js';
import type { KeptStatementFile } from '../../../statement-files/ports.js';
import { json, stream } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import type { ConsoleApiPorts } from './ports.js';
import { StatementFileListSchema, StatementFilePath, StatementRangeSchema } from './statement-file-schemas.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();

export function statementFileRoutes({ statementFiles }: Pick<ConsoleApiPorts, 'statementFiles'>): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/statement-files', operationId: 'listStatementFiles', summary: { zh: '对账文件：各应用与全院，含所有版本', en: 'Statement files of all applications and of the hospital, with all versions' }, access: 'read', request: { query: StatementRangeSchema },
      answers: { 200: { zh: '对账文件', en: 'The files', schema: StatementFileListSchema } }, errors: [],
      handle({ query }) {
        const files = statementFiles.list(query);
        return files.kind === 'refused' ? files : ok(json({ files: files.value.map(onScreen) }));
      },
    }),
    own.route({
      method: 'GET', path: '/statement-files/{id}/file', operationId: 'downloadStatementFile', summary: { zh: '下载对账文件', en: 'A statement file' }, access: 'read', request: { params: StatementFilePath },
      answers: { 200: { zh: 'CSV 文件', en: 'CSV', contentType: 'text/csv', headers: { 'content-disposition': { zh: '文件名', en: 'File name' } } } }, errors: ['NO_SUCH_ITEM'],
      async handle({ params: { id } }, { login }) {
        const opened = await statementFiles.openFor({ id: Number(id), by: login });
        if (opened.kind === 'refused') return opened;
        return ok(stream('text/csv; charset=utf-8', opened.value.content, { 'content-disposition': `attachment; filename="${opened.value.file.fileName}"` }));
      },
    }),
  ];
}

function onScreen({ id, day, version, scope, appId, fileName, payments, paymentFen, refunds, refundFen, bytes, sha256, madeAt, delivery }: KeptStatementFile) {
  const { lastProblem, deliveredAt, ...sent } = delivery ?? { lastProblem: undefined, deliveredAt: undefined };
  return {
    id, day, version, scope, appId, fileName, payments, paymentFen, refunds, refundFen, bytes, sha256, madeAt,
    ...(delivery === undefined ? {} : { delivery: { ...sent, ...(lastProblem === undefined ? {} : { lastProblem: heard(lastProblem) }), ...(deliveredAt === undefined ? {} : { deliveredAt }) } }),
  };
}
