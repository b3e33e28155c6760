import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadBuilt } from './built-artefacts.js';
import { HOSPITALS } from './hospitals.js';
import { DEMO_PORTS } from './ports.js';

/** A page on which a person plays the patient, the card-holder, the insurance centre. */
export type SimulatorPage = { readonly title: string; readonly url: string };
export type Simulators = { readonly pages: readonly SimulatorPage[]; readonly wechatWalletUrl: string; stop(): Promise<void> };

type Place = { readonly port: number; readonly dataFolder: string; readonly hospital: string };
/** What became of one start: what the core must know of it, by the name of the secret file below `demo/`, and its page. */
type Started = { readonly secrets: Readonly<Record<string, string>>; readonly page?: SimulatorPage; /** What it brings to the hospital's account. */ readonly settles?: SettlingChannel; /** Where that arrives. */ readonly bank?: { readonly bank: unknown; readonly accountNo: string }; stop(): Promise<void> };
/** As the simulated bank knows a channel. */
type SettlingChannel = { readonly payer: string; readonly moves: () => readonly { readonly at: string; readonly netFen: number }[] };
type Simulated = { readonly what: string; readonly folder: string; readonly port: number; start(place: Place): Promise<Started> };

/** Starts the simulated HIS, wallets, card terminal, insurance centre, bank and gateway of bound cards. Keys are made at the first start and kept. */
export async function startSimulators(dataFolder: string, hospital: string): Promise<Simulators> {
  const folder = join(dataFolder, 'demo');
  const started: Started[] = [];
  const stop = async () => { await Promise.all(started.map((simulator) => simulator.stop())); };
  for (const { what, port, ...simulated } of SIMULATED) {
    try {
      started.push(await simulated.start({ port, dataFolder: join(folder, simulated.folder), hospital }));
    } catch (error) {
      await stop();
      throw new Error(`the simulated ${what} did not start on port ${String(port)}: ${error instanceof Error ? error.message : String(error)}. Is another demo running?`, { cause: error });
    }
  }
  for (const { secrets } of started) writeSecrets(folder, secrets);
  await settleChannels(started);
  return { pages: started.flatMap(({ page }) => page ?? []), wechatWalletUrl: `http://127.0.0.1:${String(DEMO_PORTS.wechat)}/wallet`, stop };
}

/** Each working day the wallets bring what the days before made to the simulated bank. */
async function settleChannels(started: Started[]): Promise<void> {
  const bank = started.find((one) => one.bank !== undefined)?.bank;
  if (bank === undefined) return;
  const { settleToBank } = (await loadBuilt('test/dist/simulators/bank/settle-to-bank.js')) as SettlingModule;
  const settling = settleToBank({ ...bank, channels: started.flatMap(({ settles }) => settles ?? []) });
  started.push({ secrets: {}, stop: () => Promise.resolve(settling.stop()) });
}

