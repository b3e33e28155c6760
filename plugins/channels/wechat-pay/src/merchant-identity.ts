import type { PaymentMethod } from '@hospay/plugin-sdk';

import type { WechatPaySettings } from './settings.js';

/** How WeChat Pay names the two sides of a trade; which of the fields are there depends on the mode. */
export type NamedMerchants = { readonly mchid?: string; readonly sp_mchid?: string; readonly sub_mchid?: string };
export type NamedApps = { readonly appid?: string; readonly sp_appid?: string };

/**
 * For whom orders are placed: an ordinary merchant (直连商户), or a sub-merchant through its service provider (服务商模式). The same operations under other
 * names and paths (WeChat Pay API v3, both columns of each page); all of the difference is here.
 */
export type MerchantIdentity = {
  /** Who is paid: the merchant, or the sub-merchant. */
  readonly merchantNo: string;
  readonly isPartner: boolean;
  /** `/v3/pay/transactions`, with `/partner` in service-provider mode. */
  readonly transactionsPath: string;
  /** App and merchant of an order, as its body names them. */
  orderIds(method: PaymentMethod): Readonly<Record<string, string>>;
  /** Whose open id a payer is named by follows the app the payer is in. */
  payer(openId: string, method: PaymentMethod): Readonly<Record<string, string>>;
  /** App, sub-merchant and payer of an order of 医保混合收款, which names them its own way. */
  medInsIds(openId: string, method: PaymentMethod): Readonly<Record<string, string>>;
  /** The app that a page or an app calls the payment up from, and the merchant it names. */
  invokingApp(method: PaymentMethod): string;
  readonly query: string;
  readonly closeBody: Readonly<Record<string, string>>;
  readonly refundIds: Readonly<Record<string, string>>;
  /** With its `?` when there is one. */
  readonly refundQuery: string;
  /** With its `&` when there is one. */
  readonly billQuery: string;
  /** Who was paid according to a message; `undefined` when it comes of another service provider. */
  merchantOf(named: NamedMerchants): string | undefined;
  isOurApp(named: NamedApps): boolean;
};

type Apps = { readonly page: string; readonly miniProgram: string; readonly mobile: string };

export function merchantIdentity(settings: WechatPaySettings): MerchantIdentity {
  const { partner, mchid } = settings;
  const apps: Apps = { page: settings.appid, miniProgram: settings.miniProgramAppid ?? settings.appid, mobile: settings.mobileAppid ?? settings.appid };
  if (partner !== undefined) return subMerchant(mchid, apps, partner);
  return {
    merchantNo: mchid,
    isPartner: false,
    transactionsPath: '/v3/pay/transactions',
    orderIds: (method) => ({ appid: appOf(apps, method), mchid }),
    payer: (openId) => ({ openid: openId }),
    medInsIds: (openId, method) => ({ appid: appOf(apps, method), openid: openId }),
    invokingApp: (method) => appOf(apps, method),
    query: `mchid=${mchid}`,
    closeBody: { mchid },
    refundIds: {},
    refundQuery: '',
    billQuery: '',
    merchantOf: (named) => named.mchid,
    isOurApp: ({ appid }) => appid !== undefined && Object.values(apps).includes(appid),
  };
}

function subMerchant(spMchid: string, apps: Apps, partner: NonNullable<WechatPaySettings['partner']>): MerchantIdentity {
  const { subMchid, subAppid } = partner;
  const subApps = { page: subAppid, miniProgram: partner.subMiniProgramAppid ?? subAppid, mobile: partner.subMobileAppid ?? subAppid };
  const subAppOf = (method: PaymentMethod): string | undefined => (method === 'miniProgram' ? subApps.miniProgram : method === 'app' ? subApps.mobile : subApps.page);
  return {
    merchantNo: subMchid,
    isPartner: true,
    transactionsPath: '/v3/pay/partner/transactions',
    orderIds: (method) => {
      const subAppOfMethod = subAppOf(method);
      return { sp_appid: appOf(apps, method), sp_mchid: spMchid, ...(subAppOfMethod === undefined ? {} : { sub_appid: subAppOfMethod }), sub_mchid: subMchid };
    },
    payer: (openId, method) => (subAppOf(method) === undefined ? { sp_openid: openId } : { sub_openid: openId }),
    medInsIds: (openId, method) => {
      const subAppOfMethod = subAppOf(method);
      return { appid: appOf(apps, method), sub_mchid: subMchid, ...(subAppOfMethod === undefined ? { openid: openId } : { sub_appid: subAppOfMethod, sub_openid: openId }) };
    },
    invokingApp: (method) => subAppOf(method) ?? appOf(apps, method),
    query: `sp_mchid=${spMchid}&sub_mchid=${subMchid}`,
    closeBody: { sp_mchid: spMchid, sub_mchid: subMchid },
    refundIds: { sub_mchid: subMchid },
    refundQuery: `?sub_mchid=${subMchid}`,
    billQuery: `&sub_mchid=${subMchid}`,
    merchantOf: (named) => (named.sp_mchid === spMchid ? named.sub_mchid : undefined),
    isOurApp: ({ sp_appid: spAppid }) => spAppid !== undefined && Object.values(apps).includes(spAppid),
  };
}

function appOf(apps: Apps, method: PaymentMethod): string {
  if (method === 'miniProgram') return apps.miniProgram;
  return method === 'app' ? apps.mobile : apps.page;
}
