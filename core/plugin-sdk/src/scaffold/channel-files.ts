import { manifestFile, packageFile, tsconfigFile, type PackageNames } from './package-files.js';

/** A payment channel that compiles, is activated by the host, and visibly fails the rules it does not keep yet. */
export function channelFiles(names: PackageNames): Readonly<Record<string, string>> {
  return {
    'package.json': packageFile({ names, packageName: `@hospay/channel-${names.name}`, description: `Payment channel ${names.name}` }),
    'tsconfig.json': tsconfigFile(names),
    'plugin.json': manifestFile({ names, id: names.name, contributes: { channels: [names.name] } }),
    'src/settings.ts': SETTINGS,
    'src/index.ts': indexFile(names),
    'src/conformance.test.ts': conformanceFile(names),
  };
}

const SETTINGS = `import { Type, type Static } from 'typebox';

export const SettingsSchema = Type.Object(
  {
    merchantNo: Type.String({ title: '商户号 / Merchant number', minLength: 1, maxLength: 32 }),
    baseUrl: Type.String({ title: '接口地址 / API address', pattern: '^https?://' }),
    key: Type.String({ title: '密钥 / Key', minLength: 16, maxLength: 4096, 'x-secret': true }),
  },
  { additionalProperties: false },
);
export type Settings = Static<typeof SettingsSchema>;
`;

function indexFile({ name }: PackageNames): string {
  return `import { definePlugin, type PaymentChannel, type PluginContext } from '@hospay/plugin-sdk';

import { SettingsSchema, type Settings } from './settings.js';

export default definePlugin({
  settings: SettingsSchema,
  activate: (context) => ({ channels: { '${name}': createChannel(context) } }),
});

/**
 * Still to be written. Until then nothing is sent, and it says so: \`notSent\` for what would move money, \`unknown\` for questions.
 * Next: \`charge\` and \`query\`; then add the facets \`refund\` with \`queryRefund\`, \`close\`, \`readNotification\` with
 * \`answerNotification\`, \`downloadStatement\`.
 */
export function createChannel(context: PluginContext<Settings>): PaymentChannel {
  return {
    merchantNo: context.settings.merchantNo,
    methods: ['nativeQr'],
    charge: () => Promise.resolve({ kind: 'notSent', reason: 'charge is not written yet' }),
    query: () => Promise.resolve({ kind: 'unknown', reason: 'query is not written yet' }),
  };
}
`;
}

function conformanceFile({ name }: PackageNames): string {
  return `import { makeTestContext, runChannelConformance, type ChannelSubject } from '@hospay/plugin-sdk/testkit';

import { createChannel } from './index.js';

/** A text that must never appear in a log line or an outcome. */
const CANARY = 'canary-key-of-${name}';

runChannelConformance({ name: '${name}', makeSubject });

/**
 * The channel with its far side. Start a simulator that speaks the real protocol here, give its address as \`baseUrl\`, and fill in
 * \`control\`: each hook that is missing leaves rules without proof, and the suite fails for each of them by name.
 */
function makeSubject(): ChannelSubject {
  const logLines: string[] = [];
  const now = (): Date => new Date();
  const settings = { merchantNo: 'TEST-MERCHANT', baseUrl: 'http://127.0.0.1:1', key: CANARY };
  const channel = createChannel(makeTestContext({ settings, now, logged: (line) => { logLines.push(line); } }));
  return {
    channel,
    now,
    secrets: [CANARY],
    logLines: () => logLines,
    control: {
      pay: (tradeNo) => {
        throw new Error(\`no simulator yet in which anybody could pay \${tradeNo}\`);
      },
    },
  };
}
`;
}
