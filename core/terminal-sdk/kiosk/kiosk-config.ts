/**
 * What the server tells the page about itself: `GET ./kiosk-config.json`. `{host}` in addresses is the host the page came from. In
 * `walletUrlTemplate` (demo only) `{content}` is the text of the QR code and `{code}` its `pr` parameter, as WeChat Pay writes it. `aggregatedCode`: show one code for
 * every wallet (聚合码) instead of a channel's own; the core must have its checkout page set up. `errands`: what the kiosk is for, as far as the hospital system offers it; absent: outpatient bills.
 * `linksCode` (demo only): a link opens what a phone would that scans the code.
 */
import { ERRANDS } from './screen.js';
import { hasShape, type Shape, type ValueOf } from '../src/index.js';
import { listOf, object, oneOf, text, truth } from '../src/shape.js';

const demoCard = object({ cardNo: text, cardType: oneOf('visitCard', 'idCard', 'insuranceCard', 'healthCode', 'outpatientNo', 'inpatientNo') }, { label: text });
const configShape = object(
  { mqttUrl: text, demoCards: listOf(demoCard) },
  // A demo may hand out the key or a fresh claim code; in a hospital a person types the claim code once.
  { device: object({ deviceId: text, key: text }), enrolUrl: text, claimCode: text, walletUrlTemplate: text, bridgeUrl: text, aggregatedCode: truth, linksCode: truth, errands: listOf(oneOf(...ERRANDS)) },
);
export type KioskConfig = ValueOf<typeof configShape>;

export async function loadKioskConfig(): Promise<KioskConfig> {
  const response = await fetch('./kiosk-config.json', { cache: 'no-store' });
  if (!response.ok) throw new Error(`kiosk-config.json: HTTP ${String(response.status)}`);
  const value: unknown = await response.json();
  const shape: Shape<KioskConfig> = configShape;
  if (!hasShape(shape, value)) throw new Error('kiosk-config.json: unexpected shape');
  const here = (url: string) => url.replace('{host}', location.hostname);
  return { ...value, mqttUrl: here(value.mqttUrl), ...(value.enrolUrl === undefined ? {} : { enrolUrl: here(value.enrolUrl) }) };
}
