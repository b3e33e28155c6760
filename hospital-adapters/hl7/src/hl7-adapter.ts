/** The hospital adapter over HL7 v2 messages. */
import type { PluginLog } from '@hospay/plugin-sdk';
import { createMappedAdapter, isRepresentable, MappingError, type MappedAdapter } from '@hospay/plugin-sdk/his-mapping';
import { listenForAnswers } from './answer-listener.js';
import { AwaitedAnswers } from './awaited-answers.js';
import { codePageOf, type CharacterSet } from './character-set.js';
import { createCredentialList } from './credentials.js';
import { MllpLine } from './mllp-line.js';
import { listenForNotices } from './notice-listener.js';
import type { PreparedMapping } from './read-mapping.js';
import { acknowledge, runOperation, type Engine } from './run-operation.js';
import type { Settings } from './settings.js';

export type Hl7Adapter = MappedAdapter & {
  /** Where answers are taken on connections of the HIS; undefined where they come on ours. */
  readonly answerPort: number | undefined;
};

export type AdapterContext = { readonly settings: Settings; readonly mapping: PreparedMapping; readonly now: () => Date; readonly log: PluginLog };

/** A message has no cancel: an engine goes on with it after we have left, and one that keeps messages (enhanced mode) may do so for minutes. */
const DOUBT_AFTER_LOSS_MS = { original: 30_000, enhanced: 300_000 } as const;
const FOUR_MEBIBYTES = 4_194_304;

/** Connects on the first call, so that a HIS that is down does not keep the platform from starting. @throws MappingError when the header cannot be written in the character set, or when the port for answers cannot be had */
export async function createHl7Adapter({ settings, mapping, now, log }: AdapterContext): Promise<Hl7Adapter> {
  const acknowledgement = settings.acknowledgement ?? 'original';
  const largestMessageBytes = settings.largestMessageBytes ?? FOUR_MEBIBYTES;
  const common = {
    mapping, acknowledgement, characterSet: settings.characterSet ?? 'utf-8', declaresCharacterSet: settings.declareCharacterSet ?? true,
    offset: settings.timeZone ?? '+08:00', slowCallMs: settings.slowCallMs ?? 2_000, log, now,
  } as const;
  checkHeader(mapping, common.characterSet);
  const elsewhere = settings.answerListener === undefined ? undefined : new AwaitedAnswers();
  const listener = settings.answerListener === undefined || elsewhere === undefined ? undefined : await listenForAnswers({
    host: settings.answerListener.host ?? '0.0.0.0', port: settings.answerListener.port, tls: certificatesOf(settings), largestMessageBytes,
    characterSet: common.characterSet, awaited: elsewhere, acknowledge: (code, controlId) => acknowledge(common, code, controlId), warn: (message, facts) => { log.warn(message, facts); },
  });
  const line = new MllpLine({
    destination: { host: settings.host, port: settings.port, connectTimeoutMs: settings.connectTimeoutMs ?? 5_000, largestMessageBytes, tls: tlsOf(settings) },
    connections: settings.connections ?? 4,
    renewAfterIdleMs: settings.renewAfterIdleMs ?? 60_000,
  });
  const engine: Engine = { ...common, line, elsewhere };
  const mapped = createMappedAdapter({
    line: {
      run: (operation, request, signal) => runOperation(engine, operation, request, signal),
      close: async () => {
        line.close();
        await listener?.stop();
      },
    },
    operations: mapping.operations,
    dictionaries: mapping.dictionaries,
    settings,
    doubtAfterLossMs: DOUBT_AFTER_LOSS_MS[acknowledgement],
    now,
  });
  const adapter = { ...mapped, listCredentials: createCredentialList(settings), answerPort: listener?.port };
  const { noticeListener } = settings;
  const { notices } = mapping;
  if (noticeListener === undefined) return adapter;
  if (notices === undefined) throw new MappingError(['settings.noticeListener: the mapping has no notices']);
  return { ...adapter, receiveNotices: (deliver) => listenForNotices({ engine: common, notices, listener: noticeListener, security: settings.noticeSecurity, tls: certificatesOf(settings), deliver }) };
}

/** Values are held against the character set one by one; the header is the same in every message. */
function checkHeader({ header }: PreparedMapping, characterSet: CharacterSet): void {
  const codePage = codePageOf(characterSet);
  const lossy = Object.entries(header).filter(([, text]) => codePage !== undefined && !isRepresentable(text, codePage));
  if (lossy.length > 0) throw new MappingError(lossy.map(([name]) => `header.${name}: contains characters that ${characterSet} does not have`));
}

function tlsOf(settings: Settings) {
  const certificates = certificatesOf(settings);
  return certificates === undefined ? undefined : { ...certificates, ...(settings.serverName === undefined ? {} : { servername: settings.serverName }) };
}

function certificatesOf({ tls, caPem, certificatePem, privateKeyPem }: Settings) {
  if (tls !== true) return undefined;
  return { ...(caPem === undefined ? {} : { ca: caPem }), ...(certificatePem === undefined ? {} : { cert: certificatePem }), ...(privateKeyPem === undefined ? {} : { key: privateKeyPem }) };
}
