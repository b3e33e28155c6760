import { signStatementFile, type ApplicationRegistry } from '../../applications/ports.js';
import { own } from '../../domain/own-words.js';
import type { StatementCarrier, StatementFolder } from '../../statement-files/ports.js';
import { viewStatementFile } from '../../statement-files/statement-file-view.js';
import { postSigned, readNotifyUrl, type SignedPostPorts } from './signed-post.js';

const NOTICE_TIMEOUT_MS = 5_000;
/** A day of a large hospital is some ten megabytes. Shorter than the lease of its job. */
const FILE_TIMEOUT_MS = 60_000;

/** Carries statement files to the notify address of the application they are for: the news of a file with where it is fetched, or the file itself with the same facts in its headers. */
export function statementCarrier(ports: SignedPostPorts & { readonly registry: ApplicationRegistry; readonly folder: Pick<StatementFolder, 'open'> }): StatementCarrier {
  return {
    async carry(file) {
      const application = await ports.registry.find(file.delivery?.application ?? file.appId);
      if (application === undefined || application.status !== 'active') return { kind: 'again', problem: own('applicationNotActive') };
      // What it may fetch it may be sent, and nothing else.
      if (!application.permissions.includes(file.scope === 'hospital' ? 'hospital' : 'statement')) return { kind: 'again', problem: own('applicationMayNot') };
      const url = application.notifyUrl === undefined ? undefined : readNotifyUrl(application.notifyUrl);
      if (url === undefined) return { kind: 'again', problem: own('applicationNoAddress') };
      const signature = signStatementFile(application.secret, { ...file, appId: application.appId });
      const eventId = file.fileName.replace(/\.csv$/, '');
      const common = { application, url, eventId };
      if (file.delivery?.what !== 'file') {
        const notice = { eventId, kind: 'statementFile', version: file.version, statementFile: viewStatementFile(file, signature), download: `/api/v1/statements/${file.day}?version=${String(file.version)}${file.scope === 'application' ? '' : `&scope=${file.scope}`}` };
        return outcomeOf(await postSigned(ports, { ...common, body: Buffer.from(JSON.stringify(notice), 'utf8'), contentType: 'application/json; charset=utf-8', timeoutMs: NOTICE_TIMEOUT_MS }));
      }
      const content = await ports.folder.open(file);
      if (content === undefined) return { kind: 'again', problem: own('fileNotKept') };
      const pieces: Uint8Array[] = [];
      for await (const piece of content) pieces.push(piece);
      const body = Buffer.concat(pieces);
      return outcomeOf(await postSigned(ports, { ...common, body, contentType: 'text/csv; charset=utf-8', headers: statementHeaders(file, signature), timeoutMs: FILE_TIMEOUT_MS }));
    },
  };
}

/** What stands beside a file, whether it is fetched or sent. */
export function statementHeaders({ fileName, version, sha256 }: { readonly fileName: string; readonly version: number; readonly sha256: string }, signature: string): Record<string, string> {
  return { 'content-disposition': `attachment; filename="${fileName}"`, 'x-content-sha256': sha256, 'x-hospay-statement-version': String(version), 'x-hospay-statement-signature': signature };
}

function outcomeOf(posted: Awaited<ReturnType<typeof postSigned>>): Awaited<ReturnType<StatementCarrier['carry']>> {
  return posted.isTaken ? { kind: 'delivered' } : { kind: 'again', problem: posted.problem };
}
