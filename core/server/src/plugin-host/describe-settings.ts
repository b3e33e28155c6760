import { describeCertificates, describePublicKey, type Credential } from '@hospay/plugin-sdk';
import { describeSecret } from '@hospay/plugin-sdk/host';
import { settingsLeaves } from './settings-leaves.js';

/** Makes a fingerprint of a secret that only this platform can make; `place` keeps two equal secrets apart. */
export type KeyedFingerprint = (secret: string, place: string) => string;

/**
 * Keys and certificates that stand in an instance's settings, by the settings alone: every secret, and every certificate or public key in PEM format. What a plugin says of them in
 * `said` goes before what is read here, except for what only the host can know: whether it is readable, its dates, its fingerprints.
 */
export function describeSettings({ schema, settings, said = [], keyedFingerprint }: {
  readonly schema: unknown;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly said?: readonly Credential[];
  readonly keyedFingerprint: KeyedFingerprint;
}): readonly Credential[] {
  const leaves = settingsLeaves(schema);
  const saidOf = new Map(said.map((credential) => [credential.name, credential]));
  const texts = leaves.flatMap((leaf) => textsAt(settings, leaf.path.split('.')).map((text, index) => ({ leaf, text, name: index === 0 ? leaf.path : `${leaf.path}/${String(index + 1)}` })));
  const secrets = texts.filter(({ leaf }) => leaf.isSecret).map(({ leaf, text, name }): Credential => {
    const own = saidOf.get(name);
    return { ...words(leaf.title, name), holder: 'ours', ...own, ...describeSecret(text, (secret) => keyedFingerprint(secret, name), own?.kind), name };
  });
  const ourKeys = new Set(secrets.flatMap(({ publicKeyFingerprint = [] }) => publicKeyFingerprint));
  const open = texts.filter(({ leaf, text }) => !leaf.isSecret && PEM.test(text)).flatMap(({ leaf, text, name }) =>
    (text.includes('CERTIFICATE') ? describeCertificates(text) : [describePublicKey(text)]).map((facts, index): Credential => {
      const own = index === 0 ? name : `${name}/${String(index + 1)}`;
      const holder = facts.publicKeyFingerprint !== undefined && ourKeys.has(facts.publicKeyFingerprint) ? 'ours' : 'theirs';
      return { ...words(leaf.title, name), holder, ...saidOf.get(own), ...facts, name: own };
    }),
  );
  return [...secrets, ...open];
}

const PEM = /-----BEGIN (CERTIFICATE|PUBLIC KEY|RSA PUBLIC KEY)-----/;

function words(title: { readonly zh: string; readonly en: string }, name: string): Pick<Credential, 'title' | 'use'> {
  return { title, use: { zh: `配置项 ${name}`, en: `setting ${name}` } };
}

/** Every secret text of these settings. */
export function secretsIn(schema: unknown, settings: Readonly<Record<string, unknown>>): readonly string[] {
  return settingsLeaves(schema).filter(({ isSecret }) => isSecret).flatMap(({ path }) => textsAt(settings, path.split('.')));
}

/** The texts at a path; lists on the way give several. */
function textsAt(value: unknown, [key, ...rest]: readonly string[]): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((member) => textsAt(member, key === undefined ? [] : [key, ...rest]));
  if (key === undefined) return typeof value === 'string' && value !== '' ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return textsAt(Reflect.get(value, key), rest);
}
