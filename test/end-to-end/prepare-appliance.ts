/** An appliance whose profile names the channels a story needs; the core does not run yet. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApplianceUnderTest, type ApplianceOptions } from './appliance-under-test.js';
import type { ConfiguredChannel, Secret } from './configured-channels.js';

export type StoryProfile = { readonly channels: readonly ConfiguredChannel[]; /** Laid over the profile, key by key at the first level. */ readonly more?: Readonly<Record<string, unknown>> };

/** `channels` come after the appliance's own WeChat Pay, or in its place when they name one of its id. `secrets`: what was written to files. */
export async function prepareAppliance(configure: (appliance: ApplianceUnderTest, secret: Secret) => StoryProfile | Promise<StoryProfile>, options: ApplianceOptions = {}): Promise<{ readonly appliance: ApplianceUnderTest; readonly secrets: readonly string[] }> {
  const appliance = await ApplianceUnderTest.prepare(options);
  const secrets: string[] = [];
  const secret: Secret = (name, text) => {
    secrets.push(text);
    writeFileSync(join(appliance.dataFolder, 'secrets', name), text, { mode: 0o600 });
    return { secretFile: `secrets/${name}` };
  };
  const { channels, more } = await configure(appliance, secret);
  const merchants = new Set(channels.map(({ merchantNo }) => merchantNo));
  merchants.delete(appliance.wechat.merchantCredentials.merchantId);
  appliance.change((profile) => ({
    ...profile,
    hospital: { ...profile.hospital, merchants: [...profile.hospital.merchants, ...[...merchants].map((merchantNo) => ({ merchantNo, name: '示范医院', campus: 'main' }))] },
    channels: [...profile.channels.filter((own) => !channels.some(({ id }) => 'id' in own && own.id === id)), ...channels],
    ...more,
  }));
  return { appliance, secrets };
}
