/** 系统更新: a bundle is uploaded in pieces, looked at, proposed; others approve; see changes. */
import { ok } from '../../../domain/errors.js';
import { json } from '../http-kit/answer.js';
import { readFields, shapeReader } from '../http-kit/read-shape.js';
import { routesFor, type Route } from '../http-kit/route.js';
import { askChange, PROPOSED } from './change-routes.js';
import { ReasonBody } from './change-schemas.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import type { ConsoleApiPorts } from './ports.js';
import { DoneSchema } from './schemas.js';
import { ArrivedSchema, DriveSchema, InstallUpdateBody, PieceQuery, MirrorLookSchema, TakeFromDriveBody, TakeFromMirrorBody, TakingSchema, UpdateSchema } from './update-schemas.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();
const LARGEST_PIECE_BYTES = 9 * 1024 * 1024;
const readPiece = shapeReader<{ readonly offset: number; readonly total: number; readonly name?: string }>(PieceQuery, 'query');

export function updateRoutes(ports: Pick<ConsoleApiPorts, 'updates' | 'changes' | 'audit'>): Route<ConsoleAccess, ConsoleCaller>[] {
  const { updates } = ports;
  return [
    own.route({
      method: 'GET', path: '/system/update', operationId: 'readUpdate', summary: { zh: '系统更新：系统槽、待安装的更新包及更新前检查', en: 'System update: the slots, the bundle that waits, and what it is held against' }, access: 'readMachine', answers: { 200: { zh: '现状', en: 'As it is', schema: UpdateSchema } }, errors: [],
      async handle() {
        const { box, problem, ...rest } = await updates.read();
        return ok(json({ isAppliance: box !== undefined || problem !== undefined, version: box?.version, isTrying: box?.isTrying ?? false, slots: box?.slots ?? [], pendingVersion: box?.pending?.version, last: box?.last, problem, ...rest }));
      },
    }),
    own.rawRoute({
      method: 'PUT', path: '/system/update/bundle', operationId: 'receiveUpdate', summary: { zh: '上传更新包的一段（?offset=&total=&name=）；收齐后验签', en: 'Send a piece of a bundle (?offset=&total=&name=); it is verified when the last is there' }, access: 'operate',
      largestBodyBytes: LARGEST_PIECE_BYTES, answers: { 200: { zh: '已收到', en: 'What has arrived', schema: ArrivedSchema } }, errors: ['CONFLICT', 'UPDATE_REFUSED'],
      async handle({ body, query }, _params, { login }) {
        const fields = readFields(query, PieceQuery);
        const piece = fields.kind === 'ok' ? readPiece(fields.value) : fields;
        if (piece.kind === 'refused') return piece;
        const answer = await updates.receive({ ...piece.value, bytes: body, by: login });
        return answer.kind === 'ok' ? ok(json(answer.value)) : answer;
      },
    }),
    own.route({
      method: 'GET', path: '/system/update/drive', operationId: 'listUpdateDrive', summary: { zh: '更新盘上的更新包', en: 'The bundles on the drive with updates' }, access: 'readMachine', answers: { 200: { zh: '盘上的文件', en: 'What is on it', schema: DriveSchema } }, errors: ['UPDATE_REFUSED'],
      async handle() {
        const files = await updates.lookAtDrive();
        return files.kind === 'ok' ? ok(json({ files: files.value })) : files;
      },
    }),
    own.route({
      method: 'POST', path: '/system/update/drive/take', operationId: 'takeFromUpdateDrive', summary: { zh: '从更新盘取一个更新包（在后台复制，收齐后验签）', en: 'Take a bundle from the drive with updates (copied in the background, verified when it is whole)' }, access: 'operate',
      request: { body: TakeFromDriveBody }, answers: { 202: { zh: '已开始', en: 'It has begun', schema: TakingSchema } }, errors: ['NO_SUCH_ITEM', 'CONFLICT', 'UPDATE_REFUSED'],
      async handle({ body: { file } }, { login }) {
        const begun = await updates.takeFromDrive({ name: file, by: login });
        return begun.kind === 'ok' ? ok(json({ file }, 202)) : begun;
      },
    }),
    own.route({
      method: 'POST', path: '/system/update/mirror/look', operationId: 'lookAtUpdateMirror', summary: { zh: '立即查看更新镜像有没有新版本', en: 'Look now whether the mirror has a newer version' }, access: 'operate', answers: { 200: { zh: '比当前新的版本', en: 'What is newer than what runs', schema: MirrorLookSchema } }, errors: ['CONFLICT', 'UPDATE_REFUSED'],
      async handle() {
        const looked = await updates.lookAtMirror();
        return looked.kind === 'ok' ? ok(json(looked.value)) : looked;
      },
    }),
    own.route({
      method: 'POST', path: '/system/update/mirror/take', operationId: 'takeFromUpdateMirror', summary: { zh: '从更新镜像取一个更新包（在后台下载，可续传，收齐后核对并验签）', en: 'Take a bundle from the mirror (downloaded in the background, gone on with after a break, compared and verified when it is whole)' }, access: 'operate',
      request: { body: TakeFromMirrorBody }, answers: { 202: { zh: '已开始', en: 'It has begun', schema: TakingSchema } }, errors: ['NO_SUCH_ITEM', 'CONFLICT', 'UPDATE_REFUSED'],
      async handle({ body: { file, sha256 } }, { login }) {
        const begun = await updates.takeFromMirror({ file, sha256, by: login });
        return begun.kind === 'ok' ? ok(json({ file }, 202)) : begun;
      },
    }),
    own.route({
      method: 'DELETE', path: '/system/update/bundle', operationId: 'discardUpdate', summary: { zh: '丢弃正在到来的更新包（正在取的先停下）；没有时丢弃待安装的', en: 'Throw away the bundle that arrives (stopped if it is being taken); where none does, the one that waits' }, access: 'operate', answers: { 200: { zh: '已丢弃', en: 'Gone', schema: DoneSchema } }, errors: [],
      async handle(_request, { login }) {
        await updates.discard(login);
        return ok(json({ done: true }));
      },
    }),
    own.route({
      method: 'POST', path: '/system/update/install', operationId: 'installUpdate', summary: { zh: '申请安装更新（他人审批后写入另一系统槽并重启）', en: 'Propose to install the bundle: once approved, the other slot is written and the machine restarts' }, access: 'operate',
      request: { body: InstallUpdateBody }, answers: { 200: { zh: '已写入', en: 'Written', schema: DoneSchema }, 202: PROPOSED }, errors: ['CONFLICT', 'UPDATE_REFUSED'],
      handle: ({ body: { reason, ...content } }, { login }) => askChange(ports, { kind: 'systemUpdate', content, reason, by: login }),
    }),
    own.route({
      method: 'POST', path: '/system/update/back', operationId: 'goBackUpdate', summary: { zh: '申请回退到另一系统槽', en: 'Propose to go back to the system of the other slot' }, access: 'operate', request: { body: ReasonBody }, answers: { 200: { zh: '已回退', en: 'It goes back', schema: DoneSchema }, 202: PROPOSED }, errors: ['CONFLICT', 'UPDATE_REFUSED'],
      handle: ({ body: { reason } }, { login }) => askChange(ports, { kind: 'systemBack', content: {}, reason, by: login }),
    }),
  ];
}
