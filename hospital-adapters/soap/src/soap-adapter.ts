/** The hospital adapter over a SOAP web service. */
import type { PluginHttp, PluginLog } from '@hospay/plugin-sdk';
import { codePageOf, createMappedAdapter, MappingError, runMessage, type MappedAdapter, type MessageLine, type MessageOperation } from '@hospay/plugin-sdk/his-mapping';
import { callMethod, type WebService } from './call-method.js';
import { messageForm } from './message-form.js';
import { listenForNotices } from './notice-listener.js';
import type { PreparedMapping } from './read-mapping.js';
import type { Settings } from './settings.js';

export type SoapAdapter = MappedAdapter;

export type AdapterContext = { readonly settings: Settings; readonly mapping: PreparedMapping; readonly http: PluginHttp; readonly now: () => Date; readonly log: PluginLog };

const LARGEST_ANSWER_BYTES = 4_194_304;
/** A web server goes on with a request whose caller has left until its own limit, which nobody tells; ASMX's is 110 s. */
const DOUBT_AFTER_LOSS_MS = 110_000;

/**
 * Connects on the first call, so that a HIS that is down does not keep the platform from starting.
 * @throws MappingError when the settings lack what the mapping sends
 */
export function createSoapAdapter({ settings, mapping, http, now, log }: AdapterContext): SoapAdapter {
  const { user = '', password = '' } = settings;
  const service: WebService = {
    http, url: settings.url, mapping, form: messageForm(mapping, settings),
    maxAnswerBytes: settings.maxAnswerBytes ?? LARGEST_ANSWER_BYTES,
    authorization: settings.basicAuthentication === true ? `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}` : undefined,
  };
  const line: MessageLine<MessageOperation> = {
    exchange: (operation, values, signal) => callMethod(service, operation, values, signal),
    codePage: mapping.codePage ?? codePageOf(mapping.charset),
    offset: settings.timeZone ?? '+08:00', slowCallMs: settings.slowCallMs ?? 2_000, log, now,
  };
  const adapter = createMappedAdapter({
    // Connections belong to the core's HTTP, which ends them with the plugin.
    line: { run: (operation, request, signal) => runMessage(line, operation, request, signal), close: () => Promise.resolve() },
    operations: mapping.operations, dictionaries: mapping.dictionaries, settings, doubtAfterLossMs: DOUBT_AFTER_LOSS_MS, now,
  });
  const { noticeListener } = settings;
  if (noticeListener === undefined) return adapter;
  const { notices } = mapping;
  if (notices === undefined) throw new MappingError(['settings.noticeListener: the mapping has no notices']);
  return { ...adapter, receiveNotices: (deliver) => listenForNotices({ notices, charset: mapping.charset, codePage: line.codePage, offset: line.offset, listener: noticeListener, settings, deliver, log, now }) };
}
