/** Prints the slip a page has drawn: by the printer behind the hardware bridge where there is one, else through the browser. */
import type { Bridge, BridgeAnswer, ReceiptLine } from '../src/index.js';

export async function printReceipt(receipt: Element, bridge: Bridge | undefined): Promise<BridgeAnswer> {
  if (bridge?.isConnected !== true || !bridge.devices.some(({ device }) => device === 'printer')) {
    window.print();
    return { kind: 'done' };
  }
  const [title, ...lines] = [...receipt.children].flatMap(lineOf);
  return bridge.print({ title: title?.label ?? '', lines });
}

function lineOf(element: Element): ReceiptLine[] {
  const [label, value] = [...element.children].map((part) => part.textContent ?? '');
  if (label !== undefined && value !== undefined) return [{ label, value }];
  const text = element.textContent?.trim() ?? '';
  return text === '' ? [] : [{ label: text }];
}
