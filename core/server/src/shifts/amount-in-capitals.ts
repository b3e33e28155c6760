const DIGITS = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'] as const;
const PLACES = ['', '拾', '佰', '仟'] as const;
const GROUPS = ['', '万', '亿', '万亿'] as const;

/**
 * An amount of fen in Chinese capitals (大写金额), as the rules for payment documents want it (支付结算办法, 附一: 正确填写票据和结算凭证的基本规定): 整 after 元 and 角, zeros in a row
 * written once, 零 before 角 or 分 where 元 ends in zero or 角 is missing. Below zero it begins with 负.
 * @throws RangeError when the value is not a safe integer.
 */
export function amountInCapitals(amountFen: number): string {
  if (!Number.isSafeInteger(amountFen)) throw new RangeError(`not a whole number of fen: ${String(amountFen)}`);
  const digits = String(Math.abs(amountFen)).padStart(3, '0');
  const yuan = digits.slice(0, -2);
  const [jiao = 0, fen = 0] = Array.from(digits.slice(-2), Number);
  const sign = amountFen < 0 ? '负' : '';
  const whole = wholeYuan(yuan);
  if (jiao === 0 && fen === 0) return `${sign}${whole === '' ? '零' : whole}元整`;
  const small = `${jiao === 0 ? '' : `${digitOf(jiao)}角`}${fen === 0 ? '整' : `${digitOf(fen)}分`}`;
  if (whole === '') return `${sign}${small}`;
  return `${sign}${whole}元${jiao === 0 || yuan.endsWith('0') ? '零' : ''}${small}`;
}

/** Groups of four digits; a zero between two digits is said once, however many there are, and not between 万 and a thousand that follows it. */
function wholeYuan(yuan: string): string {
  const padded = yuan.padStart(Math.ceil(yuan.length / 4) * 4, '0');
  let text = '';
  let isZeroOpen = false;
  for (let at = 0; at < padded.length; at += 4) {
    const group = padded.slice(at, at + 4);
    let said = '';
    [...group].map(Number).forEach((digit, index) => {
      if (digit === 0) {
        isZeroOpen ||= text !== '' || said !== '';
        return;
      }
      said += `${isZeroOpen ? '零' : ''}${digitOf(digit)}${PLACES[3 - index] ?? ''}`;
      isZeroOpen = false;
    });
    if (said === '') continue;
    text += `${said}${GROUPS[(padded.length - at) / 4 - 1] ?? ''}`;
    isZeroOpen = false;
  }
  return text;
}

function digitOf(digit: number): string {
  return DIGITS[digit] ?? '';
}
