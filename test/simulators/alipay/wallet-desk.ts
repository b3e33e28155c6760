import { PayerDesk, type DeskOrder } from '../machinery/payer-desk.js';
import type { PayerBehaviour, SimulatedTrade } from './simulated-records.js';
import type { PayOptions, TradeBook } from './trade-book.js';

/** Alipay's wallet. */
export class WalletDesk extends PayerDesk<PayerBehaviour> {
  constructor(book: TradeBook) {
    super({
      look: { name: '模拟支付宝钱包', colour: '#1677ff' },
      scanHint: '二维码内容',
      refusalTitle: '订单信息无法识别',
      behaviours: [['paysAtOnce', '免密支付'], ['asksPassword', '需输入密码'], ['balanceNotEnough', '余额不足'], ['payFails', '支付失败']],
      means: [['CNY', '确认付款'], ['DC', '用数字人民币付款']],
      orders: () => book.list().map(deskOrder),
      records: () => book.list(),
      channelNoName: 'tradeNo',
      pay: (outTradeNo, form) => {
        const { subject, totalFen, tradeNo = '', returnUrl } = book.pay(outTradeNo, meansOf(form));
        return { description: subject, amountFen: totalFen, channelNo: tradeNo, frontUrl: returnUrl };
      },
      newCode: (behaviour, form) => book.newPaymentCode(behaviour, form.get('currency') === 'DC' ? 'DC' : 'CNY'),
    });
  }
}

export function deskOrder({ outTradeNo, subject, totalFen, state, qrCode }: SimulatedTrade): DeskOrder {
  return { number: outTradeNo, description: subject, amountFen: totalFen, state, waits: state === 'CODE' || state === 'WAIT_BUYER_PAY', codes: [qrCode] };
}

/** A button of the page says `with`, a script `currency`. */
function meansOf(form: URLSearchParams): PayOptions {
  return form.get('with') === 'DC' || form.get('currency') === 'DC' ? { currency: 'DC', fundChannel: 'DCEP' } : {};
}
