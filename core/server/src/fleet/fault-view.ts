/** Faults a kiosk engineer meets on every machine (异常代码): what they mean and what to do. Vendors may report others; those are shown as they come. */
export type FaultText = { readonly zh: string; readonly en: string; readonly nextZh: string; readonly nextEn: string };

export const FAULT_TEXTS: Readonly<Record<string, FaultText>> = {
  'printer.paperLow': { zh: '凭条纸将尽', en: 'Receipt paper is low', nextZh: '更换纸卷', nextEn: 'Change the roll' },
  'printer.paperOut': { zh: '凭条纸已用完', en: 'Out of receipt paper', nextZh: '更换纸卷；未打印的凭条可补打', nextEn: 'Change the roll; missing receipts can be printed again' },
  'printer.paperJam': { zh: '打印机卡纸', en: 'Paper jam', nextZh: '打开机柜清除卡纸', nextEn: 'Open the cabinet and clear it' },
  'printer.offline': { zh: '打印机无响应', en: 'The printer does not answer', nextZh: '检查电源与数据线', nextEn: 'Check power and cable' },
  'cardDispenser.cardsLow': { zh: '发卡机余卡不足', en: 'Few cards left', nextZh: '补充空白卡', nextEn: 'Refill cards' },
  'cardDispenser.cardsOut': { zh: '发卡机无卡', en: 'Out of cards', nextZh: '补充空白卡', nextEn: 'Refill cards' },
  'cardDispenser.jam': { zh: '发卡机卡卡', en: 'A card is stuck', nextZh: '打开机柜取出卡片', nextEn: 'Open the cabinet and take it out' },
  'cardReader.offline': { zh: '读卡器无响应', en: 'The card reader does not answer', nextZh: '检查电源与数据线', nextEn: 'Check power and cable' },
  'idReader.offline': { zh: '身份证阅读器无响应', en: 'The ID reader does not answer', nextZh: '检查电源与数据线', nextEn: 'Check power and cable' },
  'insuranceReader.offline': { zh: '医保读卡器无响应', en: 'The insurance reader does not answer', nextZh: '检查连接与 PSAM 卡', nextEn: 'Check cable and PSAM card' },
  'scanner.offline': { zh: '扫码器无响应', en: 'The scanner does not answer', nextZh: '检查电源与数据线', nextEn: 'Check power and cable' },
  'pinPad.offline': { zh: '密码键盘无响应', en: 'The PIN pad does not answer', nextZh: '检查连接；重新签到', nextEn: 'Check the cable; sign in again' },
  'pinPad.tampered': { zh: '密码键盘防拆报警', en: 'The PIN pad reports tampering', nextZh: '停用本机，联系收单机构', nextEn: 'Take the machine out of service and call the acquirer' },
  'cashBox.full': { zh: '钱箱已满', en: 'The cash box is full', nextZh: '清钱箱并登记', nextEn: 'Empty it and book it' },
  'cashBox.jam': { zh: '纸币器卡币', en: 'A note is stuck', nextZh: '取出纸币，核对订单', nextEn: 'Take it out and check the order' },
  'camera.offline': { zh: '摄像头无响应', en: 'The camera does not answer', nextZh: '检查数据线', nextEn: 'Check the cable' },
  'application.diskLow': { zh: '终端磁盘空间不足', en: 'Little disk space', nextZh: '清理日志', nextEn: 'Remove old logs' },
  'application.journalUnwritable': { zh: '终端日志无法写入，已停止收款', en: 'Its journal cannot be written: it takes no payments', nextZh: '检查磁盘后重启终端', nextEn: 'Check the disk, then restart it' },
};

export function textOfFault({ component, code }: { readonly component: string; readonly code: string }): FaultText | undefined {
  return FAULT_TEXTS[`${component}.${code}`];
}
