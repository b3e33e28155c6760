-- Inpatients (住院): stays, fees by day, deposits, and the settlement at discharge. Conventions as in hospital.sql.
SET NOCOUNT ON
GO

-- ---------------------------------------------------------------- tables

-- state: 0 in hospital, 1 the doctor has written the discharge, 2 discharged and not settled, 3 settled.
IF OBJECT_ID('dbo.inpatient_visit', 'U') IS NULL
BEGIN
  CREATE TABLE dbo.inpatient_visit (
    inpatient_no varchar(20) NOT NULL,
    visit_id int NOT NULL,
    patient_id varchar(20) NOT NULL CONSTRAINT FK_stay_patient REFERENCES dbo.patient (patient_id),
    state int NOT NULL DEFAULT 0,
    ward nvarchar(40) NOT NULL,
    bed varchar(10) NOT NULL,
    dept_code varchar(10) NOT NULL CONSTRAINT FK_stay_department REFERENCES dbo.department (dept_code),
    in_time char(16) NOT NULL,
    out_time char(16) NULL,
    CONSTRAINT PK_inpatient_visit PRIMARY KEY (inpatient_no, visit_id)
  )
  CREATE INDEX IX_stay_patient ON dbo.inpatient_visit (patient_id)
END
GO
IF OBJECT_ID('dbo.inpatient_fee', 'U') IS NULL
BEGIN
  CREATE TABLE dbo.inpatient_fee (
    fee_no varchar(32) NOT NULL CONSTRAINT PK_inpatient_fee PRIMARY KEY,
    inpatient_no varchar(20) NOT NULL,
    visit_id int NOT NULL,
    item_code varchar(20) NOT NULL,
    item_name nvarchar(60) NOT NULL,
    fee_class nvarchar(20) NOT NULL,
    spec nvarchar(40) NOT NULL,
    unit nvarchar(10) NOT NULL,
    qty decimal(10,2) NOT NULL,
    amount decimal(12,2) NOT NULL,
    own_ratio decimal(5,4) NOT NULL,
    fee_time char(16) NOT NULL
  )
  CREATE INDEX IX_inpatient_fee_stay ON dbo.inpatient_fee (inpatient_no, visit_id)
