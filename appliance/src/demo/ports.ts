/** Fixed in the demo, so that the README can name them. `config/profiles/demo.yaml` says the same. */
export const DEMO_PORTS = { his: 14330, wechat: 18443, kiosk: 8070, payment: 8080, console: 8090 } as const;
