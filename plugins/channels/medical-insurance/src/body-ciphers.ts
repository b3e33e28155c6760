import { openSm4, sealSm4, type PluginContext } from '@hospay/plugin-sdk';

import { isFields, readJson, textAt, type Fields } from './answer-fields.js';
import type { CompleteSettings, MedicalInsuranceSettings } from './settings.js';

/** What of the envelope the cipher makes, and how it reads the answer's `output`. */
export type BodyCipher = {
  seal(input: unknown): Promise<Readonly<{ input: unknown; cainfo: string; signtype?: string; enctype?: string }>>;
  /** Undefined: not authentic or not readable. */
  open(answer: Fields): Promise<{ readonly output: unknown } | undefined>;
};

const PLAIN: BodyCipher = {
  seal: (input) => Promise.resolve({ input, cainfo: '' }),
  open: (answer) => Promise.resolve({ output: answer['output'] }),
};

/** The body cipher the settings choose. @throws Error naming what it lacks. */
export function createBodyCipher({ context: { keys }, settings }: { readonly context: PluginContext<MedicalInsuranceSettings>; readonly settings: CompleteSettings }): BodyCipher {
  if (settings.bodyCipher === 'plain') return PLAIN;
  const { clientId, signingPrivateKey, centrePublicKey } = settings;
  if (clientId === undefined || signingPrivateKey === undefined) throw new Error('bodyCipher sm4 needs clientId and signingPrivateKey');
  if (settings.answerSignature === 'checked' && centrePublicKey === undefined) throw new Error('answerSignature checked needs centrePublicKey');
  const key = Buffer.from(clientId, 'utf8').subarray(0, 16);
  return {
    async seal(input) {
      const text = JSON.stringify(input);
      const signature = await keys.sign({ key: 'signingPrivateKey', algorithm: 'SM2-SM3', data: Buffer.from(text), userId: clientId });
      return { input: sealSm4({ key }, text).toString('base64'), cainfo: Buffer.from(signature).toString('base64'), signtype: 'SM2', enctype: 'SM4' };
    },
    async open(answer) {
      const [sealed, signature] = [textAt(answer, 'output'), Buffer.from(textAt(answer, 'cainfo'), 'base64')];
      const plain = sealed === '' ? Buffer.from('{}') : openSm4({ key }, Buffer.from(sealed, 'base64'));
      if (plain === undefined) return undefined;
      // As of the request: the signature is over the plain text.
      if (settings.answerSignature === 'checked' && !(await keys.verify({ publicKey: centrePublicKey ?? '', algorithm: 'SM2-SM3', data: plain, signature, userId: clientId }))) return undefined;
      const output = readJson(plain);
      return isFields(output) ? { output } : undefined;
    },
  };
}
