import { refused, type Refused } from '../domain/errors.js';

/** The role merchant comes alone, with one merchant of the hospital; nobody else is bound to one. */
export function refuseMerchant({ merchants }: { readonly merchants: readonly string[] }, { roles, merchantNo }: { readonly roles: readonly string[]; readonly merchantNo?: string | undefined }): Refused | undefined {
  if (!roles.includes('merchant')) return merchantNo === undefined ? undefined : refused('MALFORMED_REQUEST', { zh: '只有“商户”角色绑定商户号', en: 'merchantNo: only the role merchant is bound to one' });
  if (roles.length > 1) return refused('MALFORMED_REQUEST', { zh: '“商户”角色不能与其他角色同时授予', en: 'roles: the role merchant has no other beside it' });
  if (merchantNo === undefined) return refused('MALFORMED_REQUEST', { zh: '“商户”角色须绑定商户号', en: 'merchantNo: the role merchant needs one' });
  return merchants.includes(merchantNo) ? undefined : refused('MALFORMED_REQUEST', { zh: '该商户号不是本院的商户号', en: 'merchantNo: is no merchant of this hospital' });
}
