/** What the relay says about a request. */
import { CLIENT_ADDRESS_HEADER, LONGEST_WAIT_MS, WAITED_HEADER } from '@hospay/relay/tunnel.js';

/** Who asks: for the pace of a page and WeChat's H5 page. No right depends on it. */
export const CLIENT_ADDRESS = CLIENT_ADDRESS_HEADER;

/** How long a notification lay in the relay, in milliseconds: plugins judge its age by when it was sent to us. 0 when the relay does not say, or says what cannot be. */
export function waitedInRelay(headers: Readonly<Record<string, string>>): number {
  const waited = Number(headers[WAITED_HEADER] ?? '0');
  return Number.isInteger(waited) && waited >= 0 && waited <= LONGEST_WAIT_MS ? waited : 0;
}
