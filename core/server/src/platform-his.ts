/** The HIS beside payments: the notices it sends (医院推送) and its dictionaries. Part of the composition root. */
import { paymentPolicyOf } from './config/payment-policy-of.js';
import { createDictionaryCache } from './dictionary/dictionary-cache.js';
import { own } from './domain/own-words.js';
import type { PlatformDatabase } from './edges/database/platform/open-platform-database.js';
import { createHisNoticeDesk } from './his-notices/his-notice-desk.js';
import type { PaymentPorts } from './payments/ports.js';
import { give, TOKENS } from './platform-container.js';
import { must, type Running } from './platform-opened.js';
import type { PlatformOptions } from './platform-options.js';
import { createHisDesk } from './refunds/his-desk.js';

export function composeHis({ configuration, log, clock, random }: PlatformOptions, running: Running, database: PlatformDatabase): void {
  const { hospital, dictionaries } = configuration;
  const { store } = must(running);
  give(TOKENS.hisNotices, (get) => createHisNoticeDesk({ ...createHisDesk(get(TOKENS.payments)), store, notices: store.hisNotices, clock, random, policy: paymentPolicyOf(configuration), log }));
  give(TOKENS.dictionary, (get) => createDictionaryCache({
    names: dictionaries.names,
    staleAfterMs: dictionaries.staleAfterSeconds * 1000,
    loader: { load: (name) => loadDictionary(get(TOKENS.payments), hospital.id, name) },
    store: database.dictionaries,
    clock,
    log,
  }));
}

async function loadDictionary(payments: PaymentPorts, hospitalId: string, name: string) {
  const hospital = payments.hospitals.find(hospitalId);
  if (hospital === undefined) return { kind: 'failed' as const, reason: own('hospitalNotActive') };
  const loaded = await hospital.loadDictionary({ name });
  return loaded.kind === 'ok' ? { kind: 'ok' as const, entries: loaded.value } : { kind: 'failed' as const, reason: loaded.kind === 'unknown' ? loaded.reason : `${loaded.code} ${loaded.message}` };
}
