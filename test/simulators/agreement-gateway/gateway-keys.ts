import { createPrivateKey, createPublicKey } from 'node:crypto';
import { privatePem, rsaKeys, type KeyPair } from '../machinery/key-pairs.js';
import { keptKeys } from '../machinery/secret-files.js';

/** `stranger`: somebody the merchant does not know. */
const NAMES = ['merchant', 'gateway', 'encryption', 'stranger'] as const;
type Stored = Readonly<Record<(typeof NAMES)[number], string>>;
export type GatewayKeys = Readonly<Record<(typeof NAMES)[number], KeyPair>>;

const kept = keptKeys<Stored>({
  async make() {
    const [merchant, gateway, encryption, stranger] = await Promise.all([rsaKeys(), rsaKeys(), rsaKeys(), rsaKeys()]);
    return { merchant: privatePem(merchant.privateKey), gateway: privatePem(gateway.privateKey), encryption: privatePem(encryption.privateKey), stranger: privatePem(stranger.privateKey) };
  },
  credentialsOf: ({ merchant }) => ({ merchant }),
});

export async function gatewayKeys(dataFolder: string | undefined): Promise<GatewayKeys> {
  const { merchant, gateway, encryption, stranger } = await kept(dataFolder, new Date());
  return { merchant: pairOf(merchant), gateway: pairOf(gateway), encryption: pairOf(encryption), stranger: pairOf(stranger) };
}

function pairOf(pem: string): KeyPair {
  const privateKey = createPrivateKey(pem);
  return { privateKey, publicKey: createPublicKey(privateKey) };
}
