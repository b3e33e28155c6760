/** The channels as one life of the platform has them: production boundary, facade, health and routing over plugin processes that may die. */
import type { Agreements, CallContext, ChargeOutcome, FullPaymentChannel, PaymentChannel, PaymentNews, Presettling, SettlingInsurance } from '@hospay/plugin-sdk';
import type { AgreementGateways, AgreementsGuest, Channels, ChannelGuest, InsuranceCentres, PresettlingGuest } from '@hospay/server/domain/guests.js';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import type { Timers } from '@hospay/server/domain/time.js';
import { agreementsGuest } from '@hospay/server/plugin-host/agreements-guest.js';
import { createBoundary } from '@hospay/server/plugin-host/boundary.js';
import { channelGuest } from '@hospay/server/plugin-host/channel-guest.js';
import { createChannelHealth, probeChannel, type ChannelHealth } from '@hospay/server/plugin-host/channel-health.js';
import { channelDirectory } from '@hospay/server/plugin-host/guest-directories.js';
import { SILENT_METRICS } from '@hospay/server/plugin-host/ports.js';
import { presettlingGuest } from '@hospay/server/plugin-host/presettling-guest.js';
import type { ChannelStand } from './channels/channel-stand.js';
import { PLUGIN_DIED } from './channels/plugin-process.js';
import { describe } from './channels/wire.js';
import type { PlantedBug } from './planted-bug.js';
import { witnessedCentre } from './witnessed-centre.js';
import { witnessedChannel } from './witnessed-channel.js';
import type { WorldView } from './world-view.js';

type Succeeded = Extract<PaymentNews, { kind: 'succeeded' }>;

/** How a life of the platform waits: later while it is paused, never after its end. */
export type LifeTimer = (delayMs: number, label: string, run: () => void) => { cancel(): void };

export class PlatformChannels {
  readonly directory: Channels;
  readonly centres: InsuranceCentres;
  readonly gateways: AgreementGateways;
  readonly health: ChannelHealth;
  readonly #world: WorldView;
  readonly #after: LifeTimer;

