export const DISCHARGE_OWNER_MIGRATION = {
  name: '0028-discharge-owner',
  // A terminal that comes back after a power cut asks what settlements it had begun.
  sql: 'CREATE INDEX discharge_of_owner ON discharge (owner_kind, owner_id, requested_at);\n',
} as const;
