/** Fixed in the demo, so that the README can name them. `config/profiles/demo.yaml` says the same. */
export const DEMO_PORTS = {
  his: 14330, hisWire: 14331, wechat: 18443, alipay: 18444, unionpay: 18445, cardTerminalPage: 18446, cardTerminal: 18447, medicalInsurance: 18448, bank: 18449, agreementGateway: 18450,
  kiosk: 8070, window: 8071, doctorStation: 8072, hardwareBridge: 8073, cardApp: 8074, payment: 8080, console: 8090,
} as const;
