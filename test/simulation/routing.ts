import type { RoutingRule } from '@hospay/server/domain/route-payment.js';
import { INSURANCE_ID } from './channels/insurance-world.js';
import { MOBILE_INSURANCE_ID } from './channels/mobile-insurance-world.js';
import type { SeededRandom } from './random.js';

/** The application whose patients pay inside the wallet. */
export const MINI_PROGRAM = 'mini-program';

/** Which wallet serves first in this hospital; the others step in for new payments when it does not answer. */
export function routingOf(weather: SeededRandom): readonly RoutingRule[] {
  const order = weather.pick(['wechat-main', 'alipay-main', 'unionpay-main'], ['alipay-main', 'unionpay-main', 'wechat-main'], ['unionpay-main', 'wechat-main', 'alipay-main']);
  return [
    { name: 'insurance in the mini program', when: { methods: ['medicalInsurance'], owners: [MINI_PROGRAM] }, channels: [MOBILE_INSURANCE_ID] },
    { name: 'insurance in person', when: { methods: ['medicalInsurance'] }, channels: [INSURANCE_ID] },
    { name: 'small codes shown', when: { methods: ['nativeQr'], toFen: 40_000 }, channels: order.toReversed() },
    { name: 'wallets', when: { methods: ['nativeQr', 'paymentCode', 'h5', 'webPage', 'app'] }, channels: order },
  ];
}
