import type { Contributions, PaymentChannel, PaymentMethod, PluginStore, Presettling } from '@hospay/plugin-sdk';
import type { Faults } from '../faults.js';
import type { History } from '../history.js';
import type { SeededRandom } from '../random.js';
import type { VirtualTime } from '../virtual-time.js';
import type { ChannelTruth } from './channel-truth.js';
import { DurableStore } from './durable-store.js';
import { GuestLife } from './guest-life.js';
import { PluginProcess } from './plugin-process.js';

const SECOND = 1000;

export type StandPlan = {
  readonly id: string;
  readonly merchantNo: string;
  readonly methods: readonly PaymentMethod[];
  /** Whether the plugin can close or undo an unpaid number. */
  readonly canClose: boolean;
  /** Whether it settles the medical insurance together with a payment (医保混合收款). */
  readonly settlesInsurance?: true;
  /** As the plugin's manifest has them. */
  readonly limits: { readonly callTimeoutMs: number; readonly concurrency: number };
  readonly truth: ChannelTruth;
  /** Starts the plugin's code in a new life. */
  readonly activate: (life: GuestLife, store: PluginStore) => Contributions | Promise<Contributions>;
  readonly store: DurableStore;
};

export type StandSurroundings = { readonly time: VirtualTime; readonly weather: SeededRandom; readonly faults: Faults; readonly history: History };

/** One configured channel instance: its plugin in a process that may die and is started again, what it keeps on the disk, and the truth of its channel. */
export class ChannelStand {
  readonly id: string;
  readonly merchantNo: string;
  readonly methods: readonly PaymentMethod[];
  readonly canClose: boolean;
  readonly settlesInsurance: boolean;
  readonly limits: StandPlan['limits'];
  readonly truth: ChannelTruth;
  readonly process: PluginProcess;
  /** Hidden while the plugin is being replaced. */
  inactiveUntil = 0;
  /** How often its process died: whoever hears of a death must have been in one. */
  deaths = 0;
  readonly #plan: StandPlan;
  readonly #around: StandSurroundings;
  #life: GuestLife | undefined;
  #contributions: Contributions | undefined;

  constructor(plan: StandPlan, around: StandSurroundings) {
    this.#plan = plan;
    this.#around = around;
    this.id = plan.id;
    this.merchantNo = plan.merchantNo;
    this.methods = plan.methods;
    this.canClose = plan.canClose;
    this.settlesInsurance = plan.settlesInsurance === true;
    this.limits = plan.limits;
    this.truth = plan.truth;
    plan.store.onDeath = () => { this.process.die(); };
    this.process = new PluginProcess(() => { this.#onDeath(); });
  }

  get store(): DurableStore {
    return this.#plan.store;
  }
  get isActive(): boolean {
    return this.contributions !== undefined;
  }
  /** What the plugin contributes now; undefined while it is down or being replaced. */
  get contributions(): Contributions | undefined {
    return this.#around.time.now >= this.inactiveUntil ? this.#contributions : undefined;
  }
  get presettling(): Presettling | undefined {
    const [presettling] = Object.values(this.#contributions?.presettling ?? {});
    return presettling;
  }
  get channel(): PaymentChannel | undefined {
    const [channel] = Object.values(this.#contributions?.channels ?? {});
    return channel;
  }

  start(): void {
    const life = new GuestLife(this.#around.time);
    this.#life = life;
    // Activation reads what an earlier life kept, and may die like anything else.
    void life.mine(Promise.resolve(this.#plan.activate(life, this.#plan.store.open(life)))).then((contributions) => { if (this.#life === life) this.#contributions = contributions; });
  }

  /** The platform is gone, and its plugins with it: nobody is left to be told. */
  stop(): void {
    this.#life?.end();
    this.#life = undefined;
    this.#contributions = undefined;
    this.process.forget();
  }

  #onDeath(): void {
    if (this.#life === undefined) return;
    this.#life.end();
    this.#life = undefined;
    this.#contributions = undefined;
    this.deaths += 1;
    this.#around.history.mark('the channel plugin died');
    this.#around.history.mark(`the plugin of ${this.id} died`);
    const gone = this.deaths;
    this.#around.time.after(this.#around.weather.between(1, 60) * SECOND, `the plugin of ${this.id} is started again`, () => {
      if (this.#life === undefined && this.deaths === gone && this.canStart()) this.start();
    });
  }
  /** Set by the house: whether the platform runs. */
  canStart: () => boolean = () => true;
}
