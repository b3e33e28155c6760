import { create } from 'qrcode/lib/core/qrcode.js';
import { element } from './element.js';

const MODULE_PIXELS = 10;
/** Scanners want a quiet zone of four modules. */
const QUIET_MODULES = 4;

/** A QR code on a canvas, dark on white whatever the colours of the phone. */
export function drawQr(content: string, label: string): HTMLCanvasElement {
  const { modules } = create(content, { errorCorrectionLevel: 'M' });
  const canvas = element('canvas', { id: 'qr', attributes: { 'data-content': content, role: 'img', 'aria-label': label } });
  canvas.width = canvas.height = (modules.size + 2 * QUIET_MODULES) * MODULE_PIXELS;
  const brush = canvas.getContext('2d');
  if (brush === null) return canvas;
  brush.fillStyle = '#fff';
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.fillStyle = '#000';
  for (let row = 0; row < modules.size; row += 1) {
    for (let column = 0; column < modules.size; column += 1) {
      if (modules.get(row, column) !== 0 && modules.get(row, column) !== false) brush.fillRect((column + QUIET_MODULES) * MODULE_PIXELS, (row + QUIET_MODULES) * MODULE_PIXELS, MODULE_PIXELS, MODULE_PIXELS);
    }
  }
  return canvas;
}
