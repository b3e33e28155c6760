/** Types of the console API, written from its OpenAPI document by core/server (edges/http/console-api/write-client-types.ts). Do not edit. */
export type Account = { readonly login: string; readonly displayName: string };
export type AccountList = { readonly accounts: readonly (LedgerAccount)[]; readonly differenceFen: number };
export type AccountUntil = { readonly login: string; readonly displayName: string; readonly until: string };
export type AccountWatch = { readonly isSeparated: boolean; readonly withoutSecondFactor: readonly (AccountWithoutFactor)[]; readonly withoutRoles: readonly (Account)[]; readonly locked: readonly (AccountUntil)[]; readonly disabled: readonly (Account)[]; readonly enrolments: readonly (AccountUntil)[]; readonly refusals: SignInRefusals };
export type AccountWithoutFactor = { readonly login: string; readonly displayName: string; readonly roles: readonly ("administrator" | "systemAdministrator" | "securityAdministrator" | "finance" | "auditor" | "cashier" | "doctor" | "merchant")[]; readonly codeUntil?: string };
export type AcknowledgedAlarm = { readonly id: number; readonly acknowledgedAt: string };
export type AgreementEvent = { readonly from?: "requested" | "confirming" | "active" | "failed" | "ending" | "ended"; readonly to: "requested" | "confirming" | "active" | "failed" | "ending" | "ended"; readonly by: "confirm" | "answer" | "query" | "timer" | "unbind" | "request"; readonly cause: string; readonly at: string };
export type AlarmAcknowledgement = { readonly note: string };
export type AlarmAct = { readonly what: "raised" | "acknowledged" | "cleared"; readonly at: string; readonly who: string; readonly note: string; readonly value?: number };
export type AlarmHistory = { readonly alarms: readonly (PastAlarm)[]; readonly next?: number };
export type AlarmMute = { readonly id: number; readonly rule: string; readonly since: string; readonly until: string; readonly by: string; readonly reason: string };
export type AlarmMuteAnswer = { readonly mute: AlarmMute };
export type AlarmRule = { readonly id: string; readonly measure: "paymentsUnknown" | "paymentUnknownAge" | "confirmationAge" | "payoutsUnknown" | "casesUrgent" | "casesOverdue" | "runningDifferences" | "callbacksUndelivered" | "hisNoticesOpen" | "approvalWaiting" | "taskFailed" | "credentialsUrgent" | "credentialsSoon" | "safeMode" | "commitMilliseconds" | "moneyFileMegabytes" | "walMegabytes" | "backupAge" | "backupProofAge" | "backupLag" | "backupFailed" | "backupNotSetUp" | "queueOpen" | "queueLate" | "brokerLine" | "terminalsOffline" | "kiosksAway" | "terminalsCopied" | "terminalClocksOff" | "terminalFaults" | "printFaults" | "hisInactive" | "hisUnanswered" | "hisSlow" | "hisTurnedAway" | "hisWaiting" | "hisBreakerOpen" | "channelOut" | "channelUnanswered" | "relayLine" | "pluginFailed" | "cpuPercent" | "memoryAvailable" | "processMemory" | "eventLoopDelay" | "diskFree" | "diskStep" | "ballastReleased" | "clockJump" | "measuresMissing" | "alarmsUndelivered" | "auditUnforwarded"; readonly unit: "count" | "flag" | "seconds" | "milliseconds" | "percent" | "megabytes"; readonly severity: number; readonly titleZh: string; readonly titleEn: string; readonly repairZh: string; readonly repairEn: string; readonly page: string; readonly wrong: "above" | "below"; readonly raise: number; readonly clear: number; readonly raiseAfterSeconds: number; readonly clearAfterSeconds: number };
export type AlarmTest = { readonly delivered: boolean; readonly problem?: string };
export type ApplicationAsked = { readonly change?: Change; readonly secret?: string };
export type ApplicationList = { readonly applications: readonly (RegisteredApplication)[]; readonly permissions: readonly (string)[]; readonly merchants: readonly (string)[] };
export type ApplicationReason = { readonly reason: string };
export type ApplicationWish = { readonly title: string; readonly permissions: readonly ("read" | "pay" | "refund" | "statement" | "hospital" | "merchant")[]; readonly notifyUrl?: string; readonly reason: string };
export type Arrival = { readonly arrivalNo: string; readonly kind: "matched" | "assigned" | "overdue" | "unexpected"; readonly source: string; readonly account: string; readonly by: string; readonly reason: string; readonly at: string; readonly arrivedFen: number; readonly expectedFen: number; readonly lines: readonly (ArrivalLine)[]; readonly days: readonly (ArrivalDay)[] };
export type ArrivalAssignment = { readonly source: string; readonly lines: readonly (AssignedLine)[]; readonly days: readonly (AssignedDay)[]; readonly reason: string };
export type ArrivalDay = { readonly key: string; readonly amountFen: number };
export type ArrivalLine = { readonly bankLineNo: string; readonly day: string; readonly amountFen: number };
export type ArrivalList = { readonly expected: readonly (ExpectedArrival)[]; readonly lines: readonly (ArrivedLine)[]; readonly arrivals: readonly (Arrival)[] };
export type ArrivalRun = { readonly told: string };
export type ArrivedLine = { readonly account: string; readonly bankLineNo: string; readonly day: string; readonly at: string; readonly amountFen: number; readonly counterpartyLabel: string; readonly summary: string; readonly isHung: boolean; readonly source?: string };
export type ArrivingBundle = { readonly from: "upload" | "drive" | "mirror"; readonly name: string; readonly total: number; readonly sha256?: string; readonly arrived: number };
export type AssignedDay = { readonly key: string; readonly amountFen: number };
export type AssignedLine = { readonly bankLineNo: string; readonly amountFen: number };
export type AuditCheck = { readonly ok: boolean; readonly rows: number; readonly findings: readonly (string)[]; readonly checkedAt: string };
export type AuditCollector = { readonly id: string; readonly target: string; readonly behind: number; readonly takenSeq: number; readonly takenAt?: string; readonly waitingSeconds: number; readonly problem?: string };
export type AuditPage = { readonly rows: readonly (AuditRow)[]; readonly next?: number };
export type AuditRow = { readonly seq: number; readonly at: string; readonly who: string; readonly what: string; readonly object: string; readonly before?: string; readonly after?: string; readonly reason?: string; readonly hash: string };
export type BackupCopy = { readonly target: string; readonly verifiedAt?: string; readonly problem?: Bilingual };
export type BackupKeep = { readonly daily: number; readonly weekly: number; readonly monthly: number };
export type BackupRecipient = { readonly recipient: string; readonly shortId: string; readonly title: string; readonly isOwn: boolean };
export type BackupSet = { readonly name: string; readonly by: string; readonly begunAt: string; readonly endedAt?: string; readonly state: "running" | "good" | "failed" | "removed"; readonly bytes?: number; readonly files?: number; readonly journalSeq?: number; readonly sha256?: string; readonly copies: readonly (BackupCopy)[]; readonly problem?: Bilingual; readonly provedAt?: string; readonly proofFailedAt?: string; readonly proof?: Bilingual };
export type BackupTarget = { readonly id: string; readonly protocol: "folder" | "sftp" | "s3" | "smb" | "nfs"; readonly place: string; readonly state: "ready" | "unusable"; readonly freeBytes?: number; readonly problem?: Bilingual };
export type Badges = { readonly approvals: { readonly refunds: number; readonly payouts: number; readonly settlements: number; readonly prepayment: number; readonly transfers: number; readonly changes: number }; readonly cases: number; readonly users: number; readonly certificates: number; readonly terminals: number; readonly tasks: number; readonly alarms: number };
export type BankImport = { readonly day: string };
export type BankLine = { readonly account: string; readonly bankLineNo: string; readonly day: string; readonly direction: "in" | "out"; readonly amountFen: number; readonly balanceFen?: number; readonly at: string; readonly counterpartyLabel: string; readonly counterpartyTail: string; readonly summary: string; readonly instructionNo?: string; readonly isReturn: boolean; readonly payoutNo?: string; readonly meaning: "paid" | "returned" | "arrived" | "strange" | "nobodys" };
export type BankLineList = { readonly lines: readonly (BankLine)[]; readonly receipts: readonly (BankReceipt)[] };
export type BankReceipt = { readonly subject: string; readonly state: "awaited" | "kept" | "none" | "givenUp"; readonly tries: number; readonly receiptNo?: string; readonly mediaType?: "application/pdf" | "application/ofd" | "application/xml"; readonly bytes?: number; readonly sha256?: string; readonly keptAt?: string; readonly dueAt?: string; readonly news?: Bilingual };
export type BankStatement = { readonly account: string; readonly day: string; readonly outcome: "imported" | "notReady" | "unusable"; readonly reason: Bilingual; readonly fileSha256?: string; readonly openingFen?: number; readonly closingFen?: number; readonly lines: number; readonly at: string };
export type BankStatementList = { readonly statements: readonly (BankStatement)[] };
export type BeginExamination = { readonly card?: { readonly cardType: "visitCard" | "idCard" | "insuranceCard" | "healthCode" | "outpatientNo"; readonly cardNo: string } };
export type BeginSelfTest = { readonly channel: string; readonly method: "nativeQr" | "paymentCode"; readonly authCode?: string };
export type Bilingual = { readonly zh: string; readonly en: string };
export type BookingCheck = { readonly from: string; readonly to: string; readonly reason: string };
export type BookingCheckAnswer = { readonly orders: number };
export type BrowserTime = { readonly browserTime: string };
export type BundleArrived = { readonly arrived: number };
export type BundleTaking = { readonly file: string };
export type Campus = { readonly id: string; readonly name: string };
export type CapabilityChange = { readonly capability: string; readonly before: string; readonly after: string; readonly grows: boolean };
export type CardAgreement = { readonly agreementNo: string; readonly state: "requested" | "confirming" | "active" | "failed" | "ending" | "ended"; readonly appId: string; readonly userLabel: string; readonly channel: string; readonly bankName?: string; readonly cardKind?: "debit" | "credit"; readonly lastFour?: string; readonly requestedAt: string; readonly codeExpiresAt?: string; readonly boundAt?: string; readonly codesEntered: number; readonly news?: string; readonly events: readonly (AgreementEvent)[] };
export type CardAgreementList = { readonly agreements: readonly (CardAgreement)[] };
export type CardTerminal = { readonly channel: string; readonly terminalId: string; readonly last?: CardTerminalRun };
export type CardTerminalList = { readonly terminals: readonly (CardTerminal)[]; readonly operations: readonly (CardTerminalRun)[] };
export type CardTerminalRun = { readonly operationNo: string; readonly channel: string; readonly terminalId: string; readonly operation: "signIn" | "settle" | "reprint"; readonly state: "running" | "done" | "refused" | "notSent" | "unknown"; readonly code?: string; readonly message: string; readonly nextZh: string; readonly nextEn: string; readonly askedBy: string; readonly operatorId?: string; readonly askedAt: string; readonly endedAt?: string };
export type CardTerminalRunAnswer = { readonly operation: CardTerminalRun };
export type CardUnbinding = { readonly reason: string };
export type Case = { readonly id: number; readonly kind: "amountMismatch" | "merchantMismatch" | "secondChannelPayment" | "confirmationUnknown" | "confirmationAmount" | "paymentUnknown" | "refundLate" | "refundAbnormal" | "refundRefusedByHis" | "lateSuccessRefunded" | "unknownOrder" | "ownerNotTold" | "insuranceSplit" | "presettlementOpen" | "tillMismatch" | "cashLong" | "cashShort" | "insuranceRefundNotTold" | "dischargeUnknown" | "dischargeTransfer" | "invoiceRefused" | "bookingLost" | "prepaymentUnknown" | "prepaymentTransfer" | "hisNoticeChanged" | "hisNoticeStuck" | "statementLong" | "statementShort" | "statementAmount" | "statementStatus" | "statementUnusable" | "hisWithoutMoney" | "hisBookingMissing" | "hisBookingAmount" | "settlementDifference" | "repairsStopped" | "payoutUnknown" | "payoutLate" | "payoutReturned" | "payoutStrange" | "bankStatementUnusable" | "bankStatementGap" | "feeDiffers" | "arrivalShort" | "arrivalLong" | "channelDenies"; readonly subject: string; readonly tradeNo?: string; readonly severity: number; readonly detail: Bilingual; readonly openedAt: string; readonly resolvedAt?: string; readonly dueAt: string; readonly owner?: string; readonly isProposed?: boolean };
export type CaseAct = { readonly kind: "taken" | "noted" | "contacted" | "proposed" | "approved" | "rejected"; readonly by: string; readonly at: string; readonly text: string };
export type CaseAttachment = { readonly seq: number; readonly name: string; readonly mediaType: string; readonly bytes: number; readonly sha256: string; readonly by: string; readonly at: string };
export type CaseDecision = { readonly hash: string; readonly decision: "approve" | "reject"; readonly reason: string };
export type CaseEndProposal = { readonly way: "writeOff" | "explain"; readonly reason: string };
export type CaseNote = { readonly text: string; readonly isContact: boolean };
export type CasePage = { readonly cases: readonly (Case)[]; readonly next?: number };
export type CaseProposal = { readonly hash: string; readonly way: "writeOff" | "explain"; readonly amountFen: number; readonly reason: string; readonly by: string; readonly at: string; readonly expiresAt: string };
export type CaseWork = { readonly id: number; readonly kind: "amountMismatch" | "merchantMismatch" | "secondChannelPayment" | "confirmationUnknown" | "confirmationAmount" | "paymentUnknown" | "refundLate" | "refundAbnormal" | "refundRefusedByHis" | "lateSuccessRefunded" | "unknownOrder" | "ownerNotTold" | "insuranceSplit" | "presettlementOpen" | "tillMismatch" | "cashLong" | "cashShort" | "insuranceRefundNotTold" | "dischargeUnknown" | "dischargeTransfer" | "invoiceRefused" | "bookingLost" | "prepaymentUnknown" | "prepaymentTransfer" | "hisNoticeChanged" | "hisNoticeStuck" | "statementLong" | "statementShort" | "statementAmount" | "statementStatus" | "statementUnusable" | "hisWithoutMoney" | "hisBookingMissing" | "hisBookingAmount" | "settlementDifference" | "repairsStopped" | "payoutUnknown" | "payoutLate" | "payoutReturned" | "payoutStrange" | "bankStatementUnusable" | "bankStatementGap" | "feeDiffers" | "arrivalShort" | "arrivalLong" | "channelDenies"; readonly subject: string; readonly tradeNo?: string; readonly severity: number; readonly detail: Bilingual; readonly openedAt: string; readonly resolvedAt?: string; readonly dueAt: string; readonly state: "open" | "taken" | "proposed" | "ended"; readonly owner?: string; readonly hangingFen: number; readonly ways: readonly ("writeOff" | "explain")[]; readonly proposal?: CaseProposal; readonly attachments: readonly (CaseAttachment)[]; readonly acts: readonly (CaseAct)[] };
export type CashAct = { readonly actNo: string; readonly kind: "handOver" | "deposit" | "recount" | "reversal"; readonly shiftNo?: string; readonly slipNo?: string; readonly amountFen: number; readonly denominations?: readonly (Denomination)[]; readonly reason?: string; readonly reverses?: string; readonly by: string; readonly at: string };
export type CashActAnswer = { readonly act: CashAct };
export type CashComparison = { readonly channel: string; readonly merchantNos: readonly (string)[]; readonly state: "same" | "differs" | "inFlight" | "noBook" | "bookGone"; readonly book?: CashInAndOut; readonly ledger: CashInAndOut; readonly differenceFen?: number };
export type CashDeposit = { readonly slipNo: string; readonly amountFen: number };
export type CashInAndOut = { readonly takenIn: CountedSum; readonly paidOut: CountedSum };
export type CashInTransit = { readonly slipNo: string; readonly amountFen: number };
export type CashPosition = { readonly facesFen: readonly (number)[]; readonly vaultFen: number; readonly waiting: readonly (Shift)[]; readonly inTransit: readonly (CashInTransit)[]; readonly acts: readonly (CashAct)[] };
export type CashReversal = { readonly reason: string };
export type CashTakingOver = { readonly amountFen: number };
export type CertificateChain = { readonly chainPem: string };
export type Change = { readonly changeNo: string; readonly kind: "pluginInstall" | "pluginRollBack" | "pluginRemove" | "trustList" | "instanceStart" | "terminalPlace" | "rotationCarryOut" | "rotationTakeBack" | "application" | "applicationKey" | "configuration" | "parameter" | "liftFence" | "systemUpdate" | "systemBack"; readonly subject: string; readonly lines: readonly (ChangeLine)[]; readonly levels: 0 | 1 | 2; readonly state: "proposed" | "firstApproved" | "approved" | "refused" | "expired" | "applied" | "superseded" | "failed"; readonly hash: string; readonly contentHash: string; readonly stateHash: string; readonly reason: string; readonly proposedBy: string; readonly proposedAt: string; readonly expiresAt: string; readonly firstApprovedBy?: string; readonly decidedBy?: string; readonly decidedAt?: string; readonly endedAt?: string; readonly error?: Bilingual };
export type ChangeDecision = { readonly hash: string; readonly decision: "approve" | "refuse"; readonly reason: string };
export type ChangeDecisions = { readonly changes: readonly (ShownChange)[]; readonly decision: "approve" | "refuse"; readonly reason: string };
export type ChangeError = { readonly code: string; readonly zh: string; readonly en: string; readonly nextZh: string; readonly nextEn: string; readonly detail?: string; readonly detailZh?: string };
export type ChangeLine = { readonly name: string; readonly before?: string; readonly after?: string };
export type ChangeList = { readonly needsTwo: boolean; readonly changes: readonly (Change)[] };
export type ChangeReason = { readonly reason: string };
export type ChangeResult = { readonly changeNo: string; readonly change?: Change; readonly error?: ChangeError };
export type ChangeResults = { readonly results: readonly (ChangeResult)[] };
export type ChannelDay = { readonly channel: string; readonly isECny: boolean; readonly paidCount: number; readonly paidFen: number; readonly refundedCount: number; readonly refundedFen: number };
export type ConfigurationChange = { readonly scope: "defaults" | "group" | "terminal"; readonly scopeId: string; readonly revision: number; readonly document: unknown };
export type ConfigurationLayer = { readonly scope: "defaults" | "group" | "terminal"; readonly scopeId: string; readonly revision: number; readonly document: unknown; readonly changedAt: string; readonly changedBy: string };
export type ConfigurationLayerAnswer = { readonly layer: ConfigurationLayer };
export type ConfigurationLayers = { readonly layers: readonly (ConfigurationLayer)[] };
export type ConfigurationPreview = { readonly changes: readonly (ConfigurationValueChange)[]; readonly terminals: readonly (string)[] };
export type ConfigurationValue = { readonly path: string; readonly scope: "defaults" | "group" | "terminal"; readonly scopeId: string; readonly value: unknown; readonly below: readonly ({ readonly scope: "defaults" | "group" | "terminal"; readonly scopeId: string; readonly value: unknown })[] };
export type ConfigurationValueChange = { readonly path: string; readonly before?: unknown; readonly after?: unknown };
export type ConnectionTested = { readonly result: "answered" | "silent" | "skipped"; readonly found: string };
export type ConsoleState = { readonly hospitalName: string; readonly version: string; readonly now: string; readonly firstLogin: boolean; readonly separatedDuties: boolean; readonly passkeys: boolean; readonly fenced: boolean };
export type ContinuousBackup = { readonly everySeconds: number; readonly upTo?: string; readonly problem?: Bilingual; readonly targets: readonly (ContinuousTarget)[] };
export type ContinuousTarget = { readonly target: string; readonly upTo?: string; readonly waiting: number; readonly problem?: Bilingual };
export type CountedSum = { readonly count: number; readonly amountFen: number };
export type Credential = { readonly owner: string; readonly name: string; readonly titleZh: string; readonly titleEn: string; readonly useZh: string; readonly useEn: string; readonly holder: "ours" | "theirs"; readonly kind: "certificate" | "publicKey" | "privateKey" | "sharedSecret"; readonly serial?: string; readonly subject?: string; readonly issuer?: string; readonly notBefore?: string; readonly notAfter?: string; readonly secondsLeft?: number; readonly fingerprint?: string; readonly firstSeenAt: string; readonly lastSeenAt: string; readonly since: string; readonly present: boolean };
export type CredentialAlarm = { readonly id: number; readonly owner: string; readonly name: string; readonly kind: "expiring" | "expired" | "notYetValid" | "missing" | "unreadable" | "keyMismatch" | "serialMismatch" | "changed" | "notListed" | "expiryUnknown" | "old"; readonly severity: number; readonly thresholdDays?: number; readonly detail: Bilingual; readonly raisedAt: string; readonly resolvedAt?: string; readonly resolvedBy?: string; readonly confirmable: boolean };
export type CredentialAlarmAnswer = { readonly alarm: CredentialAlarm };
export type CredentialCheck = { readonly credentials: number; readonly raised: number; readonly resolved: number; readonly open: number };
export type CredentialEvent = { readonly at: string; readonly what: "appeared" | "replaced" | "gone" | "returned"; readonly before?: string; readonly after?: string; readonly wasRehearsed: boolean };
export type CredentialHistory = { readonly events: readonly (CredentialEvent)[] };
export type CredentialList = { readonly credentials: readonly (Credential)[]; readonly alarms: readonly (CredentialAlarm)[]; readonly alarmDays: readonly (number)[]; readonly now: string };
export type DeliveryChannel = { readonly id: string; readonly kind: "email" | "webhook" | "syslog"; readonly target: string; readonly leastSeverity: number; readonly waitingSeconds: number; readonly last?: { readonly state: "waiting" | "delivered" | "dropped"; readonly at: string; readonly attempts: number; readonly problem?: string } };
export type Denomination = { readonly faceFen: number; readonly pieces: number };
export type Dictionary = { readonly name: string; readonly entries: number; readonly loadedAt?: string; readonly ageSeconds?: number; readonly stale: boolean; readonly problem?: Bilingual };
export type DictionaryAnswer = { readonly dictionary: Dictionary };
export type DictionaryList = { readonly dictionaries: readonly (Dictionary)[] };
export type Display = { readonly id: number; readonly title: string; readonly address?: string; readonly createdAt: string; readonly createdBy: string; readonly withdrawnAt?: string; readonly lastSeenAt?: string; readonly lastAddress?: string };
export type DisplayAdded = { readonly display: Display; readonly token: string };
export type DisplayAnswer = { readonly display: Display };
export type DisplayList = { readonly displays: readonly (Display)[] };
export type Done = { readonly done: true };
export type DownloadSupport = { readonly name: string; readonly without: readonly (string)[] };
export type DriveFile = { readonly name: string; readonly bytes: number; readonly problem?: Bilingual };
export type DueTransfer = { readonly kind: "prepayment" | "discharge"; readonly subject: string; readonly owedTo: string; readonly amountFen: number; readonly since: string; readonly waiting?: HandTransfer; readonly payoutNo?: string };
export type EffectiveConfiguration = { readonly version?: number; readonly hash?: string; readonly document?: unknown; readonly values: readonly (ConfigurationValue)[] };
export type EndedAlarmMute = { readonly id: number };
export type Enrolled = { readonly login: string; readonly displayName: string; readonly operatorId?: string; readonly merchantNo?: string; readonly roles: readonly ("administrator" | "systemAdministrator" | "securityAdministrator" | "finance" | "auditor" | "cashier" | "doctor" | "merchant")[]; readonly rights: readonly ("read" | "reveal" | "readMachine" | "refund" | "proposePayout" | "approvePayout" | "approveChange" | "windowDesk" | "shifts" | "closeShift" | "cash" | "operate" | "seeUsers" | "manageUsers" | "assignRoles" | "audit" | "window" | "doctorStation" | "merchant")[]; readonly mustChangePassword: boolean; readonly entryStep?: "secondFactor" | "changePassword" | "enrolSecondFactor"; readonly hasSecondFactor: boolean; readonly csrfToken: string; readonly idleSeconds: number; readonly recoveryCodes: readonly (string)[] };
export type EnrolmentCode = { readonly enrolmentCode: string };
export type ErrorAnswer = { readonly error: { readonly code: string; readonly zh: string; readonly en: string; readonly nextZh: string; readonly nextEn: string; readonly detail?: string; readonly detailZh?: string; readonly requestId: string } };
export type ErrorList = { readonly errors: readonly (ErrorMeaning)[] };
export type ErrorMeaning = { readonly code: string; readonly httpStatus: number; readonly zh: string; readonly en: string; readonly nextZh: string; readonly nextEn: string };
export type EventSink = { readonly name: string; readonly kind: string; readonly isConnected: boolean; readonly behind: number; readonly oldestAt?: string; readonly publishedAt?: string; readonly lastProblem?: string };
export type Examination = { readonly startedAt: string; readonly by: string; readonly state: "running" | "done" | "cancelled"; readonly endedAt?: string; readonly findings: readonly (ExaminationFinding)[] };
export type ExaminationAnswer = { readonly examination?: Examination; readonly steps: readonly ("adapter" | "reach" | "clock" | "mapping" | "dictionary" | "patient" | "bills" | "dayList" | "budget" | "backlog")[] };
export type ExaminationFinding = { readonly step: "adapter" | "reach" | "clock" | "mapping" | "dictionary" | "patient" | "bills" | "dayList" | "budget" | "backlog"; readonly state: "ok" | "warning" | "failed" | "skipped"; readonly milliseconds: number; readonly found: string };
export type ExpectedArrival = { readonly source: string; readonly key: string; readonly day: string; readonly amountFen: number; readonly account: string; readonly dueOn: string; readonly state: "waiting" | "due" | "hung" | "unsettled" };
export type FeeTypeSum = { readonly business: "bill" | "registration" | "deposit" | "discharge"; readonly feeType: string; readonly count: number; readonly totalFen: number };
export type Fence = { readonly set: string; readonly takenAt: string; readonly restoredAt: string; readonly lastJournal: number };
export type FirstLogin = { readonly code: string; readonly login: string; readonly displayName: string; readonly password: string; readonly others?: { readonly system: { readonly login: string; readonly displayName: string }; readonly audit: { readonly login: string; readonly displayName: string } } };
export type FirstSession = { readonly login: string; readonly displayName: string; readonly operatorId?: string; readonly merchantNo?: string; readonly roles: readonly ("administrator" | "systemAdministrator" | "securityAdministrator" | "finance" | "auditor" | "cashier" | "doctor" | "merchant")[]; readonly rights: readonly ("read" | "reveal" | "readMachine" | "refund" | "proposePayout" | "approvePayout" | "approveChange" | "windowDesk" | "shifts" | "closeShift" | "cash" | "operate" | "seeUsers" | "manageUsers" | "assignRoles" | "audit" | "window" | "doctorStation" | "merchant")[]; readonly mustChangePassword: boolean; readonly entryStep?: "secondFactor" | "changePassword" | "enrolSecondFactor"; readonly hasSecondFactor: boolean; readonly csrfToken: string; readonly idleSeconds: number; readonly colleagues: readonly ({ readonly login: string; readonly displayName: string; readonly role: "administrator" | "systemAdministrator" | "securityAdministrator" | "finance" | "auditor" | "cashier" | "doctor" | "merchant"; readonly password: string; readonly enrolmentCode: string })[] };
export type FormBatch = { readonly batchNo: string; readonly kind: "outpatient" | "registration" | "deposit" | "inpatient"; readonly medium: "paper" | "serial"; readonly code: string; readonly firstNumber: string; readonly lastNumber: string; readonly count: number; readonly inStore: number; readonly by: string; readonly at: string };
export type FormBatchAnswer = { readonly batch: FormBatch };
export type FormBatchList = { readonly batches: readonly (FormBatch)[] };
export type FormHandOut = { readonly batchNo: string; readonly tillNo: string; readonly count: number };
export type FormNumber = { readonly runNo: string; readonly number: string; readonly state: "given" | "printed" | "void"; readonly tradeNo?: string; readonly receiptNo?: string; readonly reason?: string; readonly by: string; readonly at: string };
export type FormNumberAnswer = { readonly number: FormNumber };
export type FormNumberList = { readonly numbers: readonly (FormNumber)[] };
export type FormRegistration = { readonly kind: "outpatient" | "registration" | "deposit" | "inpatient"; readonly medium: "paper" | "serial"; readonly code: string; readonly firstNumber: string; readonly lastNumber: string };
export type FormReturn = { readonly nextNumber: string };
export type FormRun = { readonly runNo: string; readonly batchNo: string; readonly kind: "outpatient" | "registration" | "deposit" | "inpatient"; readonly medium: "paper" | "serial"; readonly code: string; readonly tillNo: string; readonly firstNumber: string; readonly lastNumber?: string; readonly nextNumber?: string; readonly left: number; readonly printed: number; readonly void: number; readonly open: number; readonly by: string; readonly at: string; readonly returnedBy?: string; readonly returnedAt?: string };
export type FormRunAnswer = { readonly run: FormRun };
export type FormRunList = { readonly runs: readonly (FormRun)[] };
export type FormVoiding = { readonly reason: string };
export type GoLive = { readonly note: string };
export type HandTransfer = { readonly transferNo: string; readonly kind: "prepayment" | "discharge"; readonly subject: string; readonly amountFen: number; readonly state: "recorded" | "confirmed" | "rejected"; readonly paidOn: string; readonly bankName: string; readonly accountLabel: string; readonly accountTail: string; readonly slipNo: string; readonly recordedBy: string; readonly recordedAt: string; readonly decidedBy?: string; readonly decidedAt?: string; readonly reason?: string };
export type HisNotice = { readonly seq: number; readonly noticeId: string; readonly adapter: string; readonly kind: "refundRequested" | "refundQueried" | "clinicStopped" | "registrationCancelled" | "checkedIn" | "invoicePrinted" | "billsChanged" | "arrears" | "medicineReady" | "visitDone" | "reportReady" | "queueCalled"; readonly noticeNo: string; readonly state: "kept" | "done" | "refused"; readonly receivedAt: string; readonly endedAt?: string; readonly repeats: number; readonly values: readonly ({ readonly name: string; readonly value: string })[]; readonly isAboutPatient: boolean; readonly news?: Bilingual; readonly error?: { readonly code: string; readonly zh: string; readonly en: string; readonly nextZh: string; readonly nextEn: string }; readonly tradeNos: readonly (string)[] };
export type HisNoticePage = { readonly notices: readonly (HisNotice)[]; readonly next?: number };
export type HospitalAccount = { readonly id: string; readonly title: string; readonly bankName: string; readonly tail: string; readonly hasLink: boolean; readonly hasReceipts: boolean };
export type Install = { readonly instance?: string; readonly contribution?: string; readonly merchantNo?: string; readonly settings?: Readonly<Record<string, unknown>>; readonly acceptsCapabilities: boolean; readonly reason: string };
export type InstallReport = { readonly id: string; readonly version: string; readonly previous?: string; readonly steps: readonly (InstallStep)[] };
export type InstallStep = { readonly step: string; readonly instance: string; readonly found: string };
export type InstallUpdate = { readonly manifestSha256: string; readonly version: string; readonly when: "now" | "window"; readonly reason: string };
export type InstalledPlugin = { readonly id: string; readonly current: PackageVersion; readonly previous?: PackageVersion; readonly instances: readonly (string)[]; readonly refused?: Bilingual };
export type InstalledPlugins = { readonly plugins: readonly (InstalledPlugin)[]; readonly trustList: TrustList; readonly merchants: readonly (string)[] };
export type InvoiceDetail = { readonly invoiceRequestNo: string; readonly amountFen: number; readonly state: "issuing" | "issued" | "flushing" | "flushed" | "refused"; readonly requestedAt: string; readonly invoiceCode?: string; readonly invoiceNo?: string; readonly checkCode?: string; readonly issuedAt?: string; readonly refundNo?: string; readonly redInvoiceCode?: string; readonly redInvoiceNo?: string; readonly lastNews?: Bilingual };
export type Journal = { readonly seq: number; readonly at: string; readonly acctDate: string; readonly bizType: string; readonly bizId: string; readonly step: string; readonly tradeNo: string; readonly causeKind: string; readonly causeId: string; readonly totalFen: number; readonly hash: string; readonly entries: readonly (LedgerEntry)[] };
export type JournalPage = { readonly journals: readonly (Journal)[]; readonly next?: number };
export type KeyRotationAsked = { readonly askedAt: string };
export type KeyedChain = { readonly chainPem: string; readonly privateKeyPem: string };
export type LastUpdate = { readonly version: string; readonly from: string; readonly outcome: "committed" | "reverted"; readonly at: string; readonly reason?: Bilingual };
export type LedgerAccount = { readonly id: number; readonly account: string; readonly code: string; readonly titleZh: string; readonly titleEn: string; readonly normal: "debit" | "credit"; readonly debitFen: number; readonly creditFen: number; readonly balanceFen: number; readonly pendingDebitFen: number; readonly pendingCreditFen: number; readonly openItems: number };
export type LedgerEntry = { readonly line: number; readonly account: string; readonly code: string; readonly titleZh: string; readonly titleEn: string; readonly side: "debit" | "credit"; readonly amountFen: number; readonly phase: "pending" | "voided" | "final"; readonly clearKey: string };
export type LockedPassword = { readonly lockNo: string; readonly appId: string; readonly userLabel: string; readonly failures: number; readonly lockedUntil: string };
export type LockedPasswordList = { readonly locked: readonly (LockedPassword)[] };
export type MachineProblem = { readonly kind: "plugin" | "terminal" | "task" | "dictionary" | "credential"; readonly id: string; readonly state: string; readonly detail?: Bilingual };
export type Merchant = { readonly merchantNo: string; readonly name: string; readonly campus: string; readonly channels: readonly (string)[] };
export type MerchantArrival = { readonly arrivalNo: string; readonly at: string; readonly kind: "matched" | "assigned" | "overdue" | "unexpected"; readonly channel: string; readonly days: readonly (string)[]; readonly expectedFen: number; readonly arrivedFen: number };
export type MerchantBatch = { readonly batchNo: string; readonly state: "proposed" | "approved" | "rejected" | "expired"; readonly proposedAt: string; readonly decidedAt?: string; readonly lines: readonly (MerchantBatchLine)[] };
export type MerchantBatchLine = { readonly channel: string; readonly day: string; readonly campus: string; readonly grossFen: number; readonly refundFen: number; readonly feeFen: number; readonly netFen: number };
export type MerchantEvent = { readonly at: string; readonly axis: "payment" | "refund" | "confirmation"; readonly subject: string; readonly to: string };
export type MerchantExpected = { readonly channel: string; readonly day: string; readonly amountFen: number; readonly dueOn: string; readonly state: "waiting" | "due" | "hung" | "unsettled" };
export type MerchantExportRequest = { readonly from: string; readonly to: string; readonly format: "csv" | "xlsx" };
export type MerchantFigure = { readonly period: string; readonly channel: string; readonly method: string; readonly paidCount: number; readonly paidFen: number; readonly refundedCount: number; readonly refundedFen: number };
export type MerchantFigures = { readonly rows: readonly (MerchantFigure)[]; readonly totals: { readonly paidCount: number; readonly paidFen: number; readonly refundedCount: number; readonly refundedFen: number }; readonly behind: number };
export type MerchantList = { readonly merchants: readonly (MerchantOnList)[] };
export type MerchantOnList = { readonly merchantNo: string; readonly name: string; readonly campus: string };
export type MerchantOrder = { readonly tradeNo: string; readonly createdAt: string; readonly patientLabel: string; readonly description: string; readonly confirmation: "none" | "toConfirm" | "confirming" | "unknown" | "confirmed" | "rejected" | "reversing" | "reversed"; readonly payments: readonly (MerchantOrderPayment)[]; readonly refunds: readonly (MerchantRefund)[]; readonly timeline: readonly (MerchantEvent)[] };
export type MerchantOrderPayment = { readonly paymentNo: string; readonly submittedAt: string; readonly channel: string; readonly method: string; readonly state: "created" | "submitted" | "paying" | "unknown" | "closing" | "succeeded" | "closed" | "failed"; readonly amountFen: number; readonly refundedFen: number; readonly refundingFen: number; readonly paidAt?: string; readonly billDay?: string; readonly channelTradeNo?: string; readonly fundingSource?: string };
export type MerchantPayment = { readonly paymentNo: string; readonly submittedAt: string; readonly channel: string; readonly method: string; readonly state: "created" | "submitted" | "paying" | "unknown" | "closing" | "succeeded" | "closed" | "failed"; readonly amountFen: number; readonly refundedFen: number; readonly refundingFen: number; readonly paidAt?: string; readonly billDay?: string; readonly channelTradeNo?: string; readonly tradeNo: string; readonly patientLabel: string; readonly description: string; readonly confirmation: "none" | "toConfirm" | "confirming" | "unknown" | "confirmed" | "rejected" | "reversing" | "reversed" };
export type MerchantPaymentPage = { readonly payments: readonly (MerchantPayment)[]; readonly next?: string };
export type MerchantRefund = { readonly refundNo: string; readonly paymentNo: string; readonly refundFen: number; readonly state: "reserved" | "approving" | "submitted" | "unknown" | "processing" | "abnormal" | "succeeded" | "closed" | "rejected"; readonly cause: "hisRejected" | "hisMismatch" | "latePayment" | "requested" | "successor" | "tenderAbandoned" | "hisRequested" | "selfTest"; readonly requestedAt: string; readonly refundedAt?: string; readonly channelRefundNo?: string };
export type MerchantSettlement = { readonly expected: readonly (MerchantExpected)[]; readonly arrivals: readonly (MerchantArrival)[]; readonly batches: readonly (MerchantBatch)[] };
export type MerchantStatementFile = { readonly day: string; readonly version: number; readonly fileName: string; readonly payments: number; readonly paymentFen: number; readonly refunds: number; readonly refundFen: number; readonly bytes: number; readonly sha256: string; readonly madeAt: string };
export type MerchantStatementList = { readonly files: readonly (MerchantStatementFile)[] };
export type MirrorBundle = { readonly file: string; readonly version: string; readonly bytes: number; readonly sha256: string };
export type MirrorLook = { readonly offered: readonly (MirrorBundle)[] };
export type MoneyOverview = { readonly day: string; readonly channels: readonly (ChannelDay)[]; readonly paidCount: number; readonly paidFen: number; readonly refundedCount: number; readonly refundedFen: number; readonly hours: readonly ({ readonly hour: number; readonly paidCount: number; readonly paidFen: number })[]; readonly unknownPayments: { readonly count: number; readonly oldest: readonly (UnknownPayment)[] }; readonly unconfirmed: { readonly count: number; readonly amountFen: number }; readonly refundsInFlight: { readonly count: number; readonly amountFen: number }; readonly cases: { readonly count: number; readonly urgent: number; readonly newest: readonly (Case)[] } };
export type Monitoring = { readonly problems: readonly (Problem)[]; readonly rules: readonly (AlarmRule)[]; readonly mutes: readonly (AlarmMute)[]; readonly readings: readonly (Reading)[]; readonly channels: readonly (DeliveryChannel)[]; readonly auditCollectors: readonly (AuditCollector)[]; readonly now: string };
export type NewAlarmMute = { readonly rule: string; readonly until: string; readonly reason: string };
export type NewApplication = { readonly id: string; readonly title: string; readonly permissions: readonly ("read" | "pay" | "refund" | "statement" | "hospital" | "merchant")[]; readonly notifyUrl?: string; readonly reason: string; readonly merchantNo?: string };
export type NewCardTerminalRun = { readonly channel: string; readonly terminalId: string; readonly operation: "signIn" | "settle" | "reprint" };
export type NewDisplay = { readonly title: string; readonly address?: string };
export type NewPasskey = { readonly ticket: string; readonly title: string; readonly answer: Readonly<Record<string, unknown>> };
export type NewSavedView = { readonly list: "orders" | "cases" | "refundApprovals" | "transactions" | "hisNotices" | "queue" | "merchantFlows" | "terminalMap"; readonly name: string; readonly filters: readonly (SavedFilter)[]; readonly isDefault: boolean };
export type NewTerminal = { readonly id: string; readonly kind: "kiosk" | "window" | "doctorStation"; readonly title: string; readonly campus?: string; readonly group?: string };
export type NewTerminalNotice = { readonly audience: string; readonly severity: "information" | "warning" | "outOfService"; readonly zh: string; readonly en?: string; readonly validFrom: string; readonly validUntil: string };
export type NewTerminalPosition = { readonly building: string; readonly floor?: string; readonly area?: string; readonly spot?: string };
export type NewTillOpening = { readonly channel: string; readonly tillNo: string; readonly amountFen: number };
export type NewUser = { readonly login: string; readonly displayName: string; readonly roles: readonly ("administrator" | "systemAdministrator" | "securityAdministrator" | "finance" | "auditor" | "cashier" | "doctor" | "merchant")[]; readonly password: string; readonly operatorId?: string; readonly merchantNo?: string };
export type NoticeWithdrawal = { readonly reason: string };
export type OpenItem = { readonly clearKey: string; readonly netFen: number; readonly pendingFen: number; readonly openedAt: string };
export type OpenItemList = { readonly items: readonly (OpenItem)[]; readonly more: boolean };
export type OrderDetail = { readonly tradeNo: string; readonly version: number; readonly createdAt: string; readonly hospitalId: string; readonly merchantId: string; readonly owner: Owner; readonly patientId: string; readonly patientLabel: string; readonly billNos: readonly (string)[]; readonly hisQuoteNo: string; readonly description: string; readonly totalFen: number; readonly fundFen: number; readonly personalAccountFen: number; readonly amountFen: number; readonly roundingFen?: number; readonly presettlementNo?: string; readonly confirmation: { readonly state: "none" | "toConfirm" | "confirming" | "unknown" | "confirmed" | "rejected" | "reversing" | "reversed"; readonly attempts: number; readonly settlementNo?: string; readonly receiptNo?: string; readonly pickupWindow?: string; readonly guide?: string; readonly confirmedAt?: string; readonly hisDay?: string; readonly receiptPrintedAt?: string }; readonly payments: readonly (PaymentDetail)[]; readonly refunds: readonly (RefundDetail)[]; readonly invoices: readonly (InvoiceDetail)[]; readonly refundableFen: number; readonly timeline: readonly (TimelineItem)[] };
export type OrderPage = { readonly orders: readonly (OrderRow)[]; readonly next?: string; readonly searchedTo?: string };
export type OrderRow = { readonly tradeNo: string; readonly createdAt: string; readonly patientLabel: string; readonly description: string; readonly amountFen: number; readonly owner: Owner; readonly confirmation: "none" | "toConfirm" | "confirming" | "unknown" | "confirmed" | "rejected" | "reversing" | "reversed"; readonly payment?: { readonly paymentNo: string; readonly channel: string; readonly method: string; readonly state: "created" | "submitted" | "paying" | "unknown" | "closing" | "succeeded" | "closed" | "failed"; readonly paidAt?: string }; readonly refundedFen: number; readonly refundingFen: number; readonly openCases: number };
export type Overview = { readonly money: MoneyOverview; readonly certificates: { readonly open: number; readonly urgent: number }; readonly alarms: { readonly open: number; readonly urgent: number }; readonly machine: { readonly terminals: { readonly online: number; readonly total: number }; readonly plugins: { readonly active: number; readonly total: number }; readonly problems: readonly (MachineProblem)[] }; readonly now: string };
export type Owner = { readonly kind: "terminal" | "application"; readonly id: string };
export type PackageSigner = { readonly keyId: string; readonly publisher: string };
export type PackageVersion = { readonly hash: string; readonly version: string; readonly publisher: string; readonly signers: readonly (string)[]; readonly since: string };
export type Parameter = { readonly key: string; readonly group: string; readonly of?: string; readonly zh: string; readonly en: string; readonly value: string; readonly isSet: boolean; readonly isSecret: boolean; readonly default?: string; readonly origin: "defaults" | "file" | "console" | "environment" | "secretFile" | "argument" | "approved" | "none"; readonly originName: string; readonly takesEffect: "restart" | "approval"; readonly next?: string; readonly schema?: Readonly<Record<string, unknown>>; readonly current?: unknown; readonly inFile?: string };
export type ParameterAsked = { readonly change?: Change };
export type ParameterGroup = { readonly id: string; readonly zh: string; readonly en: string };
export type ParameterList = { readonly isPending: boolean; readonly groups: readonly (ParameterGroup)[]; readonly parameters: readonly (Parameter)[] };
export type ParameterWish = { readonly key: string; readonly value?: unknown; readonly reason: string };
export type Passkey = { readonly id: string; readonly title: string; readonly createdAt: string; readonly lastUsedAt?: string };
export type PasskeyAnswer = { readonly passkey: Passkey };
export type PasskeyCeremony = { readonly ticket: string; readonly options: Readonly<Record<string, unknown>> };
export type PasskeySignIn = { readonly ticket: string; readonly answer: Readonly<Record<string, unknown>> };
export type PasswordChange = { readonly current: string; readonly next: string };
export type PasswordReset = { readonly password: string };
export type PasswordUnlock = { readonly reason: string };
export type PastAlarm = { readonly id: number; readonly rule: string; readonly titleZh: string; readonly titleEn: string; readonly unit: "count" | "flag" | "seconds" | "milliseconds" | "percent" | "megabytes"; readonly subject: string; readonly severity: number; readonly value: number; readonly raisedAt: string; readonly clearedAt?: string; readonly acts: readonly (AlarmAct)[] };
export type PaymentDetail = { readonly paymentNo: string; readonly channel: string; readonly merchantNo: string; readonly method: string; readonly amountFen: number; readonly state: "created" | "submitted" | "paying" | "unknown" | "closing" | "succeeded" | "closed" | "failed"; readonly submittedAt: string; readonly expiresAt: string; readonly attempts: number; readonly refundableFen: number; readonly insuranceSplit?: { readonly fundFen: number; readonly accountFen: number }; readonly channelTradeNo?: string; readonly paidAt?: string; readonly fundingSource?: string; readonly billDay?: string; readonly lastNews?: Bilingual };
export type Payout = { readonly payoutNo: string; readonly kind: "prepayment" | "discharge" | "settlement"; readonly subject: string; readonly amountFen: number; readonly fromAccount: string; readonly payeeLabel: string; readonly payeeTail: string; readonly payeeBank: string; readonly purpose: string; readonly state: "proposed" | "firstApproved" | "approved" | "rejected" | "expired" | "submitted" | "processing" | "unknown" | "succeeded" | "failed" | "returned"; readonly hash: string; readonly needsSecond: boolean; readonly proposedBy: string; readonly proposedAt: string; readonly expiresAt: string; readonly firstApprovedBy?: string; readonly decidedBy?: string; readonly decidedAt?: string; readonly submittedAt?: string; readonly paidAt?: string; readonly returnedAt?: string; readonly bankTransferNo?: string; readonly feeFen: number; readonly awaitsBankApproval: boolean; readonly mayBeGivenUp: boolean; readonly news?: Bilingual };
export type PayoutAbsence = { readonly hash: string; readonly reason: string };
export type PayoutDebt = { readonly kind: "prepayment" | "discharge"; readonly subject: string; readonly amountFen: number; readonly accountName: string; readonly accountNo: string; readonly bankName: string; readonly bankNo?: string };
export type PayoutDecision = { readonly payouts: readonly (ShownPayout)[]; readonly decision: "approve" | "reject"; readonly reason: string };
export type PayoutList = { readonly payouts: readonly (Payout)[]; readonly accounts: readonly (HospitalAccount)[]; readonly receipts: readonly (BankReceipt)[] };
export type PayoutProposal = { readonly fromAccount: string; readonly debts: readonly (PayoutDebt)[] };
export type PayoutRefused = { readonly code: string; readonly zh: string; readonly en: string; readonly nextZh: string; readonly nextEn: string; readonly detail?: string; readonly detailZh?: string };
export type PayoutResult = { readonly subject: string; readonly payout?: Payout; readonly refused?: PayoutRefused };
export type PayoutResults = { readonly results: readonly (PayoutResult)[] };
export type Period = { readonly month: string; readonly state: "open" | "proposed" | "closed"; readonly proposedBy?: string; readonly closedBy?: string; readonly closedAt?: string };
export type PeriodBlocker = { readonly code: "notOver" | "notNext" | "dayOpen" | "dayNotCompared" | "suspense"; readonly detail: Bilingual; readonly of?: PeriodBlockerDay };
export type PeriodBlockerDay = { readonly day: string; readonly comparison: string; readonly source: string; readonly state: string };
export type PeriodDecision = { readonly hash: string; readonly decision: "approve" | "reject"; readonly reason: string };
export type PeriodList = { readonly periods: readonly (Period)[] };
export type PeriodProposal = { readonly hash: string };
export type PeriodSheet = { readonly month: string; readonly state: "open" | "proposed" | "closed"; readonly proposedBy?: string; readonly closedBy?: string; readonly closedAt?: string; readonly hash: string; readonly blockers: readonly (PeriodBlocker)[]; readonly lastSeq: number; readonly lines: readonly (TrialBalanceLine)[]; readonly longFen: number; readonly shortFen: number; readonly openCases: number };
export type PlainFileRequest = { readonly reason: "patientEnquiry" | "refundOrPayout" | "bankEnquiry" | "caseWork" | "audit" | "other"; readonly note: string };
export type PluginInstance = { readonly id: string; readonly plugin: string; readonly version?: string; readonly kind?: "channel" | "hospitalAdapter" | "bankLink" | "report"; readonly state: string; readonly reason?: Bilingual; readonly since: string; readonly inFlight: number };
export type PluginInstanceAnswer = { readonly instance: PluginInstance };
export type PluginList = { readonly packages: readonly (PluginPackage)[]; readonly instances: readonly (PluginInstance)[] };
export type PluginPackage = { readonly id?: string; readonly folder: string; readonly version?: string; readonly titleZh?: string; readonly titleEn?: string; readonly refused?: Bilingual };
export type PreflightCheck = { readonly check: string; readonly subject?: string; readonly level: "good" | "look" | "stop"; readonly said: Bilingual };
export type PrepaymentLeftOut = { readonly patientId: string; readonly reason: string };
export type PrepaymentReturn = { readonly returnNo: string; readonly patientId: string; readonly amountFen: number; readonly frozenFen: number; readonly transferFen: number; readonly state: "planned" | "taking" | "unknown" | "taken" | "returned" | "refused" | "changed"; readonly shares: readonly (PrepaymentShare)[]; readonly hisReturnNo?: string; readonly news?: Bilingual };
export type PrepaymentRun = { readonly runNo: string; readonly title: string; readonly state: "proposed" | "approved" | "paused" | "rejected"; readonly hash: string; readonly proposedBy: string; readonly proposedAt: string; readonly expiresAt: string; readonly decidedBy?: string; readonly decidedAt?: string; readonly totalFen: number; readonly alongOrdersFen: number; readonly transferFen: number; readonly leftOut: readonly (PrepaymentLeftOut)[]; readonly returns: readonly (PrepaymentReturn)[] };
export type PrepaymentRunDecision = { readonly hash: string; readonly decision: "approve" | "reject"; readonly reason: string };
export type PrepaymentRunList = { readonly runs: readonly (PrepaymentRun)[] };
export type PrepaymentRunPause = { readonly wish: "pause" | "resume"; readonly reason: string };
export type PrepaymentRunProposal = { readonly title: string; readonly patientIds: readonly (string)[] };
export type PrepaymentShare = { readonly tradeNo: string; readonly refundFen: number; readonly state: "planned" | "reserved" | "refused" };
export type Problem = { readonly id: number; readonly rule: string; readonly subject: string; readonly severity: number; readonly value: number; readonly valueNow?: number; readonly raisedAt: string; readonly seconds: number; readonly acknowledgedAt?: string; readonly acknowledgedBy?: string; readonly muted: boolean };
export type ProposedChange = { readonly change: Change };
export type Queue = { readonly topics: readonly (QueueTopic)[]; readonly jobs: readonly (QueuedJob)[]; readonly sinks: readonly (EventSink)[] };
export type QueueTopic = { readonly kind: "advancePayment" | "advanceTender" | "confirmOrder" | "advanceRefund" | "tellOwner" | "advancePresettlement" | "tellInsuranceRefund" | "advanceDischarge" | "advanceInvoice" | "checkBooking" | "unlockBills" | "advancePrepaymentReturn" | "advanceNotice" | "advancePayout" | "sendStatementFile"; readonly waiting: number; readonly running: number; readonly late: number; readonly triedOften: number; readonly oldestDueAt?: string };
export type QueueWake = { readonly kind: "advancePayment" | "advanceTender" | "confirmOrder" | "advanceRefund" | "tellOwner" | "advancePresettlement" | "tellInsuranceRefund" | "advanceDischarge" | "advanceInvoice" | "checkBooking" | "unlockBills" | "advancePrepaymentReturn" | "advanceNotice" | "advancePayout" | "sendStatementFile"; readonly subject?: string };
export type QueueWoken = { readonly woken: number };
export type QueuedJob = { readonly kind: "advancePayment" | "advanceTender" | "confirmOrder" | "advanceRefund" | "tellOwner" | "advancePresettlement" | "tellInsuranceRefund" | "advanceDischarge" | "advanceInvoice" | "checkBooking" | "unlockBills" | "advancePrepaymentReturn" | "advanceNotice" | "advancePayout" | "sendStatementFile"; readonly subject: string; readonly tradeNo?: string; readonly dueAt: string; readonly since: string; readonly attempts: number; readonly isRunning: boolean };
export type Reading = { readonly measure: "paymentsUnknown" | "paymentUnknownAge" | "confirmationAge" | "payoutsUnknown" | "casesUrgent" | "casesOverdue" | "runningDifferences" | "callbacksUndelivered" | "hisNoticesOpen" | "approvalWaiting" | "taskFailed" | "credentialsUrgent" | "credentialsSoon" | "safeMode" | "commitMilliseconds" | "moneyFileMegabytes" | "walMegabytes" | "backupAge" | "backupProofAge" | "backupLag" | "backupFailed" | "backupNotSetUp" | "queueOpen" | "queueLate" | "brokerLine" | "terminalsOffline" | "kiosksAway" | "terminalsCopied" | "terminalClocksOff" | "terminalFaults" | "printFaults" | "hisInactive" | "hisUnanswered" | "hisSlow" | "hisTurnedAway" | "hisWaiting" | "hisBreakerOpen" | "channelOut" | "channelUnanswered" | "relayLine" | "pluginFailed" | "cpuPercent" | "memoryAvailable" | "processMemory" | "eventLoopDelay" | "diskFree" | "diskStep" | "ballastReleased" | "clockJump" | "measuresMissing" | "alarmsUndelivered" | "auditUnforwarded"; readonly group: "transactions" | "flows" | "database" | "queue" | "terminals" | "his" | "channels" | "host"; readonly unit: "count" | "flag" | "seconds" | "milliseconds" | "percent" | "megabytes"; readonly titleZh: string; readonly titleEn: string; readonly subject: string; readonly value: number; readonly at: string };
export type ReceivedPackage = { readonly hash: string; readonly id: string; readonly version: string; readonly titleZh: string; readonly titleEn: string; readonly publisher: string; readonly signers: readonly (PackageSigner)[]; readonly tier: "bronze" | "silver"; readonly replaces?: string; readonly capabilityChanges: readonly (CapabilityChange)[]; readonly settingsSchema: {  } };
export type ReconciliationBegun = { readonly run: ReconciliationRun; readonly isJoined: boolean };
export type ReconciliationClass = { readonly class: "ok" | "notThisDay" | "matchedAcrossDays" | "netZero" | "refundUnderway" | "foreign" | "settledByRefund" | "crossDayOurs" | "longUnknown" | "hisAhead" | "hisPending" | "longNoOrder" | "short" | "amount" | "status" | "refundTheirsOnly" | "refundOursOnly" | "duplicateTheirs" | "hisMissing" | "hisExtra" | "hisAmount" | "fee" | "bankLong" | "bankShort"; readonly ours: ReconciliationSide; readonly theirs: ReconciliationSide };
export type ReconciliationDay = { readonly comparison: "channel" | "hospital" | "settlement"; readonly source: string; readonly day: string; readonly state: "postponed" | "stopped" | "open" | "explained" | "balanced"; readonly reason: Bilingual; readonly fileSha256?: string; readonly ranAt: string; readonly runs: number; readonly openDifferences: number; readonly classes: readonly (ReconciliationClass)[]; readonly settlement?: SettlementSums; readonly upload?: ReconciliationUpload };
export type ReconciliationDayList = { readonly days: readonly (ReconciliationDay)[]; readonly uploadable: readonly (string)[]; readonly runs: readonly (ReconciliationRun)[] };
export type ReconciliationDifference = { readonly class: "notThisDay" | "matchedAcrossDays" | "netZero" | "refundUnderway" | "foreign" | "settledByRefund" | "crossDayOurs" | "longUnknown" | "hisAhead" | "hisPending" | "longNoOrder" | "short" | "amount" | "status" | "refundTheirsOnly" | "refundOursOnly" | "duplicateTheirs" | "hisMissing" | "hisExtra" | "hisAmount" | "fee" | "bankLong" | "bankShort"; readonly kind: "payment" | "refund"; readonly key: string; readonly tradeNo?: string; readonly ourFen?: number; readonly theirFen?: number; readonly ourState?: "done" | "open" | "failed"; readonly theirState?: "done" | "open" | "failed"; readonly ourAt?: string; readonly theirAt?: string; readonly foundAt: string; readonly settledAt?: string; readonly settledHow?: string };
export type ReconciliationDifferenceList = { readonly differences: readonly (ReconciliationDifference)[]; readonly total: number };
export type ReconciliationRun = { readonly id: string; readonly day: string; readonly by: string; readonly state: "waiting" | "running" | "done" | "failed" | "cancelled"; readonly startedAt: string; readonly endedAt?: string; readonly share?: number; readonly step?: string; readonly problem?: Bilingual; readonly mayCancel: boolean; readonly isCancelling?: boolean };
export type ReconciliationSide = { readonly payments: number; readonly paymentFen: number; readonly refunds: number; readonly refundFen: number };
export type ReconciliationUpload = { readonly fileName: string; readonly by: string; readonly at: string };
export type RecoveryCodes = { readonly recoveryCodes: readonly (string)[] };
export type RefundAccepted = { readonly refundNo?: string; readonly refundFen: number; readonly state?: "reserved" | "approving" | "submitted" | "unknown" | "processing" | "abnormal" | "succeeded" | "closed" | "rejected"; readonly approval?: RefundApproval };
export type RefundApproval = { readonly approvalNo: string; readonly tradeNo: string; readonly refundFen: number; readonly reason: string; readonly operatorId?: string; readonly levels: number; readonly state: "proposed" | "firstApproved" | "approved" | "rejected" | "expired"; readonly hash: string; readonly proposedBy: string; readonly proposedAt: string; readonly expiresAt: string; readonly firstApprovedBy?: string; readonly decidedBy?: string; readonly decidedAt?: string; readonly refundNo?: string };
export type RefundApprovalDecision = { readonly hash: string; readonly decision: "approve" | "reject"; readonly reason: string };
export type RefundApprovalList = { readonly approvals: readonly (RefundApproval)[] };
export type RefundDetail = { readonly refundNo: string; readonly paymentNo: string; readonly refundFen: number; readonly state: "reserved" | "approving" | "submitted" | "unknown" | "processing" | "abnormal" | "succeeded" | "closed" | "rejected"; readonly cause: "hisRejected" | "hisMismatch" | "latePayment" | "requested" | "successor" | "tenderAbandoned" | "hisRequested" | "selfTest"; readonly reason: string; readonly requestedBy: string; readonly requestedAt: string; readonly needsHisApproval: boolean; readonly attempts: number; readonly hisRefundNo?: string; readonly channelRefundNo?: string; readonly refundedAt?: string; readonly replaces?: string; readonly lastNews?: Bilingual };
export type RefundRequest = { readonly refundFen?: number; readonly reason: string; readonly operatorId?: string };
export type RegisteredApplication = { readonly id: string; readonly title: string; readonly status: "active" | "disabled"; readonly notifyUrl?: string; readonly merchantNo?: string; readonly permissions: readonly (string)[]; readonly createdAt?: string };
export type Rehearsal = { readonly instance: string; readonly changes: readonly (SettingChange)[] };
export type RehearsalStep = { readonly step: "start" | "list" | "pairing" | "validity" | "overlap" | "quickRun" | "connection"; readonly result: "passed" | "warning" | "failed" | "skipped"; readonly found: readonly (Bilingual)[] };
export type RemovedPlugin = { readonly instances: readonly (string)[] };
export type Report = { readonly id: string; readonly group: "management" | "finance"; readonly title: Bilingual; readonly note?: Bilingual; readonly splits: readonly ("channel" | "method" | "business" | "feeType" | "terminal" | "campus" | "operator" | "merchant")[]; readonly units: readonly ("day" | "week" | "month" | "year")[]; readonly byChannel: boolean; readonly byMethod: boolean; readonly mostDays: { readonly screen: number; readonly export: number }; readonly isPaged: boolean; readonly columns: readonly (ReportColumn)[] };
export type ReportColumn = { readonly zh: string; readonly en: string; readonly kind: "text" | "word" | "fen" | "count" | "percent" | "day" | "time"; readonly words?: readonly (ReportWord)[]; readonly absent?: Bilingual };
export type ReportExport = { readonly id: string; readonly report: string; readonly title: Bilingual; readonly format: "csv" | "xlsx"; readonly from: string; readonly to: string; readonly at: string; readonly state: "waiting" | "running" | "done" | "failed" | "cancelled"; readonly rows: number; readonly share: number; readonly expiresAt: string; readonly fileName: string; readonly bytes?: number; readonly sha256?: string; readonly problem?: Bilingual };
export type ReportExportAnswer = { readonly export: ReportExport };
export type ReportExportList = { readonly exports: readonly (ReportExport)[] };
export type ReportExportRequest = { readonly report: string; readonly format: "csv" | "xlsx"; readonly from: string; readonly to: string; readonly by?: "channel" | "method" | "business" | "feeType" | "terminal" | "campus" | "operator" | "merchant"; readonly unit?: "day" | "week" | "month" | "year"; readonly channel?: string; readonly method?: string };
export type ReportField = { readonly name: string; readonly text?: string; readonly amountFen?: number };
export type ReportItem = { readonly name: string; readonly amountFen: number };
export type ReportList = { readonly reports: readonly (Report)[] };
export type ReportOpenItem = { readonly kind: "payment" | "refund"; readonly number: string; readonly method: string; readonly amountFen: number };
export type ReportRows = { readonly rows: readonly (readonly (string | number)[])[]; readonly totals?: readonly (string | number)[]; readonly next?: string; readonly behind: number };
export type ReportWord = { readonly code: string; readonly zh: string; readonly en: string };
export type RevealRequest = { readonly kind: "order" | "prepaymentReturn" | "transfer" | "payout" | "cardAgreement" | "case" | "hisNotice"; readonly id: string; readonly fields: readonly ("patientId" | "inpatientNo" | "visitId" | "accountName" | "accountNo" | "userId" | "notes" | "message")[]; readonly reason: "patientEnquiry" | "refundOrPayout" | "bankEnquiry" | "caseWork" | "audit" | "other"; readonly note: string };
export type Revealed = { readonly values: readonly (RevealedValue)[] };
export type RevealedValue = { readonly field: "patientId" | "inpatientNo" | "visitId" | "accountName" | "accountNo" | "userId" | "notes" | "message"; readonly value: string };
export type Revocation = { readonly reason: string };
export type RotatableSetting = { readonly path: string; readonly titleZh: string; readonly titleEn: string; readonly secret: boolean; readonly choices: readonly (string)[]; readonly long: boolean };
export type Rotation = { readonly id: number; readonly instance: string; readonly state: "failed" | "passed" | "active" | "takenBack" | "outdated"; readonly changedPaths: readonly (string)[]; readonly steps: readonly (RehearsalStep)[]; readonly rehearsedAt: string; readonly rehearsedBy: string; readonly carriedOutAt?: string; readonly carriedOutBy?: string; readonly takenBackAt?: string; readonly carriesOut: "byCall" | "inConfigurationFile" };
export type RotationAnswer = { readonly rotation: Rotation };
export type RotationList = { readonly subjects: readonly (RotationSubject)[]; readonly rotations: readonly (Rotation)[] };
export type RotationSubject = { readonly instance: string; readonly plugin: string; readonly origin: "configured" | "installed"; readonly settings: readonly (RotatableSetting)[] };
export type RunningCheck = { readonly comparison: "channel" | "hospital"; readonly source: string; readonly day: string; readonly at: string; readonly ours: ReconciliationSide; readonly theirs: ReconciliationSide; readonly unknownPayments: number; readonly unknownFen: number; readonly found: number; readonly standing: number; readonly differences: readonly (RunningDifference)[] };
export type RunningCheckList = { readonly checks: readonly (RunningCheck)[] };
export type RunningDifference = { readonly class: "notThisDay" | "matchedAcrossDays" | "netZero" | "refundUnderway" | "foreign" | "settledByRefund" | "crossDayOurs" | "longUnknown" | "hisAhead" | "hisPending" | "longNoOrder" | "short" | "amount" | "status" | "refundTheirsOnly" | "refundOursOnly" | "duplicateTheirs" | "hisMissing" | "hisExtra" | "hisAmount" | "fee" | "bankLong" | "bankShort"; readonly kind: "payment" | "refund"; readonly key: string; readonly tradeNo?: string; readonly ourFen?: number; readonly theirFen?: number; readonly ourState?: "done" | "open" | "failed"; readonly theirState?: "done" | "open" | "failed"; readonly at: string; readonly since: string; readonly runs: number };
export type RunningShift = { readonly tillNo: string; readonly ordinal: number; readonly openedAt: string; readonly figures: ShiftFigures; readonly unclearOpenings: readonly (UnclearOpening)[] };
export type RunningShiftList = { readonly facesFen: readonly (number)[]; readonly shifts: readonly (RunningShift)[] };
export type SavedFilter = { readonly field: string; readonly value: string };
export type SavedView = { readonly id: number; readonly list: "orders" | "cases" | "refundApprovals" | "transactions" | "hisNotices" | "queue" | "merchantFlows" | "terminalMap"; readonly name: string; readonly filters: readonly (SavedFilter)[]; readonly isDefault: boolean; readonly sharedWith?: "administrator" | "systemAdministrator" | "securityAdministrator" | "finance" | "auditor" | "cashier" | "doctor" | "merchant" | "everybody" };
export type SavedViewAnswer = { readonly view: SavedView };
export type SavedViewChange = { readonly name?: string; readonly filters?: readonly (SavedFilter)[]; readonly isDefault?: boolean };
export type SavedViewList = { readonly views: readonly (SavedView)[]; readonly shared: readonly (SharedView)[] };
export type SavedViewOwner = { readonly login: string; readonly displayName: string };
export type SavedViewShare = { readonly with: "administrator" | "systemAdministrator" | "securityAdministrator" | "finance" | "auditor" | "cashier" | "doctor" | "merchant" | "everybody" };
export type SecondFactorCode = { readonly code: string };
export type SecondFactorOffer = { readonly secret: string; readonly uri: string };
export type SecondFactorOfferRequest = { readonly enrolmentCode?: string };
export type SecondFactorStatus = { readonly since?: string; readonly recoveryCodesLeft: number; readonly isRequired: boolean; readonly needsEnrolmentCode: boolean; readonly passkeysOffered: boolean; readonly passkeys: readonly (Passkey)[] };
export type SelfTest = { readonly tradeNo: string; readonly channel: string; readonly begunAt: string; readonly stage: "paying" | "confirming" | "unpaid" | "refunding" | "refundBlocked" | "done"; readonly payment: SelfTestPayment; readonly refund?: SelfTestRefund; readonly journals: readonly (SelfTestJournal)[] };
export type SelfTestJournal = { readonly seq: number; readonly at: string; readonly bizType: string; readonly step: string; readonly totalFen: number };
export type SelfTestPayment = { readonly paymentNo: string; readonly method: "nativeQr" | "jsapi" | "miniProgram" | "h5" | "app" | "paymentCode" | "webPage" | "bankCard" | "cash" | "medicalInsurance" | "quickPay"; readonly amountFen: number; readonly state: "created" | "submitted" | "paying" | "unknown" | "closing" | "succeeded" | "closed" | "failed"; readonly presentation?: { readonly kind: "qr"; readonly content: string } | { readonly kind: "redirect"; readonly url: string } | { readonly kind: "form"; readonly url: string; readonly fields: Readonly<Record<string, string>> } | { readonly kind: "invoke"; readonly parameters: Readonly<Record<string, string>> } | { readonly kind: "smsCode" } | { readonly kind: "none" }; readonly expiresAt: string; readonly channelTradeNo?: string; readonly paidAt?: string };
export type SelfTestRefund = { readonly refundNo: string; readonly refundFen: number; readonly state: "reserved" | "approving" | "submitted" | "unknown" | "processing" | "abnormal" | "succeeded" | "closed" | "rejected"; readonly requestedAt: string; readonly refundedAt?: string };
export type ServedCertificate = { readonly title: string; readonly file: string; readonly problem?: "missing" | "keyMismatch"; readonly subject?: string; readonly names: readonly (string)[]; readonly notBefore?: string; readonly notAfter?: string };
export type ServedFacts = { readonly subject: string; readonly issuer: string; readonly names: readonly (string)[]; readonly fingerprint: string; readonly notBefore: string; readonly notAfter: string };
export type ServerCertificate = { readonly on: boolean; readonly names: readonly (string)[]; readonly source: "applianceAuthority" | "hospitalPki" | "uploaded"; readonly served?: ServedFacts; readonly root?: ServedFacts; readonly problem?: Bilingual; readonly pendingRequest?: string };
export type Session = { readonly login: string; readonly displayName: string; readonly operatorId?: string; readonly merchantNo?: string; readonly roles: readonly ("administrator" | "systemAdministrator" | "securityAdministrator" | "finance" | "auditor" | "cashier" | "doctor" | "merchant")[]; readonly rights: readonly ("read" | "reveal" | "readMachine" | "refund" | "proposePayout" | "approvePayout" | "approveChange" | "windowDesk" | "shifts" | "closeShift" | "cash" | "operate" | "seeUsers" | "manageUsers" | "assignRoles" | "audit" | "window" | "doctorStation" | "merchant")[]; readonly mustChangePassword: boolean; readonly entryStep?: "secondFactor" | "changePassword" | "enrolSecondFactor"; readonly hasSecondFactor: boolean; readonly csrfToken: string; readonly idleSeconds: number };
export type SessionList = { readonly sessions: readonly (UserSession)[] };
export type SettingChange = { readonly path: string; readonly value?: string };
export type SettlementBatch = { readonly batchNo: string; readonly state: "proposed" | "approved" | "rejected" | "expired"; readonly hash: string; readonly proposedBy: string; readonly proposedAt: string; readonly expiresAt: string; readonly decidedBy?: string; readonly decidedAt?: string; readonly lines: readonly (SettlementLine)[]; readonly moves: readonly (SettlementMove)[] };
export type SettlementBatchList = { readonly batches: readonly (SettlementBatch)[] };
export type SettlementDecision = { readonly hash: string; readonly decision: "approve" | "reject"; readonly reason: string };
export type SettlementDraft = { readonly lines: readonly (SettlementLine)[]; readonly moves: readonly (SettlementMove)[]; readonly hash: string };
export type SettlementLine = { readonly source: string; readonly day: string; readonly account: string; readonly campus: string; readonly grossFen: number; readonly refundFen: number; readonly feeFen: number; readonly payments: number; readonly refunds: number };
export type SettlementMove = { readonly fromAccount: string; readonly toAccount: string; readonly amountFen: number; readonly payoutNo?: string; readonly payoutState?: string };
export type SettlementPayout = { readonly requestKey: string; readonly fromAccount: string; readonly toAccount: string; readonly amountFen: number; readonly purpose: string };
export type SettlementProposal = { readonly hash: string };
export type SettlementSums = { readonly paymentFen: number; readonly refundFen: number; readonly feeFen: number; readonly netFen: number; readonly withdrawnFen: number };
export type Setup = { readonly now: string; readonly timeZone: string; readonly settled: number; readonly steps: readonly (SetupStep)[]; readonly certificates: readonly (ServedCertificate)[]; readonly channels: readonly (SetupChannel)[]; readonly selfTests: readonly (SelfTest)[]; readonly events: readonly (SetupEvent)[] };
export type SetupChannel = { readonly id: string; readonly plugin: string; readonly state: string; readonly reason?: Bilingual; readonly merchantNo?: string; readonly selfTestMethods: readonly ("nativeQr" | "paymentCode")[]; readonly canRefund: boolean };
export type SetupEvent = { readonly id: number; readonly step: "administrators" | "clock" | "certificates" | "his" | "channel" | "terminal" | "goLive"; readonly kind: "skipped" | "resumed" | "measured" | "examined" | "connectionTested" | "wentLive"; readonly at: string; readonly by: string; readonly reason?: string; readonly detail: Readonly<Record<string, string>> };
export type SetupStep = { readonly step: "administrators" | "clock" | "certificates" | "his" | "channel" | "terminal" | "goLive"; readonly state: "done" | "open" | "attention" | "skipped"; readonly finding: "administratorsEnough" | "administratorAlone" | "dutyMissing" | "passwordsToChange" | "clockNotMeasured" | "clockRight" | "clockOff" | "clockHisUnknown" | "certificatesNone" | "certificatesGood" | "certificateMissing" | "certificateKeyMismatch" | "certificateExpired" | "certificateExpiring" | "hisNotExamined" | "hisInactive" | "hisExamining" | "hisInUse" | "hisWell" | "hisWarning" | "hisFailed" | "channelNone" | "channelNotTested" | "selfTestPaying" | "selfTestConfirming" | "selfTestRefunding" | "selfTestRefundBlocked" | "selfTestUnpaid" | "selfTestDone" | "channelInUse" | "terminalNone" | "terminalWaiting" | "terminalNeverSeen" | "terminalAway" | "terminalOnline" | "goLiveBlocked" | "goLiveReady" | "wentLive"; readonly values: Readonly<Record<string, string>>; readonly skipped?: SkippedStep };
export type SharedView = { readonly id: number; readonly list: "orders" | "cases" | "refundApprovals" | "transactions" | "hisNotices" | "queue" | "merchantFlows" | "terminalMap"; readonly name: string; readonly filters: readonly (SavedFilter)[]; readonly sharedWith: "administrator" | "systemAdministrator" | "securityAdministrator" | "finance" | "auditor" | "cashier" | "doctor" | "merchant" | "everybody"; readonly owner: SavedViewOwner };
export type SharedViewList = { readonly shared: readonly (SharedView)[] };
export type Shift = { readonly shiftNo: string; readonly tillNo: string; readonly ordinal: number; readonly openedAt: string; readonly closedAt: string; readonly closedBy: string; readonly operatorId?: string; readonly figures: ShiftFigures; readonly denominations: readonly (Denomination)[]; readonly countedFen: number; readonly standingCountFen: number; readonly differenceFen: number; readonly handedFen: number; readonly takenOverBy?: string; readonly hash: string; readonly acts: readonly (CashAct)[] };
export type ShiftAnswer = { readonly shift: Shift };
export type ShiftBills = { readonly count: number; readonly totalFen: number; readonly fundFen: number; readonly personalAccountFen: number; readonly paidFen: number; readonly roundingFen?: number; readonly feeTypes: readonly (FeeTypeSum)[] };
export type ShiftClosing = { readonly tillNo: string; readonly denominations: readonly (Denomination)[]; readonly expectedFen: number };
export type ShiftFigures = { readonly tenders: readonly (ShiftTender)[]; readonly bills: ShiftBills; readonly depositsRefunded: ShiftSum; readonly receipts: ShiftReceipts; readonly changeMoney: ShiftSum; readonly cashFen: number; readonly expectedFen: number; readonly open: readonly (ShiftOpenItem)[] };
export type ShiftOpenItem = { readonly kind: "payment" | "refund"; readonly number: string; readonly tradeNo: string; readonly channel: string; readonly method: "nativeQr" | "jsapi" | "miniProgram" | "h5" | "app" | "paymentCode" | "webPage" | "bankCard" | "cash" | "medicalInsurance" | "quickPay"; readonly amountFen: number; readonly state: string };
export type ShiftPage = { readonly shifts: readonly (Shift)[]; readonly next?: number };
export type ShiftReceipts = { readonly receiptNos: readonly (string)[]; readonly refundedReceiptNos: readonly (string)[] };
export type ShiftRecount = { readonly denominations: readonly (Denomination)[]; readonly reason: string };
export type ShiftReport = { readonly hospitalName: string; readonly tillNo: string; readonly cashier: string; readonly from: string; readonly until: string; readonly shiftNos: readonly (string)[]; readonly hashes: readonly (string)[]; readonly items: readonly (ReportItem)[]; readonly layoutA: readonly (ReportField)[]; readonly layoutB: readonly (ReportField)[]; readonly denominations: readonly (Denomination)[]; readonly open: readonly (ReportOpenItem)[] };
export type ShiftSum = { readonly count: number; readonly amountFen: number };
export type ShiftSumOfEarlier = { readonly count: number; readonly amountFen: number };
export type ShiftTender = { readonly channel: string; readonly method: "nativeQr" | "jsapi" | "miniProgram" | "h5" | "app" | "paymentCode" | "webPage" | "bankCard" | "cash" | "medicalInsurance" | "quickPay"; readonly isECny: boolean; readonly taken: ShiftSum; readonly refunded: ShiftSum; readonly refundedOfEarlier: ShiftSumOfEarlier; readonly fundFen: number; readonly accountFen: number };
export type ShownChange = { readonly changeNo: string; readonly hash: string };
export type ShownCode = { readonly code: string };
export type ShownPayout = { readonly payoutNo: string; readonly hash: string };
export type Sighting = { readonly boot?: string; readonly machine?: string; readonly address?: string; readonly software?: string; readonly seq: number; readonly at: string };
export type SignIn = { readonly login: string; readonly password: string };
export type SignInRefusal = { readonly login?: string; readonly from?: string; readonly reason: "noSuchLogin" | "wrongPassword" | "wrongSecondFactor" | "locked" | "other"; readonly count: number; readonly lastAt: string };
export type SignInRefusals = { readonly since: string; readonly count: number; readonly isWhole: boolean; readonly rows: readonly (SignInRefusal)[] };
export type SkipStep = { readonly reason: string };
export type SkippedStep = { readonly at: string; readonly by: string; readonly reason: string };
export type StatementDelivery = { readonly application: string; readonly what: "notice" | "file"; readonly attempts: number; readonly lastProblem?: Bilingual; readonly deliveredAt?: string };
export type StatementFile = { readonly id: number; readonly day: string; readonly version: number; readonly scope: "application" | "hospital" | "merchant"; readonly appId: string; readonly fileName: string; readonly payments: number; readonly paymentFen: number; readonly refunds: number; readonly refundFen: number; readonly bytes: number; readonly sha256: string; readonly madeAt: string; readonly delivery?: StatementDelivery };
export type StatementFileList = { readonly files: readonly (StatementFile)[] };
export type Support = { readonly isCollecting: boolean; readonly problem?: Bilingual; readonly bundle?: SupportBundle };
export type SupportBundle = { readonly name: string; readonly collectedAt: string; readonly endsAt: string; readonly bytes: number; readonly files: readonly (SupportFile)[]; readonly problems: readonly (SupportProblem)[]; readonly verdicts: readonly (SupportVerdict)[] };
export type SupportFile = { readonly path: string; readonly bytes: number; readonly mayStay: boolean; readonly redactions: readonly (SupportRedaction)[] };
export type SupportProblem = { readonly collector: string; readonly said: Bilingual };
export type SupportRedaction = { readonly type: "card" | "idNumber" | "phone" | "name" | "patientNumber" | "personal" | "key" | "secret"; readonly count: number };
export type SupportVerdict = { readonly check: string; readonly level: "wrong" | "attention" | "unknown" | "fine"; readonly said: Bilingual; readonly next?: Bilingual };
export type System = { readonly now: string; readonly timeZone: string; readonly version: string; readonly runtime: string; readonly hostName: string; readonly startedAt: string; readonly dataFolder: string; readonly freeBytes?: number; readonly disk: SystemDisk; readonly databases: readonly (SystemDatabase)[]; readonly checks: readonly (SystemCheck)[]; readonly targets: readonly (BackupTarget)[]; readonly recipients: readonly (BackupRecipient)[]; readonly keep: BackupKeep; readonly isSetUp: boolean; readonly lastGoodAt?: string; readonly lastProvedAt?: string; readonly sets: readonly (BackupSet)[]; readonly continuous?: ContinuousBackup; readonly fence?: Fence };
export type SystemCheck = { readonly task: string; readonly state: string; readonly at?: string; readonly result?: Bilingual };
export type SystemDatabase = { readonly name: string; readonly bytes: number; readonly schema?: string; readonly migrations: number };
export type SystemDisk = { readonly step: "ample" | "scarce" | "clearing" | "refusing" | "unreadable"; readonly freeBytes?: number; readonly usedPercent?: number; readonly ballast: "none" | "kept" | "released"; readonly ballastBytes: number };
export type SystemSlot = { readonly slot: "a" | "b"; readonly state: "good" | "trying" | "failed" | "empty"; readonly isRunning: boolean; readonly triesLeft?: number; readonly version?: string };
export type SystemUpdate = { readonly isAppliance: boolean; readonly version?: string; readonly isTrying: boolean; readonly slots: readonly (SystemSlot)[]; readonly pendingVersion?: string; readonly last?: LastUpdate; readonly problem?: Bilingual; readonly mirror?: UpdateMirror; readonly isTaking: boolean; readonly arriving?: ArrivingBundle; readonly bundle?: UpdateBundle; readonly chunkBytes: number; readonly windowFrom: string; readonly windowTo: string };
export type TakeFromDrive = { readonly file: string };
export type TakeFromMirror = { readonly file: string; readonly sha256: string };
export type Task = { readonly name: string; readonly rule: string; readonly missed: "runOnce" | "skip"; readonly enabled: boolean; readonly running: boolean; readonly next?: string; readonly last?: TaskRun };
export type TaskChange = { readonly enabled: boolean };
export type TaskList = { readonly tasks: readonly (Task)[] };
export type TaskRun = { readonly id: number; readonly fireTime: string; readonly state: "running" | "succeeded" | "failed" | "missed" | "overlapped" | "interrupted"; readonly cause: "rule" | "catchUp" | "person"; readonly startedAt?: string; readonly finishedAt?: string; readonly result?: Bilingual };
export type TaskRunList = { readonly runs: readonly (TaskRun)[] };
export type Terminal = { readonly id: string; readonly kind: string; readonly title: string; readonly campus?: string; readonly group?: string; readonly status: "unclaimed" | "active" | "disabled"; readonly online: boolean; readonly since?: string; readonly lastSeenAt?: string; readonly address?: string; readonly software?: string; readonly machine?: string; readonly reportedAt?: string; readonly clockSkewMs?: number; readonly keySince?: string; readonly rotation: "none" | "asked" | "overlap"; readonly configuration: TerminalConfigurationState; readonly faults: readonly (TerminalFault)[]; readonly alarms: readonly (TerminalAlarm)[] };
export type TerminalAlarm = { readonly id: number; readonly terminal: string; readonly kind: "cloned" | "machineChanged" | "retiredKey" | "clockSkew"; readonly severity: number; readonly detail: Bilingual; readonly sightings: readonly (Sighting)[]; readonly raisedAt: string; readonly lastSeenAt: string; readonly resolvedAt?: string; readonly resolvedBy?: string; readonly answerable: boolean };
export type TerminalAlarmAnswer = { readonly alarm: TerminalAlarm };
export type TerminalAlarmList = { readonly alarms: readonly (TerminalAlarm)[] };
export type TerminalApproval = { readonly code: string; readonly id: string; readonly kind: "kiosk" | "window" | "doctorStation"; readonly title: string; readonly campus?: string; readonly group?: string; readonly replaces?: boolean };
export type TerminalClaim = { readonly id: string; readonly code: string; readonly expiresAt: string };
export type TerminalConfigurationState = { readonly state: "none" | "current" | "behind" | "failed"; readonly desiredVersion?: number; readonly reportedVersion?: number; readonly error?: string; readonly reportedAt?: string };
export type TerminalFault = { readonly id: number; readonly component: "printer" | "cardDispenser" | "cardReader" | "idReader" | "insuranceReader" | "scanner" | "pinPad" | "cashBox" | "camera" | "screen" | "network" | "application"; readonly code: string; readonly level: "critical" | "warning" | "notice"; readonly detail?: string; readonly raisedAt: string; readonly clearedAt?: string; readonly zh?: string; readonly en?: string; readonly nextZh?: string; readonly nextEn?: string };
export type TerminalFaultHistory = { readonly faults: readonly (TerminalFault)[] };
export type TerminalGroup = { readonly id: string; readonly title: string };
export type TerminalGroupAnswer = { readonly group: TerminalGroup };
export type TerminalGroupList = { readonly groups: readonly (TerminalGroup)[] };
export type TerminalGroupTitle = { readonly title: string };
export type TerminalList = { readonly terminals: readonly (Terminal)[]; readonly campuses: readonly (Campus)[]; readonly groups: readonly (TerminalGroup)[]; readonly now: string };
export type TerminalMoved = { readonly reason: string };
export type TerminalNotice = { readonly noticeId: string; readonly audience: string; readonly severity: "information" | "warning" | "outOfService"; readonly zh: string; readonly en?: string; readonly validFrom: string; readonly validUntil: string; readonly createdAt: string; readonly createdBy: string; readonly withdrawnAt?: string; readonly withdrawnBy?: string; readonly state: "planned" | "shown" | "over" | "withdrawn" };
export type TerminalNoticeAnswer = { readonly notice: TerminalNotice };
export type TerminalNoticeList = { readonly notices: readonly (TerminalNotice)[] };
export type TerminalPlace = { readonly title: string; readonly campus?: string; readonly group?: string; readonly reason?: string };
export type TerminalPosition = { readonly terminal: string; readonly building?: string; readonly floor?: string; readonly area?: string; readonly spot?: string };
export type TerminalPositionChange = { readonly terminals: readonly (string)[]; readonly position?: NewTerminalPosition };
export type TerminalPositionList = { readonly positions: readonly (TerminalPosition)[] };
export type TerminalRejection = { readonly claimId: string; readonly reason: string };
export type TillDay = { readonly channel: string; readonly tillNo: string; readonly day: string; readonly openings: CountedSum; readonly takenIn: CountedSum; readonly paidOut: CountedSum; readonly balanceFen: number };
export type TillDays = { readonly day: string; readonly tills: readonly (TillDay)[]; readonly comparisons: readonly (CashComparison)[]; readonly unclearOpenings: readonly (TillOpening)[]; readonly channels: readonly (string)[] };
export type TillOpening = { readonly openingNo: string; readonly channel: string; readonly tillNo: string; readonly amountFen: number; readonly state: "requested" | "opened" | "contradicts" | "unknown"; readonly message: string; readonly askedBy: string; readonly operatorId?: string; readonly openedAt: string };
export type TillOpeningAnswer = { readonly opening: TillOpening };
export type TimelineCase = { readonly kind: "case"; readonly at: string; readonly what: "opened" | "resolved"; readonly caseKind: "amountMismatch" | "merchantMismatch" | "secondChannelPayment" | "confirmationUnknown" | "confirmationAmount" | "paymentUnknown" | "refundLate" | "refundAbnormal" | "refundRefusedByHis" | "lateSuccessRefunded" | "unknownOrder" | "ownerNotTold" | "insuranceSplit" | "presettlementOpen" | "tillMismatch" | "cashLong" | "cashShort" | "insuranceRefundNotTold" | "dischargeUnknown" | "dischargeTransfer" | "invoiceRefused" | "bookingLost" | "prepaymentUnknown" | "prepaymentTransfer" | "hisNoticeChanged" | "hisNoticeStuck" | "statementLong" | "statementShort" | "statementAmount" | "statementStatus" | "statementUnusable" | "hisWithoutMoney" | "hisBookingMissing" | "hisBookingAmount" | "settlementDifference" | "repairsStopped" | "payoutUnknown" | "payoutLate" | "payoutReturned" | "payoutStrange" | "bankStatementUnusable" | "bankStatementGap" | "feeDiffers" | "arrivalShort" | "arrivalLong" | "channelDenies"; readonly subject: string; readonly severity: number; readonly detail: Bilingual };
export type TimelineEvent = { readonly kind: "event"; readonly at: string; readonly axis: "payment" | "confirmation" | "refund" | "presettlement" | "discharge" | "invoice"; readonly subject: string; readonly from?: string; readonly to: string; readonly trigger: string; readonly causeKind: string; readonly causeId: string; readonly version: number };
export type TimelineFact = { readonly kind: "fact"; readonly at: string; readonly factKind: string; readonly source: string; readonly sourceId: string; readonly body: unknown };
export type TimelineItem = TimelineEvent | TimelineFact | TimelineJournal | TimelineCase;
export type TimelineJournal = { readonly kind: "journal"; readonly seq: number; readonly at: string; readonly acctDate: string; readonly bizType: string; readonly bizId: string; readonly step: string; readonly tradeNo: string; readonly causeKind: string; readonly causeId: string; readonly totalFen: number; readonly hash: string; readonly entries: readonly (LedgerEntry)[] };
export type TransferDecision = { readonly decision: "confirm" | "reject"; readonly amountFen: number; readonly slipNo: string; readonly reason: string };
export type TransferDraft = { readonly kind: "prepayment" | "discharge"; readonly subject: string; readonly amountFen: number; readonly paidOn: string; readonly bankName: string; readonly accountName: string; readonly accountTail: string; readonly slipNo: string };
export type TransferList = { readonly due: readonly (DueTransfer)[]; readonly recorded: readonly (HandTransfer)[] };
export type Trend = { readonly measure: "paymentsUnknown" | "paymentUnknownAge" | "confirmationAge" | "payoutsUnknown" | "casesUrgent" | "casesOverdue" | "runningDifferences" | "callbacksUndelivered" | "hisNoticesOpen" | "approvalWaiting" | "taskFailed" | "credentialsUrgent" | "credentialsSoon" | "safeMode" | "commitMilliseconds" | "moneyFileMegabytes" | "walMegabytes" | "backupAge" | "backupProofAge" | "backupLag" | "backupFailed" | "backupNotSetUp" | "queueOpen" | "queueLate" | "brokerLine" | "terminalsOffline" | "kiosksAway" | "terminalsCopied" | "terminalClocksOff" | "terminalFaults" | "printFaults" | "hisInactive" | "hisUnanswered" | "hisSlow" | "hisTurnedAway" | "hisWaiting" | "hisBreakerOpen" | "channelOut" | "channelUnanswered" | "relayLine" | "pluginFailed" | "cpuPercent" | "memoryAvailable" | "processMemory" | "eventLoopDelay" | "diskFree" | "diskStep" | "ballastReleased" | "clockJump" | "measuresMissing" | "alarmsUndelivered" | "auditUnforwarded"; readonly points: readonly ({ readonly at: string; readonly value: number })[] };
export type Trends = { readonly range: "hour" | "day" | "month"; readonly series: readonly (Trend)[] };
export type TrialBalanceLine = { readonly account: string; readonly code: string; readonly zh: string; readonly en: string; readonly openingFen: number; readonly debitFen: number; readonly creditFen: number; readonly closingFen: number };
export type TrustList = { readonly serial: number; readonly issuedAt: string; readonly publishers: readonly (PackageSigner)[]; readonly withdrawnKeys: number; readonly withdrawnPackages: number };
export type TrustListChange = { readonly serial: number; readonly stopped: readonly (string)[] };
export type UnclearOpening = { readonly openingNo: string; readonly amountFen: number };
export type UnknownPayment = { readonly tradeNo: string; readonly paymentNo: string; readonly channel: string; readonly amountFen: number; readonly submittedAt: string; readonly attempts: number };
export type UpdateBundle = { readonly version: string; readonly manifestSha256: string; readonly sdk: string; readonly builtAt: string; readonly notes: Bilingual; readonly upgradesFrom: string; readonly bytes: number; readonly checks: readonly (PreflightCheck)[] };
export type UpdateDrive = { readonly files: readonly (DriveFile)[] };
export type UpdateMirror = { readonly address: string; readonly lookedAt?: string; readonly problem?: Bilingual; readonly offered: readonly (MirrorBundle)[] };
export type User = { readonly login: string; readonly displayName: string; readonly roles: readonly ("administrator" | "systemAdministrator" | "securityAdministrator" | "finance" | "auditor" | "cashier" | "doctor" | "merchant")[]; readonly status: "active" | "disabled"; readonly lockedUntil?: string; readonly mustChangePassword: boolean; readonly hasSecondFactor: boolean; readonly operatorId?: string; readonly merchantNo?: string; readonly createdAt: string };
export type UserAnswer = { readonly user: User };
export type UserChange = { readonly displayName?: string; readonly roles?: readonly ("administrator" | "systemAdministrator" | "securityAdministrator" | "finance" | "auditor" | "cashier" | "doctor" | "merchant")[]; readonly status?: "active" | "disabled"; readonly operatorId?: string; readonly merchantNo?: string };
export type UserList = { readonly users: readonly (User)[] };
export type UserSession = { readonly id: string; readonly login: string; readonly displayName: string; readonly since: string; readonly lastUsedAt: string; readonly address?: string; readonly agent?: string; readonly isProven: boolean; readonly isThis: boolean };
export type WaitingTerminal = { readonly claimId: string; readonly software: string; readonly machine?: string; readonly address?: string; readonly askedAt: string; readonly expiresAt: string };
export type WaitingTerminalAnswer = { readonly waiting: WaitingTerminal };
export type WaitingTerminals = { readonly waiting: readonly (WaitingTerminal)[] };
export type Wallboard = { readonly hospital: string; readonly now: string; readonly money?: { readonly at: string; readonly everySeconds: number; readonly value: WallboardMoney }; readonly channels?: { readonly at: string; readonly everySeconds: number; readonly value: readonly (WallboardChannel)[] }; readonly open?: { readonly at: string; readonly everySeconds: number; readonly value: WallboardOpen }; readonly terminals?: { readonly at: string; readonly everySeconds: number; readonly value: WallboardTerminals }; readonly cases?: { readonly at: string; readonly everySeconds: number; readonly value: WallboardCases }; readonly his?: { readonly at: string; readonly everySeconds: number; readonly value: WallboardHis }; readonly reconciliation?: { readonly at: string; readonly everySeconds: number; readonly value: readonly (WallboardDay)[] }; readonly alarms?: { readonly at: string; readonly everySeconds: number; readonly value: WallboardAlarms }; readonly machine?: { readonly at: string; readonly everySeconds: number; readonly value: WallboardMachine } };
export type WallboardAlarms = { readonly count: number; readonly urgent: number; readonly worst: readonly ({ readonly rule: string; readonly zh: string; readonly en: string; readonly subject: string; readonly severity: number; readonly raisedAt: string })[] };
export type WallboardCases = { readonly count: number; readonly urgent: number; readonly newest: readonly ({ readonly kind: string; readonly severity: number; readonly openedAt: string })[] };
export type WallboardChannel = { readonly channel: string; readonly paidFen: number; readonly paidCount: number; readonly ended: number; readonly succeeded: number; readonly unansweredPercent: number; readonly isOut: boolean };
export type WallboardDay = { readonly comparison: string; readonly source: string; readonly day: string; readonly state: "postponed" | "stopped" | "open" | "explained" | "balanced" };
export type WallboardHis = { readonly isActive: boolean; readonly meanMs: number; readonly unansweredPercent: number; readonly waiting: number };
export type WallboardMachine = { readonly version: string; readonly diskFreeMegabytes: number; readonly backupProvedAt?: string };
export type WallboardMoney = { readonly day: string; readonly paidFen: number; readonly paidCount: number; readonly refundedFen: number; readonly refundedCount: number; readonly hours: readonly ({ readonly hour: number; readonly paidCount: number; readonly paidFen: number })[] };
export type WallboardOpen = { readonly unknownPayments: number; readonly oldestUnknownSeconds: number; readonly unconfirmed: number; readonly unconfirmedFen: number; readonly refundsInFlight: number; readonly refundsInFlightFen: number };
export type WallboardTerminals = { readonly kinds: readonly ({ readonly kind: string; readonly online: number; readonly total: number })[]; readonly faulty: number };
export type Work = { readonly id: string; readonly kind: "reportExport" | "hisExamination" | "reconciliation" | "bankStatements" | "packageProof" | "task" | "prepaymentRun" | "backup" | "backupProof" | "updateTaking" | "updateInspection" | "updateInstallation" | "supportBundle"; readonly subject: string; readonly title?: { readonly zh: string; readonly en: string }; readonly state: "waiting" | "running" | "done" | "failed" | "cancelled"; readonly startedAt: string; readonly endedAt?: string; readonly share?: number; readonly step?: string; readonly problem?: Bilingual; readonly mayCancel: boolean; readonly isCancelling?: boolean };
export type WorkBegun = { readonly began: string };
export type WorkList = { readonly work: readonly (Work)[] };

