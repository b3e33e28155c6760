import { oneAfterAnother } from '@hospay/plugin-sdk';
import type { Bilingual } from '../domain/bilingual.js';
import { ok, reasonOf, refused, type Outcome } from '../domain/errors.js';
import type { CertificateSource, KeptCertificate, KeyedCertificate, ServerCertificateDesk, ServerCertificatePorts, ServerCertificateView } from './ports.js';

export type RunningServerCertificate = ServerCertificateDesk & {
  /** What a listener serves with now: without the root. */
  current(): KeyedCertificate;
  /** Told with each other certificate, until the returned function is called. */
  onServed(listener: (served: KeyedCertificate) => void): () => void;
  /** Looks anew: renews the own one at two thirds of its life, falls back from a given one that has ended, and returns to it. */
  renew(): Promise<Bilingual>;
  problem(): Bilingual | undefined;
  /** For the watch: what was given, and what the appliance made. */
  watched(): Promise<readonly { readonly what: KeptCertificate; readonly chainPem: string; readonly privateKeyPem: string }[]>;
};

type Served = KeyedCertificate & { readonly source: CertificateSource };

const GIVEN = { 'server-hospital-pki': 'hospitalPki', 'server-uploaded': 'uploaded' } as const;
const GIVEN_NAMES = ['server-hospital-pki', 'server-uploaded'] as const;
/** The rest of a life is time enough to notice that it was not renewed. */
const RENEW_AFTER = 2 / 3;

