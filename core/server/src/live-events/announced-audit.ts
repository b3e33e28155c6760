import type { AuditTrail } from '../domain/audit.js';
import type { EventHub, LiveTopic } from './ports.js';

/** First words of audited acts, with what they change on screens. What is not here changes nothing but the audit log itself. */
const TOPICS_OF_ACTS: Readonly<Record<string, readonly LiveTopic[]>> = {
  alarm: ['alarms'], application: ['applications'], arrival: ['arrivals'], backup: ['backups'], bankReceipt: ['payouts'], bankStatement: ['payouts', 'arrivals'], bookings: ['orders'], cardTerminal: ['windowDesk'], case: ['cases', 'approvals'],
  cash: ['shifts'], change: ['changes', 'approvals'], credentialAlarm: ['certificates'], credentials: ['certificates'], dictionary: ['dictionaries'], display: ['displays'], fence: ['backups'], form: ['forms'], his: ['hisDoctor'], outbox: ['queue'],
  payout: ['payouts', 'approvals'], period: ['periods', 'approvals'], plugin: ['plugins'], prepayment: ['prepayment', 'approvals'], quickPay: ['quickPay'], reconciliation: ['reconciliation', 'cases'], refund: ['orders', 'approvals'],
  rotation: ['certificates', 'changes'], savedView: ['users'], session: ['users'], settlement: ['settlements', 'approvals'], shift: ['shifts'], statementFile: ['reconciliation'], task: ['tasks'], terminal: ['terminals'], terminalAlarm: ['terminals'], terminalConfiguration: ['terminals'],
  terminalGroup: ['terminals'], terminalNotice: ['terminals'], till: ['windowDesk', 'shifts'], transfer: ['prepayment', 'approvals'], user: ['users'],
};
/** After these somebody may be signed out, or may more or less than before. */
const OF_SESSIONS: readonly string[] = ['user', 'session'];

/** The audit log as before; what people do is announced once it is written, by the first word of the act. Its object stays unsaid: it may name somebody. */
export function announcedAudit<Audit extends AuditTrail>(audit: Audit, hub: Pick<EventHub, 'publish' | 'sessionsChanged'>): Audit {
  return {
    ...audit,
    async record(act) {
      await audit.record(act);
      const [word = ''] = act.what.split('.');
      for (const topic of TOPICS_OF_ACTS[word] ?? []) hub.publish(topic);
      hub.publish('audit');
      if (OF_SESSIONS.includes(word)) hub.sessionsChanged();
    },
  };
}
