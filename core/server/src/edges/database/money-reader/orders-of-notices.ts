import { Op } from 'sequelize';
import type { MoneySource } from './money-source.js';

/** Of a stopped clinic the first only: what became of each registration stands in its news. */
const MOST = 20;

type Content = Readonly<Record<string, unknown>>;

/** The orders of this hospital that notices of the HIS are about, for each notice: named by our number, by a receipt or by registrations. Whatever the HIS named that is no order of ours is left out. */
export async function ordersOfNotices(source: MoneySource, contents: readonly Content[]): Promise<readonly (readonly string[])[]> {
  const named = contents.map((content) => ({ tradeNos: textsIn(content, 'tradeNo'), receiptNos: textsIn(content, 'receiptNo'), registrationNos: [...textsIn(content, 'hisRegistrationNo'), ...textsIn(content, 'hisRegistrationNos')].slice(0, MOST) }));
  const [byTradeNo, byReceipt, byRegistration] = await Promise.all([
    findTradeNos(source, named.flatMap(({ tradeNos }) => tradeNos)), findReceipts(source, named.flatMap(({ receiptNos }) => receiptNos)), findRegistrations(source, named.flatMap(({ registrationNos }) => registrationNos)),
  ]);
  return named.map(({ tradeNos, receiptNos, registrationNos }) => {
    const found = [...tradeNos.map((no) => byTradeNo.get(no)), ...receiptNos.map((no) => byReceipt.get(no)), ...registrationNos.map((no) => byRegistration.get(no))];
    return [...new Set(found.filter((tradeNo) => tradeNo !== undefined))].slice(0, MOST);
  });
}

type Found = ReadonlyMap<string, string>;

async function findTradeNos({ models, hospitalId }: MoneySource, numbers: readonly string[]): Promise<Found> {
  if (numbers.length === 0) return new Map();
  const rows = await models.orders.findAll({ where: { hospitalId, tradeNo: { [Op.in]: [...numbers] } }, attributes: ['tradeNo'] });
  return new Map(rows.map((row) => row.get()).map(({ tradeNo }) => [tradeNo, tradeNo]));
}

/** The receipt of the booking, or any that replaced it; of several the newest. */
async function findReceipts({ models, hospitalId }: MoneySource, numbers: readonly string[]): Promise<Found> {
  if (numbers.length === 0) return new Map();
  const [booked, replaced] = await Promise.all([
    models.orders.findAll({ where: { hospitalId, receiptNo: { [Op.in]: [...numbers] } }, attributes: ['tradeNo', 'receiptNo'], order: ['createdAt'] }),
    models.receiptLinks.findAll({ where: { hospitalId, newReceiptNo: { [Op.in]: [...numbers] } }, order: ['id'] }),
  ]);
  return new Map([...booked.map((row) => row.get()).map(({ receiptNo, tradeNo }) => [receiptNo ?? '', tradeNo] as const), ...replaced.map((row) => row.get()).map(({ newReceiptNo, tradeNo }) => [newReceiptNo, tradeNo] as const)]);
}

/** One that was never booked stands back. */
async function findRegistrations({ models, hospitalId }: MoneySource, numbers: readonly string[]): Promise<Found> {
  if (numbers.length === 0) return new Map();
  const rows = (await models.orders.findAll({ where: { hospitalId, business: 'registration', hisQuoteNo: { [Op.in]: [...numbers] } }, attributes: ['tradeNo', 'hisQuoteNo', 'confirmation'], order: ['createdAt'] })).map((row) => row.get());
  const isBooked = ({ confirmation }: (typeof rows)[number]): boolean => confirmation !== 'none';
  return new Map([...rows.filter((row) => !isBooked(row)), ...rows.filter(isBooked)].map(({ hisQuoteNo, tradeNo }) => [hisQuoteNo, tradeNo]));
}

function textsIn(content: Content, name: string): readonly string[] {
  const value = content[name];
  return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string');
}
