import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { ApplianceUnderTest } from '../end-to-end/appliance-under-test.js';
import type { TlsFront } from './tls-front.js';
import { HOST_SEEN_FROM_INSIDE } from './virtual-machine.js';

export type MadeAnswers = { readonly profile: { readonly hospital: { readonly merchants: readonly object[] } }; readonly secrets: object; readonly authorities?: readonly string[] };

/** What a test adds to the profile. */
export type MoreOfProfile = { readonly backups?: object; readonly monitoring?: object };

/** The answers file of a machine in the hospital of a test: what the core on this host would be configured with, as seen from inside the machine. */
export function answersFor(outside: ApplianceUnderTest, { wechat, ...more }: MoreOfProfile & { readonly wechat?: TlsFront } = {}): MadeAnswers {
  const profile = parse(readFileSync(join(outside.folder, 'config/profiles/test.yaml'), 'utf8')) as Record<string, object>;
  const secrets: Record<string, string> = {};
  const { plugins: _ofThisHost, http: _ports, mqtt: _others, logging: _quiet, provision, ...rest } = profile;
  const { applications } = provision as { applications: unknown };
  const inside = seen({ ...rest, http: { host: '0.0.0.0' }, mqtt: { host: '0.0.0.0' }, provision: { terminals: [], applications }, ...more });
  return { profile: inside as MadeAnswers['profile'], secrets, ...(wechat === undefined ? {} : { authorities: [wechat.authorityPem] }) };

  /** The loopback of the host under its name inside; secret files as names of the environment. */
  function seen(value: unknown): unknown {
    if (wechat !== undefined && value === outside.wechat.baseUrl) return `https://${HOST_SEEN_FROM_INSIDE}:${String(wechat.port)}`;
    if (typeof value === 'string') return value.replaceAll('127.0.0.1', HOST_SEEN_FROM_INSIDE);
    if (Array.isArray(value)) return value.map(seen);
    if (typeof value !== 'object' || value === null) return value;
    if ('secretFile' in value && typeof value.secretFile === 'string') {
      const name = `HOSPAY_${value.secretFile.replace(/^secrets\//, '').replace(/\..*$/, '').replaceAll('-', '_').toUpperCase()}`;
      secrets[name] = readFileSync(join(outside.dataFolder, value.secretFile), 'utf8');
      return { secret: name };
    }
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, seen(inner)]));
  }
}