/** Operation id → what goes in and what comes out. */
export type Operations = {
  readSession: { input: undefined; answer: Session };
  signOut: { input: undefined; answer: Done };
  signIn: { input: { body: SignIn }; answer: Session };
  changePassword: { input: { body: PasswordChange }; answer: Session };
  proveSecondFactor: { input: { body: SecondFactorCode }; answer: Session };
  readSecondFactor: { input: undefined; answer: SecondFactorStatus };
  offerSecondFactor: { input: { body: SecondFactorOfferRequest }; answer: SecondFactorOffer };
  confirmSecondFactor: { input: { body: SecondFactorCode }; answer: Enrolled };
  renewRecoveryCodes: { input: { body: SecondFactorCode }; answer: RecoveryCodes };
  beginAddingPasskey: { input: { body: SecondFactorCode }; answer: PasskeyCeremony };
  addPasskey: { input: { body: NewPasskey }; answer: PasskeyAnswer };
  removePasskey: { input: { path: { id: string } }; answer: Done };
  resetSecondFactor: { input: { path: { login: string } }; answer: EnrolmentCode };
  listSessions: { input: { query: { everybody?: "true" } }; answer: SessionList };
  endSession: { input: { path: { id: string } }; answer: Done };
  listWork: { input: undefined; answer: WorkList };
  cancelWork: { input: { path: { id: string } }; answer: WorkList };
  readBadges: { input: undefined; answer: Badges };
  readOverview: { input: undefined; answer: Overview };
  listOrders: { input: { query: { fromDay?: string; toDay?: string; tradeNo?: string; paymentNo?: string; channelTradeNo?: string; patientId?: string; paymentState?: "created" | "submitted" | "paying" | "unknown" | "closing" | "succeeded" | "closed" | "failed"; confirmation?: "none" | "toConfirm" | "confirming" | "unknown" | "confirmed" | "rejected" | "reversing" | "reversed"; channel?: string; refund?: "any" | "inFlight"; after?: string; limit?: number } }; answer: OrderPage };
  readOrder: { input: { path: { tradeNo: string } }; answer: OrderDetail };
  requestRefund: { input: { path: { tradeNo: string }; idempotencyKey: string; body: RefundRequest }; answer: RefundAccepted };
  checkBookings: { input: { body: BookingCheck }; answer: BookingCheckAnswer };
  listCases: { input: { query: { state: "open" | "resolved"; before?: number; limit?: number } }; answer: CasePage };
  listHisNotices: { input: { query: { state?: "kept" | "done" | "refused"; kind?: "refundRequested" | "refundQueried" | "clinicStopped" | "registrationCancelled" | "checkedIn" | "invoicePrinted" | "billsChanged" | "arrears" | "medicineReady" | "visitDone" | "reportReady" | "queueCalled"; number?: string; before?: number; limit?: number } }; answer: HisNoticePage };
  listAccounts: { input: undefined; answer: AccountList };
  listOpenItems: { input: { path: { id: string } }; answer: OpenItemList };
  listJournals: { input: { query: { day?: string; tradeNo?: string; after?: number; limit?: number } }; answer: JournalPage };
  readTillDays: { input: { query: { day: string } }; answer: TillDays };
  openTill: { input: { idempotencyKey: string; body: NewTillOpening }; answer: TillOpeningAnswer };
  listCardTerminals: { input: undefined; answer: CardTerminalList };
  operateCardTerminal: { input: { idempotencyKey: string; body: NewCardTerminalRun }; answer: CardTerminalRunAnswer };
  readCardTerminalRun: { input: { path: { operationNo: string } }; answer: CardTerminalRunAnswer };
  listRunningShifts: { input: undefined; answer: RunningShiftList };
  listShifts: { input: { query: { tillNo?: string; day?: string; before?: number } }; answer: ShiftPage };
  closeShift: { input: { idempotencyKey: string; body: ShiftClosing }; answer: ShiftAnswer };
  readShift: { input: { path: { shiftNo: string } }; answer: ShiftAnswer };
  takeOverCash: { input: { path: { shiftNo: string }; idempotencyKey: string; body: CashTakingOver }; answer: CashActAnswer };
  recountShift: { input: { path: { shiftNo: string }; idempotencyKey: string; body: ShiftRecount }; answer: CashActAnswer };
  readCash: { input: undefined; answer: CashPosition };
  depositCash: { input: { idempotencyKey: string; body: CashDeposit }; answer: CashActAnswer };
  reverseCashAct: { input: { path: { actNo: string }; idempotencyKey: string; body: CashReversal }; answer: CashActAnswer };
  readShiftReport: { input: { query: { shiftNo?: string; tillNo?: string; day?: string } }; answer: ShiftReport };
  listFormBatches: { input: undefined; answer: FormBatchList };
  registerForms: { input: { idempotencyKey: string; body: FormRegistration }; answer: FormBatchAnswer };
  listFormRuns: { input: { query: { tillNo?: string; live?: boolean } }; answer: FormRunList };
  handOutForms: { input: { idempotencyKey: string; body: FormHandOut }; answer: FormRunAnswer };
  returnForms: { input: { path: { runNo: string }; body: FormReturn }; answer: FormRunAnswer };
  listFormNumbers: { input: { path: { runNo: string } }; answer: FormNumberList };
  voidFormNumber: { input: { path: { runNo: string; number: string }; body: FormVoiding }; answer: FormNumberAnswer };
  confirmFormNumber: { input: { path: { runNo: string; number: string } }; answer: FormNumberAnswer };
  listRunningChecks: { input: undefined; answer: RunningCheckList };
  listReconciliationDays: { input: { query: { from: string; to: string } }; answer: ReconciliationDayList };
  listReconciliationDifferences: { input: { path: { day: string }; query: { comparison: "channel" | "hospital" | "settlement"; source: string; class?: "notThisDay" | "matchedAcrossDays" | "netZero" | "refundUnderway" | "foreign" | "settledByRefund" | "crossDayOurs" | "longUnknown" | "hisAhead" | "hisPending" | "longNoOrder" | "short" | "amount" | "status" | "refundTheirsOnly" | "refundOursOnly" | "duplicateTheirs" | "hisMissing" | "hisExtra" | "hisAmount" | "fee" | "bankLong" | "bankShort" } }; answer: ReconciliationDifferenceList };
  runReconciliationDay: { input: { path: { day: string } }; answer: ReconciliationDayList | ReconciliationBegun };
  uploadStatement: { input: undefined; answer: ReconciliationDayList | ReconciliationBegun };
  listReports: { input: undefined; answer: ReportList };
  readReport: { input: { path: { report: string }; query: { from: string; to: string; by?: "channel" | "method" | "business" | "feeType" | "terminal" | "campus" | "operator" | "merchant"; unit?: "day" | "week" | "month" | "year"; channel?: string; method?: string; after?: string; limit?: number } }; answer: ReportRows };
  startReportExport: { input: { body: ReportExportRequest }; answer: ReportExportAnswer };
  listReportExports: { input: undefined; answer: ReportExportList };
  cancelReportExport: { input: { path: { id: string } }; answer: ReportExportAnswer };
  listStatementFiles: { input: { query: { from: string; to: string } }; answer: StatementFileList };
  listPrepaymentRuns: { input: { query: { limit?: number } }; answer: PrepaymentRunList };
  proposePrepaymentRun: { input: { body: PrepaymentRunProposal }; answer: PrepaymentRun };
  readPrepaymentRun: { input: { path: { runNo: string } }; answer: PrepaymentRun };
  decidePrepaymentRun: { input: { path: { runNo: string }; body: PrepaymentRunDecision }; answer: PrepaymentRun };
  pausePrepaymentRun: { input: { path: { runNo: string }; body: PrepaymentRunPause }; answer: PrepaymentRun };
  listTransfers: { input: undefined; answer: TransferList };
  recordTransfer: { input: { body: TransferDraft }; answer: HandTransfer };
  decideTransfer: { input: { path: { transferNo: string }; body: TransferDecision }; answer: HandTransfer };
  listPayouts: { input: { query: { limit?: number } }; answer: PayoutList };
  proposePayouts: { input: { body: PayoutProposal }; answer: PayoutResults };
  readPayout: { input: { path: { payoutNo: string } }; answer: Payout };
  proposeSettlementPayout: { input: { body: SettlementPayout }; answer: Payout };
  decidePayouts: { input: { body: PayoutDecision }; answer: PayoutResults };
  giveUpPayout: { input: { path: { payoutNo: string }; body: PayoutAbsence }; answer: Payout };
  fetchBankReceipt: { input: { path: { payoutNo: string } }; answer: BankReceipt };
  fetchLineReceipt: { input: { path: { account: string; bankLineNo: string } }; answer: BankReceipt };
  listBankStatements: { input: { query: { from: string; to: string } }; answer: BankStatementList };
  importBankStatements: { input: { body: BankImport }; answer: BankStatementList };
  listBankLines: { input: { query: { day: string; account?: string } }; answer: BankLineList };
  listRefundApprovals: { input: undefined; answer: RefundApprovalList };
  decideRefundApproval: { input: { path: { approvalNo: string }; body: RefundApprovalDecision }; answer: RefundApproval };
  listChanges: { input: undefined; answer: ChangeList };
  decideChange: { input: { path: { changeNo: string }; body: ChangeDecision }; answer: Change };
  decideChanges: { input: { body: ChangeDecisions }; answer: ChangeResults };
  carryOutChange: { input: { path: { changeNo: string } }; answer: Change };
  listArrivals: { input: undefined; answer: ArrivalList };
  assignArrival: { input: { body: ArrivalAssignment }; answer: Arrival };
  matchArrivals: { input: undefined; answer: ArrivalRun };
  listPeriods: { input: undefined; answer: PeriodList };
  readPeriod: { input: { path: { month: string } }; answer: PeriodSheet };
  proposePeriodClose: { input: { path: { month: string }; body: PeriodProposal }; answer: PeriodSheet };
  decidePeriodClose: { input: { path: { month: string }; body: PeriodDecision }; answer: PeriodSheet };
  listCardAgreements: { input: { query: { state?: "requested" | "confirming" | "active" | "failed" | "ending" | "ended"; agreementNo?: string; userId?: string; lastFour?: string } }; answer: CardAgreementList };
  readCardAgreement: { input: { path: { agreementNo: string } }; answer: CardAgreement };
  unbindCardForHolder: { input: { path: { agreementNo: string }; body: CardUnbinding }; answer: CardAgreement };
  listLockedPasswords: { input: undefined; answer: LockedPasswordList };
  unlockPaymentPassword: { input: { path: { lockNo: string }; body: PasswordUnlock }; answer: LockedPassword };
  drawSettlement: { input: undefined; answer: SettlementDraft };
  listSettlements: { input: undefined; answer: SettlementBatchList };
  proposeSettlement: { input: { body: SettlementProposal }; answer: SettlementBatch };
  decideSettlement: { input: { path: { batchNo: string }; body: SettlementDecision }; answer: SettlementBatch };
  carryOutSettlement: { input: { path: { batchNo: string } }; answer: SettlementBatch };
  findCase: { input: { path: { id: string } }; answer: CaseWork };
  takeCase: { input: { path: { id: string } }; answer: CaseWork };
  noteCase: { input: { path: { id: string }; body: CaseNote }; answer: CaseWork };
  attachCaseFile: { input: undefined; answer: CaseWork };
  proposeCaseEnd: { input: { path: { id: string }; body: CaseEndProposal }; answer: CaseWork };
  decideCaseEnd: { input: { path: { id: string }; body: CaseDecision }; answer: CaseWork };
  reveal: { input: { body: RevealRequest }; answer: Revealed };
  listTasks: { input: undefined; answer: TaskList };
  listTaskRuns: { input: { path: { name: string } }; answer: TaskRunList };
  runTask: { input: { path: { name: string } }; answer: Done };
  changeTask: { input: { path: { name: string }; body: TaskChange }; answer: Done };
  listPlugins: { input: undefined; answer: PluginList };
  reloadPlugin: { input: { path: { id: string } }; answer: PluginInstanceAnswer };
  deactivatePlugin: { input: { path: { id: string } }; answer: PluginInstanceAnswer };
  activatePlugin: { input: { path: { id: string }; query: { reason?: string } }; answer: PluginInstanceAnswer | ProposedChange };
  listDictionaries: { input: undefined; answer: DictionaryList };
  reloadDictionary: { input: { path: { name: string } }; answer: DictionaryAnswer };
  listParameters: { input: undefined; answer: ParameterList };
  setParameter: { input: { body: ParameterWish }; answer: ParameterAsked };
  readQueue: { input: undefined; answer: Queue };
  wakeQueue: { input: { body: QueueWake }; answer: QueueWoken };
  readMonitoring: { input: undefined; answer: Monitoring };
  readTrends: { input: { query: { range: "hour" | "day" | "month" } }; answer: Trends };
  listAlarms: { input: { query: { before?: number } }; answer: AlarmHistory };
  acknowledgeAlarm: { input: { path: { id: string }; body: AlarmAcknowledgement }; answer: AcknowledgedAlarm };
  muteAlarms: { input: { body: NewAlarmMute }; answer: AlarmMuteAnswer };
  endMute: { input: { path: { id: string } }; answer: EndedAlarmMute };
  testDeliveryChannel: { input: { path: { id: string } }; answer: AlarmTest };
  listTerminals: { input: undefined; answer: TerminalList };
  registerTerminal: { input: { body: NewTerminal }; answer: Done };
  placeTerminal: { input: { path: { id: string }; body: TerminalPlace }; answer: Done | ProposedChange };
  offerClaim: { input: { path: { id: string } }; answer: TerminalClaim };
  revokeTerminal: { input: { path: { id: string }; body: Revocation }; answer: Done };
  askKeyRotation: { input: { path: { id: string } }; answer: KeyRotationAsked };
  listWaitingTerminals: { input: undefined; answer: WaitingTerminals };
  findWaitingTerminal: { input: { body: ShownCode }; answer: WaitingTerminalAnswer };
  approveTerminal: { input: { body: TerminalApproval }; answer: WaitingTerminalAnswer };
  rejectTerminal: { input: { body: TerminalRejection }; answer: Done };
  listTerminalFaults: { input: { path: { id: string } }; answer: TerminalFaultHistory };
  listTerminalAlarms: { input: undefined; answer: TerminalAlarmList };
  answerTerminalMoved: { input: { path: { id: string }; body: TerminalMoved }; answer: TerminalAlarmAnswer };
  listTerminalGroups: { input: undefined; answer: TerminalGroupList };
  addTerminalGroup: { input: { body: TerminalGroup }; answer: TerminalGroupAnswer };
  renameTerminalGroup: { input: { path: { id: string }; body: TerminalGroupTitle }; answer: TerminalGroupAnswer };
  removeTerminalGroup: { input: { path: { id: string } }; answer: Done };
  listTerminalConfigurations: { input: undefined; answer: ConfigurationLayers };
  changeTerminalConfiguration: { input: { body: ConfigurationChange }; answer: ConfigurationLayerAnswer };
  previewTerminalConfiguration: { input: { body: ConfigurationChange }; answer: ConfigurationPreview };
  readTerminalConfiguration: { input: { path: { id: string } }; answer: EffectiveConfiguration };
  listTerminalNotices: { input: undefined; answer: TerminalNoticeList };
  issueTerminalNotice: { input: { body: NewTerminalNotice }; answer: TerminalNoticeAnswer };
  withdrawTerminalNotice: { input: { path: { noticeId: string }; body: NoticeWithdrawal }; answer: TerminalNoticeAnswer };
  listPackages: { input: undefined; answer: InstalledPlugins };
  receivePackage: { input: undefined; answer: ReceivedPackage };
  installPackage: { input: { path: { hash: string }; body: Install }; answer: InstallReport | ProposedChange };
  rollBackPackage: { input: { path: { id: string }; body: ChangeReason }; answer: InstallReport | ProposedChange };
  removePackage: { input: { path: { id: string }; query: { reason: string } }; answer: RemovedPlugin | ProposedChange };
  changeTrustList: { input: undefined; answer: TrustListChange | ProposedChange };
  listCredentials: { input: undefined; answer: CredentialList };
  readCredentialHistory: { input: { query: { owner: string; name: string } }; answer: CredentialHistory };
  checkCredentials: { input: undefined; answer: CredentialCheck };
  confirmCredentialAlarm: { input: { path: { id: string } }; answer: CredentialAlarmAnswer };
  listRotations: { input: undefined; answer: RotationList };
  rehearseRotation: { input: { body: Rehearsal }; answer: RotationAnswer };
  carryOutRotation: { input: { path: { id: string }; body: ChangeReason }; answer: RotationAnswer | ProposedChange };
  takeBackRotation: { input: { path: { id: string }; body: ChangeReason }; answer: RotationAnswer | ProposedChange };
  readServerCertificate: { input: undefined; answer: ServerCertificate };
  requestServerCertificate: { input: undefined; answer: ServerCertificate };
  answerServerCertificate: { input: { body: CertificateChain }; answer: ServerCertificate };
  uploadServerCertificate: { input: { body: KeyedChain }; answer: ServerCertificate };
  useOwnServerCertificate: { input: undefined; answer: ServerCertificate };
  listDisplays: { input: undefined; answer: DisplayList };
  addDisplay: { input: { body: NewDisplay }; answer: DisplayAdded };
  withdrawDisplay: { input: { path: { id: string } }; answer: DisplayAnswer };
  readExamination: { input: undefined; answer: ExaminationAnswer };
  beginExamination: { input: { body: BeginExamination }; answer: ExaminationAnswer };
  cancelExamination: { input: undefined; answer: ExaminationAnswer };
  readSetup: { input: undefined; answer: Setup };
  skipSetupStep: { input: { path: { step: "administrators" | "clock" | "certificates" | "his" | "channel" | "terminal" | "goLive" }; body: SkipStep }; answer: Setup };
  resumeSetupStep: { input: { path: { step: "administrators" | "clock" | "certificates" | "his" | "channel" | "terminal" | "goLive" } }; answer: Setup };
  measureClock: { input: { body: BrowserTime }; answer: Setup };
  testChannelConnection: { input: { path: { channel: string } }; answer: ConnectionTested };
  beginSelfTest: { input: { idempotencyKey: string; body: BeginSelfTest }; answer: SelfTest };
  readSelfTest: { input: { path: { tradeNo: string }; query: { fresh?: "true" } }; answer: SelfTest };
  cancelSelfTest: { input: { path: { tradeNo: string } }; answer: SelfTest };
  goLive: { input: { body: GoLive }; answer: Setup };
  readSystem: { input: undefined; answer: System };
  takeBackup: { input: undefined; answer: WorkBegun };
  proveBackup: { input: undefined; answer: WorkBegun };
  releaseBallast: { input: undefined; answer: Done };
  liftFence: { input: { body: ChangeReason }; answer: Done | ProposedChange };
  readUpdate: { input: undefined; answer: SystemUpdate };
  receiveUpdate: { input: undefined; answer: BundleArrived };
  discardUpdate: { input: undefined; answer: Done };
  listUpdateDrive: { input: undefined; answer: UpdateDrive };
  takeFromUpdateDrive: { input: { body: TakeFromDrive }; answer: BundleTaking };
  lookAtUpdateMirror: { input: undefined; answer: MirrorLook };
  takeFromUpdateMirror: { input: { body: TakeFromMirror }; answer: BundleTaking };
  installUpdate: { input: { body: InstallUpdate }; answer: Done | ProposedChange };
  goBackUpdate: { input: { body: ChangeReason }; answer: Done | ProposedChange };
  readSupport: { input: undefined; answer: Support };
  collectSupport: { input: undefined; answer: Done };
  listApplications: { input: undefined; answer: ApplicationList };
  addApplication: { input: { body: NewApplication }; answer: ApplicationAsked };
  changeApplication: { input: { path: { id: string }; body: ApplicationWish }; answer: ApplicationAsked };
  replaceApplicationKey: { input: { path: { id: string }; body: ApplicationReason }; answer: ApplicationAsked };
  disableApplication: { input: { path: { id: string }; body: ApplicationReason }; answer: RegisteredApplication };
  readMerchant: { input: undefined; answer: Merchant };
  listMerchantPayments: { input: { query: { fromDay?: string; toDay?: string; state?: "created" | "submitted" | "paying" | "unknown" | "closing" | "succeeded" | "closed" | "failed"; number?: string; after?: string; limit?: number } }; answer: MerchantPaymentPage };
  readMerchantOrder: { input: { path: { tradeNo: string } }; answer: MerchantOrder };
  readMerchantFigures: { input: { query: { by: "day" | "month"; from: string; to: string } }; answer: MerchantFigures };
  readMerchantSettlement: { input: undefined; answer: MerchantSettlement };
  listMerchantStatementFiles: { input: { query: { from: string; to: string } }; answer: MerchantStatementList };
  startMerchantExport: { input: { body: MerchantExportRequest }; answer: ReportExportAnswer };
  listMerchantExports: { input: undefined; answer: ReportExportList };
  cancelMerchantExport: { input: { path: { id: string } }; answer: ReportExportAnswer };
  listUsers: { input: undefined; answer: UserList };
  addUser: { input: { body: NewUser }; answer: UserAnswer };
  readAccountWatch: { input: undefined; answer: AccountWatch };
  listMerchants: { input: undefined; answer: MerchantList };
  changeUser: { input: { path: { login: string }; body: UserChange }; answer: UserAnswer };
  resetPassword: { input: { path: { login: string }; body: PasswordReset }; answer: UserAnswer };
  listAudit: { input: { query: { before?: number; limit?: number } }; answer: AuditPage };
  verifyAudit: { input: undefined; answer: AuditCheck };
  listErrors: { input: undefined; answer: ErrorList };
  listSavedViews: { input: undefined; answer: SavedViewList };
  addSavedView: { input: { body: NewSavedView }; answer: SavedViewAnswer };
  changeSavedView: { input: { path: { id: string }; body: SavedViewChange }; answer: SavedViewAnswer };
  removeSavedView: { input: { path: { id: string } }; answer: Done };
  shareSavedView: { input: { path: { id: string }; body: SavedViewShare }; answer: SavedViewAnswer };
  withdrawSavedView: { input: { path: { id: string } }; answer: Done };
  listSharedViews: { input: undefined; answer: SharedViewList };
  listTerminalPositions: { input: undefined; answer: TerminalPositionList };
  putTerminalPositions: { input: { body: TerminalPositionChange }; answer: Done };
  readWallboard: { input: undefined; answer: Wallboard };
  readState: { input: undefined; answer: ConsoleState };
  completeFirstLogin: { input: { body: FirstLogin }; answer: FirstSession };
  readDocument: { input: undefined; answer: string };
  beginPasskeySignIn: { input: undefined; answer: PasskeyCeremony };
  signInByPasskey: { input: { body: PasskeySignIn }; answer: Session };
};

