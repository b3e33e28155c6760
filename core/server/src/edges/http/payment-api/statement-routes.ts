/** Statement files (对账文件) of the application, of the merchant it is bound to, or of the whole hospital for its HIS. */
import { Type } from 'typebox';
import { signStatementFile, type Application, type Permission } from '../../../applications/ports.js';
import { ok, refused, type Outcome } from '../../../domain/errors.js';
import type { Receiver, StatementFileDesk } from '../../../statement-files/ports.js';
import { viewStatementFile } from '../../../statement-files/statement-file-view.js';
import { json, stream } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import { statementHeaders } from '../statement-carrier.js';
import { DaySchema } from './schemas.js';
import { StatementFileListSchema, StatementScopeField } from './statement-schemas.js';

const { route } = routesFor<Permission, Application>();
const closed = { additionalProperties: false } as const;

export function statementRoutes(desk: Pick<StatementFileDesk, 'list' | 'open'>): Route<Permission, Application>[] {
  return [
    route({
      method: 'GET',
      path: '/statements',
      operationId: 'listStatements',
      summary: { zh: '对账文件列表', en: 'List statement files' },
      description: {
        zh: '含每日的所有版本，新的在前；最多 92 天。当日数据后来有变化时生成新版本，旧版本保留',
        en: 'All versions of each day, newest first; at most 92 days. A day that changes afterwards gets another version, and the old one stays',
      },
      access: 'statement',
      request: { query: Type.Object({ from: DaySchema, to: DaySchema, scope: StatementScopeField }, closed) },
      answers: { 200: { zh: '对账文件列表', en: 'The files', schema: StatementFileListSchema } },
      errors: [],
      handle({ query: { from, to, scope } }, application) {
        const receiver = statementReceiverOf(application, scope);
        if (receiver.kind === 'refused') return receiver;
        const files = desk.list({ receiver: receiver.value, from, to });
        return files.kind === 'refused' ? files : ok(json({ files: files.value.map((file) => viewStatementFile(file, signatureOf(application, file))) }));
      },
    }),
    route({
      method: 'GET',
      path: '/statements/{day}',
      operationId: 'downloadStatement',
      summary: { zh: '对账文件下载', en: 'Download a statement file' },
      description: {
        zh: '账单日内成功的支付与退款，每笔一行，末尾为合计与摘要。UTF-8 不带 BOM，CRLF 换行；不指定 version 时为最新版本',
        en: 'What succeeded under the bill day: one row each, totals and hash last. UTF-8 without a byte order mark, CRLF. Without `version` the newest',
      },
      access: 'statement',
      request: { params: Type.Object({ day: DaySchema }, closed), query: Type.Object({ version: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })), scope: StatementScopeField }, closed) },
      answers: {
        200: {
          zh: '对账文件',
          en: 'The file',
          contentType: 'text/csv',
          headers: {
            'x-content-sha256': { zh: '文件的 SHA-256（十六进制）', en: 'SHA-256 of the file, hex' },
            'x-hospay-statement-version': { zh: '版本', en: 'Version' },
            'x-hospay-statement-signature': { zh: '用应用密钥对文件的签名', en: "Detached signature by the application's secret" },
            'content-disposition': { zh: '文件名', en: 'File name' },
          },
        },
      },
      errors: ['STATEMENT_NOT_READY', 'NO_SUCH_ITEM'],
      async handle({ params: { day }, query: { version, scope } }, application) {
        const receiver = statementReceiverOf(application, scope);
        if (receiver.kind === 'refused') return receiver;
        const opened = await desk.open({ ...receiver.value, day, version });
        if (opened.kind === 'refused') return opened;
        const { file, content } = opened.value;
        return ok(stream('text/csv; charset=utf-8', content, statementHeaders(file, signatureOf(application, file))));
      },
    }),
  ];
}

function statementReceiverOf(application: Application, scope: Receiver['scope'] | undefined): Outcome<Receiver> {
  if (scope !== 'merchant') return receiverOf(application, scope);
  const { merchantNo, permissions } = application;
  return merchantNo !== undefined && permissions.includes('merchant') ? ok({ scope, appId: merchantNo }) : refused('NOT_PERMITTED', 'scope merchant: permission merchant, of an application bound to one');
}

/** Its own; the whole hospital's only for the HIS. */
export function receiverOf({ appId, permissions }: Application, scope: 'application' | 'hospital' | undefined): Outcome<Receiver> {
  if (scope !== 'hospital') return ok({ scope: 'application', appId });
  return permissions.includes('hospital') ? ok({ scope: 'hospital', appId: '' }) : refused('NOT_PERMITTED', 'scope hospital is for the HIS: permission hospital');
}

function signatureOf({ secret, appId }: Application, file: { readonly fileName: string; readonly sha256: string }): string {
  return signStatementFile(secret, { appId, fileName: file.fileName, sha256: file.sha256 });
}
