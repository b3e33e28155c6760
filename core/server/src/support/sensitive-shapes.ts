/** What counts as which type: by the key a value stands under, and by its own shape. The net is wide on purpose: what looks like a card number is one. */
import { isSecretKey, isSensitiveKey, looksLikeCard } from '../domain/sensitive.js';
import type { SensitiveType } from './ports.js';

/** Keys as programs write them, matched whole, and as people write them, with anything before. */
const KEYS: readonly (readonly [SensitiveType, RegExp])[] = [
  ['name', /^(name|(patient|payer|real|holder|owner|operator|account|display|payee|user|card_?holder)_?name|user_?name_?zh)$|(姓名|户名|患者|病人|持卡人|付款人|收款人|操作员|就诊人)$/i],
  ['idNumber', /^(id_?no|id_?number|id_?card(_?no)?|identity(_?no)?|certificate_?no)$|(身份证号?码?|证件号码?)$/i],
  ['card', /^(card_?no|card_?number|pan|bank_?card(_?no)?|visit_?card(_?no)?|account_?(no|number))$|(卡号|账号)$/i],
  ['phone', /^(phone(_?no|_?number)?|mobile(_?phone)?|tel(ephone)?)$|(手机号?码?|电话)$/i],
  ['patientNumber', /^(patient_?(id|no|number)|inpatient_?no|visit_?(id|no)|admission_?no|outpatient_?no|person_?no|medical_?record_?no)$|(患者编号|病历号|住院号|门诊号)$/i],
];

export function typeOfKey(key: string): SensitiveType | undefined {
  if (isSecretKey(key) || /(密码|口令|密钥|令牌)$/.test(key)) return 'secret';
  return KEYS.find(([, shape]) => shape.test(key))?.[0] ?? (isSensitiveKey(key) ? 'personal' : undefined);
}

export type Shape = { readonly type: SensitiveType; readonly shape: RegExp; readonly accept?: (text: string) => boolean };

/** What runs over many lines and would be torn apart by what looks at words. Without its end it goes as far as it could be a key. */
export const KEY_SHAPES: readonly Shape[] = [
  { type: 'key', shape: /-----BEGIN [A-Z0-9 ]+-----[\sA-Za-z0-9+/=\\:,.-]*?(?:-----END [A-Z0-9 ]+-----|(?=[^\sA-Za-z0-9+/=\\:,.-])|$)/g },
  { type: 'key', shape: /AGE-SECRET-KEY-1[A-Z0-9]+/gi },
  { type: 'secret', shape: /(?<=\b(?:authorization|cookie)(?:\\?["'])?\s*[:=]\s*(?:\\?["'])?)[^\s"\\][^\r\n"\\]*/gi },
];

const SURNAMES = '王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪戴崔任陆廖姚方金邱夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪龚';

/** Sensitive wherever they stand, in this order. */
export const WORD_SHAPES: readonly Shape[] = [
  { type: 'secret', shape: /eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g },
  { type: 'secret', shape: /(?<=\b(?:Bearer|Basic|Digest)\s+)[\w.~+/=-]{8,}/gi },
  { type: 'secret', shape: /(?<=:\/\/)[^\s/@"']+(?=@)/g },
  // In an address: the robots of chat programs are let in by one, whatever its key is called by others.
  { type: 'secret', shape: /(?<=[?&](?:key|\w*token|\w*secret|sign|sig|signature|password|pwd)=)[^\s&#"'<[][^\s&#"'<]*/gi },
  // What is left of a key whose head was cut off. Hashes in hexadecimal stay: they are compared. Paths stay.
  { type: 'key', shape: /(?<![\w+/=.-])[A-Za-z0-9+/_-]{40,}={0,2}(?![\w+/=.-])/g, accept: (text) => /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text) && !/^\/|\/[a-z-]+\/[a-z-]+\//.test(text) },
  // GB 11643, whether or not the check character is right: a typing error is still a person.
  { type: 'idNumber', shape: /(?<![0-9A-Za-z])[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![0-9A-Za-z])/g },
  { type: 'phone', shape: /(?<![0-9A-Za-z])(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?![0-9A-Za-z])/g },
  { type: 'card', shape: /(?<![0-9A-Za-z])\d(?:[ -]?\d){12,18}(?![0-9A-Za-z])/g, accept: looksLikeCard },
  { type: 'name', shape: new RegExp(`(?<=(?:患者|病人|就诊人|持卡人|付款人|收款人|姓名|户名)\\s*)[${SURNAMES}]\\p{Script=Han}{1,2}`, 'gu') },
];

/** A value that stands under a key: quoted, also inside a string that holds JSON; else as far as its type may go. */
export function valueShape(type: SensitiveType): RegExp {
  const loose = type === 'secret' ? '[^\\s,;&}"\'<][^\\r\\n,;&}"\'<]*' : type === 'name' ? '[^\\s,;，；。:：}&\\])"\'<]+(?: [A-Z][a-z]+){0,3}' : '[^\\s,;，；。}&\\])"\'<]+';
  return new RegExp(`\\\\"[^"\\\\]*\\\\"|"(?:[^"\\\\]|\\\\.)*"|'[^']*'|${loose}`, 'uy');
}
