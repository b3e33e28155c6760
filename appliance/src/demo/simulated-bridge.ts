/** A hardware bridge whose printer is a page: what it prints is shown as paper, what is typed there was scanned, and its paper can be taken away. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { BRIDGE_VERSION, readBridgeRequest, type BridgeDeviceState, type BridgeMessage, type ReceiptLine } from '@hospay/terminal-sdk';
import { WebSocketServer, type WebSocket } from 'ws';

type Sent<Message> = Message extends BridgeMessage ? Omit<Message, 'v'> : never;
export type SimulatedBridge = {
  readonly url: string;
  readonly pageUrl: string;
  readonly printed: readonly { readonly title: string; readonly lines: readonly ReceiptLine[] }[];
  /** Pages that are connected now. */
  connections(): number;
  /** Somebody scans, a card lies on the reader, the paper runs out. */
  scan(text: string): void;
  holdCard(text: string): void;
  setPrinter(state: BridgeDeviceState['state']): void;
  stackNote(noteNo: string, noteFen: number): void;
  stop(): Promise<void>;
};

export async function startSimulatedBridge({ port }: { readonly port: number }): Promise<SimulatedBridge> {
  const printed: { readonly title: string; readonly lines: readonly ReceiptLine[] }[] = [];
  const sockets = new Set<WebSocket>();
  let printer: BridgeDeviceState['state'] = 'ready';
  let card: string | undefined;
  let totalFen = 0;
  const say = (socket: WebSocket, message: Sent<BridgeMessage>): void => { socket.send(JSON.stringify({ v: BRIDGE_VERSION, ...message })); };
  const tell = (message: Sent<BridgeMessage>): void => { for (const socket of sockets) say(socket, message); };
  const answer = (socket: WebSocket, data: string): void => {
    const request = readBridgeRequest(data);
    if (request === undefined) return;
    const re = request.id;
    if (request.type === 'hello') say(socket, { type: 'welcome', re, name: 'simulated bridge', version: '1.0.0', devices: [{ device: 'printer', state: printer }, { device: 'cardReader', state: 'ready' }, { device: 'scanner', state: 'ready' }, { device: 'display', state: 'ready' }] });
    else if (request.type === 'print' && printer !== 'ready' && printer !== 'paperLow') say(socket, { type: 'failed', re, code: printer, message: '打印机缺纸或故障' });
    else if (request.type === 'print') {
      printed.push({ title: request.title, lines: request.lines });
      say(socket, { type: 'done', re });
    } else if (request.type === 'read' && card === undefined) say(socket, { type: 'failed', re, code: 'NO_CARD', message: '没有读到卡' });
    else if (request.type === 'read') say(socket, { type: 'read', re, text: card ?? '' });
    else say(socket, { type: 'done', re });
  };
  const bridge = {
    connections: () => sockets.size,
    scan: (text: string) => { tell({ type: 'scanned', text }); },
    holdCard: (text: string) => { card = text; },
    setPrinter(state: BridgeDeviceState['state']) {
      printer = state;
      tell({ type: 'state', device: 'printer', state });
    },
    stackNote(noteNo: string, noteFen: number) {
      totalFen += noteFen;
      tell({ type: 'noteStacked', noteNo, noteFen, totalFen });
    },
  };
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://bridge');
    if (request.method === 'POST' && pathname === '/scan') bridge.scan(searchParams.get('text') ?? '');
    if (request.method === 'POST' && pathname === '/paper') bridge.setPrinter(printer === 'ready' ? 'paperOut' : 'ready');
    if (request.method === 'POST') response.writeHead(204).end();
    else if (pathname === '/papers') response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ printer, printed: printed.slice(-20).toReversed() }));
    else response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE);
  });
  // A page of another machine has no business with this one's printer; a program of this one names no origin.
  const webSockets = new WebSocketServer({ server, verifyClient: ({ origin }: { readonly origin?: string }) => origin === undefined || /^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?$/.test(origin) });
  webSockets.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('message', (data: Buffer) => { answer(socket, data.toString('utf8')); });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const at = `127.0.0.1:${String(typeof address === 'object' && address !== null ? address.port : port)}`;
  return {
    ...bridge, url: `ws://${at}`, pageUrl: `http://${at}/`, printed,
    async stop() {
      for (const socket of sockets) socket.terminate();
      webSockets.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const PAGE = `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>模拟外设</title>
<style>body{margin:0;padding:1.5rem;font-family:system-ui,"Noto Sans CJK SC",sans-serif;background:#dfe7e6;color:#14302e}h1{font-size:1.3rem}form,button,input{font:inherit}input,button{padding:.4rem .8rem;border:1px solid #9fb8b5;border-radius:.4rem}
.bar{display:flex;gap:1rem;flex-wrap:wrap;align-items:center;margin-bottom:1rem}.papers{display:flex;gap:1.2rem;flex-wrap:wrap;align-items:start}.paper{width:72mm;background:#fff;padding:5mm 4mm;box-shadow:0 3px 10px #0003;font-size:.85rem}
.paper h2{font-size:1rem;text-align:center;margin:0 0 .5rem}.paper div{display:flex;justify-content:space-between;gap:.5rem}.paper div span:first-child{white-space:nowrap}.paper div span:last-child{text-align:right;overflow-wrap:anywhere}.paper .alone{justify-content:center}.bad{color:#b3261e;font-weight:700}</style>
<h1>模拟外设：打印机与扫码枪</h1><div class="bar"><form id="f"><input id="t" placeholder="扫码内容" size="30" autocomplete="off"> <button>扫一下</button></form><button id="p">装纸/取走纸</button><span id="s"></span></div><div class="papers" id="o"></div>
<script>const q=id=>document.getElementById(id);q('f').onsubmit=e=>{e.preventDefault();fetch('/scan?text='+encodeURIComponent(q('t').value),{method:'POST'});q('t').value=''};q('p').onclick=()=>fetch('/paper',{method:'POST'}).then(look);
async function look(){const a=await(await fetch('/papers')).json();q('s').textContent=a.printer==='ready'?'打印机就绪':'打印机：'+a.printer;q('s').className=a.printer==='ready'?'':'bad';q('o').replaceChildren(...a.printed.map(r=>{const d=document.createElement('div');d.className='paper';const h=document.createElement('h2');h.textContent=r.title;d.append(h,...r.lines.map(l=>{const x=document.createElement('div');if(l.value===undefined)x.className='alone';const s=document.createElement('span');s.textContent=l.label;x.append(s);if(l.value!==undefined){const v=document.createElement('span');v.textContent=l.value;x.append(v)}return x}));return d}))}look();setInterval(look,1000)</script></html>`;