const SIMULATED: readonly Simulated[] = [
  {
    what: 'HIS', folder: 'his', port: DEMO_PORTS.his,
    async start({ hospital, ...place }) {
      const { startHisSimulator, defaultLogin } = (await loadBuilt('test/dist/simulators/his/his-simulator.js')) as HisModule;
      const { personality = 'procedures', wire } = HOSPITALS.get(hospital) ?? {};
      const his = await startHisSimulator({ ...place, personality, neverRunsDry: true });
      const secrets = { 'his-password': defaultLogin.password };
      if (wire === undefined) return { secrets, stop: () => his.stop() };
      const { startWire, secretOfWire } = (await loadBuilt('test/dist/simulators/his/wires.js')) as WiresModule;
      const { down } = await startWire(his, `${wire}=${String(DEMO_PORTS.hisWire)}`).catch(async (error: unknown) => {
        await his.stop();
        throw error;
      });
      return {
        secrets: { ...secrets, 'his-wire-secret': secretOfWire(wire) ?? '' },
        async stop() {
          await down();
          await his.stop();
        },
      };
    },
  },
  {
    what: 'WeChat Pay', folder: 'wechat-pay-simulator', port: DEMO_PORTS.wechat,
    async start(place) {
      const { startWechatPaySimulator } = (await loadBuilt('test/dist/simulators/wechat-pay/start-wechat-pay-simulator.js')) as WechatModule;
      const { baseUrl, merchantCredentials: credentials, orders, stop } = await startWechatPaySimulator({ ...place, merchantName: '示范医院' });
      const moves = () => [
        ...orders.list().flatMap(({ payments }) => payments.map(({ paidAt, paidFen, feeFen }) => ({ at: paidAt, netFen: paidFen - feeFen }))),
        ...orders.list().flatMap(({ payments }) => payments.flatMap(({ returnedAt, paidFen, feeFen }) => (returnedAt === undefined ? [] : [{ at: returnedAt, netFen: feeFen - paidFen }]))),
        ...orders.listRefunds().filter(({ status }) => status === 'SUCCESS').map(({ createdAt, refundFen, feeReturnedFen }) => ({ at: createdAt, netFen: feeReturnedFen - refundFen })),
      ];
      const secrets = {
        'wechat-pay/merchant-serial': credentials.merchantCertificateSerial, 'wechat-pay/merchant-certificate.pem': credentials.merchantCertificatePem, 'wechat-pay/merchant-key.pem': credentials.merchantPrivateKeyPem,
        'wechat-pay/api-v3-key': credentials.apiV3Key, 'wechat-pay/api-v2-key': credentials.apiV2Key, 'wechat-pay/app-secret': credentials.appSecret,
        'wechat-pay/platform-key-id': credentials.platformPublicKey.id, 'wechat-pay/platform-public-key.pem': credentials.platformPublicKey.publicKeyPem,
      };
      return { secrets, page: { title: '模拟微信钱包 WeChat wallet', url: `${baseUrl}wallet` }, settles: { payer: '财付通支付科技有限公司', moves }, stop };
    },
  },
  {
    what: 'Alipay', folder: 'alipay-simulator', port: DEMO_PORTS.alipay,
    async start(place) {
      const { startAlipaySimulator } = (await loadBuilt('test/dist/simulators/alipay/start-alipay-simulator.js')) as AlipayModule;
      const { baseUrl, merchantCredentials: credentials, trades, refundsOf, stop } = await startAlipaySimulator(place);
      const moves = () => trades().flatMap(({ outTradeNo, paidAt, totalFen, feeFen }) => (paidAt === undefined ? [] : [
        { at: paidAt, netFen: totalFen - feeFen }, ...refundsOf(outTradeNo).map(({ at, refundFen, feeReturnedFen }) => ({ at, netFen: feeReturnedFen - refundFen })),
      ]));
      const secrets = {
        'alipay/app-key.pem': credentials.appPrivateKeyPem, 'alipay/app-certificate.pem': credentials.appCertificatePem,
        'alipay/alipay-certificate.pem': credentials.alipayCertificatePem, 'alipay/root-certificate.pem': credentials.alipayRootCertificatePem,
      };
      return { secrets, page: { title: '模拟支付宝钱包 Alipay wallet', url: `${baseUrl}/wallet` }, settles: { payer: '支付宝（中国）网络技术有限公司', moves }, stop };
    },
  },
  {
    what: 'UnionPay', folder: 'unionpay-simulator', port: DEMO_PORTS.unionpay,
    async start(place) {
      const { startUnionPaySimulator } = (await loadBuilt('test/dist/simulators/unionpay/start-unionpay-simulator.js')) as UnionPayModule;
      const { baseUrl, merchantCredentials: credentials, stop } = await startUnionPaySimulator(place);
      const secrets = {
        'unionpay/certificate-number': credentials.certId, 'unionpay/merchant-key.pem': credentials.merchantPrivateKeyPem,
        'unionpay/root-certificate.pem': credentials.rootCertificatePem, 'unionpay/middle-certificate.pem': credentials.middleCertificatePem,
      };
      return { secrets, page: { title: '模拟云闪付钱包 UnionPay wallet', url: `${baseUrl}/wallet` }, stop };
    },
  },
  {
    what: 'card terminal', folder: 'bank-card-pos-simulator', port: DEMO_PORTS.cardTerminalPage,
    async start(place) {
      const { startBankCardPosSimulator } = (await loadBuilt('test/dist/simulators/bank-card-pos/start-bank-card-pos-simulator.js')) as CardTerminalModule;
      const { baseUrl, stop } = await startBankCardPosSimulator({ ...place, firstTerminalPort: DEMO_PORTS.cardTerminal });
      return { secrets: {}, page: { title: '模拟刷卡终端 card terminal', url: `${baseUrl}/terminals` }, stop };
    },
  },
  {
    what: 'insurance centre', folder: 'medical-insurance-simulator', port: DEMO_PORTS.medicalInsurance,
    async start(place) {
      const { startMedicalInsuranceSimulator } = (await loadBuilt('test/dist/simulators/medical-insurance/start-medical-insurance-simulator.js')) as InsuranceModule;
      const { baseUrl, credentials, stop } = await startMedicalInsuranceSimulator(place);
      return { secrets: { 'medical-insurance/gateway-secret': credentials.gatewaySecret }, page: { title: '模拟医保中心 insurance centre', url: `${baseUrl}/hall` }, stop };
    },
  },
  {
    what: 'bank', folder: 'bank-simulator', port: DEMO_PORTS.bank,
    async start(place) {
      const { startBankSimulator } = (await loadBuilt('test/dist/simulators/bank/start-bank-simulator.js')) as BankModule;
      const { bank, accountNo, counterUrl, stop } = await startBankSimulator(place);
      return { secrets: {}, page: { title: '模拟银行 bank', url: counterUrl }, bank: { bank, accountNo }, stop };
    },
  },
  {
    what: 'agreement gateway', folder: 'agreement-gateway-simulator', port: DEMO_PORTS.agreementGateway,
    async start(place) {
      const { startAgreementGatewaySimulator } = (await loadBuilt('test/dist/simulators/agreement-gateway/start-agreement-gateway-simulator.js')) as AgreementGatewayModule;
      // Small enough that a bill of the demo asks for the bank's code.
      const { settings, bankUrl, stop } = await startAgreementGatewaySimulator({ ...place, codeAboveFen: 10_000 });
      const secrets = { 'quick-pay/merchant-key.pem': settings.merchantPrivateKeyPem, 'quick-pay/gateway-key.pem': settings.gatewayPublicKeyPem, 'quick-pay/encryption-key.pem': settings.gatewayEncryptionKeyPem };
      return { secrets, page: { title: '模拟银行卡与短信 cards and messages', url: bankUrl }, stop };
    },
  },
];

