/** Until when a request the HIS has not answered may still be carried out, whatever it says to a repeat. */
export const HIS_DOUBT_MIGRATION = {
  name: '0045-his-doubt',
  // What is unanswered as the new version starts may be carried out as long after this as after its request.
  sql: `
ALTER TABLE orders ADD COLUMN his_doubt_until TEXT;
ALTER TABLE refund ADD COLUMN his_doubt_until TEXT;
ALTER TABLE discharge ADD COLUMN his_doubt_until TEXT;
ALTER TABLE prepayment_return RENAME COLUMN doubt_since TO his_doubt_until;
UPDATE orders SET his_doubt_until = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '+10 minutes') WHERE confirmation IN ('confirming', 'unknown');
UPDATE refund SET his_doubt_until = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '+10 minutes') WHERE state = 'approving';
UPDATE discharge SET his_doubt_until = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '+10 minutes') WHERE state IN ('settling', 'unknown');
UPDATE prepayment_return SET his_doubt_until = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '+10 minutes') WHERE state IN ('taking', 'unknown');
`,
} as const;
