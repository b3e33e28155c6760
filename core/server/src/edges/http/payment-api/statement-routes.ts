/** The day's statement (对账文件). */
import { Type } from 'typebox';
import type { Application, Permission, StatementPorts } from '../../../applications/ports.js';
import { ok } from '../../../domain/errors.js';
import { bytes } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import { DaySchema } from './schemas.js';
import { writeStatement } from './write-statement.js';

const { route } = routesFor<Permission, Application>();

export function statementRoutes(statements: StatementPorts): Route<Permission, Application>[] {
  return [
    route({
      method: 'GET',
      path: '/statements/{day}',
      operationId: 'downloadStatement',
      summary: { zh: '对账文件下载', en: 'Download the statement of a day' },
      description: {
        zh: '本应用当日（北京日，按渠道完成时间）成功的支付与退款，每笔一行，末行合计。UTF-8 带 BOM，CRLF 换行',
        en: "This application's succeeded payments and refunds of the Beijing day, by the channel's time: one row each, totals last. UTF-8 with BOM, CRLF",
      },
      access: 'statement',
      request: { params: Type.Object({ day: DaySchema }, { additionalProperties: false }) },
      answers: {
        200: {
          zh: '对账文件',
          en: 'The file',
          contentType: 'text/csv',
          headers: { 'x-content-sha256': { zh: '文件的 SHA-256（十六进制）', en: 'SHA-256 of the file, hex' }, 'content-disposition': { zh: '文件名', en: 'File name' } },
        },
      },
      errors: ['STATEMENT_NOT_READY'],
      async handle({ params }, { appId }) {
        const file = await writeStatement(statements, { appId, day: params.day });
        if (file.kind === 'refused') return file;
        return ok(bytes('text/csv; charset=utf-8', file.value.content, { 'x-content-sha256': file.value.sha256, 'content-disposition': `attachment; filename="${file.value.fileName}"` }));
      },
    }),
  ];
}
