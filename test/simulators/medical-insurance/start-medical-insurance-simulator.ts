import type { IncomingMessage, ServerResponse } from 'node:http';

import { listenHttp } from '../machinery/http-listener.js';
import { CentreDesk } from './centre-desk.js';
import { CentreFaults } from './centre-faults.js';
import { gatewayCredentials, type GatewayCredentials } from './gateway-credentials.js';
import { GatewayHeaders, type HeaderMode } from './gateway-headers.js';
import { InPersonInterface, type InterfaceAnswer } from './in-person-interface.js';
import { InsuranceCentre } from './insurance-centre.js';
import { MobileCentre, type MobileOptions } from './mobile-centre.js';
import { MobileEnvelope } from './mobile-envelope.js';
import { MOBILE_PATHS, MobileInterface } from './mobile-interface.js';
import { NoticeQueue } from './notice-queue.js';
import { ReconciliationDesk } from './reconciliation-desk.js';
import { SimulatorStore } from './simulator-store.js';

/** A day's settlements are uploaded as an array of numbers. */
const LARGEST_BODY_BYTES = 64 * 1_048_576;

export type MedicalInsuranceSimulatorOptions = {
  readonly host?: string;
  /** 0 or absent: a free one. */
  readonly port?: number;
  /** People, visits, settlements and message numbers live here and survive a restart. Absent: in memory. */
  readonly dataFolder?: string;
  readonly now?: () => Date;
  readonly headers?: HeaderMode;
  readonly bodyCipher?: 'plain' | 'sm4';
  /** `{infno}` stands for the transaction. */
  readonly path?: string;
  readonly wantsSignIn?: boolean;
  readonly numbers?: 'text' | 'number';
  readonly mobile?: Partial<MobileOptions> & {
    readonly sm2UserId?: 'appSecret' | 'standard';
    readonly bodyCipher?: 'sm4' | 'plain';
    readonly headers?: HeaderMode;
    /** Where 6302 is sent; absent: nowhere. */
    readonly noticeUrl?: string;
  };
};

export type MedicalInsuranceSimulator = {
  readonly institutionCode: string;
  readonly baseUrl: string;
  readonly path: string;
  readonly credentials: GatewayCredentials;
  readonly centre: InsuranceCentre;
  readonly interface: InPersonInterface;
  readonly reconciliation: ReconciliationDesk;
  readonly mobile: MobileCentre;
  readonly mobileInterface: MobileInterface;
  readonly mobileEnvelope: MobileEnvelope;
  readonly notices: NoticeQueue | undefined;
  readonly gateway: GatewayHeaders;
  readonly faults: CentreFaults;
  /** Answers to these transactions wait, their work done. */
  readonly holdAnswers: (infno: string) => { readonly release: () => void };
  readonly stop: () => Promise<void>;
};

/** Starts an insurance centre behind the institution interface, with a page for people; resolves when it listens. */
export async function startMedicalInsuranceSimulator(options: MedicalInsuranceSimulatorOptions = {}): Promise<MedicalInsuranceSimulator> {
  const { host = '127.0.0.1', now = () => new Date(), headers: mode = 'tif', bodyCipher = 'plain', path = '/mbs/fmi/fsi/api/callFsiService/callService', wantsSignIn = true, numbers = 'text' } = options;
  const institutionCode = 'H44999900001';
  const credentials = gatewayCredentials();
  const store = new SimulatorStore(options.dataFolder);
  const centre = new InsuranceCentre({ store, now });
  const reconciliation = new ReconciliationDesk(centre);
  const faults = new CentreFaults();
  const gateway = new GatewayHeaders({ mode, credentials, now });
  const inPerson = new InPersonInterface({ institutionCode, centre, reconciliation, credentials, bodyCipher, wantsSignIn, numbers, now });
  const { settles = 'atOnce', sm2UserId = 'appSecret', bodyCipher: mobileBodyCipher = 'sm4', headers: mobileHeaders = 'none', noticeUrl } = options.mobile ?? {};
  const mobile = new MobileCentre({ store, people: centre, now, settles });
  const mobileEnvelope = new MobileEnvelope({ credentials, sm2UserId, bodyCipher: mobileBodyCipher, numbers, now });
  const mobileInterface = new MobileInterface({ centre: mobile, envelope: mobileEnvelope, institutionCode, credentials });
  const mobileGateway = new GatewayHeaders({ mode: mobileHeaders, credentials, now });
  const notices = noticeUrl === undefined ? undefined : new NoticeQueue(noticeUrl);
  mobile.onSettled = (order) => { notices?.send(() => mobileEnvelope.seal({}, mobile.notice(order, institutionCode))); };
  const desk = new CentreDesk(centre, mobile);
  const held = new Map<string, Promise<void>>();
  const isPath = (url: string): boolean => new RegExp(`^${path.replaceAll('.', '\\.').replaceAll('{infno}', '\\d{4}')}$`).test(url);

  const handle = async (request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> => {
    const { url = '' } = request;
    if (url === '/auth/oauth/token') {
      const token = gateway.token(request.headers.authorization ?? '', new URLSearchParams(body.toString('utf8')));
      return send(response, { status: token === undefined ? 401 : 200, body: JSON.stringify(token ?? { error: 'invalid_client' }) });
    }
    const transaction = MOBILE_PATHS.get(url);
    const mobileProblem = transaction === undefined ? undefined : mobileGateway.problem(request.headers);
    if (mobileProblem !== undefined) return send(response, { status: 401, body: JSON.stringify({ error: mobileProblem }) });
    if (transaction !== undefined) {
      const answer = mobileInterface.handle(transaction, body, (infno) => faults.take(infno));
      await held.get(transaction);
      return send(response, answer);
    }
    if (!isPath(url)) return desk.handle(request, response);
    const problem = gateway.problem(request.headers);
    if (problem !== undefined) return send(response, { status: 401, body: JSON.stringify({ error: problem }) });
    let released: Promise<void> | undefined;
    const answer = await inPerson.handle(body, (infno) => {
      released = held.get(infno);
      return faults.take(infno);
    });
    await released;
    send(response, answer);
  };

  const listener = await listenHttp({ name: 'medical-insurance', port: options.port, host, largestBodyBytes: LARGEST_BODY_BYTES, answer: handle });
  return {
    institutionCode,
    baseUrl: `http://${host}:${String(listener.port)}`,
    path,
    credentials,
    centre,
    interface: inPerson,
    reconciliation,
    mobile,
    mobileInterface,
    mobileEnvelope,
    notices,
    gateway,
    faults,
    holdAnswers: (infno) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      held.set(infno, promise);
      return {
        release() {
          held.delete(infno);
          resolve();
        },
      };
    },
    stop: async () => {
      notices?.stop();
      await listener.stop();
      store.close();
    },
  };
}

function send(response: ServerResponse, answer: InterfaceAnswer): void {
  if (answer === 'noAnswer') return;
  if (answer === 'drop') {
    response.destroy();
    return;
  }
  response.writeHead(answer.status, { 'Content-Type': typeof answer.body === 'string' ? 'application/json; charset=utf-8' : 'application/octet-stream' });
  response.end(answer.body);
}
