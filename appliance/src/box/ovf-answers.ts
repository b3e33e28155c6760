/** What VMware hands over as `ovf-env.xml` on a CD (OVF environment, DSP0243 chapter 11): properties of the import. */
const PROPERTY = /<(?:\w+:)?Property\b([^>]*)\/?>/g;
const KEY = /\b(?:\w+:)?key\s*=\s*(["'])hospay\.answers\1/;
const VALUE = /\b(?:\w+:)?value\s*=\s*(["'])([^"']*)\1/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * The answers file that was entered at the import, as text. Undefined: none was.
 * @throws Error for a value that is no base64; it is never repeated, it holds secrets.
 */
export function ovfAnswers(environment: string): string | undefined {
  const attributes = [...environment.matchAll(PROPERTY)].map(([, all]) => all ?? '').find((all) => KEY.test(all));
  const value = (VALUE.exec(attributes ?? '')?.[2] ?? '').replaceAll(/\s|&#(?:10|13|xA|xD);/gi, '');
  if (value === '') return undefined;
  if (!BASE64.test(value)) throw new Error('the property hospay.answers of the import is no base64: encode answers.yaml by "base64 -w0 answers.yaml"');
  return Buffer.from(value, 'base64').toString('utf8');
}
