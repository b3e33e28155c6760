/**
 * What a machine is before anybody has said which hospital it serves: the core runs, so that the wizard can be opened, takes no payment for want of channels, and its HIS answers nothing.
 * Three administrators with separated duties (三员分立) from the first sign-in on.
 */
export const NEW_BOX_PROFILE = {
  hospital: { id: 'hospital', name: '尚未设置的医院', campuses: [{ id: 'main', name: '本部' }], merchants: [{ merchantNo: '0000000000', name: '尚未设置', campus: 'main' }] },
  dataFolder: '/var/lib/hospay/data',
  http: { host: '0.0.0.0' },
  mqtt: { host: '0.0.0.0' },
  users: { separatedDuties: true },
  his: {
    id: 'his',
    plugin: 'hospital-adapter-sqlserver',
    settings: { server: '127.0.0.1', port: 1433, database: 'his', user: 'hospay', password: { secret: 'HOSPAY_HIS_PASSWORD' }, mapping: { fromFile: 'hospitals/demo/sqlserver-mapping.json' } },
  },
  channels: [],
} as const;

/** Named by the profile, so it must be there; it opens nothing. */
export const NEW_BOX_SECRETS: Readonly<Record<string, string>> = { HOSPAY_HIS_PASSWORD: 'not-set' };
