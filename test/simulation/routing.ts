import type { RoutingRule } from '@hospay/server/domain/route-payment.js';
import type { SeededRandom } from './random.js';

/** Which wallet serves first in this hospital; the others step in for new payments when it does not answer. */
export function routingOf(weather: SeededRandom): readonly RoutingRule[] {
  const order = weather.pick(['wechat-main', 'alipay-main', 'unionpay-main'], ['alipay-main', 'unionpay-main', 'wechat-main'], ['unionpay-main', 'wechat-main', 'alipay-main']);
  return [
    { name: 'small codes shown', when: { methods: ['nativeQr'], toFen: 40_000 }, channels: order.toReversed() },
    { name: 'wallets', when: { methods: ['nativeQr', 'paymentCode', 'h5', 'webPage', 'app'] }, channels: order },
  ];
}
