import type { Right } from './ports.js';

/** What a right is called in Chinese, for whoever lacks it. */
export const RIGHT_WORDS = {
  read: '查看资金与订单', reveal: '查看脱敏数据', readMachine: '查看系统', refund: '退款与差错处理', proposePayout: '提出付款', approvePayout: '审批付款', approveChange: '审批变更', windowDesk: '窗口管理', shifts: '查看班次', closeShift: '交班',
  cash: '现金管理', operate: '系统维护', seeUsers: '查看用户', manageUsers: '管理账号', assignRoles: '授予角色', audit: '查看审计日志', merchant: '商户查询', window: '窗口收费', doctorStation: '医生站收费',
} as const satisfies Record<Right, string>;
