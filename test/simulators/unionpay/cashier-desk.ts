import { PayerDesk, type DeskOrder } from '../machinery/payer-desk.js';
import type { PayerBehaviour, SimulatedTransaction } from './simulated-records.js';
import type { TransactionBook } from './transaction-book.js';

/** UnionPay's cashier page and wallet. */
export class CashierDesk extends PayerDesk<PayerBehaviour> {
  constructor(book: TransactionBook) {
    super({
      look: { name: '模拟云闪付钱包', colour: '#00706b' },
      scanHint: '二维码内容或 tn',
      refusalTitle: '订单无法支付',
      behaviours: [['paysAtOnce', '免密支付'], ['asksPassword', '需输入密码'], ['balanceNotEnough', '余额不足']],
      means: [['card', '用银行卡付款'], ['eCny', '用数字人民币付款']],
      orders: () => book.list().filter(({ txnType }) => txnType === '01').map(deskOrder),
      records: () => book.list(),
      channelNoName: 'queryId',
      pay: (orderId, form) => {
        const { description, txnAmt, queryId, frontUrl } = book.pay(orderId, { isECny: form.get('with') === 'eCny' });
        return { description, amountFen: txnAmt, channelNo: queryId, frontUrl };
      },
      newCode: (behaviour, form) => book.newPaymentCode(behaviour, form.get('with') === 'eCny'),
    });
  }
}

export function deskOrder({ orderId, description, txnAmt, state, qrCode, tn }: SimulatedTransaction): DeskOrder {
  return { number: orderId, description, amountFen: txnAmt, state, waits: state === 'waiting', codes: [qrCode, tn] };
}
