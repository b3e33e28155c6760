import { CredentialListSchema, type Credential, type HoldingCredentials } from '@hospay/plugin-sdk';
import { Compile } from 'typebox/compile';
import type { Boundary } from './boundary.js';
import { describeSettings, type KeyedFingerprint } from './describe-settings.js';

/** What is known of one instance's keys and certificates. `isComplete` is false when its plugin does not run or did not answer: then only its settings were read. */
export type InstanceCredentials = {
  readonly instance: string;
  readonly plugin: string;
  readonly credentials: readonly Credential[];
  readonly isComplete: boolean;
  /** Why a plugin that runs did not answer. */
  readonly problem: string | undefined;
};

const LIST = Compile(CredentialListSchema);

export type CredentialsRequest = {
  readonly instance: string;
  readonly plugin: string;
  readonly schema: unknown;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly keyedFingerprint: KeyedFingerprint;
  /** The code that runs; undefined while none does. */
  readonly running: { readonly guest: Partial<HoldingCredentials>; readonly boundary: Boundary } | undefined;
};

/** The host's reading of the settings, joined with what the plugin says through the boundary. Never throws. */
export async function instanceCredentials({ instance, plugin, schema, settings, keyedFingerprint, running }: CredentialsRequest): Promise<InstanceCredentials> {
  const describe = (said: readonly Credential[]) => describeSettings({ schema, settings, said, keyedFingerprint });
  if (running === undefined) return { instance, plugin, credentials: describe([]), isComplete: false, problem: undefined };
  const { guest, boundary } = running;
  if (guest.listCredentials === undefined) return { instance, plugin, credentials: describe([]), isComplete: true, problem: undefined };
  const answer = await boundary.call({ operation: 'listCredentials', request: {}, answer: LIST, hand: (copy, context) => guest.listCredentials?.(copy, context) });
  if (answer.kind !== 'credentials') return { instance, plugin, credentials: describe([]), isComplete: false, problem: answer.reason };
  const own = describe(answer.credentials);
  const names = new Set(own.map(({ name }) => name));
  const others = firstOfEachName(answer.credentials).filter(({ name }) => !names.has(name)).map(withoutGuessableFingerprint);
  return { instance, plugin, credentials: [...own, ...others], isComplete: true, problem: undefined };
}

/** A plain hash of a shared secret tells it to whoever can guess: a plugin's own is not kept. */
function withoutGuessableFingerprint(credential: Credential): Credential {
  if (credential.kind !== 'sharedSecret') return credential;
  const { fingerprint: _guessable, ...kept } = credential;
  return kept;
}

function firstOfEachName(credentials: readonly Credential[]): readonly Credential[] {
  return [...new Map(credentials.toReversed().map((credential) => [credential.name, credential])).values()].toReversed();
}
