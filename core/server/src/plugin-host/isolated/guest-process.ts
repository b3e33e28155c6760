/**
 * The other end of an isolated plugin: a process with no network, no files beyond its own code, no environment and no keys. It loads one plugin, activates it, and answers
 * calls; whatever the plugin wants of the world it asks its host for. When the host is gone it ends.
 */
import { pathToFileURL } from 'node:url';
import type { FigureReader, PluginContext, PluginHttpRequest, PluginKeys } from '@hospay/plugin-sdk';
import type { FromGuest, Service, ToGuest } from './messages.js';
import { shutIn } from './shut-in.js';

type Unknowns = Readonly<Record<string, unknown>>;
type Waiting = { resolve(value: unknown): void; reject(error: Error): void };

const asked = new Map<number, Waiting>();
const timers = new Map<number, () => void>();
const calls = new Map<number, AbortController>();
let serial = 0;
let clockAheadMs = 0;
let definition: Unknowns | undefined;
let contributions: Unknowns = {};

shutIn();
process.on('disconnect', () => { process.exit(0); });
process.on('message', (message: ToGuest) => { void receive(message); });

function say(message: FromGuest): void {
  process.send?.(message, undefined, undefined, (error) => { if (error !== null) process.exit(1); });
}

async function receive(message: ToGuest): Promise<void> {
  switch (message.kind) {
    case 'load':
      return attempt(() => load(message.entry));
    case 'activate':
      return attempt(() => activate(message.settings, message.nowMs));
    case 'call':
      return call(message);
    case 'abort':
      calls.get(message.id)?.abort(new Error('the deadline passed'));
      return undefined;
    case 'served': {
      const waiting = asked.get(message.id);
      asked.delete(message.id);
      if (message.error === undefined) waiting?.resolve(message.value);
      else waiting?.reject(new Error(message.error));
      return undefined;
    }
    case 'elapsed': {
      const run = timers.get(message.id);
      timers.delete(message.id);
      run?.();
      return undefined;
    }
    case 'ping':
      say({ kind: 'pong', id: message.id });
      return undefined;
    case 'stop':
      await attempt(async () => {
        const { stop } = contributions;
        if (typeof stop === 'function') await stop.call(contributions);
      });
      say({ kind: 'stopped' });
  }
}

async function attempt(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    say({ kind: 'failed', reason: reasonOf(error) });
  }
}

async function load(entry: string): Promise<void> {
  const module: unknown = await import(pathToFileURL(entry).href);
  const found = isRecord(module) ? module['default'] : undefined;
  if (!isRecord(found) || typeof found['activate'] !== 'function') throw new Error('the entry has no default export made by definePlugin({ settings, activate })');
  definition = found;
  say({ kind: 'loaded', settings: JSON.parse(JSON.stringify(found['settings'] ?? null)) });
}

async function activate(settings: unknown, nowMs: number): Promise<void> {
  clockAheadMs = nowMs - Date.now();
  const start = definition?.['activate'];
  if (typeof start !== 'function') throw new Error('it is not loaded');
  const given: unknown = await start.call(definition, contextOf(settings));
  contributions = isRecord(given) ? given : {};
  const channels = membersOf(contributions['channels']).map(([name, channel]) => [name, describeChannel(channel)] as const);
  const hospitalAdapters = membersOf(contributions['hospitalAdapters']).map(([name, adapter]) => [name, { operations: operationsOf(adapter), ...(Array.isArray(adapter['dictionaries']) ? { dictionaries: adapter['dictionaries'].map(String) } : {}) }] as const);
  const reports = membersOf(contributions['reports']).map(([name, report]) => [name, { declaration: declarationOf(report), operations: operationsOf(report) }] as const);
  const companions = (kind: 'tills' | 'cardTerminals' | 'presettling' | 'agreements') =>
    Object.fromEntries(membersOf(contributions[kind]).map(([name, companion]) => [name, { operations: operationsOf(companion), ...(Array.isArray(companion['terminalIds']) ? { terminalIds: companion['terminalIds'].map(String) } : {}), ...(typeof companion['longestMs'] === 'number' ? { longestMs: companion['longestMs'] } : {}) }] as const));
  const other = Object.keys(contributions).filter((key) => !['channels', 'hospitalAdapters', 'reports', 'tills', 'cardTerminals', 'presettling', 'agreements', 'stop'].includes(key));
  say({
    kind: 'activated',
    description: {
      channels: Object.fromEntries(channels), hospitalAdapters: Object.fromEntries(hospitalAdapters), reports: Object.fromEntries(reports),
      tills: companions('tills'), cardTerminals: companions('cardTerminals'), presettling: companions('presettling'), agreements: companions('agreements'), other,
    },
  });
}

/** As plain data: what cannot travel is not part of what a report says of itself. */
function declarationOf({ title, note, parameters, mostDays, columns }: Unknowns): Unknowns {
  const plain: unknown = JSON.parse(JSON.stringify({ title, note, parameters, mostDays, columns }));
  return isRecord(plain) ? plain : {};
}

function describeChannel(channel: Unknowns) {
  const operations = operationsOf(channel);
  const { merchantNo, methods, refunds, answerNotification } = channel;
  const answer = (result: string): { status: number; headers: Record<string, string>; body: string } => (typeof answerNotification === 'function' ? answerNotification.call(channel, result) : { status: 500, headers: {}, body: '' });
  return {
    merchantNo: typeof merchantNo === 'string' ? merchantNo : '',
    methods: Array.isArray(methods) ? methods.map(String) : [],
    operations,
    ...(refunds === undefined ? {} : { refunds: typeof refunds === 'string' ? refunds : '' }),
    ...(operations.includes('answerNotification') ? { answers: { stored: answer('stored'), refused: answer('refused'), retryLater: answer('retryLater') } } : {}),
  };
}