END
GO
-- ours: 1 when it came through the payment platform, 0 when a window took it (its number is the window's own). status: 0 paid, 1 voided, 2 refunded whole, 3 settled at discharge.
IF OBJECT_ID('dbo.inpatient_deposit', 'U') IS NULL
BEGIN
  CREATE TABLE dbo.inpatient_deposit (
    receipt_no varchar(32) NOT NULL CONSTRAINT PK_inpatient_deposit PRIMARY KEY,
    trade_no varchar(32) NOT NULL CONSTRAINT UQ_inpatient_deposit UNIQUE,
    ours int NOT NULL,
    inpatient_no varchar(20) NOT NULL,
    visit_id int NOT NULL,
    amount decimal(12,2) NOT NULL CONSTRAINT CK_deposit_amount CHECK (amount > 0),
    paid_time char(16) NOT NULL,
    booked_time char(16) NOT NULL,
    pay_method varchar(16) NOT NULL,
    channel_trade_no varchar(64) NOT NULL,
    terminal_no varchar(32) NOT NULL,
    status int NOT NULL DEFAULT 0
  )
  CREATE INDEX IX_inpatient_deposit_stay ON dbo.inpatient_deposit (inpatient_no, visit_id)
END
GO
IF OBJECT_ID('dbo.inpatient_deposit_refund', 'U') IS NULL
CREATE TABLE dbo.inpatient_deposit_refund (
  his_refund_no varchar(32) NOT NULL CONSTRAINT PK_inpatient_deposit_refund PRIMARY KEY,
  refund_no varchar(32) NOT NULL CONSTRAINT UQ_inpatient_deposit_refund UNIQUE,
  trade_no varchar(32) NOT NULL,
  inpatient_no varchar(20) NOT NULL,
  visit_id int NOT NULL,
  amount decimal(12,2) NOT NULL CONSTRAINT CK_deposit_refund_amount CHECK (amount > 0),
  after_settlement int NOT NULL,
  reason nvarchar(80) NOT NULL,
  refund_time char(16) NOT NULL
)
GO
-- What forbids a settlement without a window: an order not carried out, drugs not handed back, an insurance registration not closed.
IF OBJECT_ID('dbo.inpatient_hindrance', 'U') IS NULL
CREATE TABLE dbo.inpatient_hindrance (
  inpatient_no varchar(20) NOT NULL,
  visit_id int NOT NULL,
  kind varchar(10) NOT NULL,
  note nvarchar(100) NOT NULL,
  CONSTRAINT PK_inpatient_hindrance PRIMARY KEY (inpatient_no, visit_id, kind)
)
GO
-- status: 0 open, 1 used.
IF OBJECT_ID('dbo.discharge_quote', 'U') IS NULL
CREATE TABLE dbo.discharge_quote (
  quote_no varchar(32) NOT NULL CONSTRAINT PK_discharge_quote PRIMARY KEY,
  inpatient_no varchar(20) NOT NULL,
  visit_id int NOT NULL,
  total decimal(12,2) NOT NULL,
  fund decimal(12,2) NOT NULL,
  account decimal(12,2) NOT NULL,
  self_pay decimal(12,2) NOT NULL,
  deposit decimal(12,2) NOT NULL,
  collect decimal(12,2) NOT NULL,
  refund decimal(12,2) NOT NULL,
  valid_until char(16) NOT NULL,
  status int NOT NULL DEFAULT 0
)
GO
-- settlement_no is the payment platform's own number: one of it, one settlement. One stay, one settlement.
IF OBJECT_ID('dbo.discharge_settlement', 'U') IS NULL
CREATE TABLE dbo.discharge_settlement (
  his_settlement_no varchar(32) NOT NULL CONSTRAINT PK_discharge_settlement PRIMARY KEY,
  settlement_no varchar(32) NOT NULL CONSTRAINT UQ_discharge_settlement UNIQUE,
  inpatient_no varchar(20) NOT NULL,
  visit_id int NOT NULL,
  quote_no varchar(32) NOT NULL,
  receipt_no varchar(32) NOT NULL,
  collect decimal(12,2) NOT NULL,
  refund decimal(12,2) NOT NULL,
  trade_no varchar(32) NOT NULL,
  paid_time char(16) NOT NULL,
  booked_time char(16) NOT NULL,
  CONSTRAINT UQ_discharge_stay UNIQUE (inpatient_no, visit_id)
)
GO
-- What each stay costs and holds. A deposit holds what was not refunded of it; one that is voided holds nothing.
IF OBJECT_ID('dbo.v_stay_sum', 'V') IS NOT NULL DROP VIEW dbo.v_stay_sum
GO
CREATE VIEW dbo.v_stay_sum AS
SELECT v.inpatient_no, v.visit_id, v.patient_id, v.state, f.fund_ratio, f.account_ratio,
  ISNULL((SELECT SUM(x.amount) FROM dbo.inpatient_fee x WHERE x.inpatient_no = v.inpatient_no AND x.visit_id = v.visit_id), 0) AS cost,
  ISNULL((SELECT SUM(d.amount) FROM dbo.inpatient_deposit d WHERE d.inpatient_no = v.inpatient_no AND d.visit_id = v.visit_id AND d.status <> 1), 0)
    - ISNULL((SELECT SUM(r.amount) FROM dbo.inpatient_deposit_refund r WHERE r.inpatient_no = v.inpatient_no AND r.visit_id = v.visit_id), 0) AS deposit
FROM dbo.inpatient_visit v
INNER JOIN dbo.patient p ON p.patient_id = v.patient_id
INNER JOIN dbo.fee_category f ON f.patient_type = p.patient_type
GO

-- ---------------------------------------------------------------- procedures: stays and fees

IF OBJECT_ID('dbo.usp_hospay_find_inpatient', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_find_inpatient
GO
-- card_type 26 is the inpatient number itself; every other is a card of the patient. All stays, the latest first.
CREATE PROCEDURE dbo.usp_hospay_find_inpatient
  @card_type varchar(4),
  @card_no varchar(32)
AS
BEGIN
  SET NOCOUNT ON
  SELECT v.inpatient_no, v.visit_id, v.patient_id, p.name, v.state, v.ward, v.bed, d.dept_name, v.in_time, v.out_time, s.deposit, s.cost,
    s.cost - ROUND(s.cost * s.fund_ratio, 2) AS self_cost,
    CASE WHEN s.cost - ROUND(s.cost * s.fund_ratio, 2) > s.deposit THEN s.cost - ROUND(s.cost * s.fund_ratio, 2) - s.deposit ELSE 0 END AS arrears, p.patient_type
  FROM dbo.inpatient_visit v
  INNER JOIN dbo.v_stay_sum s ON s.inpatient_no = v.inpatient_no AND s.visit_id = v.visit_id
  INNER JOIN dbo.patient p ON p.patient_id = v.patient_id
  INNER JOIN dbo.department d ON d.dept_code = v.dept_code
  WHERE (@card_type = '26' AND v.inpatient_no = @card_no)
     OR (@card_type <> '26' AND v.patient_id IN (SELECT c.patient_id FROM dbo.card c WHERE c.card_type = @card_type AND c.card_no = @card_no AND c.card_status = 0))
  ORDER BY v.in_time DESC, v.visit_id DESC
END
GO
IF OBJECT_ID('dbo.usp_hospay_inpatient_deposits', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_inpatient_deposits
GO
CREATE PROCEDURE dbo.usp_hospay_inpatient_deposits
  @inpatient_no varchar(20),
  @visit_id int
AS
BEGIN
  SET NOCOUNT ON
  SELECT receipt_no, CASE WHEN ours = 1 THEN trade_no ELSE '' END AS trade_no, amount, paid_time, pay_method, status
  FROM dbo.inpatient_deposit WHERE inpatient_no = @inpatient_no AND visit_id = @visit_id ORDER BY paid_time, receipt_no
END
GO
IF OBJECT_ID('dbo.usp_hospay_inpatient_day', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_inpatient_day
GO
-- 一日清单
CREATE PROCEDURE dbo.usp_hospay_inpatient_day
  @inpatient_no varchar(20),
  @visit_id int,
  @day char(8)
AS
BEGIN
  SET NOCOUNT ON
  SELECT fee_no, item_code, item_name, fee_class, spec, unit, qty, amount, own_ratio, fee_time
  FROM dbo.inpatient_fee WITH (NOLOCK)
  WHERE inpatient_no = @inpatient_no AND visit_id = @visit_id AND fee_time >= @day + '00:00:00' AND fee_time <= @day + '23:59:59'
  ORDER BY fee_time, fee_no
END
GO
IF OBJECT_ID('dbo.usp_hospay_inpatient_fee_sums', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_inpatient_fee_sums
GO
CREATE PROCEDURE dbo.usp_hospay_inpatient_fee_sums
  @inpatient_no varchar(20),
  @visit_id int
AS
BEGIN
  SET NOCOUNT ON
  SELECT fee_class, SUM(amount) AS amount FROM dbo.inpatient_fee WHERE inpatient_no = @inpatient_no AND visit_id = @visit_id GROUP BY fee_class ORDER BY fee_class
END
GO

-- ---------------------------------------------------------------- procedures: deposits

IF OBJECT_ID('dbo.usp_hospay_deposit', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_deposit
GO
-- A trade number is booked once and with one amount only; told again it answers success. ret_code: 0 booked, 260101 no such stay, or another patient's,
-- 260103 discharged, 260104 the number is booked with another amount or for another stay, 99 system error.
CREATE PROCEDURE dbo.usp_hospay_deposit
  @trade_no varchar(32),
  @inpatient_no varchar(20),
  @visit_id int,
  @patient_id varchar(20),
  @amount decimal(12,2),
  @paid_time char(16),
  @pay_method varchar(16),
  @channel_trade_no varchar(64),
  @terminal_no varchar(32),
  @receipt_no varchar(32) OUTPUT,
  @balance decimal(12,2) OUTPUT,
  @booked_trade_no varchar(32) OUTPUT,
  @booked_amount decimal(12,2) OUTPUT,
  @ret_code int OUTPUT,
  @ret_msg nvarchar(200) OUTPUT
AS
BEGIN
  SET NOCOUNT ON
  DECLARE @now datetime, @serial int, @state int, @known_no varchar(20), @known_visit int
  SELECT @receipt_no = NULL, @balance = NULL, @booked_trade_no = NULL, @booked_amount = NULL, @ret_code = 0, @ret_msg = N'', @now = GETDATE()
  BEGIN TRY
    BEGIN TRANSACTION
    SELECT @receipt_no = receipt_no, @booked_amount = amount, @known_no = inpatient_no, @known_visit = visit_id FROM dbo.inpatient_deposit WITH (UPDLOCK, HOLDLOCK) WHERE trade_no = @trade_no
    IF @receipt_no IS NOT NULL
    BEGIN
      IF @booked_amount = @amount AND @known_no = @inpatient_no AND @known_visit = @visit_id
        SELECT @booked_trade_no = @trade_no, @ret_msg = N'已记账'
      ELSE
        SELECT @receipt_no = NULL, @booked_amount = NULL, @ret_code = 260104, @ret_msg = N'订单号已记账, 金额或住院号不符'
      ROLLBACK TRANSACTION
      RETURN 0
    END
    SELECT @state = state FROM dbo.inpatient_visit WITH (UPDLOCK) WHERE inpatient_no = @inpatient_no AND visit_id = @visit_id AND patient_id = @patient_id
    IF @state IS NULL
      SELECT @ret_code = 260101, @ret_msg = N'住院记录不存在或住院次数不符'
    ELSE IF @state > 1
      SELECT @ret_code = 260103, @ret_msg = N'已出院, 不能缴纳预交金'
    ELSE IF @amount <= 0
      SELECT @ret_code = 260104, @ret_msg = N'预交金金额不符'
    IF @ret_code <> 0
    BEGIN
      ROLLBACK TRANSACTION
      RETURN 0
    END
    INSERT INTO dbo.serial_number (purpose) VALUES ('deposit')
    SET @serial = SCOPE_IDENTITY()
    SET @receipt_no = 'YJ' + CONVERT(char(8), @now, 112) + RIGHT('00000000' + CONVERT(varchar(10), @serial), 8)
    INSERT INTO dbo.inpatient_deposit (receipt_no, trade_no, ours, inpatient_no, visit_id, amount, paid_time, booked_time, pay_method, channel_trade_no, terminal_no)
    VALUES (@receipt_no, @trade_no, 1, @inpatient_no, @visit_id, @amount, @paid_time, CONVERT(char(8), @now, 112) + CONVERT(char(8), @now, 108), @pay_method, ISNULL(@channel_trade_no, ''), ISNULL(@terminal_no, ''))
    SELECT @balance = deposit FROM dbo.v_stay_sum WHERE inpatient_no = @inpatient_no AND visit_id = @visit_id
    COMMIT TRANSACTION
    SELECT @booked_trade_no = @trade_no, @booked_amount = @amount, @ret_msg = N'成功'
  END TRY
  BEGIN CATCH
    IF XACT_STATE() <> 0 ROLLBACK TRANSACTION
    SELECT @receipt_no = NULL, @booked_trade_no = NULL, @booked_amount = NULL, @ret_code = 99, @ret_msg = LEFT(N'系统错误 ' + CONVERT(nvarchar(10), ERROR_NUMBER()) + N': ' + ERROR_MESSAGE(), 200)
  END CATCH
  RETURN 0
END
GO
IF OBJECT_ID('dbo.usp_hospay_query_deposit', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_query_deposit
GO
CREATE PROCEDURE dbo.usp_hospay_query_deposit
  @trade_no varchar(32)
AS
BEGIN
  SET NOCOUNT ON
  SELECT trade_no, receipt_no, amount, status FROM dbo.inpatient_deposit WHERE trade_no = @trade_no
END
GO
IF OBJECT_ID('dbo.usp_hospay_deposit_refund', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_deposit_refund
GO
-- While the patient is in hospital a deposit may go back; once discharged only what the settlement gives back. ret_code: 0 refunded (also on replay), 260201 no such deposit,
-- 260204 more than is left of it or of the settlement's refund, or the number was used otherwise, 260207 discharged and not settled, 99 system error.
CREATE PROCEDURE dbo.usp_hospay_deposit_refund
  @trade_no varchar(32),
  @refund_no varchar(32),
  @refund_amount decimal(12,2),
  @reason nvarchar(80),
  @his_refund_no varchar(32) OUTPUT,
  @ret_code int OUTPUT,
  @ret_msg nvarchar(200) OUTPUT
AS
BEGIN
  SET NOCOUNT ON
  DECLARE @now datetime, @serial int, @inpatient_no varchar(20), @visit_id int, @amount decimal(12,2), @refunded decimal(12,2), @state int, @status int, @rest decimal(12,2), @settled decimal(12,2),
          @known_trade varchar(32), @known_amount decimal(12,2)
  SELECT @his_refund_no = NULL, @ret_code = 0, @ret_msg = N'', @now = GETDATE()
  BEGIN TRY
    BEGIN TRANSACTION
    SELECT @his_refund_no = his_refund_no, @known_trade = trade_no, @known_amount = amount FROM dbo.inpatient_deposit_refund WITH (UPDLOCK, HOLDLOCK) WHERE refund_no = @refund_no
    IF @his_refund_no IS NOT NULL
    BEGIN
      IF @known_trade <> @trade_no OR @known_amount <> @refund_amount
        SELECT @his_refund_no = NULL, @ret_code = 260204, @ret_msg = N'退款单号已用于另一笔退款'
      ROLLBACK TRANSACTION
      RETURN 0
    END
    SELECT @inpatient_no = inpatient_no, @visit_id = visit_id, @amount = amount, @status = status FROM dbo.inpatient_deposit WITH (UPDLOCK) WHERE trade_no = @trade_no AND ours = 1
    SELECT @state = state FROM dbo.inpatient_visit WHERE inpatient_no = @inpatient_no AND visit_id = @visit_id
    SELECT @refunded = ISNULL(SUM(amount), 0) FROM dbo.inpatient_deposit_refund WHERE trade_no = @trade_no
    SET @rest = @amount - @refunded
    IF @state = 3
    BEGIN
      SELECT @settled = refund FROM dbo.discharge_settlement WHERE inpatient_no = @inpatient_no AND visit_id = @visit_id
      SELECT @settled = @settled - ISNULL(SUM(amount), 0) FROM dbo.inpatient_deposit_refund WHERE inpatient_no = @inpatient_no AND visit_id = @visit_id AND after_settlement = 1
      IF @settled < @rest SET @rest = @settled
    END
    IF @inpatient_no IS NULL OR @status = 1
      SELECT @ret_code = 260201, @ret_msg = N'预交金记录不存在'
    ELSE IF @state = 2
      SELECT @ret_code = 260207, @ret_msg = N'已出院未结算, 请先办理出院结算'
    ELSE IF @refund_amount <= 0 OR @refund_amount > @rest
      SELECT @ret_code = 260204, @ret_msg = N'退款金额超过可退金额'
    IF @ret_code <> 0
    BEGIN
      ROLLBACK TRANSACTION
      RETURN 0
    END
    INSERT INTO dbo.serial_number (purpose) VALUES ('refund')
    SET @serial = SCOPE_IDENTITY()
    SET @his_refund_no = 'TY' + CONVERT(char(8), @now, 112) + RIGHT('00000000' + CONVERT(varchar(10), @serial), 8)
    INSERT INTO dbo.inpatient_deposit_refund (his_refund_no, refund_no, trade_no, inpatient_no, visit_id, amount, after_settlement, reason, refund_time)
    VALUES (@his_refund_no, @refund_no, @trade_no, @inpatient_no, @visit_id, @refund_amount, CASE WHEN @state = 3 THEN 1 ELSE 0 END, ISNULL(@reason, N''), CONVERT(char(8), @now, 112) + CONVERT(char(8), @now, 108))
    IF @refunded + @refund_amount = @amount
      UPDATE dbo.inpatient_deposit SET status = 2 WHERE trade_no = @trade_no
    COMMIT TRANSACTION
    SET @ret_msg = N'成功'
  END TRY
  BEGIN CATCH
    IF XACT_STATE() <> 0 ROLLBACK TRANSACTION
    SELECT @his_refund_no = NULL, @ret_code = 99, @ret_msg = LEFT(N'系统错误 ' + CONVERT(nvarchar(10), ERROR_NUMBER()) + N': ' + ERROR_MESSAGE(), 200)
  END CATCH
  RETURN 0
END
GO
IF OBJECT_ID('dbo.usp_hospay_query_deposit_refund', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_query_deposit_refund
GO
CREATE PROCEDURE dbo.usp_hospay_query_deposit_refund
  @refund_no varchar(32)
AS
BEGIN
  SET NOCOUNT ON
  SELECT refund_no, his_refund_no, trade_no, amount, refund_time FROM dbo.inpatient_deposit_refund WHERE refund_no = @refund_no
END
GO

-- ---------------------------------------------------------------- procedures: discharge

IF OBJECT_ID('dbo.usp_hospay_discharge_check', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_discharge_check
GO
-- may_settle: 1 when the stay can be settled without a window. ret_code: 0 answered, 280101 no such stay.
CREATE PROCEDURE dbo.usp_hospay_discharge_check
  @inpatient_no varchar(20),
  @visit_id int,
  @may_settle char(1) OUTPUT,
  @hindrance nvarchar(200) OUTPUT,
  @ret_code int OUTPUT,
  @ret_msg nvarchar(200) OUTPUT
AS
BEGIN
  SET NOCOUNT ON
  DECLARE @state int, @note nvarchar(100), @kind varchar(10)
  SELECT @may_settle = '0', @hindrance = N'', @ret_code = 0, @ret_msg = N'成功'
  SELECT @state = state FROM dbo.inpatient_visit WHERE inpatient_no = @inpatient_no AND visit_id = @visit_id
  IF @state IS NULL
  BEGIN
    SELECT @ret_code = 280101, @ret_msg = N'住院记录不存在'
    RETURN 0
  END
  IF @state = 0 SET @hindrance = N'医生未开出院医嘱'
  IF @state = 3 SET @hindrance = N'已结算'
  SELECT @kind = MIN(kind) FROM dbo.inpatient_hindrance WHERE inpatient_no = @inpatient_no AND visit_id = @visit_id
  WHILE @kind IS NOT NULL
  BEGIN
    SELECT @note = note FROM dbo.inpatient_hindrance WHERE inpatient_no = @inpatient_no AND visit_id = @visit_id AND kind = @kind
    SET @hindrance = @hindrance + CASE WHEN LEN(@hindrance) > 0 THEN N'; ' ELSE N'' END + @note
    SELECT @kind = MIN(kind) FROM dbo.inpatient_hindrance WHERE inpatient_no = @inpatient_no AND visit_id = @visit_id AND kind > @kind
  END
  IF LEN(@hindrance) = 0 SET @may_settle = '1'
  RETURN 0
END
GO
IF OBJECT_ID('dbo.usp_hospay_discharge_presettle', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_discharge_presettle
GO
-- Valid for thirty minutes. The deposits go against the self-pay: either collect or refund is left. ret_code: 0 quoted, 280101 no such stay,
-- 280102 something forbids it, 280105 settled already, 99 system error.
CREATE PROCEDURE dbo.usp_hospay_discharge_presettle
  @inpatient_no varchar(20),
  @visit_id int,
  @quote_no varchar(32) OUTPUT,
  @total decimal(12,2) OUTPUT,
  @fund decimal(12,2) OUTPUT,
  @account decimal(12,2) OUTPUT,
  @self_pay decimal(12,2) OUTPUT,
  @deposit decimal(12,2) OUTPUT,
  @collect decimal(12,2) OUTPUT,
  @refund decimal(12,2) OUTPUT,
  @valid_until char(16) OUTPUT,
  @ret_code int OUTPUT,
  @ret_msg nvarchar(200) OUTPUT
AS
BEGIN
  SET NOCOUNT ON
  DECLARE @now datetime, @serial int, @state int, @fund_ratio decimal(5,4), @account_ratio decimal(5,4)
  SELECT @quote_no = NULL, @total = NULL, @fund = NULL, @account = NULL, @self_pay = NULL, @deposit = NULL, @collect = NULL, @refund = NULL, @valid_until = NULL, @ret_code = 0, @ret_msg = N'', @now = GETDATE()
  BEGIN TRY
    BEGIN TRANSACTION
    SELECT @state = state, @total = cost, @deposit = deposit, @fund_ratio = fund_ratio, @account_ratio = account_ratio FROM dbo.v_stay_sum WHERE inpatient_no = @inpatient_no AND visit_id = @visit_id
    IF @state IS NULL
      SELECT @ret_code = 280101, @ret_msg = N'住院记录不存在'
    ELSE IF @state = 3
      SELECT @ret_code = 280105, @ret_msg = N'已结算'
    ELSE IF @state = 0 OR EXISTS (SELECT 1 FROM dbo.inpatient_hindrance WHERE inpatient_no = @inpatient_no AND visit_id = @visit_id)
      SELECT @ret_code = 280102, @ret_msg = N'存在未完成事项, 不能自助结算'
    IF @ret_code <> 0
    BEGIN
      ROLLBACK TRANSACTION
      SELECT @total = NULL, @deposit = NULL
      RETURN 0
    END
    SET @fund = ROUND(@total * @fund_ratio, 2)
    SET @account = ROUND((@total - @fund) * @account_ratio, 2)
    SET @self_pay = @total - @fund - @account
    SET @collect = CASE WHEN @self_pay > @deposit THEN @self_pay - @deposit ELSE 0 END
    SET @refund = CASE WHEN @deposit > @self_pay THEN @deposit - @self_pay ELSE 0 END
    INSERT INTO dbo.serial_number (purpose) VALUES ('quote')
    SET @serial = SCOPE_IDENTITY()
    SET @quote_no = 'QZ' + CONVERT(char(8), @now, 112) + RIGHT('00000000' + CONVERT(varchar(10), @serial), 8)
    SET @valid_until = CONVERT(char(8), DATEADD(minute, 30, @now), 112) + CONVERT(char(8), DATEADD(minute, 30, @now), 108)
    INSERT INTO dbo.discharge_quote (quote_no, inpatient_no, visit_id, total, fund, account, self_pay, deposit, collect, refund, valid_until)
    VALUES (@quote_no, @inpatient_no, @visit_id, @total, @fund, @account, @self_pay, @deposit, @collect, @refund, @valid_until)
    COMMIT TRANSACTION
    SET @ret_msg = N'成功'
  END TRY
  BEGIN CATCH
    IF XACT_STATE() <> 0 ROLLBACK TRANSACTION
    SELECT @quote_no = NULL, @ret_code = 99, @ret_msg = LEFT(N'系统错误 ' + CONVERT(nvarchar(10), ERROR_NUMBER()) + N': ' + ERROR_MESSAGE(), 200)
  END CATCH
  RETURN 0
END
GO
IF OBJECT_ID('dbo.usp_hospay_discharge_settle', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_discharge_settle
GO
-- Idempotent by settlement_no, and by the trade number that paid what was to collect. ret_code: 0 settled (also on replay), 280201 quote unknown or of another stay,
-- 280202 the stay is settled under another number, 280203 quote used or run out, 280204 amounts differ from the quote, or the stay's fees or deposits changed since,
-- 280205 something forbids it, 99 system error.
CREATE PROCEDURE dbo.usp_hospay_discharge_settle
  @settlement_no varchar(32),
  @inpatient_no varchar(20),
  @visit_id int,
  @quote_no varchar(32),
  @collect decimal(12,2),
  @refund decimal(12,2),
  @trade_no varchar(32),
  @paid_time varchar(16),
  @his_settlement_no varchar(32) OUTPUT,
  @receipt_no varchar(32) OUTPUT,
  @booked_collect decimal(12,2) OUTPUT,
  @booked_refund decimal(12,2) OUTPUT,
  @ret_code int OUTPUT,
  @ret_msg nvarchar(200) OUTPUT
AS
BEGIN
  SET NOCOUNT ON
  DECLARE @now datetime, @time char(16), @serial int, @state int, @cost decimal(12,2), @deposit decimal(12,2), @total decimal(12,2), @quoted_deposit decimal(12,2), @quoted_collect decimal(12,2),
          @quoted_refund decimal(12,2), @valid_until char(16), @quote_status int, @known_settlement varchar(32), @known_trade varchar(32), @known_no varchar(20), @known_visit int
  SELECT @his_settlement_no = NULL, @receipt_no = NULL, @booked_collect = NULL, @booked_refund = NULL, @ret_code = 0, @ret_msg = N'', @now = GETDATE()
  SET @time = CONVERT(char(8), @now, 112) + CONVERT(char(8), @now, 108)
  BEGIN TRY
    BEGIN TRANSACTION
    SELECT TOP 1 @his_settlement_no = his_settlement_no, @receipt_no = receipt_no, @booked_collect = collect, @booked_refund = refund, @known_settlement = settlement_no, @known_trade = trade_no,
      @known_no = inpatient_no, @known_visit = visit_id
    FROM dbo.discharge_settlement WITH (UPDLOCK, HOLDLOCK) WHERE settlement_no = @settlement_no OR (inpatient_no = @inpatient_no AND visit_id = @visit_id)
    ORDER BY CASE WHEN settlement_no = @settlement_no THEN 0 ELSE 1 END
    IF @his_settlement_no IS NOT NULL
    BEGIN
      IF @known_no = @inpatient_no AND @known_visit = @visit_id AND @booked_collect = @collect AND @booked_refund = @refund
         AND (@known_settlement = @settlement_no OR (LEN(@trade_no) > 0 AND @known_trade = @trade_no))
        SET @ret_msg = N'已结算'
      ELSE
        SELECT @his_settlement_no = NULL, @receipt_no = NULL, @booked_collect = NULL, @booked_refund = NULL,
          @ret_code = CASE WHEN @known_settlement = @settlement_no THEN 280204 ELSE 280202 END, @ret_msg = N'已用另一单号结算, 或金额不符'
      ROLLBACK TRANSACTION
      RETURN 0
    END
    SELECT @state = state, @cost = cost, @deposit = deposit FROM dbo.v_stay_sum WHERE inpatient_no = @inpatient_no AND visit_id = @visit_id
    SELECT @total = total, @quoted_deposit = deposit, @quoted_collect = collect, @quoted_refund = refund, @valid_until = valid_until, @quote_status = status
    FROM dbo.discharge_quote WITH (UPDLOCK) WHERE quote_no = @quote_no AND inpatient_no = @inpatient_no AND visit_id = @visit_id
    IF @state IS NULL OR @total IS NULL
      SELECT @ret_code = 280201, @ret_msg = N'出院预结算单不存在'
    ELSE IF @quote_status <> 0 OR (CASE WHEN LEN(@paid_time) > 0 THEN @paid_time ELSE @time END) > @valid_until
      SELECT @ret_code = 280203, @ret_msg = N'出院预结算单已使用或已过期'
    ELSE IF @state = 0 OR EXISTS (SELECT 1 FROM dbo.inpatient_hindrance WHERE inpatient_no = @inpatient_no AND visit_id = @visit_id)
      SELECT @ret_code = 280205, @ret_msg = N'存在未完成事项, 不能自助结算'
    ELSE IF @cost <> @total OR @deposit <> @quoted_deposit
      SELECT @ret_code = 280204, @ret_msg = N'费用或预交金已变更, 请重新预结算'
    ELSE IF @collect <> @quoted_collect OR @refund <> @quoted_refund OR (@collect > 0 AND LEN(@trade_no) = 0)
      SELECT @ret_code = 280204, @ret_msg = N'结算金额不符'
    IF @ret_code <> 0
    BEGIN
      ROLLBACK TRANSACTION
      RETURN 0
    END
    INSERT INTO dbo.serial_number (purpose) VALUES ('settlement')
    SET @serial = SCOPE_IDENTITY()
    SET @his_settlement_no = 'SZ' + CONVERT(char(8), @now, 112) + RIGHT('00000000' + CONVERT(varchar(10), @serial), 8)
    SET @receipt_no = 'R' + RIGHT('0000000000' + CONVERT(varchar(10), @serial), 10)
    INSERT INTO dbo.discharge_settlement (his_settlement_no, settlement_no, inpatient_no, visit_id, quote_no, receipt_no, collect, refund, trade_no, paid_time, booked_time)
    VALUES (@his_settlement_no, @settlement_no, @inpatient_no, @visit_id, @quote_no, @receipt_no, @collect, @refund, @trade_no, CASE WHEN LEN(@paid_time) > 0 THEN @paid_time ELSE @time END, @time)
    UPDATE dbo.inpatient_deposit SET status = 3 WHERE inpatient_no = @inpatient_no AND visit_id = @visit_id AND status = 0
    UPDATE dbo.discharge_quote SET status = 1 WHERE quote_no = @quote_no
    UPDATE dbo.inpatient_visit SET state = 3, out_time = ISNULL(out_time, @time) WHERE inpatient_no = @inpatient_no AND visit_id = @visit_id
    COMMIT TRANSACTION
    SELECT @booked_collect = @collect, @booked_refund = @refund, @ret_msg = N'成功'
  END TRY
  BEGIN CATCH
    IF XACT_STATE() <> 0 ROLLBACK TRANSACTION
    SELECT @his_settlement_no = NULL, @receipt_no = NULL, @booked_collect = NULL, @booked_refund = NULL, @ret_code = 99,
      @ret_msg = LEFT(N'系统错误 ' + CONVERT(nvarchar(10), ERROR_NUMBER()) + N': ' + ERROR_MESSAGE(), 200)
  END CATCH
  RETURN 0
END
GO
IF OBJECT_ID('dbo.usp_hospay_query_discharge', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_query_discharge
GO
CREATE PROCEDURE dbo.usp_hospay_query_discharge
  @settlement_no varchar(32)
AS
BEGIN
  SET NOCOUNT ON
  SELECT settlement_no, his_settlement_no, receipt_no, collect, refund FROM dbo.discharge_settlement WHERE settlement_no = @settlement_no
END
GO

-- ---------------------------------------------------------------- seeds

-- Four stays: in hospital, about to leave with money to collect, about to leave with money to give back, and an earlier one of a patient who is back.
IF NOT EXISTS (SELECT 1 FROM dbo.inpatient_visit)
BEGIN
  DECLARE @today char(8), @earlier char(8)
  SELECT @today = CONVERT(char(8), GETDATE(), 112), @earlier = CONVERT(char(8), DATEADD(day, -3, GETDATE()), 112)
  INSERT INTO dbo.inpatient_visit (inpatient_no, visit_id, patient_id, state, ward, bed, dept_code, in_time, out_time) VALUES
    ('ZY000001', 1, 'P0000001', 3, N'心内科一病区', '05', '0101', '2024030109:00:00', '2024030910:30:00'),
    ('ZY000001', 2, 'P0000001', 0, N'心内科一病区', '12', '0101', @earlier + '08:30:00', NULL),
    ('ZY000006', 1, 'P0000006', 1, N'普外科二病区', '03', '0201', @earlier + '14:00:00', NULL),
    ('ZY000018', 1, 'P0000018', 1, N'呼吸科病区', '21', '0102', @earlier + '10:15:00', NULL)
  INSERT INTO dbo.inpatient_fee (fee_no, inpatient_no, visit_id, item_code, item_name, fee_class, spec, unit, qty, amount, own_ratio, fee_time)
  SELECT 'ZF' + v.inpatient_no + CONVERT(varchar(4), v.visit_id) + i.item_code, v.inpatient_no, v.visit_id, i.item_code, i.item_name,
    CASE i.bill_type WHEN '1' THEN N'西药费' WHEN '2' THEN N'检查费' ELSE N'治疗费' END, i.spec, i.unit, 3, i.price * 3, 0.1000, (CASE WHEN i.bill_type = '1' THEN @today ELSE @earlier END) + '15:00:00'
  FROM dbo.inpatient_visit v CROSS JOIN dbo.charge_item i WHERE v.state < 3 AND i.item_code IN ('Y1003', 'Y1004', 'J3001', 'J3004', 'Q4002')
  INSERT INTO dbo.inpatient_deposit (receipt_no, trade_no, ours, inpatient_no, visit_id, amount, paid_time, booked_time, pay_method, channel_trade_no, terminal_no) VALUES
    ('YJ00000001', 'WYJ00000001', 0, 'ZY000001', 2, 1000.00, @earlier + '08:40:00', @earlier + '08:40:00', 'cash', '', 'WINDOW'),
    ('YJ00000002', 'WYJ00000002', 0, 'ZY000006', 1, 500.00, @earlier + '14:10:00', @earlier + '14:10:00', 'cash', '', 'WINDOW'),
    ('YJ00000003', 'WYJ00000003', 0, 'ZY000018', 1, 2000.00, @earlier + '10:20:00', @earlier + '10:20:00', 'cash', '', 'WINDOW')
END
GO
