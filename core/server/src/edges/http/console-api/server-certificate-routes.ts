/** 服务器证书: what console and payment API are served with, and the three ways to have it. Changes are recorded by the desk. */
import { ok, type Outcome } from '../../../domain/errors.js';
import type { CertificateFacts, ServerCertificateView } from '../../../server-certificate/ports.js';
import { bytes, json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import type { ConsoleApiPorts } from './ports.js';
import { ChainSchema, KeyedChainSchema, ServerCertificateSchema } from './server-certificate-schemas.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();
const ANSWERS = { 200: { zh: '服务器证书', en: 'The server certificate', schema: ServerCertificateSchema } };

export function serverCertificateRoutes({ serverCertificate: desk }: Pick<ConsoleApiPorts, 'serverCertificate'>): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/server-certificate', operationId: 'readServerCertificate', summary: { zh: '服务器证书', en: 'What console and payment API are served with' }, access: 'readMachine',
      answers: ANSWERS, errors: [], handle: async () => ok(json(view(await desk.read()))),
    }),
    own.route({
      method: 'POST', path: '/server-certificate/request', operationId: 'requestServerCertificate', summary: { zh: '生成证书申请（CSR），私钥不离开本机', en: 'Make a request for the hospital’s authority; its key stays here' }, access: 'operate',
      answers: ANSWERS, errors: ['CONFLICT'], handle: async (_request, { login }) => answered(await desk.request(login)),
    }),
    own.route({
      method: 'POST', path: '/server-certificate/answer', operationId: 'answerServerCertificate', summary: { zh: '上传签发的证书链', en: 'The chain the authority answered with' }, access: 'operate', request: { body: ChainSchema },
      answers: ANSWERS, errors: ['CERTIFICATE_REFUSED', 'CONFLICT'], handle: async ({ body }, { login }) => answered(await desk.takeAnswer({ ...body, by: login })),
    }),
    own.route({
      method: 'POST', path: '/server-certificate/upload', operationId: 'uploadServerCertificate', summary: { zh: '上传证书链与私钥', en: 'A chain with its key' }, access: 'operate', request: { body: KeyedChainSchema },
      answers: ANSWERS, errors: ['CERTIFICATE_REFUSED', 'CONFLICT'], handle: async ({ body }, { login }) => answered(await desk.upload({ ...body, by: login })),
    }),
    own.route({
      method: 'POST', path: '/server-certificate/own', operationId: 'useOwnServerCertificate', summary: { zh: '改用本机签发的证书', en: 'Back to the appliance’s own' }, access: 'operate',
      answers: ANSWERS, errors: ['CONFLICT'], handle: async (_request, { login }) => answered(await desk.goBack(login)),
    }),
    own.route({
      method: 'GET', path: '/server-certificate/root', operationId: 'downloadServerRoot', summary: { zh: '下载本机根证书', en: 'The appliance’s root' }, access: 'readMachine',
      answers: { 200: { zh: '证书（DER）', en: 'The certificate, DER', contentType: 'application/pkix-cert' } }, errors: ['NO_SUCH_ITEM'],
      async handle() {
        const found = await desk.root();
        return found.kind === 'refused' ? found : ok(bytes('application/pkix-cert', found.value, { 'content-disposition': 'attachment; filename="hospay-root.cer"' }));
      },
    }),
  ];
}

function answered(outcome: Outcome<ServerCertificateView>) {
  return outcome.kind === 'refused' ? outcome : ok(json(view(outcome.value)));
}

function view({ isOn, served, root, ...rest }: ServerCertificateView) {
  return { ...rest, on: isOn, served: viewFacts(served), root: viewFacts(root) };
}

function viewFacts(facts: CertificateFacts | undefined) {
  return facts === undefined ? undefined : { ...facts, notBefore: facts.notBefore.toISOString(), notAfter: facts.notAfter.toISOString() };
}
