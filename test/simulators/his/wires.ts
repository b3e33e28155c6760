/** The wires of text by name, for the simulator as a process: each has its mapping in `config/hospitals` under the same name. */
import type { HisSimulator } from './his-simulator.js';
import { startHl7Hospital } from './hl7/hl7-hospital.js';
import type { SoapDialect } from './soap/dialect.js';
import { encryptedCredentials, encryptedDialect } from './soap/encrypted-dialect.js';
import { pinyinCredentials, pinyinDialect } from './soap/pinyin-dialect.js';
import { requestCredentials, requestDialect } from './soap/request-dialect.js';
import { startSoapHis } from './soap/soap-his.js';
import { agentCredentials, agentDialect } from './tcp/agent-dialect.js';
import type { TcpDialect } from './tcp/dialect.js';
import { frontMachineCredentials, frontMachineDialect } from './tcp/front-machine-dialect.js';
import { startTcpHis } from './tcp/tcp-his.js';

const SOAP: ReadonlyMap<string, SoapDialect> = new Map([['soap-self-service', requestDialect], ['soap-gbk', pinyinDialect], ['soap-encrypted', encryptedDialect]]);
const TCP: ReadonlyMap<string, TcpDialect> = new Map([['tcp-agent', agentDialect], ['tcp-front-machine', frontMachineDialect]]);

/** What a caller must know to be let in. */
const SECRETS: ReadonlyMap<string, string> = new Map([
  ['soap-self-service', requestCredentials.password], ['soap-gbk', pinyinCredentials.password], ['soap-encrypted', encryptedCredentials.encryptionKey], ['tcp-agent', agentCredentials.key],
  ['tcp-front-machine', frontMachineCredentials.key],
]);
export const WIRE_NAMES = [...SOAP.keys(), ...TCP.keys(), 'lakeside'];
export const secretOfWire = (name: string): string | undefined => SECRETS.get(name);

export type Wire = { readonly name: string; readonly address: string; down(): Promise<void> };

/** @param wanted a name, or a name and a port: `tcp-agent=9100` */
export async function startWire(his: HisSimulator, wanted: string): Promise<Wire> {
  const [name = '', port = '0'] = wanted.split('=');
  const soap = SOAP.get(name);
  if (soap !== undefined) {
    const service = await startSoapHis(his, soap, Number(port));
    return { name, address: service.url, down: () => service.down() };
  }
  if (name === 'lakeside') {
    const hospital = await startHl7Hospital({ his, characterSet: 'gbk', isSilentAboutCharacterSet: true, port: Number(port) });
    return { name, address: `${hospital.host}:${String(hospital.port)}`, down: () => hospital.stop() };
  }
  const tcp = TCP.get(name);
  if (tcp === undefined || !/^\d{1,5}$/.test(port)) throw new RangeError(`--wire: expected one of ${WIRE_NAMES.join(', ')}, or such with =PORT, got "${wanted}"`);
  const agent = await startTcpHis(his, tcp, Number(port));
  return { name, address: `127.0.0.1:${String(agent.port)}`, down: () => agent.down() };
}
