/** All parts of the running core: each is given its factory, then all are made. Part of the composition root. */
import { createCallWindow } from './alarms/call-window.js';
import type { PlatformDatabase } from './edges/database/platform/open-platform-database.js';
import { observeCertificates } from './monitoring/observe-certificates.js';
import { composeAccounting } from './platform-accounting.js';
import { composeApprovedActs } from './platform-approved-acts.js';
import { composeCallers } from './platform-callers.js';
import { forgetParts, get, give, makeEveryPart, TOKENS } from './platform-container.js';
import { composeCounters } from './platform-counters.js';
import { composeCredentials } from './platform-credentials.js';
import { composeHis } from './platform-his.js';
import { composeJobs } from './platform-jobs.js';
import { observePlatform } from './platform-metrics.js';
import { must, type Running } from './platform-opened.js';
import { composeOperations } from './platform-operations.js';
import type { PlatformOptions } from './platform-options.js';
import { composePayments } from './platform-payments.js';
import { composePayouts } from './platform-payouts.js';
import { composePlugins } from './platform-plugins.js';

export function compose(options: PlatformOptions, running: Running, database: PlatformDatabase): void {
  const { configuration: { his }, clock } = options;
  const { store, report } = must(running);
  const calls = (running.calls = createCallWindow({ clock }));
  forgetParts();
  give(TOKENS.database, () => database);
  give(TOKENS.store, () => store);
  composeOperations(options, running, database);
  const plugins = composePlugins(options, running, database, calls);
  composeCredentials(options, running, database, plugins);
  composeApprovedActs(options, running, database, plugins);
  composeCallers(options, database);
  composePayments(options, running, database);
  composeHis(options, running, database);
  composeCounters(options, running, database);
  composeAccounting(options, running, database, calls);
  composePayouts(options, running, database);
  composeJobs(options, running, database);
  makeEveryPart();
  observePlatform({ metrics: get(TOKENS.metrics), health: get(TOKENS.health), store, report, jobs: get(TOKENS.jobs), host: get(TOKENS.pluginHost), hisId: his.id, isConnected: () => running.gateway?.isConnected() === true, disk: () => get(TOKENS.disk).state(), clock });
  observeCertificates({ metrics: get(TOKENS.metrics), health: get(TOKENS.health), latest: () => get(TOKENS.certificates).latest(), clock });
}
