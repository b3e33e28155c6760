import { Secret, TOTP } from 'otpauth';
import type { OneTimeCodes } from '../../users/ports.js';

/** RFC 6238 as every authenticator has it; RFC 4226 asks for 160 bits. otpauth: small, alive, and no other dependency than the hashes we have. */
const SHAPE = { algorithm: 'SHA1', digits: 6, period: 30 } as const;
const SECRET_BYTES = 20;
/** A phone's clock may be half a minute off. */
const WINDOW = 1;

export function oneTimeCodes(): OneTimeCodes {
  const totp = (secret: string) => new TOTP({ ...SHAPE, secret: Secret.fromBase32(secret) });
  return {
    newSecret: () => new Secret({ size: SECRET_BYTES }).base32,
    uri: (secret, { issuer, account }) => new TOTP({ ...SHAPE, secret: Secret.fromBase32(secret), issuer, label: account }).toString(),
    stepOf(secret, code, now) {
      const timestamp = now.getTime();
      const delta = totp(secret).validate({ token: code, timestamp, window: WINDOW });
      return delta === null ? undefined : Math.floor(timestamp / 1000 / SHAPE.period) + delta;
    },
  };
}