  constructor(world: WorldView, after: LifeTimer, plant: PlantedBug | undefined) {
    this.#world = world;
    this.#after = after;
    const timers: Timers = { after: (ms, task) => after(ms, 'timer', task) };
    const clock = { now: () => world.platformNow() };
    const guests = new Map<string, ChannelGuest>();
    const centres = new Map<string, PresettlingGuest>();
    const gateways = new Map<string, AgreementsGuest>();
    const host = { channel: (id: string) => (world.channels.stand(id)?.isActive === true ? guests.get(id) : undefined) };
    this.health = createChannelHealth({ clock, timers, log: SILENT_LOG, probe: (instance) => probeChannel(host, instance, { clock, random: world.names }) });
    for (const stand of world.channels.stands) {
      const boundary = createBoundary({
        plugin: stand.id, instance: stand.id, limits: stand.limits, clock, timers, log: SILENT_LOG,
        metrics: { ...SILENT_METRICS, answered: (facts) => { this.#observe(facts); } },
      });
      const guest = channelGuest(stand.id, () => ({ channel: this.#facade(stand), merchantNo: stand.merchantNo, methods: stand.methods, refundsWholeOnly: this.#facade(stand).refunds === 'wholeOnly', boundary }));
      const centre = presettlingGuest(() => ({ presettling: this.#presettling(stand), boundary }));
      const gateway = agreementsGuest(() => ({ agreements: this.#agreements(stand), boundary }));
      gateways.set(stand.id, plant?.wrapGateway?.(gateway) ?? gateway);
      centres.set(stand.id, witnessedCentre(plant?.wrapCentre?.(centre, world) ?? centre, world));
      guests.set(stand.id, witnessedChannel(plant?.wrapChannel?.(guest, world) ?? guest, stand, world));
    }
    this.centres = { find: (id) => (world.channels.stand(id)?.contributions?.presettling === undefined ? undefined : centres.get(id)) };
    const findGateway = (id: string): AgreementsGuest | undefined => (world.channels.stand(id)?.contributions?.agreements === undefined ? undefined : gateways.get(id));
    const chosen = 'quick-pay';
    this.gateways = { find: findGateway, choose: () => { const gateway = findGateway(chosen); return gateway === undefined ? undefined : { channel: chosen, gateway }; } };
    const configured = world.channels.stands.map(({ id }) => ({ id, enabled: true }));
    const directory = channelDirectory(host, () => configured, { rules: world.routing, campuses: [], isHealthy: (id) => this.health.isHealthy(id) });
    this.directory = plant?.wrapDirectory?.(directory, world) ?? directory;
  }

  #observe(facts: Parameters<ChannelHealth['observe']>[0]): void {
    const before = this.health.isHealthy(facts.instance);
    this.health.observe(facts);
    const after = this.health.isHealthy(facts.instance);
    if (before !== after) this.#world.history.mark(after ? 'a channel came back into the routing' : 'a channel was taken out of the routing');
  }

  /** The plugin as the boundary calls it: over to its process and back, and `unknown` in the same tick when that dies. */
  #facade(stand: ChannelStand): PaymentChannel {
    const through = <Reply>(label: string, run: (channel: PaymentChannel) => Promise<Reply> | undefined): Promise<Reply> => this.#throughPlugin(stand, label, run);
    const channel: FullPaymentChannel & SettlingInsurance = {
      merchantNo: stand.merchantNo,
      methods: stand.methods,
      charge: (request, call: CallContext) => through(`charge ${request.tradeNo}`, (plugin) => this.#asCentreSays(stand, plugin.charge(request, call), { kind: 'unknown', reason: 'no answer of the centre' })),
      query: (request, call) => through(`query ${request.tradeNo}`, (plugin) => this.#unlessDenied('payment', request.tradeNo, this.#asCentreSays(stand, plugin.query(request, call), { kind: 'notFound' }))),
      close: (request, call) => through(`close ${request.tradeNo}`, (plugin) => plugin.close?.(request, call)),
      refund: (request, call) => through(`refund ${request.refundNo}`, (plugin) => plugin.refund?.(request, call)),
      queryRefund: (request, call) => through(`query refund ${request.refundNo}`, (plugin) => { const told = plugin.queryRefund?.(request, call); return told === undefined ? undefined : this.#unlessDenied('refund', request.refundNo, told); }),
      readNotification: (raw) => through(`read ${raw.query}`, (plugin) => plugin.readNotification?.(raw)),
      answerNotification: (result) => stand.channel?.answerNotification?.(result) ?? { status: 503, headers: {}, body: '' },
      downloadStatement: (request, call) => through('statement', (plugin) => plugin.downloadStatement?.(request, call)),
      tellInsuranceRefund: (request, call) => through(`tell insurance refund ${request.refundNo}`, (plugin) => plugin.tellInsuranceRefund?.(request, call)),
    };
    // A facet the plugin lacks is absent here too: the facade of the core then says so.
    const { close, tellInsuranceRefund, ...rest } = channel;
    return { ...rest, ...(stand.canClose ? { close } : {}), ...(stand.settlesInsurance ? { tellInsuranceRefund } : {}) };
  }

  #presettling(stand: ChannelStand): Presettling {
    return {
      findInsured: (request, call) => this.#throughPlugin(stand, 'find insured', () => stand.presettling?.findInsured(request, call)),
      presettle: (request, call) => this.#throughPlugin(stand, `presettle ${request.presettlementNo}`, () => stand.presettling?.presettle(request, call)),
      abandon: (request, call) => this.#throughPlugin(stand, `abandon ${request.presettlementNo}`, () => stand.presettling?.abandon(request, call)),
    };
  }

  #agreements(stand: ChannelStand): Agreements {
    const agreements = (): Agreements | undefined => Object.values(stand.contributions?.agreements ?? {})[0];
    const through = <Reply>(label: string, run: (plugin: Agreements) => Promise<Reply>): Promise<Reply> => this.#throughPlugin(stand, label, () => { const plugin = agreements(); return plugin === undefined ? undefined : run(plugin); });
    return {
      requestBinding: (request, call) => through('request binding', (plugin) => plugin.requestBinding(request, call)),
      confirmBinding: (request, call) => through('confirm binding', (plugin) => plugin.confirmBinding(request, call)),
      queryBinding: (request, call) => through('query binding', (plugin) => plugin.queryBinding(request, call)),
      unbind: (request, call) => through('unbind', (plugin) => plugin.unbind(request, call)),
      queryAgreement: (request, call) => through('query agreement', (plugin) => plugin.queryAgreement(request, call)),
      confirmPayment: (request, call) => through(`code of ${request.payment.tradeNo}`, (plugin) => plugin.confirmPayment(request, call)),
    };
  }

  /** A centre that settled may leave out who pays what, or show the settlement only when its payment was given up long ago; asked again it says so. */
  async #asCentreSays<News extends ChargeOutcome | PaymentNews>({ id }: ChannelStand, told: Promise<News>, notYet: News): Promise<News | Succeeded> {
    const news = await told;
    if (!isInsured(news)) return news;
    const { channels, faults } = this.#world;
    if (id === channels.insurance.id && channels.insurance.isShownLate(news.tradeNo) && stateOfPayment(this.#world, news.tradeNo) !== 'closed') return notYet;
    return faults.strikes('split left out') ? withoutSplit(news) : news;
  }

  /** A channel that is being repaired denies what it said before. */
  #unlessDenied<News>(kind: 'payment' | 'refund', number: string, told: Promise<News>): Promise<News | { readonly kind: 'notFound' }> {
    return this.#world.asksAgain ? this.#maybeDenied(kind, number, told) : told;
  }

  async #maybeDenied<News>(kind: 'payment' | 'refund', number: string, told: Promise<News>): Promise<News | { readonly kind: 'notFound' }> {
    const news = await told;
    const state = kind === 'payment' ? stateOfPayment(this.#world, number) : this.#world.store.database.prepare('SELECT state FROM refund WHERE refund_no = ?').get(number)?.['state'];
    return state === 'succeeded' && this.#world.faults.strikes('success denied when asked again') ? { kind: 'notFound' } : news;
  }

  #throughPlugin<Reply>(stand: ChannelStand, label: string, run: (channel: PaymentChannel) => Promise<Reply> | undefined): Promise<Reply> {
    const { faults, weather, time } = this.#world;
    return new Promise((resolve, reject) => {
      const died = () => { this.#after(0, `${stand.id}: ${label} was in a process that died`, () => { reject(new Error(PLUGIN_DIED)); }); };
      const { channel } = stand;
      if (channel === undefined) {
        died();
        return;
      }
      const call = stand.process.begin(died);
      if (faults.strikes('channel plugin dies')) time.after(weather.between(1, 900), `the process of the plugin of ${stand.id} dies`, () => { stand.process.die(); });
      const settle = (what: string, tell: () => void) => {
        stand.process.end(call);
        this.#after(1, `${stand.id}: ${label} → ${what}`, tell);
      };
      Promise.resolve(run(channel)).then(
        (reply) => { settle(describe(reply), () => { if (reply === undefined) reject(new Error('no such facet')); else resolve(reply); }); },
        (error: unknown) => {
          this.#world.reportPluginThrow(stand.id, error);
          settle('threw', () => { reject(error instanceof Error ? error : new Error(String(error))); });
        },
      );
    });
  }
}

function isInsured(news: ChargeOutcome | PaymentNews): news is Succeeded {
  return news.kind === 'succeeded' && news.insuranceSplit !== undefined;
}

function withoutSplit({ insuranceSplit: _leftOut, ...news }: Succeeded): Succeeded {
  return news;
}

function stateOfPayment(world: WorldView, paymentNo: string): unknown {
  return world.sql.get('SELECT state FROM payment WHERE payment_no = ?', paymentNo)?.['state'];
}
