/** The hospitals the demo can stand in: each its own face of the simulated HIS, met by the production adapter with that hospital's mapping (`config/hospitals`, `config/profiles/demo-*.yaml`). */
export const DEMO_HOSPITAL = 'demo';

/** `personality`: how the HIS is called on SQL Server; `wire`: another way in beside it. Names as in `test/simulators/his`. */
export type DemoHospital = { readonly title: string; readonly personality: 'procedures' | 'router' | 'basket' | 'views' | 'middleTables'; readonly wire?: string };

const behind = (wire: string, title: string): [string, DemoHospital] => [wire, { title, personality: 'procedures', wire }];

export const HOSPITALS: ReadonlyMap<string, DemoHospital> = new Map<string, DemoHospital>([
  [DEMO_HOSPITAL, { title: 'SQL Server，一项功能一个存储过程 one procedure a function', personality: 'procedures' }],
  ['router', { title: 'SQL Server，一个路由存储过程，XML 进出 one router procedure', personality: 'router' }],
  ['basket', { title: 'SQL Server，多次调用组成一笔 several calls to one basket', personality: 'basket' }],
  ['views', { title: 'SQL Server，视图查询、存储过程写入 views and procedures', personality: 'views' }],
  ['middle-tables', { title: 'SQL Server，中间表 middle tables', personality: 'middleTables' }],
  behind('soap-self-service', 'SOAP，XML 字符串 web service'),
  behind('soap-gbk', 'SOAP，GBK，CDATA web service in GBK'),
  behind('soap-encrypted', 'SOAP，MD5 + AES 信封 encrypted envelope'),
  behind('tcp-agent', 'TCP 本地代理，竖线分隔 agent on TCP'),
  behind('tcp-front-machine', 'TCP 前置机 front machine'),
  behind('lakeside', 'HL7 v2，MLLP'),
]);
