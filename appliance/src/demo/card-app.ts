/** A hospital's APP as small as it can be: it binds a bank card and pays bills with it (快捷支付), every press one call of the payment SDK. The page asks this process, which holds the application's secret; the phone never does. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { createPaymentClient, type ApiResult, type PaymentClient } from '@hospay/payment-sdk';
import type { TerminalPage } from './serve-terminal-page.js';

const CARD_APP_ID = 'demo-app';
const USER_ID = 'demo-user';
const LARGEST_BODY_BYTES = 10_000;

type Given = Readonly<Record<string, string>>;

/** @param secretFile what the demo wrote for the core, below the data folder */
export async function startCardApp({ dataFolder, appId = CARD_APP_ID, secretFile, origin, port, bankUrl }: { readonly dataFolder: string; readonly appId?: string; readonly secretFile: string; readonly origin: string; readonly port: number; readonly bankUrl: string }): Promise<TerminalPage> {
  const client = createPaymentClient({ origin, appId, secret: readFileSync(join(dataFolder, secretFile), 'utf8').trim() });
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://app');
    if (request.method !== 'POST') return void response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE.replace('BANK_URL', bankUrl));
    // A page of elsewhere cannot send this without asking first, and is not answered.
    if (request.headers['content-type'] !== 'application/json') return void response.writeHead(415).end();
    void read(request).then((given) => answer(client, pathname.slice(1), given)).then(
      (result) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result)),
      () => response.writeHead(400).end(),
    );
  });
  server.listen(port, '127.0.0.1');
  await Promise.race([once(server, 'listening'), once(server, 'error').then(([error]) => { throw new Error(`the APP page cannot listen on port ${String(port)}: ${String(error)}`); })]);
  const address = server.address();
  return {
    url: `http://127.0.0.1:${String(typeof address === 'object' && address !== null ? address.port : port)}/`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** @throws when nothing is called so, or what was sent is no JSON */
async function answer(client: PaymentClient, act: string, given: Given): Promise<ApiResult<unknown>> {
  const { agreementNo = '', code = '', password = '', key = randomUUID() } = given;
  const idempotencyKey = { idempotencyKey: key };
  switch (act) {
    case 'cards':
      return client.listBoundCards(USER_ID);
    case 'password':
      return client.findPaymentPassword(USER_ID);
    case 'bind':
      return client.bindCard({ userId: USER_ID, cardHolder: { name: given['name'] ?? '', idNo: given['idNo'] ?? '', cardNo: given['cardNo'] ?? '', mobile: given['mobile'] ?? '' } }, idempotencyKey);
    case 'confirm':
      return client.confirmBinding(agreementNo, { userId: USER_ID, code });
    case 'find':
      return client.findAgreement(agreementNo, USER_ID);
    case 'unbind':
      return client.unbindCard(agreementNo, USER_ID);
    case 'setPassword':
      return client.setPaymentPassword({ userId: USER_ID, newPassword: password });
    case 'quote':
      return quoteOf(client, given['visitCard'] ?? '');
    case 'pay':
      return client.payWithAgreement({ userId: USER_ID, agreementNo, quoteId: given['quoteId'] ?? '', amountFen: Number(given['amountFen']), password, description: '门诊缴费' }, idempotencyKey);
    case 'code':
      return client.enterPaymentCode(given['tradeNo'] ?? '', code);
    case 'order':
      return client.findPayment(given['tradeNo'] ?? '');
    default:
      throw new Error(`there is no act ${act}`);
  }
}

/** Everything open of the patient behind a visit card, priced by the hospital. */
async function quoteOf(client: PaymentClient, visitCard: string): Promise<ApiResult<unknown>> {
  const patients = await client.searchPatients({ cardType: 'visitCard', cardNo: visitCard });
  if (patients.kind !== 'ok') return patients;
  const [patient] = patients.value;
  if (patient === undefined) return { kind: 'ok', value: { bills: [] } };
  const bills = await client.searchBills({ patientId: patient.patientId });
  if (bills.kind !== 'ok' || bills.value.length === 0) return { kind: 'ok', value: { bills: [] } };
  return client.quoteBills({ patientId: patient.patientId, billNos: bills.value.map(({ billNo }) => billNo) });
}

async function read(request: IncomingMessage): Promise<Given> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > LARGEST_BODY_BYTES) throw new Error('too long');
  }
  const parsed: unknown = JSON.parse(text === '' ? '{}' : text);
  return Object.fromEntries(Object.entries(parsed ?? {}).map(([name, value]) => [name, String(value)]));
}

