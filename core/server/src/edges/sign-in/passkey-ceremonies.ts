import { generateAuthenticationOptions, generateRegistrationOptions, verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server';
import type { PasskeyCeremonies } from '../../users/ports.js';

type Registration = Parameters<typeof verifyRegistrationResponse>[0]['response'];
type Assertion = Parameters<typeof verifyAuthenticationResponse>[0]['response'];

/**
 * Passkeys for the console's one address. The relying party is what the configuration says, never what a request says of itself. @simplewebauthn/server: follows the W3C text, checks attestation formats and COSE keys we would get
 * wrong. Attestation is not asked for: any key of the person's will do, and what it is made of is nobody's business.
 * @param origin `https://pay.example.org`
 */
export function passkeyCeremonies({ origin, title }: { readonly origin: string; readonly title: string }): PasskeyCeremonies {
  const rpID = new URL(origin).hostname;
  return {
    async registration({ user, known }) {
      const options = await generateRegistrationOptions({
        rpName: title, rpID, userID: new TextEncoder().encode(user.id), userName: user.name, userDisplayName: user.displayName, attestationType: 'none',
        excludeCredentials: known.map(({ id }) => ({ id })), authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      });
      return { challenge: options.challenge, options };
    },
    async verifyRegistration({ challenge, answer }) {
      if (!isRegistration(answer)) return undefined;
      const { verified, registrationInfo } = await verifyRegistrationResponse({ response: answer, expectedChallenge: challenge, expectedOrigin: origin, expectedRPID: rpID, requireUserVerification: true }).catch(NOT_VERIFIED);
      if (!verified || registrationInfo === undefined) return undefined;
      const { id, publicKey, counter } = registrationInfo.credential;
      return { id, publicKey, counter, transports: answer.response.transports ?? [] };
    },
    async assertion() {
      const options = await generateAuthenticationOptions({ rpID, userVerification: 'required' });
      return { challenge: options.challenge, options };
    },
    passkeyIdOf: (answer) => (isRecord(answer) && typeof answer['id'] === 'string' && answer['id'].length <= 1_400 ? answer['id'] : undefined),
    async verifyAssertion({ challenge, answer, passkey: { id, publicKey, counter } }) {
      if (!isAssertion(answer)) return undefined;
      const { verified, authenticationInfo } = await verifyAuthenticationResponse({
        response: answer, expectedChallenge: challenge, expectedOrigin: origin, expectedRPID: rpID, requireUserVerification: true, credential: { id, publicKey: new Uint8Array(publicKey), counter },
      }).catch(NOT_VERIFIED);
      return verified && authenticationInfo !== undefined ? { counter: authenticationInfo.newCounter } : undefined;
    },
  };
}

/** The library throws on what does not fit; what exactly did not is no business of whoever sent it. */
const NOT_VERIFIED = () => ({ verified: false as const, registrationInfo: undefined, authenticationInfo: undefined });

function isRegistration(value: unknown): value is Registration {
  return hasParts(value, ['clientDataJSON', 'attestationObject']);
}
function isAssertion(value: unknown): value is Assertion {
  return hasParts(value, ['clientDataJSON', 'authenticatorData', 'signature']);
}
function hasParts(value: unknown, parts: readonly string[]): boolean {
  if (!isRecord(value) || typeof value['id'] !== 'string' || typeof value['rawId'] !== 'string' || value['type'] !== 'public-key') return false;
  const response = value['response'];
  return isRecord(response) && parts.every((part) => typeof response[part] === 'string');
}
function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
