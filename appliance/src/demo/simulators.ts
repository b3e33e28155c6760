import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadBuilt } from './built-artefacts.js';
import { DEMO_PORTS } from './ports.js';

export type Simulators = { readonly walletUrl: string; stop(): Promise<void> };

/** What the demo uses of the built simulators. */
type HisModule = {
  startHisSimulator(options: { port: number; dataFolder: string; neverRunsDry: boolean }): Promise<{ stop(): Promise<void> }>;
  defaultLogin: { password: string };
};
type WechatModule = {
  startWechatPaySimulator(options: { port: number; dataFolder: string; merchantName: string }): Promise<{ baseUrl: string; merchantCredentials: Credentials; stop(): Promise<void> }>;
};
type Credentials = {
  merchantCertificateSerial: string;
  merchantPrivateKeyPem: string;
  apiV3Key: string;
  platformPublicKey: { id: string; publicKeyPem: string };
};

/** Starts the simulated HIS and WeChat Pay and writes what the core must know of them below the data folder, as secret files. */
export async function startSimulators(dataFolder: string): Promise<Simulators> {
  const his = (await loadBuilt('test/dist/simulators/his/his-simulator.js')) as HisModule;
  const wechat = (await loadBuilt('test/dist/simulators/wechat-pay/start-wechat-pay-simulator.js')) as WechatModule;
  const hospital = await named('the simulated HIS', DEMO_PORTS.his, () => his.startHisSimulator({ port: DEMO_PORTS.his, dataFolder: join(dataFolder, 'demo/his'), neverRunsDry: true }));
  const pay = await named('the simulated WeChat Pay', DEMO_PORTS.wechat, () => wechat.startWechatPaySimulator({ port: DEMO_PORTS.wechat, dataFolder: join(dataFolder, 'demo/wechat-pay-simulator'), merchantName: '示范医院' })).catch(
    async (error: unknown) => {
      await hospital.stop();
      throw error;
    },
  );
  writeSecrets(join(dataFolder, 'demo'), his.defaultLogin.password, pay.merchantCredentials);
  return {
    walletUrl: `${pay.baseUrl}wallet`,
    async stop() {
      await Promise.all([hospital.stop(), pay.stop()]);
    },
  };
}

function writeSecrets(folder: string, hisPassword: string, credentials: Credentials): void {
  mkdirSync(join(folder, 'wechat-pay'), { recursive: true, mode: 0o700 });
  const files = {
    'his-password': hisPassword,
    'wechat-pay/merchant-serial': credentials.merchantCertificateSerial,
    'wechat-pay/merchant-key.pem': credentials.merchantPrivateKeyPem,
    'wechat-pay/api-v3-key': credentials.apiV3Key,
    'wechat-pay/platform-key-id': credentials.platformPublicKey.id,
    'wechat-pay/platform-public-key.pem': credentials.platformPublicKey.publicKeyPem,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
}

async function named<Value>(what: string, port: number, start: () => Promise<Value>): Promise<Value> {
  try {
    return await start();
  } catch (error) {
    throw new Error(`${what} did not start on port ${String(port)}: ${error instanceof Error ? error.message : String(error)}. Is another demo running?`, { cause: error });
  }
}
