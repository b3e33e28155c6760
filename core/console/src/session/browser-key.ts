import type { PublicKeyCredentialCreationOptionsJSON, PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/browser';

/** 通行密钥 in this browser. Loaded when somebody wants one; the options come from our own platform and go to the browser as they are. */
const library = () => import('@simplewebauthn/browser');

/** A browser gives keys only to a page with a name and TLS. */
export const canUsePasskeys = (): boolean => typeof PublicKeyCredential === 'function' && isSecureContext;

/** @throws when the person turned it down or no key is there */
export async function makePasskey(options: Record<string, unknown>): Promise<Record<string, unknown>> {
  const { startRegistration } = await library();
  return { ...(await startRegistration({ optionsJSON: options as unknown as PublicKeyCredentialCreationOptionsJSON })) };
}

/** @throws when the person turned it down or no key is there */
export async function usePasskey(options: Record<string, unknown>): Promise<Record<string, unknown>> {
  const { startAuthentication } = await library();
  return { ...(await startAuthentication({ optionsJSON: options as unknown as PublicKeyCredentialRequestOptionsJSON })) };
}
