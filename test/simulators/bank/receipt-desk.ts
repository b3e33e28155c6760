import { chinaText } from '../machinery/china-time.js';
import { yuanText } from '../machinery/yuan-text.js';
import type { Movement } from './bank-records.js';

/** 电子回单: a page about one movement, under a number of the bank's own. */
export type Receipt = { readonly receiptNo: string; readonly bytes: Uint8Array };

/** Makes receipts of movements; late, or of something else, when it is told to. */
export class ReceiptDesk {
  #how: 'truth' | 'late' | 'garbled' = 'truth';

  spoil(how: 'truth' | 'late' | 'garbled'): void {
    this.#how = how;
  }

  receiptOf(movement: Movement): Receipt | 'late' {
    if (this.#how === 'late') return 'late';
    const receiptNo = `HD${movement.lineNo}`;
    return { receiptNo, bytes: this.#how === 'garbled' ? Buffer.from('<html>502 Bad Gateway</html>') : pdf([receiptNo, chinaText(movement.at), `${movement.direction === 'in' ? '+' : '-'}${yuanText(movement.amountFen)}`, movement.counterparty.accountNo, movement.clientNo ?? '']) };
  }
}

/** One page with lines of plain characters. */
function pdf(lines: readonly string[]): Uint8Array {
  const text = `BT /F1 12 Tf 60 760 Td 18 TL ${lines.map((line) => `(${line}) Tj T*`).join(' ')} ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>', `<< /Length ${String(text.length)} >>\nstream\n${text}\nendstream`, '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let body = '%PDF-1.4\n';
  const places = objects.map((object, index) => {
    const place = body.length;
    body += `${String(index + 1)} 0 obj\n${object}\nendobj\n`;
    return `${String(place).padStart(10, '0')} 00000 n \n`;
  });
  return Buffer.from(`${body}xref\n0 ${String(objects.length + 1)}\n0000000000 65535 f \n${places.join('')}trailer\n<< /Size ${String(objects.length + 1)} /Root 1 0 R >>\nstartxref\n${String(body.length)}\n%%EOF\n`);
}
