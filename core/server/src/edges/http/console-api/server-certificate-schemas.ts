/** The shapes of the console API about the server's certificate. A private key only ever comes in. */
import { Type } from 'typebox';
import { CERTIFICATE_SOURCES } from '../../../server-certificate/ports.js';
import { BilingualSchema } from './bilingual-schema.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const Text = Type.String();
const Instant = Type.String({ description: 'RFC 3339, UTC' });
const Pem = (description: string) => Type.String({ minLength: 1, maxLength: 65_536, description });

const FactsSchema = Type.Object({ subject: Text, issuer: Text, names: Type.Array(Text), fingerprint: Type.String({ description: 'SHA-256' }), notBefore: Instant, notAfter: Instant }, named('ServedFacts'));
export const ServerCertificateSchema = Type.Object(
  {
    on: Type.Boolean({ description: 'http.tls' }), names: Type.Array(Text), source: Type.Enum(CERTIFICATE_SOURCES), served: Type.Optional(FactsSchema), root: Type.Optional(FactsSchema),
    problem: Type.Optional(BilingualSchema), pendingRequest: Type.Optional(Type.String({ description: 'PKCS #10, PEM' })),
  },
  named('ServerCertificate'),
);
const Chain = Pem('PEM：服务器证书、中间证书、根证书 / PEM: the server’s, those between, the root');
export const ChainSchema = Type.Object({ chainPem: Chain }, named('CertificateChain'));
export const KeyedChainSchema = Type.Object({ chainPem: Chain, privateKeyPem: Pem('PEM，未加密 / PEM without a password') }, named('KeyedChain'));