/** Operation id → method and path. */
export const OPERATIONS = {
  readSession: { method: 'GET', path: '/console-api/v1/session' },
  signOut: { method: 'DELETE', path: '/console-api/v1/session' },
  signIn: { method: 'POST', path: '/console-api/v1/session' },
  changePassword: { method: 'POST', path: '/console-api/v1/password' },
  proveSecondFactor: { method: 'POST', path: '/console-api/v1/session/second-factor' },
  readSecondFactor: { method: 'GET', path: '/console-api/v1/second-factor' },
  offerSecondFactor: { method: 'POST', path: '/console-api/v1/second-factor' },
  confirmSecondFactor: { method: 'POST', path: '/console-api/v1/second-factor/confirmation' },
  renewRecoveryCodes: { method: 'POST', path: '/console-api/v1/second-factor/recovery-codes' },
  beginAddingPasskey: { method: 'POST', path: '/console-api/v1/passkeys/ceremonies' },
  addPasskey: { method: 'POST', path: '/console-api/v1/passkeys' },
  removePasskey: { method: 'DELETE', path: '/console-api/v1/passkeys/{id}' },
  resetSecondFactor: { method: 'POST', path: '/console-api/v1/users/{login}/second-factor-reset' },
  listSessions: { method: 'GET', path: '/console-api/v1/sessions' },
  endSession: { method: 'DELETE', path: '/console-api/v1/sessions/{id}' },
  listWork: { method: 'GET', path: '/console-api/v1/work' },
  cancelWork: { method: 'DELETE', path: '/console-api/v1/work/{id}' },
  readBadges: { method: 'GET', path: '/console-api/v1/badges' },
  readOverview: { method: 'GET', path: '/console-api/v1/overview' },
  listOrders: { method: 'GET', path: '/console-api/v1/orders' },
  readOrder: { method: 'GET', path: '/console-api/v1/orders/{tradeNo}' },
  requestRefund: { method: 'POST', path: '/console-api/v1/orders/{tradeNo}/refunds' },
  checkBookings: { method: 'POST', path: '/console-api/v1/bookings/checks' },
  listCases: { method: 'GET', path: '/console-api/v1/cases' },
  listHisNotices: { method: 'GET', path: '/console-api/v1/his-notices' },
  listAccounts: { method: 'GET', path: '/console-api/v1/ledger/accounts' },
  listOpenItems: { method: 'GET', path: '/console-api/v1/ledger/accounts/{id}/open-items' },
  listJournals: { method: 'GET', path: '/console-api/v1/ledger/journals' },
  readTillDays: { method: 'GET', path: '/console-api/v1/tills' },
  openTill: { method: 'POST', path: '/console-api/v1/tills/openings' },
  listCardTerminals: { method: 'GET', path: '/console-api/v1/card-terminals' },
  operateCardTerminal: { method: 'POST', path: '/console-api/v1/card-terminals/operations' },
  readCardTerminalRun: { method: 'GET', path: '/console-api/v1/card-terminals/operations/{operationNo}' },
  listRunningShifts: { method: 'GET', path: '/console-api/v1/shifts/running' },
  listShifts: { method: 'GET', path: '/console-api/v1/shifts' },
  closeShift: { method: 'POST', path: '/console-api/v1/shifts' },
  readShift: { method: 'GET', path: '/console-api/v1/shifts/{shiftNo}' },
  takeOverCash: { method: 'POST', path: '/console-api/v1/shifts/{shiftNo}/hand-overs' },
  recountShift: { method: 'POST', path: '/console-api/v1/shifts/{shiftNo}/recounts' },
  readCash: { method: 'GET', path: '/console-api/v1/cash' },
  depositCash: { method: 'POST', path: '/console-api/v1/cash/deposits' },
  reverseCashAct: { method: 'POST', path: '/console-api/v1/cash/acts/{actNo}/reversals' },
  readShiftReport: { method: 'GET', path: '/console-api/v1/shift-reports' },
  listFormBatches: { method: 'GET', path: '/console-api/v1/forms/batches' },
  registerForms: { method: 'POST', path: '/console-api/v1/forms/batches' },
  listFormRuns: { method: 'GET', path: '/console-api/v1/forms/runs' },
  handOutForms: { method: 'POST', path: '/console-api/v1/forms/runs' },
  returnForms: { method: 'POST', path: '/console-api/v1/forms/runs/{runNo}/returns' },
  listFormNumbers: { method: 'GET', path: '/console-api/v1/forms/runs/{runNo}/numbers' },
  voidFormNumber: { method: 'POST', path: '/console-api/v1/forms/runs/{runNo}/numbers/{number}/voids' },
  confirmFormNumber: { method: 'POST', path: '/console-api/v1/forms/runs/{runNo}/numbers/{number}/prints' },
  listRunningChecks: { method: 'GET', path: '/console-api/v1/reconciliation/running' },
  listReconciliationDays: { method: 'GET', path: '/console-api/v1/reconciliation/days' },
  listReconciliationDifferences: { method: 'GET', path: '/console-api/v1/reconciliation/days/{day}/differences' },
  runReconciliationDay: { method: 'POST', path: '/console-api/v1/reconciliation/days/{day}/runs' },
  uploadStatement: { method: 'POST', path: '/console-api/v1/reconciliation/days/{day}/statements/{source}' },
  listReports: { method: 'GET', path: '/console-api/v1/reports' },
  readReport: { method: 'GET', path: '/console-api/v1/reports/{report}/rows' },
  startReportExport: { method: 'POST', path: '/console-api/v1/report-exports' },
  listReportExports: { method: 'GET', path: '/console-api/v1/report-exports' },
  cancelReportExport: { method: 'DELETE', path: '/console-api/v1/report-exports/{id}' },
  listStatementFiles: { method: 'GET', path: '/console-api/v1/statement-files' },
  listPrepaymentRuns: { method: 'GET', path: '/console-api/v1/prepayment/runs' },
  proposePrepaymentRun: { method: 'POST', path: '/console-api/v1/prepayment/runs' },
  readPrepaymentRun: { method: 'GET', path: '/console-api/v1/prepayment/runs/{runNo}' },
  decidePrepaymentRun: { method: 'POST', path: '/console-api/v1/prepayment/runs/{runNo}/decisions' },
  pausePrepaymentRun: { method: 'POST', path: '/console-api/v1/prepayment/runs/{runNo}/pauses' },
  listTransfers: { method: 'GET', path: '/console-api/v1/transfers' },
  recordTransfer: { method: 'POST', path: '/console-api/v1/transfers' },
  decideTransfer: { method: 'POST', path: '/console-api/v1/transfers/{transferNo}/decisions' },
  listPayouts: { method: 'GET', path: '/console-api/v1/payouts' },
  proposePayouts: { method: 'POST', path: '/console-api/v1/payouts' },
  readPayout: { method: 'GET', path: '/console-api/v1/payouts/{payoutNo}' },
  proposeSettlementPayout: { method: 'POST', path: '/console-api/v1/payouts/settlements' },
  decidePayouts: { method: 'POST', path: '/console-api/v1/payouts/decisions' },
  giveUpPayout: { method: 'POST', path: '/console-api/v1/payouts/{payoutNo}/absences' },
  fetchBankReceipt: { method: 'POST', path: '/console-api/v1/payouts/{payoutNo}/receipt' },
  fetchLineReceipt: { method: 'POST', path: '/console-api/v1/bank-lines/{account}/{bankLineNo}/receipt' },
  listBankStatements: { method: 'GET', path: '/console-api/v1/bank-statements' },
  importBankStatements: { method: 'POST', path: '/console-api/v1/bank-statements/imports' },
  listBankLines: { method: 'GET', path: '/console-api/v1/bank-lines' },
  listRefundApprovals: { method: 'GET', path: '/console-api/v1/refund-approvals' },
  decideRefundApproval: { method: 'POST', path: '/console-api/v1/refund-approvals/{approvalNo}/decisions' },
  listChanges: { method: 'GET', path: '/console-api/v1/changes' },
  decideChange: { method: 'POST', path: '/console-api/v1/changes/{changeNo}/decisions' },
  decideChanges: { method: 'POST', path: '/console-api/v1/changes/decisions' },
  carryOutChange: { method: 'POST', path: '/console-api/v1/changes/{changeNo}/carry-out' },
  listArrivals: { method: 'GET', path: '/console-api/v1/arrivals' },
  assignArrival: { method: 'POST', path: '/console-api/v1/arrivals' },
  matchArrivals: { method: 'POST', path: '/console-api/v1/arrivals/runs' },
  listPeriods: { method: 'GET', path: '/console-api/v1/periods' },
  readPeriod: { method: 'GET', path: '/console-api/v1/periods/{month}' },
  proposePeriodClose: { method: 'POST', path: '/console-api/v1/periods/{month}/proposals' },
  decidePeriodClose: { method: 'POST', path: '/console-api/v1/periods/{month}/decisions' },
  listCardAgreements: { method: 'GET', path: '/console-api/v1/quick-pay/agreements' },
  readCardAgreement: { method: 'GET', path: '/console-api/v1/quick-pay/agreements/{agreementNo}' },
  unbindCardForHolder: { method: 'POST', path: '/console-api/v1/quick-pay/agreements/{agreementNo}/unbindings' },
  listLockedPasswords: { method: 'GET', path: '/console-api/v1/quick-pay/locked-passwords' },
  unlockPaymentPassword: { method: 'POST', path: '/console-api/v1/quick-pay/locked-passwords/{lockNo}/unlocks' },
  drawSettlement: { method: 'GET', path: '/console-api/v1/settlements/draft' },
  listSettlements: { method: 'GET', path: '/console-api/v1/settlements' },
  proposeSettlement: { method: 'POST', path: '/console-api/v1/settlements' },
  decideSettlement: { method: 'POST', path: '/console-api/v1/settlements/{batchNo}/decisions' },
  carryOutSettlement: { method: 'POST', path: '/console-api/v1/settlements/{batchNo}/payouts' },
  findCase: { method: 'GET', path: '/console-api/v1/cases/{id}' },
  takeCase: { method: 'POST', path: '/console-api/v1/cases/{id}/takers' },
  noteCase: { method: 'POST', path: '/console-api/v1/cases/{id}/notes' },
  attachCaseFile: { method: 'POST', path: '/console-api/v1/cases/{id}/attachments' },
  proposeCaseEnd: { method: 'POST', path: '/console-api/v1/cases/{id}/proposals' },
  decideCaseEnd: { method: 'POST', path: '/console-api/v1/cases/{id}/decisions' },
  reveal: { method: 'POST', path: '/console-api/v1/reveals' },
  listTasks: { method: 'GET', path: '/console-api/v1/tasks' },
  listTaskRuns: { method: 'GET', path: '/console-api/v1/tasks/{name}/runs' },
  runTask: { method: 'POST', path: '/console-api/v1/tasks/{name}/runs' },
  changeTask: { method: 'PATCH', path: '/console-api/v1/tasks/{name}' },
  listPlugins: { method: 'GET', path: '/console-api/v1/plugins' },
  reloadPlugin: { method: 'POST', path: '/console-api/v1/plugins/instances/{id}/reload' },
  deactivatePlugin: { method: 'POST', path: '/console-api/v1/plugins/instances/{id}/deactivate' },
  activatePlugin: { method: 'POST', path: '/console-api/v1/plugins/instances/{id}/activate' },
  listDictionaries: { method: 'GET', path: '/console-api/v1/dictionaries' },
  reloadDictionary: { method: 'POST', path: '/console-api/v1/dictionaries/{name}/reload' },
  listParameters: { method: 'GET', path: '/console-api/v1/parameters' },
  setParameter: { method: 'POST', path: '/console-api/v1/parameters' },
  readQueue: { method: 'GET', path: '/console-api/v1/queue' },
  wakeQueue: { method: 'POST', path: '/console-api/v1/queue/wakes' },
  readMonitoring: { method: 'GET', path: '/console-api/v1/monitoring' },
  readTrends: { method: 'GET', path: '/console-api/v1/monitoring/trends' },
  listAlarms: { method: 'GET', path: '/console-api/v1/monitoring/alarms' },
  acknowledgeAlarm: { method: 'POST', path: '/console-api/v1/monitoring/alarms/{id}/acknowledge' },
  muteAlarms: { method: 'POST', path: '/console-api/v1/monitoring/mutes' },
  endMute: { method: 'POST', path: '/console-api/v1/monitoring/mutes/{id}/end' },
  testDeliveryChannel: { method: 'POST', path: '/console-api/v1/monitoring/delivery-channels/{id}/tests' },
  listTerminals: { method: 'GET', path: '/console-api/v1/terminals' },
  registerTerminal: { method: 'POST', path: '/console-api/v1/terminals' },
  placeTerminal: { method: 'PATCH', path: '/console-api/v1/terminals/{id}' },
  offerClaim: { method: 'POST', path: '/console-api/v1/terminals/{id}/claim' },
  revokeTerminal: { method: 'POST', path: '/console-api/v1/terminals/{id}/revoke' },
  askKeyRotation: { method: 'POST', path: '/console-api/v1/terminals/{id}/key-rotation' },
  listWaitingTerminals: { method: 'GET', path: '/console-api/v1/terminal-requests' },
  findWaitingTerminal: { method: 'POST', path: '/console-api/v1/terminal-requests/find' },
  approveTerminal: { method: 'POST', path: '/console-api/v1/terminal-requests/approve' },
  rejectTerminal: { method: 'POST', path: '/console-api/v1/terminal-requests/reject' },
  listTerminalFaults: { method: 'GET', path: '/console-api/v1/terminals/{id}/faults' },
  listTerminalAlarms: { method: 'GET', path: '/console-api/v1/terminal-alarms' },
  answerTerminalMoved: { method: 'POST', path: '/console-api/v1/terminal-alarms/{id}/moved' },
  listTerminalGroups: { method: 'GET', path: '/console-api/v1/terminal-groups' },
  addTerminalGroup: { method: 'POST', path: '/console-api/v1/terminal-groups' },
  renameTerminalGroup: { method: 'PATCH', path: '/console-api/v1/terminal-groups/{id}' },
  removeTerminalGroup: { method: 'DELETE', path: '/console-api/v1/terminal-groups/{id}' },
  listTerminalConfigurations: { method: 'GET', path: '/console-api/v1/terminal-configurations' },
  changeTerminalConfiguration: { method: 'PUT', path: '/console-api/v1/terminal-configurations' },
  previewTerminalConfiguration: { method: 'POST', path: '/console-api/v1/terminal-configurations/preview' },
  readTerminalConfiguration: { method: 'GET', path: '/console-api/v1/terminals/{id}/configuration' },
  listTerminalNotices: { method: 'GET', path: '/console-api/v1/terminal-notices' },
  issueTerminalNotice: { method: 'POST', path: '/console-api/v1/terminal-notices' },
  withdrawTerminalNotice: { method: 'POST', path: '/console-api/v1/terminal-notices/{noticeId}/withdraw' },
  listPackages: { method: 'GET', path: '/console-api/v1/plugins/packages' },
  receivePackage: { method: 'POST', path: '/console-api/v1/plugins/packages' },
  installPackage: { method: 'POST', path: '/console-api/v1/plugins/packages/{hash}/install' },
  rollBackPackage: { method: 'POST', path: '/console-api/v1/plugins/packages/{id}/rollback' },
  removePackage: { method: 'DELETE', path: '/console-api/v1/plugins/packages/{id}' },
  changeTrustList: { method: 'PUT', path: '/console-api/v1/plugins/trust-list' },
  listCredentials: { method: 'GET', path: '/console-api/v1/certificates' },
  readCredentialHistory: { method: 'GET', path: '/console-api/v1/certificates/history' },
  checkCredentials: { method: 'POST', path: '/console-api/v1/certificates/checks' },
  confirmCredentialAlarm: { method: 'POST', path: '/console-api/v1/certificates/alarms/{id}/confirm' },
  listRotations: { method: 'GET', path: '/console-api/v1/rotations' },
  rehearseRotation: { method: 'POST', path: '/console-api/v1/rotations' },
  carryOutRotation: { method: 'POST', path: '/console-api/v1/rotations/{id}/carry-out' },
  takeBackRotation: { method: 'POST', path: '/console-api/v1/rotations/{id}/take-back' },
  readServerCertificate: { method: 'GET', path: '/console-api/v1/server-certificate' },
  requestServerCertificate: { method: 'POST', path: '/console-api/v1/server-certificate/request' },
  answerServerCertificate: { method: 'POST', path: '/console-api/v1/server-certificate/answer' },
  uploadServerCertificate: { method: 'POST', path: '/console-api/v1/server-certificate/upload' },
  useOwnServerCertificate: { method: 'POST', path: '/console-api/v1/server-certificate/own' },
  listDisplays: { method: 'GET', path: '/console-api/v1/displays' },
  addDisplay: { method: 'POST', path: '/console-api/v1/displays' },
  withdrawDisplay: { method: 'DELETE', path: '/console-api/v1/displays/{id}' },
  readExamination: { method: 'GET', path: '/console-api/v1/his/examination' },
  beginExamination: { method: 'POST', path: '/console-api/v1/his/examination' },
  cancelExamination: { method: 'DELETE', path: '/console-api/v1/his/examination' },
  readSetup: { method: 'GET', path: '/console-api/v1/setup' },
  skipSetupStep: { method: 'POST', path: '/console-api/v1/setup/steps/{step}/skip' },
  resumeSetupStep: { method: 'DELETE', path: '/console-api/v1/setup/steps/{step}/skip' },
  measureClock: { method: 'POST', path: '/console-api/v1/setup/clock' },
  testChannelConnection: { method: 'POST', path: '/console-api/v1/setup/channels/{channel}/connection-test' },
  beginSelfTest: { method: 'POST', path: '/console-api/v1/setup/self-tests' },
  readSelfTest: { method: 'GET', path: '/console-api/v1/setup/self-tests/{tradeNo}' },
  cancelSelfTest: { method: 'POST', path: '/console-api/v1/setup/self-tests/{tradeNo}/cancel' },
  goLive: { method: 'POST', path: '/console-api/v1/setup/go-live' },
  readSystem: { method: 'GET', path: '/console-api/v1/system' },
  takeBackup: { method: 'POST', path: '/console-api/v1/system/backups' },
  proveBackup: { method: 'POST', path: '/console-api/v1/system/proofs' },
  releaseBallast: { method: 'POST', path: '/console-api/v1/system/ballast/release' },
  liftFence: { method: 'POST', path: '/console-api/v1/system/fence/lift' },
  readUpdate: { method: 'GET', path: '/console-api/v1/system/update' },
  receiveUpdate: { method: 'PUT', path: '/console-api/v1/system/update/bundle' },
  discardUpdate: { method: 'DELETE', path: '/console-api/v1/system/update/bundle' },
  listUpdateDrive: { method: 'GET', path: '/console-api/v1/system/update/drive' },
  takeFromUpdateDrive: { method: 'POST', path: '/console-api/v1/system/update/drive/take' },
  lookAtUpdateMirror: { method: 'POST', path: '/console-api/v1/system/update/mirror/look' },
  takeFromUpdateMirror: { method: 'POST', path: '/console-api/v1/system/update/mirror/take' },
  installUpdate: { method: 'POST', path: '/console-api/v1/system/update/install' },
  goBackUpdate: { method: 'POST', path: '/console-api/v1/system/update/back' },
  readSupport: { method: 'GET', path: '/console-api/v1/system/support' },
  collectSupport: { method: 'POST', path: '/console-api/v1/system/support' },
  listApplications: { method: 'GET', path: '/console-api/v1/applications' },
  addApplication: { method: 'POST', path: '/console-api/v1/applications' },
  changeApplication: { method: 'PATCH', path: '/console-api/v1/applications/{id}' },
  replaceApplicationKey: { method: 'POST', path: '/console-api/v1/applications/{id}/key' },
  disableApplication: { method: 'POST', path: '/console-api/v1/applications/{id}/disable' },
  readMerchant: { method: 'GET', path: '/console-api/v1/merchant' },
  listMerchantPayments: { method: 'GET', path: '/console-api/v1/merchant/payments' },
  readMerchantOrder: { method: 'GET', path: '/console-api/v1/merchant/orders/{tradeNo}' },
  readMerchantFigures: { method: 'GET', path: '/console-api/v1/merchant/figures' },
  readMerchantSettlement: { method: 'GET', path: '/console-api/v1/merchant/settlement' },
  listMerchantStatementFiles: { method: 'GET', path: '/console-api/v1/merchant/statement-files' },
  startMerchantExport: { method: 'POST', path: '/console-api/v1/merchant/exports' },
  listMerchantExports: { method: 'GET', path: '/console-api/v1/merchant/exports' },
  cancelMerchantExport: { method: 'DELETE', path: '/console-api/v1/merchant/exports/{id}' },
  listUsers: { method: 'GET', path: '/console-api/v1/users' },
  addUser: { method: 'POST', path: '/console-api/v1/users' },
  readAccountWatch: { method: 'GET', path: '/console-api/v1/account-watch' },
  listMerchants: { method: 'GET', path: '/console-api/v1/merchants' },
  changeUser: { method: 'PATCH', path: '/console-api/v1/users/{login}' },
  resetPassword: { method: 'POST', path: '/console-api/v1/users/{login}/password' },
  listAudit: { method: 'GET', path: '/console-api/v1/audit' },
  verifyAudit: { method: 'GET', path: '/console-api/v1/audit/verification' },
  listErrors: { method: 'GET', path: '/console-api/v1/errors' },
  listSavedViews: { method: 'GET', path: '/console-api/v1/saved-views' },
  addSavedView: { method: 'POST', path: '/console-api/v1/saved-views' },
  changeSavedView: { method: 'PATCH', path: '/console-api/v1/saved-views/{id}' },
  removeSavedView: { method: 'DELETE', path: '/console-api/v1/saved-views/{id}' },
  shareSavedView: { method: 'PUT', path: '/console-api/v1/saved-views/{id}/share' },
  withdrawSavedView: { method: 'DELETE', path: '/console-api/v1/saved-views/{id}/share' },
  listSharedViews: { method: 'GET', path: '/console-api/v1/shared-views' },
  listTerminalPositions: { method: 'GET', path: '/console-api/v1/terminal-positions' },
  putTerminalPositions: { method: 'PUT', path: '/console-api/v1/terminal-positions' },
  readWallboard: { method: 'GET', path: '/console-api/v1/wallboard' },
  readState: { method: 'GET', path: '/console-api/v1/state' },
  completeFirstLogin: { method: 'POST', path: '/console-api/v1/first-login' },
  readDocument: { method: 'GET', path: '/console-api/v1/openapi.json' },
  beginPasskeySignIn: { method: 'POST', path: '/console-api/v1/passkey-ceremonies' },
  signInByPasskey: { method: 'POST', path: '/console-api/v1/passkey-session' },
} as const satisfies Record<keyof Operations, { method: string; path: string }>;
