/** Fixed in the demo, so that the README can name them. `config/profiles/demo.yaml` says the same; `npm start -- --port-offset N` moves all of them. */
const USUAL = {
  his: 14330, hisWire: 14331, wechat: 18443, alipay: 18444, unionpay: 18445, cardTerminalPage: 18446, cardTerminal: 18447, medicalInsurance: 18448, bank: 18449, agreementGateway: 18450,
  kiosk: 8070, window: 8071, doctorStation: 8072, hardwareBridge: 8073, cardApp: 8074, payment: 8080, console: 8090,
} as const;
/** What the broker listens on where no profile says otherwise. */
const BROKER = { port: 1883, websocketPort: 9001, enrolPort: 1884 } as const;

export type DemoPorts = Readonly<Record<keyof typeof USUAL, number>>;

/** How far every port is moved: for a second demo on one machine, or one beside something that has the usual ports. */
export const PORT_OFFSET = Number(process.env['HOSPAY_DEMO_PORT_OFFSET'] ?? '0');
export const DEMO_PORTS: DemoPorts = portsAt(PORT_OFFSET);

export function portsAt(offset: number): DemoPorts {
  return Object.fromEntries(Object.entries(USUAL).map(([name, port]) => [name, port + offset])) as Record<keyof typeof USUAL, number>;
}

/** Every port a demo with this offset listens on. */
export function allPortsAt(offset: number): readonly number[] {
  return [...Object.values(USUAL), ...Object.values(BROKER)].map((port) => port + offset);
}

/** The text of a profile or of the defaults with every port of the demo moved. */
export function movePorts(text: string, offset: number): string {
  return text.replaceAll(new RegExp(`(?<!\\d)(?:${allPortsAt(0).join('|')})(?!\\d)`, 'g'), (port) => String(Number(port) + offset));
}
