/** 支持包: collected in the background, looked at, and taken away with what a person leaves in it. */
import { ok } from '../../../domain/errors.js';
import { isSummary, SENSITIVE_TYPES, type Redactions, type SupportView } from '../../../support/ports.js';
import { bytes as file, json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import type { ConsoleApiPorts } from './ports.js';
import { DoneSchema } from './schemas.js';
import { DownloadSupportBody, SupportSchema } from './support-schemas.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();
const FILE = 'application/gzip';

export function supportRoutes({ support }: Pick<ConsoleApiPorts, 'support'>): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/system/support', operationId: 'readSupport', summary: { zh: '支持包：诊断结论、各文件大小与替换处数', en: 'The support bundle: what the checks say, its files and how much was redacted' }, access: 'readMachine', answers: { 200: { zh: '现状', en: 'As it is', schema: SupportSchema } }, errors: [],
      handle: () => ok(json(view(support.read()))),
    }),
    own.route({
      method: 'POST', path: '/system/support', operationId: 'collectSupport', summary: { zh: '收集支持包（后台进行；只留在本机，24 小时后删除）', en: 'Collect one in the background; it stays on the machine, and is removed after 24 hours' }, access: 'operate', answers: { 200: { zh: '已开始', en: 'It has begun', schema: DoneSchema } }, errors: ['CONFLICT'],
      async handle(_request, { login }) {
        const begun = await support.collect(login);
        return begun.kind === 'ok' ? ok(json({ done: true })) : begun;
      },
    }),
    own.route({
      method: 'POST', path: '/system/support/download', operationId: 'downloadSupport', summary: { zh: '下载支持包，可去掉文件（记入审计）', en: 'Download it, without the files named; it is audited' }, access: 'operate', request: { body: DownloadSupportBody },
      answers: { 200: { zh: '支持包（.tar.gz）', en: 'The bundle (.tar.gz)', contentType: FILE, headers: { 'content-disposition': { zh: '文件名', en: 'File name' } } } }, errors: ['NO_SUCH_ITEM'],
      async handle({ body }, { login }) {
        const taken = await support.download({ ...body, by: login });
        return taken.kind === 'ok' ? ok(file(FILE, taken.value.bytes, { 'content-disposition': `attachment; filename="${taken.value.fileName}"` })) : taken;
      },
    }),
  ];
}

function view({ isCollecting, problem, bundle }: SupportView) {
  if (bundle === undefined) return { isCollecting, problem };
  const { manifest: { name, collectedAt, files, problems, verdicts }, bytes, endsAt } = bundle;
  return { isCollecting, problem, bundle: { name, collectedAt, endsAt, bytes, files: files.map(({ path, bytes: size, redactions }) => ({ path, bytes: size, mayStay: !isSummary(path), redactions: counts(redactions) })), problems, verdicts } };
}

function counts(redactions: Redactions) {
  return SENSITIVE_TYPES.flatMap((type) => { const count = redactions[type]; return count === undefined ? [] : [{ type, count }]; });
}