/** What the demo uses of the built simulators. */
type Stoppable = { readonly stop: () => Promise<void> };
type WiresModule = { startWire(his: unknown, wanted: string): Promise<{ down(): Promise<void> }>; secretOfWire(name: string): string | undefined };
type HisModule = { startHisSimulator(options: Omit<Place, 'hospital'> & { personality: string; neverRunsDry: boolean }): Promise<{ stop(): Promise<void> }>; defaultLogin: { password: string } };
type WechatModule = {
  startWechatPaySimulator(options: Place & { merchantName: string }): Promise<
    Stoppable & {
      baseUrl: string;
      orders: {
        list(): readonly { payments: readonly { paidAt: string; paidFen: number; feeFen: number; returnedAt?: string }[] }[];
        listRefunds(): readonly { status: string; createdAt: string; refundFen: number; feeReturnedFen: number }[];
      };
      merchantCredentials: Record<'merchantCertificateSerial' | 'merchantCertificatePem' | 'merchantPrivateKeyPem' | 'apiV3Key' | 'apiV2Key' | 'appSecret', string> & { platformPublicKey: { id: string; publicKeyPem: string } };
    }
  >;
};
type AlipayModule = { startAlipaySimulator(options: Place): Promise<Stoppable & { baseUrl: string; trades(): readonly { outTradeNo: string; paidAt: string | undefined; totalFen: number; feeFen: number }[]; refundsOf(outTradeNo: string): readonly { at: string; refundFen: number; feeReturnedFen: number }[]; merchantCredentials: Record<'appPrivateKeyPem' | 'appCertificatePem' | 'alipayCertificatePem' | 'alipayRootCertificatePem', string> }> };
type UnionPayModule = { startUnionPaySimulator(options: Place): Promise<Stoppable & { baseUrl: string; merchantCredentials: Record<'certId' | 'merchantPrivateKeyPem' | 'rootCertificatePem' | 'middleCertificatePem', string> }> };
type CardTerminalModule = { startBankCardPosSimulator(options: Place & { firstTerminalPort: number }): Promise<Stoppable & { baseUrl: string }> };
type InsuranceModule = { startMedicalInsuranceSimulator(options: Place): Promise<Stoppable & { baseUrl: string; credentials: { gatewaySecret: string } }> };
type AgreementGatewayModule = { startAgreementGatewaySimulator(options: Place & { codeAboveFen: number }): Promise<Stoppable & { bankUrl: string; settings: Record<'merchantPrivateKeyPem' | 'gatewayPublicKeyPem' | 'gatewayEncryptionKeyPem', string> }> };
type BankModule = { startBankSimulator(options: Place): Promise<Stoppable & { bank: unknown; accountNo: string; counterUrl: string }> };
type SettlingModule = { settleToBank(options: { bank: unknown; accountNo: string; channels: readonly SettlingChannel[] }): { stop(): void } };

function writeSecrets(folder: string, secrets: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(secrets)) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, text, { mode: 0o600 });
  }
}