/** Opens it: whatever lies in the store, something serves afterwards. */
export async function openServerCertificate(ports: ServerCertificatePorts): Promise<RunningServerCertificate> {
  const { x509, store, names, audit, clock, log } = ports;
  const listeners = new Set<(served: KeyedCertificate) => void>();
  const inTurn = oneAfterAnother();
  let state = await settle(ports);
  const served = (): KeyedCertificate => ({ privateKeyPem: state.served.privateKeyPem, chainPem: x509.withoutRoot(state.served.chainPem) });

  /** The old one serves until the new one is found good. */
  const settleAnew = async (): Promise<void> => {
    const before = state.served.chainPem;
    state = await settle(ports);
    if (state.served.chainPem === before) return;
    for (const listener of listeners) listener(served());
    const { fingerprint, notAfter } = x509.describe(state.served.chainPem);
    log.info('another server certificate serves', { source: state.served.source, fingerprint, notAfter: notAfter.toISOString() });
    ports.changed();
  };
  const read = async (): Promise<ServerCertificateView> => {
    const [root, pending] = [await store.find('server-root'), await store.find('server-request')];
    return { isOn: true, names, source: state.served.source, served: x509.describe(state.served.chainPem), root: root === undefined ? undefined : x509.describe(root.chainPem), problem: state.problem, pendingRequest: pending?.chainPem };
  };
  const take = async (name: (typeof GIVEN_NAMES)[number], given: KeyedCertificate, by: string): Promise<Outcome<ServerCertificateView>> => {
    const checked = x509.check({ ...given, names, now: clock.now() });
    if (checked.kind === 'refused') return checked;
    const before = x509.describe(state.served.chainPem);
    const { fingerprint, issuer, names: goodFor, notAfter } = x509.describe(checked.value.chainPem);
    // In the log before it serves: who changed it is known even if the next step is a power cut.
    await audit.record({ who: by, what: `serverCertificate.${name === 'server-uploaded' ? 'upload' : 'answer'}`, object: 'server certificate', before: { fingerprint: before.fingerprint }, after: { fingerprint, issuer, names: goodFor, notAfter: notAfter.toISOString() } });
    await store.put(name, checked.value, clock.now(), [...GIVEN_NAMES.filter((other) => other !== name), 'server-request']);
    await settleAnew();
    return ok(await read());
  };

  return {
    read,
    current: served,
    onServed(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    request: (by) =>
      inTurn(async () => {
        const { privateKeyPem, requestPem } = await x509.makeRequest({ names });
        await audit.record({ who: by, what: 'serverCertificate.request', object: 'server certificate', after: { names } });
        await store.put('server-request', { privateKeyPem, chainPem: requestPem }, clock.now(), []);
        return ok(await read());
      }),
    takeAnswer: ({ chainPem, by }) =>
      inTurn(async () => {
        const pending = await store.find('server-request');
        if (pending === undefined) return refused('CONFLICT', { zh: '没有待签发的申请：请先生成证书申请', en: 'no request is waiting: make one first' });
        return take('server-hospital-pki', { chainPem, privateKeyPem: pending.privateKeyPem }, by);
      }),
    upload: ({ by, ...given }) => inTurn(() => take('server-uploaded', given, by)),
    goBack: (by) =>
      inTurn(async () => {
        await audit.record({ who: by, what: 'serverCertificate.goBack', object: 'server certificate', before: { fingerprint: x509.describe(state.served.chainPem).fingerprint, source: state.served.source } });
        await store.forget(GIVEN_NAMES);
        await settleAnew();
        return ok(await read());
      }),
    async root() {
      const root = await store.find('server-root');
      return root === undefined ? refused('NO_SUCH_ITEM') : ok(x509.der(root.chainPem));
    },
    renew: () =>
      inTurn(async () => {
        await settleAnew();
        const until = x509.describe(state.served.chainPem).notAfter.toISOString().slice(0, 10);
        const said = { zh: `服务器证书有效至 ${until}`, en: `The server certificate ends on ${until}` };
        return state.problem === undefined ? said : { zh: `${said.zh}；所提供的证书未启用：${state.problem.zh}`, en: `${said.en}; the one that was given does not serve: ${state.problem.en}` };
      }),
    problem: () => state.problem,
    async watched() {
      const found = await Promise.all((['server-root', 'server-own', ...GIVEN_NAMES] as const).map(async (what) => ({ what, kept: await store.find(what) })));
      return found.flatMap(({ what, kept }) => (kept === undefined ? [] : [{ what, ...kept }]));
    },
  };
}

/** What is to serve: what was given while it is good, else the appliance's own. */
async function settle(ports: ServerCertificatePorts): Promise<{ readonly served: Served; readonly problem: Bilingual | undefined }> {
  const own: Served = { ...(await ensureOwn(ports)), source: 'applianceAuthority' };
  const { x509, store, clock, log } = ports;
  for (const name of GIVEN_NAMES) {
    const kept = await store.find(name);
    if (kept === undefined) continue;
    // A name that was added to the configuration later does not take away a certificate that browsers trust.
    const checked = x509.check({ ...kept, names: [], now: clock.now() });
    if (checked.kind === 'ok') return { served: { ...checked.value, source: GIVEN[name] }, problem: undefined };
    const problem = reasonOf(checked);
    log.error('the server certificate that was given cannot serve; the appliance’s own does', { reason: problem.en });
    return { served: own, problem };
  }
  return { served: own, problem: undefined };
}

/** The own one: as it is in the first two thirds of its life, else another. */
async function ensureOwn(ports: ServerCertificatePorts): Promise<KeyedCertificate> {
  const { x509, store, names, clock, log } = ports;
  const root = await ensureRoot(ports);
  const now = withinLifeOf(x509.describe(root.chainPem), clock.now());
  const kept = await store.find('server-own');
  // Issued by another root, it is not good together with this one.
  const checked = kept === undefined ? undefined : x509.check({ privateKeyPem: kept.privateKeyPem, chainPem: `${firstOf(kept.chainPem)}\n${root.chainPem}`, names, now });
  if (checked?.kind === 'ok') {
    const { notBefore, notAfter } = x509.describe(checked.value.chainPem);
    if (now.getTime() < notBefore.getTime() + (notAfter.getTime() - notBefore.getTime()) * RENEW_AFTER) return checked.value;
  }
  const made = x509.check({ ...(await x509.issue({ root, names, now })), names, now });
  if (made.kind === 'refused') throw new Error(`the certificate the appliance made for itself is not good: ${reasonOf(made).en}`);
  await store.put('server-own', made.value, now, []);
  log.info('the appliance issued its server certificate', { names, notAfter: x509.describe(made.value.chainPem).notAfter.toISOString() });
  return made.value;
}

/** Kept while it is for these names: browsers trust it. */
async function ensureRoot({ x509, store, names, clock, log }: ServerCertificatePorts): Promise<KeyedCertificate> {
  const kept = await store.find('server-root');
  if (kept !== undefined && x509.isRootFor(kept.chainPem, names) && x509.check({ ...kept, names: [], now: x509.describe(kept.chainPem).notBefore }).kind === 'ok') return kept;
  const now = clock.now();
  const made = await x509.makeRoot({ names, now });
  await store.put('server-root', made, now, ['server-own']);
  log.warn('the authority for the server certificate was made; browsers have to be given its root', { names });
  return made;
}

/** A clock that lost its battery stands decades off: neither does the root change for it, nor does the box stay without a certificate. */
function withinLifeOf({ notBefore, notAfter }: { readonly notBefore: Date; readonly notAfter: Date }, now: Date): Date {
  return new Date(Math.min(Math.max(now.getTime(), notBefore.getTime()), notAfter.getTime() - 1_000));
}

function firstOf(chainPem: string): string {
  const end = '-----END CERTIFICATE-----';
  return chainPem.slice(0, chainPem.indexOf(end) + end.length);
}