const PAGE = `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><title>示范医院 APP</title>
<style>[hidden]{display:none!important}body{margin:0 auto;max-width:30rem;padding:1rem;font:16px/1.6 system-ui,"Noto Sans CJK SC",sans-serif;background:#eef2f5;color:#182a33}section{background:#fff;border-radius:12px;padding:1rem;margin:0 0 1rem}h1{font-size:1.25rem}h2{font-size:1.05rem;margin:0 0 .6rem}
input,button,select{font:inherit;padding:.5rem .7rem;border:1px solid #b9c6cd;border-radius:8px;box-sizing:border-box}form{display:grid;gap:.5rem}button{background:#0f5f8c;color:#fff;border:0}button.plain{background:#e7edf1;color:#182a33}.card{display:flex;justify-content:space-between;align-items:center;padding:.4rem 0}#say{position:sticky;top:0;background:#fff7df;border-radius:8px;padding:.6rem .8rem;margin:0 0 1rem}small{color:#5b6d76}</style>
<h1>示范医院 APP：银行卡快捷支付</h1><p id="say" role="status">卡号、证件号和短信验证码见 <a href="BANK_URL" target="_blank">模拟银行卡与短信</a></p>
<section><h2>我的银行卡</h2><div id="cards"></div></section>
<section><h2>绑卡</h2><form id="bind"><input name="name" placeholder="姓名" required><input name="idNo" placeholder="身份证号" required><input name="cardNo" placeholder="银行卡号" required><input name="mobile" placeholder="银行预留手机号" required><button>获取验证码</button></form>
<form id="confirm" hidden><input name="code" placeholder="短信验证码" inputmode="numeric" required><button>确认绑卡</button></form></section>
<section id="setting" hidden><h2>设置支付密码</h2><form id="setPassword"><input name="password" type="password" placeholder="六位数字" inputmode="numeric" maxlength="6" required><button>设置</button></form></section>
<section><h2>缴费</h2><form id="quote"><input name="visitCard" value="C0000003" placeholder="就诊卡号" required><button>查待缴费</button></form>
<form id="pay" hidden><p id="owed"></p><select name="agreementNo"></select><input name="password" type="password" placeholder="支付密码" inputmode="numeric" maxlength="6" required><button>付款</button></form>
<form id="code" hidden><input name="code" placeholder="付款短信验证码" inputmode="numeric" required><button>确认付款</button></form></section>
<script>
const q=id=>document.getElementById(id),say=text=>{q('say').textContent=text};let binding,quote,payKey,tradeNo;
const call=async(act,given={})=>(await fetch('/'+act,{method:'POST',headers:{'content-type':'application/json'},body:JSON.stringify(given)})).json();
const ok=(result)=>{if(result.kind==='ok')return result.value;say(result.kind==='refused'?result.error.zh+'：'+result.error.nextZh+'（'+result.error.code+'）':'结果未知，请稍候刷新');return undefined};
const yuan=fen=>'¥'+String(fen).padStart(3,'0').replace(/(..)$/,'.$1'),given=form=>Object.fromEntries(new FormData(form));
const states={requested:'待验证码',confirming:'验证中',active:'已绑定',ending:'解约中'};
async function look(){const cards=ok(await call('cards'))??[],password=ok(await call('password'));const live=cards.filter(card=>card.state==='active');q('setting').hidden=password===undefined||password.isSet||live.length===0;
q('cards').replaceChildren(...cards.map(card=>{const row=document.createElement('div');row.className='card';const text=document.createElement('span');text.textContent=(card.bankName??'银行卡')+(card.lastFour?' 尾号 '+card.lastFour:'')+' · '+states[card.state];row.append(text);if(card.state==='active'||card.state==='ending'){const off=document.createElement('button');off.className='plain';off.textContent='解约';off.onclick=async()=>{if(ok(await call('unbind',{agreementNo:card.agreementNo}))!==undefined)say('已解约，此卡不再扣款');look()};row.append(off)}return row}));
if(cards.length===0)q('cards').textContent='还没有绑卡';q('pay').agreementNo.replaceChildren(...live.map(card=>new Option(card.bankName+' 尾号 '+card.lastFour,card.agreementNo)))}
const on=(id,work)=>{q(id).onsubmit=async event=>{event.preventDefault();const button=q(id).querySelector('button');button.disabled=true;try{await work(given(q(id)))}finally{button.disabled=false}}};
on('bind',async holder=>{const begun=ok(await call('bind',{...holder,key:crypto.randomUUID()}));if(begun===undefined)return;binding=begun.agreementNo;q('confirm').hidden=false;say('验证码已发到手机')});
on('confirm',async({code})=>{const bound=ok(await call('confirm',{agreementNo:binding,code}));if(bound?.state==='active'){q('confirm').hidden=true;q('bind').reset();q('confirm').reset();say('绑卡成功')}look()});
on('setPassword',async({password})=>{if(ok(await call('setPassword',{password}))!==undefined){say('支付密码已设置');look()}});
on('quote',async({visitCard})=>{quote=ok(await call('quote',{visitCard}));payKey=crypto.randomUUID();const isOwed=quote?.quoteId!==undefined;q('pay').hidden=!isOwed;if(quote!==undefined&&!isOwed)say('没有待缴费');if(isOwed)q('owed').textContent='应付 '+yuan(quote.selfPayFen)});
on('pay',async({agreementNo,password})=>{const order=ok(await call('pay',{agreementNo,password,quoteId:quote.quoteId,amountFen:quote.selfPayFen,key:payKey}));if(order!==undefined)follow(order)});
on('code',async({code})=>{const order=ok(await call('code',{tradeNo,code}));if(order!==undefined)follow(order)});
async function follow(order){tradeNo=order.tradeNo;const payment=order.payments.at(-1);const wantsCode=payment.presentation?.kind==='smsCode'&&payment.state!=='succeeded';q('code').hidden=!wantsCode;
if(payment.state==='failed'||payment.state==='closed')return say('付款未成，可重新查询后再付');if(wantsCode)return say('银行要求验证码，请输入短信里的六位数字');
if(order.confirmation.state==='confirmed'){q('pay').hidden=true;q('code').reset();q('pay').reset();return say('付款成功，医院收据 '+order.confirmation.receiptNo)}
say('已付款，正在通知医院…');setTimeout(async()=>{const next=ok(await call('order',{tradeNo}));if(next!==undefined)follow(next)},1000)}
look();
</script></html>`;
