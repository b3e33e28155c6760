/** What the server tells the page about itself: `GET ./counter-config.json`. `{host}` in addresses is the host the page came from. */
import { hasShape, type Shape, type ValueOf } from '../src/index.js';
import { listOf, object, recordOf, text, truth } from '../src/shape.js';

const configShape = object(
  { mqttUrl: text, device: object({ deviceId: text, key: text }) },
  // `channels`: which channel instance takes the payment codes of `wechat`, `alipay`, `unionpay`.
  // `checkoutOrigin`: where this hospital's aggregated codes lead. `hints`, `linksCode`: demo only.
  { checkoutOrigin: text, channels: recordOf(text), bridgeUrl: text, linksCode: truth, hints: listOf(text) },
);
export type CounterConfig = ValueOf<typeof configShape>;

export async function loadCounterConfig(): Promise<CounterConfig> {
  const response = await fetch('./counter-config.json', { cache: 'no-store' });
  if (!response.ok) throw new Error(`counter-config.json: HTTP ${String(response.status)}`);
  const value: unknown = await response.json();
  const shape: Shape<CounterConfig> = configShape;
  if (!hasShape(shape, value)) throw new Error('counter-config.json: unexpected shape');
  return { ...value, mqttUrl: value.mqttUrl.replace('{host}', location.hostname) };
}
