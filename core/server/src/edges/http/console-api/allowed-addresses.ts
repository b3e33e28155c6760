/** To which addresses the console answers at all (http.consoleAllowedAddresses). */
import { BlockList, isIP } from 'node:net';
import type Koa from 'koa';
import { refused } from '../../../domain/errors.js';
import { errorAnswer } from '../http-kit/error-answer.js';
import { requestIdOf, send, trace } from '../http-kit/koa-context.js';

/**
 * Refuses everybody else, pages and API alike, before anything is read. It looks at the connection, never at what a header says of it; whoever sits at the machine itself may always come in, or a wrong list could not be put right.
 * @param allowed addresses and networks, checked by the configuration; empty: everybody
 */
export function onlyAllowedAddresses(allowed: readonly string[]): Koa.Middleware {
  const list = new BlockList();
  for (const entry of allowed) {
    const [address = '', prefix] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  list.addSubnet('127.0.0.0', 8, 'ipv4');
  list.addAddress('::1', 'ipv6');
  return async (context, next) => {
    if (allowed.length === 0 || isListed(list, context.req.socket.remoteAddress ?? '')) {
      await next();
      return;
    }
    trace(context, { errorCode: 'ADDRESS_NOT_ALLOWED' });
    send(context, errorAnswer(refused('ADDRESS_NOT_ALLOWED'), requestIdOf(context)));
  };
}

/** A listener for both families names an IPv4 guest `::ffff:10.1.2.3`. */
export function isListed(list: BlockList, address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  const version = isIP(plain);
  return version !== 0 && list.check(plain, version === 6 ? 'ipv6' : 'ipv4');
}