/** Methods of the object and of its classes. */
function operationsOf(value: Unknowns): string[] {
  const names = new Set<string>();
  for (let level: unknown = value; isRecord(level) && level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    for (const name of Object.getOwnPropertyNames(level)) if (name !== 'constructor' && typeof value[name] === 'function') names.add(name);
  }
  return [...names];
}

async function call({ id, place, operation, request, context }: Extract<ToGuest, { kind: 'call' }>): Promise<void> {
  const abort = new AbortController();
  calls.set(id, abort);
  try {
    const target = membersOf(contributions[place.kind]).find(([name]) => name === place.name)?.[1];
    if (target !== undefined && place.kind === 'hospitalAdapters' && (operation === 'receiveNotices' || operation === 'stopNotices')) {
      await (operation === 'receiveNotices' ? receiveNotices(place.name, target) : stopNotices(place.name));
      say({ kind: 'answer', id, value: {} });
      return;
    }
    const work = target?.[operation];
    if (target === undefined || typeof work !== 'function') throw new Error(`there is no ${operation}`);
    const given = { ...context, signal: abort.signal };
    say({ kind: 'answer', id, value: await (place.kind === 'reports' ? work.call(target, request, figureReader(id), given) : work.call(target, request, given)) });
  } catch (error) {
    say({ kind: 'threw', id, reason: reasonOf(error) });
  } finally {
    calls.delete(id);
  }
}

/** Figures are read by the host, for as long as this call is open there. */
function figureReader(ofCall: number): FigureReader {
  const asking = (question: string) => (of: unknown): Promise<never> => ask('reports.ask', { call: ofCall, question, of });
  return { sums: asking('sums'), hours: asking('hours'), tills: asking('tills'), terminals: asking('terminals') };
}

const receivers = new Map<string, Unknowns>();

/** A function cannot travel: what the adapter delivers is asked of the host. */
async function receiveNotices(name: string, adapter: Unknowns): Promise<void> {
  const { receiveNotices: begin } = adapter;
  if (typeof begin !== 'function') throw new Error('there is no receiveNotices');
  const deliver = (notice: unknown): Promise<unknown> => ask('notices.deliver', { adapter: name, notice }).catch(() => ({ kind: 'unknown', reason: 'the host did not take it: send it again' }));
  const receiver: unknown = await begin.call(adapter, deliver);
  if (isRecord(receiver)) receivers.set(name, receiver);
}

async function stopNotices(name: string): Promise<void> {
  const receiver = receivers.get(name);
  receivers.delete(name);
  const { stop } = receiver ?? {};
  if (typeof stop === 'function') await stop.call(receiver);
}

function ask(service: Service, request: unknown): Promise<never> {
  const id = (serial += 1);
  return new Promise((resolve, reject) => {
    asked.set(id, { resolve, reject });
    say({ kind: 'ask', id, service, request });
  });
}

function contextOf(settings: unknown): PluginContext<unknown> {
  const log = (level: 'info' | 'warn') => (message: unknown, facts: Readonly<Record<string, string | number | boolean>> = {}) => {
    say({ kind: 'log', level, message: typeof message === 'string' ? message.slice(0, 500) : 'a message that is no text', facts: Object.fromEntries(Object.entries(facts).map(([key, value]) => [key.slice(0, 64), typeof value === 'string' ? value.slice(0, 500) : value])) });
  };
  return {
    settings,
    now: () => new Date(Date.now() + clockAheadMs),
    log: { info: log('info'), warn: log('warn') },
    store: {
      get: (key) => ask('store.get', { key }),
      put: (key, value) => ask('store.put', { key, value }),
      claim: (key, value) => ask('store.claim', { key, value }),
      delete: (key) => ask('store.delete', { key }),
      list: (prefix, page) => ask('store.list', { prefix, page }),
    },
    http: {
      request({ signal, ...request }: PluginHttpRequest) {
        const id = serial + 1;
        signal?.addEventListener('abort', () => { say({ kind: 'cancel', id }); }, { once: true });
        return signal?.aborted === true ? Promise.resolve({ kind: 'notSent', reason: 'the deadline had passed before sending' }) : ask('http.request', request);
      },
    },
    keys: {
      sign: (request: Parameters<PluginKeys['sign']>[0]) => ask('keys.sign', request),
      verify: (request: Parameters<PluginKeys['verify']>[0]) => ask('keys.verify', request),
      decryptAesGcm: (request: Parameters<PluginKeys['decryptAesGcm']>[0]) => ask('keys.decryptAesGcm', request),
      digestWithSecret: (request: Parameters<PluginKeys['digestWithSecret']>[0]) => ask('keys.digestWithSecret', request),
    },
    after(milliseconds, run) {
      const id = (serial += 1);
      timers.set(id, run);
      say({ kind: 'after', id, milliseconds });
      return { cancel: () => { timers.delete(id); } };
    },
  };
}

function membersOf(value: unknown): [string, Unknowns][] {
  return isRecord(value) ? Object.entries(value).flatMap(([name, member]) => (isRecord(member) ? [[name, member] as [string, Unknowns]] : [])) : [];
}

function isRecord(value: unknown): value is Unknowns {
  return typeof value === 'object' && value !== null;
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : 'it threw').slice(0, 500);
}
