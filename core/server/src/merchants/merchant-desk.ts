import { ok, refused } from '../domain/errors.js';
import { NO_MARK_OF_A_PAGE } from '../domain/refusal-words.js';
import type { MerchantDesk, MerchantPorts } from './ports.js';
import { readFigures } from './read-figures.js';
import { readSettlement } from './read-settlement.js';

/** The report a merchant takes away: in no catalogue, since it is read for one merchant or not at all. */
const REPORT = 'merchant-transactions';

export function createMerchantDesk(ports: MerchantPorts): MerchantDesk {
  const { merchants, money, reports, statements, audit } = ports;
  return {
    list: () => merchants,
    // One that left the configuration keeps what it took under its number.
    read: ({ merchantNo }) => ({ ...(merchants.find((known) => known.merchantNo === merchantNo) ?? { merchantNo, name: merchantNo, campus: '' }), channels: ports.channelsOf(merchantNo) }),
    async listPayments(of) {
      const page = await money.listPayments(of);
      return page === undefined ? refused('MALFORMED_REQUEST', NO_MARK_OF_A_PAGE) : ok(page);
    },
    async findOrder(of) {
      const order = await money.findOrder(of);
      return order === undefined ? refused('ORDER_NOT_FOUND') : ok(order);
    },
    readFigures: (of) => readFigures(ports, of),
    readSettlement: (of) => readSettlement(ports, of),
    listStatements: ({ merchantNo, from, to }) => statements.list({ receiver: { scope: 'merchant', appId: merchantNo }, from, to }),
    async openStatement({ merchantNo, day, version, by }) {
      const opened = await statements.open({ scope: 'merchant', appId: merchantNo, day, version });
      if (opened.kind === 'ok') await audit.record({ who: by, what: 'statementFile.download', object: opened.value.file.fileName, after: { sha256: opened.value.file.sha256 } });
      return opened;
    },
    startExport: ({ merchantNo, from, to, format, by }) => reports.startExport({ report: REPORT, format, values: { from, to, merchantNo }, by }),
    listExports: ({ merchantNo, by }) => reports.listExports({ by, merchantNo }),
    cancelExport: ({ merchantNo, id, by }) => reports.cancelExport({ id, by, merchantNo }),
    openExport: ({ merchantNo, id, by }) => reports.openExport({ id, by, merchantNo }),
  };
}
