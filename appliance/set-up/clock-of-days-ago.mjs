/** Imported before everything else of the demo when it is to be some days ago (`npm start -- --days-ago 3`), simulators and core alike. What the product does knows nothing of it: it reads the machine's clock, as ever. */
const shiftMs = -Number(process.env.HOSPAY_DEMO_DAYS_AGO ?? '0') * 86_400_000;
const Machine = Date;

const now = () => Machine.now() + shiftMs;
globalThis.Date = new Proxy(Machine, {
  construct: (machine, given, made) => Reflect.construct(machine, given.length === 0 ? [now()] : given, made === globalThis.Date ? machine : made),
  apply: () => new Machine(now()).toString(),
  get: (machine, name) => (name === 'now' ? now : Reflect.get(machine, name)),
});
