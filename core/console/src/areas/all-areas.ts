import type { Area } from './area';

/** In the order of the menu. */
export const AREAS: readonly Area[] = [
  { name: 'overview', group: 'today', icon: 'gauge', key: 'h', right: 'readMachine', path: '/overview', pages: [{ path: '/overview', name: 'overview', page: () => import('./overview/FirstPage.vue') }] },
  {
    name: 'orders', group: 'money', icon: 'list', key: 't', right: 'read', path: '/orders',
    pages: [
      { path: '/orders', name: 'orders', page: () => import('./orders/OrdersPage.vue') },
      { path: '/orders/:tradeNo', name: 'order', page: () => import('./orders/OrderPage.vue') },
    ],
  },
  { name: 'approvals', group: 'money', icon: 'check', key: 'a', right: 'read', path: '/approvals', pages: [{ path: '/approvals', name: 'approvals', page: () => import('./approvals/ApprovalsPage.vue') }] },
  { name: 'cases', group: 'money', icon: 'flag', key: 'c', right: 'read', path: '/cases', pages: [{ path: '/cases', name: 'cases', page: () => import('./cases/CasesPage.vue') }, { path: '/cases/:id', name: 'case', page: () => import('./cases/CasePage.vue') }] },
  { name: 'reconciliation', group: 'money', icon: 'fact', key: 'r', right: 'read', path: '/reconciliation', pages: [{ path: '/reconciliation', name: 'reconciliation', page: () => import('./reconciliation/ReconciliationPage.vue') }] },
  { name: 'reports', group: 'money', icon: 'chart', key: 'b', right: 'read', path: '/reports', pages: [{ path: '/reports', name: 'reports', page: () => import('./reports/ReportsPage.vue') }] },
  { name: 'ledger', group: 'money', icon: 'book', key: 'l', right: 'read', path: '/ledger', pages: [{ path: '/ledger', name: 'ledger', page: () => import('./ledger/LedgerPage.vue') }] },
  { name: 'windowDesk', group: 'money', icon: 'till', key: 'w', right: 'read', path: '/window-desk', pages: [{ path: '/window-desk', name: 'windowDesk', page: () => import('./window-desk/WindowDeskPage.vue') }] },
  {
    name: 'shifts', group: 'money', icon: 'money', key: 'j', right: 'shifts', path: '/shifts',
    pages: [
      { path: '/shifts', name: 'shifts', page: () => import('./shifts/ShiftsPage.vue') },
      { path: '/shifts/report', name: 'shiftReport', page: () => import('./shifts/ShiftReportPage.vue') },
    ],
  },
  {
    name: 'prepayment', group: 'money', icon: 'back', key: 'y', right: 'read', path: '/prepayment',
    pages: [
      { path: '/prepayment', name: 'prepayment', page: () => import('./prepayment/PrepaymentPage.vue') },
      { path: '/prepayment/:runNo', name: 'prepaymentRun', page: () => import('./prepayment/PrepaymentRunPage.vue') },
    ],
  },
  { name: 'payouts', group: 'money', icon: 'arrow', key: 'p', right: 'read', path: '/payouts', pages: [{ path: '/payouts', name: 'payouts', page: () => import('./payouts/PayoutsPage.vue') }] },
  { name: 'arrivals', group: 'money', icon: 'inbox', key: 'd', right: 'read', path: '/arrivals', pages: [{ path: '/arrivals', name: 'arrivals', page: () => import('./arrivals/ArrivalsPage.vue') }] },
  { name: 'settlements', group: 'money', icon: 'arrow', key: 's', right: 'read', path: '/settlements', pages: [{ path: '/settlements', name: 'settlements', page: () => import('./settlements/SettlementsPage.vue') }] },
  { name: 'periods', group: 'money', icon: 'book', key: 'm', right: 'read', path: '/periods', pages: [{ path: '/periods', name: 'periods', page: () => import('./periods/PeriodsPage.vue') }] },
  { name: 'quickPay', group: 'money', icon: 'card', key: 'k', right: 'read', path: '/quick-pay', pages: [{ path: '/quick-pay', name: 'quickPay', page: () => import('./quick-pay/QuickPayPage.vue') }] },
  { name: 'forms', group: 'money', icon: 'ticket', key: 'f', right: 'read', path: '/forms', pages: [{ path: '/forms', name: 'forms', page: () => import('./forms/FormsPage.vue') }] },
  {
    name: 'merchantFlows', group: 'merchant', icon: 'list', key: 't', right: 'merchant', path: '/merchant/flows',
    pages: [
      { path: '/merchant/flows', name: 'merchantFlows', page: () => import('./merchant/FlowsPage.vue') },
      { path: '/merchant/orders/:tradeNo', name: 'merchantOrder', page: () => import('./merchant/MerchantOrderPage.vue') },
    ],
  },
  { name: 'merchantFigures', group: 'merchant', icon: 'chart', key: 'h', right: 'merchant', path: '/merchant/figures', pages: [{ path: '/merchant/figures', name: 'merchantFigures', page: () => import('./merchant/FiguresPage.vue') }] },
  { name: 'merchantFiles', group: 'merchant', icon: 'fact', key: 'f', right: 'merchant', path: '/merchant/files', pages: [{ path: '/merchant/files', name: 'merchantFiles', page: () => import('./merchant/FilesPage.vue') }] },
  { name: 'merchantSettlement', group: 'merchant', icon: 'inbox', key: 's', right: 'merchant', path: '/merchant/settlement', pages: [{ path: '/merchant/settlement', name: 'merchantSettlement', page: () => import('./merchant/MerchantSettlementPage.vue') }] },
  { name: 'merchantApi', group: 'merchant', icon: 'plug', key: 'a', right: 'merchant', path: '/merchant/api', pages: [{ path: '/merchant/api', name: 'merchantApi', page: () => import('./merchant/MerchantApiPage.vue') }] },
  { name: 'monitoring', group: 'machine', icon: 'pulse', key: 'v', right: 'readMachine', path: '/monitoring', pages: [{ path: '/monitoring', name: 'monitoring', page: () => import('./monitoring/MonitoringPage.vue') }] },
  {
    name: 'terminals', group: 'machine', icon: 'screen', key: 'z', right: 'readMachine', path: '/terminals',
    pages: [
      { path: '/terminals', name: 'terminals', page: () => import('./terminals/TerminalsPage.vue') },
      { path: '/terminals/map', name: 'terminalMap', page: () => import('./terminals/MapPage.vue') },
      { path: '/terminals/groups', name: 'terminalGroups', page: () => import('./terminals/GroupsPage.vue') },
      { path: '/terminals/configuration', name: 'terminalConfiguration', page: () => import('./terminals/ConfigurationPage.vue') },
      { path: '/terminals/notices', name: 'terminalNotices', page: () => import('./terminals/NoticesPage.vue') },
    ],
  },
  { name: 'displays', group: 'machine', icon: 'screen', key: '1', right: 'operate', path: '/displays', pages: [{ path: '/displays', name: 'displays', page: () => import('./displays/DisplaysPage.vue') }] },
  { name: 'plugins', group: 'machine', icon: 'plug', key: 'i', right: 'readMachine', path: '/plugins', pages: [{ path: '/plugins', name: 'plugins', page: () => import('./plugins/PluginsPage.vue') }] },
  { name: 'parameters', group: 'machine', icon: 'list', key: '7', right: 'readMachine', path: '/parameters', pages: [{ path: '/parameters', name: 'parameters', page: () => import('./parameters/ParametersPage.vue') }] },
  { name: 'changes', group: 'machine', icon: 'check', key: 'x', right: 'readMachine', path: '/changes', pages: [{ path: '/changes', name: 'changes', page: () => import('./changes/ChangesPage.vue') }] },
  { name: 'queue', group: 'machine', icon: 'clock', key: 'q', right: 'readMachine', path: '/queue', pages: [{ path: '/queue', name: 'queue', page: () => import('./queue/QueuePage.vue') }] },
  { name: 'hisNotices', group: 'machine', icon: 'inbox', key: 'n', right: 'read', path: '/his-notices', pages: [{ path: '/his-notices', name: 'hisNotices', page: () => import('./his-notices/HisNoticesPage.vue') }] },
  { name: 'hisDoctor', group: 'machine', icon: 'pulse', key: 'o', right: 'readMachine', path: '/his-doctor', pages: [{ path: '/his-doctor', name: 'hisDoctor', page: () => import('./his-doctor/HisDoctorPage.vue') }] },
  { name: 'tasks', group: 'machine', icon: 'clock', key: '2', right: 'readMachine', path: '/tasks', pages: [{ path: '/tasks', name: 'tasks', page: () => import('./tasks/TasksPage.vue') }] },
  { name: 'system', group: 'machine', icon: 'disk', key: '9', right: 'readMachine', path: '/system', pages: [{ path: '/system', name: 'system', page: () => import('./system/SystemPage.vue') }] },
  { name: 'dictionaries', group: 'machine', icon: 'letters', key: '3', right: 'readMachine', path: '/dictionaries', pages: [{ path: '/dictionaries', name: 'dictionaries', page: () => import('./dictionaries/DictionariesPage.vue') }] },
  {
    name: 'setup', group: 'people', icon: 'fact', key: '8', right: 'readMachine', path: '/setup',
    pages: [
      { path: '/setup', name: 'setup', page: () => import('./setup/SetupPage.vue') },
      { path: '/setup/sheet', name: 'setupSheet', page: () => import('./setup/SetupSheetPage.vue') },
    ],
  },
  { name: 'certificates', group: 'people', icon: 'key', key: '4', right: 'readMachine', path: '/certificates', pages: [{ path: '/certificates', name: 'certificates', page: () => import('./certificates/CertificatesPage.vue') }] },
  { name: 'applications', group: 'people', icon: 'plug', key: '5', right: 'readMachine', path: '/applications', pages: [{ path: '/applications', name: 'applications', page: () => import('./applications/ApplicationsPage.vue') }] },
  { name: 'audit', group: 'people', icon: 'shield', key: 'e', right: 'audit', path: '/audit', pages: [{ path: '/audit', name: 'audit', page: () => import('./audit/AuditPage.vue') }] },
  { name: 'users', group: 'people', icon: 'person', key: 'u', right: 'seeUsers', path: '/users', pages: [{ path: '/users', name: 'users', page: () => import('./users/UsersPage.vue') }] },
  { name: 'sessions', group: 'people', icon: 'door', key: '6', right: 'seeUsers', path: '/sessions', pages: [{ path: '/sessions', name: 'sessions', page: () => import('./users/SessionsPage.vue') }] },
];
