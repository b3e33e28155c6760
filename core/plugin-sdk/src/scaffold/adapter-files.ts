import { manifestFile, packageFile, tsconfigFile, type PackageNames } from './package-files.js';

/** A hospital adapter that compiles, is activated by the host, and visibly fails the rules it does not keep yet. */
export function adapterFiles(names: PackageNames): Readonly<Record<string, string>> {
  return {
    'package.json': packageFile({ names, packageName: `@hospay/hospital-adapter-${names.name}`, description: `Hospital adapter ${names.name}` }),
    'tsconfig.json': tsconfigFile(names),
    'plugin.json': manifestFile({ names, id: `hospital-adapter-${names.name}`, contributes: { hospitalAdapters: [names.name] } }),
    'src/settings.ts': SETTINGS,
    'src/index.ts': indexFile(names),
    'src/conformance.test.ts': conformanceFile(names),
  };
}

const SETTINGS = `import { Type, type Static } from 'typebox';

export const SettingsSchema = Type.Object(
  {
    baseUrl: Type.String({ title: '医院系统接口地址 / Address of the HIS', pattern: '^https?://' }),
    key: Type.String({ title: '密钥 / Key', minLength: 16, maxLength: 4096, 'x-secret': true }),
  },
  { additionalProperties: false },
);
export type Settings = Static<typeof SettingsSchema>;
`;

function indexFile({ name }: PackageNames): string {
  return `import { definePlugin, type HospitalAdapter, type PluginContext } from '@hospay/plugin-sdk';

import { SettingsSchema, type Settings } from './settings.js';

export default definePlugin({
  settings: SettingsSchema,
  activate: (context) => ({ hospitalAdapters: { '${name}': createAdapter(context) } }),
});

const NOT_WRITTEN = { kind: 'unknown', reason: 'not written yet' } as const;

/**
 * Still to be written: every operation answers \`unknown\`, which promises nothing. Begin with \`queryConfirmation\`: only an adapter
 * that can be asked what became of a booking may take money. Then \`confirm\`, the questions, and the facets \`approveRefund\` with
 * \`queryRefundApproval\`, \`listDay\`, \`loadDictionary\`, \`ping\`.
 */
export function createAdapter(_context: PluginContext<Settings>): HospitalAdapter {
  return {
    findPatient: () => Promise.resolve(NOT_WRITTEN),
    listOpenBills: () => Promise.resolve(NOT_WRITTEN),
    presettle: () => Promise.resolve(NOT_WRITTEN),
    confirm: () => Promise.resolve(NOT_WRITTEN),
    queryConfirmation: () => Promise.resolve(NOT_WRITTEN),
  };
}
`;
}

function conformanceFile({ name }: PackageNames): string {
  return `import { makeTestContext, runHospitalAdapterConformance, type HospitalSubject } from '@hospay/plugin-sdk/testkit';

import { createAdapter } from './index.js';

runHospitalAdapterConformance({ name: '${name}', makeSubject: () => Promise.resolve(makeSubject()) });

/** The adapter joined to its HIS. Start a simulator that speaks the HIS's own protocol here and fill in \`control\`. */
function makeSubject(): HospitalSubject {
  const adapter = createAdapter(makeTestContext({ settings: { baseUrl: 'http://127.0.0.1:1', key: 'canary-key-of-${name}' } }));
  const noHisYet = (): never => {
    throw new Error('no simulator of the HIS yet');
  };
  return {
    adapter,
    patient: { cardType: 'visitCard', cardNo: 'TEST0001', patientId: 'P0001' },
    control: {
      makeBill: noHisYet,
      changeBill: noHisYet,
      payAtWindow: noHisYet,
      countBookings: noHisYet,
      countRefunds: noHisYet,
      faults: [],
      failNext: noHisYet,
    },
  };
}
`;
}
