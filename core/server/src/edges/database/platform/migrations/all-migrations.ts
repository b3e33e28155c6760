import { firstTables } from './0001-first-tables.js';
import { certificateWatch } from './0002-certificate-watch.js';
import { checkoutCodes } from './0003-checkout-codes.js';
import { windowDesk } from './0004-window-desk.js';
import { userOperator } from './0005-user-operator.js';
import { terminalFleet } from './0006-terminal-fleet.js';
import { quickPay } from './0007-quick-pay.js';
import { alarms } from './0008-alarms.js';
import { changeProposals } from './0009-change-proposals.js';
import { terminalPresence } from './0011-terminal-presence.js';
import { displays } from './0012-displays.js';
import { merchants } from './0016-merchants.js';
import { savedViews } from './0019-saved-views.js';
import { setup } from './0020-setup.js';
import { secondFactor } from './0021-second-factor.js';
import { terminalPositions } from './0022-terminal-positions.js';
import { sharedViews } from './0024-shared-views.js';
import { backups } from './0026-backups.js';
import { auditCollectors } from './0028-audit-collectors.js';
import { snmpEngine } from './0029-snmp-engine.js';
import type { Migration } from './migration.js';

/** In the order they run. Only ever appended to. */
export const ALL_MIGRATIONS: readonly Migration[] = [firstTables, certificateWatch, checkoutCodes, windowDesk, userOperator, terminalFleet, quickPay, alarms, changeProposals, terminalPresence, displays, merchants, secondFactor, savedViews, terminalPositions, setup, sharedViews, backups, auditCollectors, snmpEngine];
