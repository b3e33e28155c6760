-- The hospital of the simulator, in T-SQL of SQL Server 2008 and later. Collation expected: Chinese_PRC_CI_AS. Save and run as UTF-8.
-- All names, numbers and people are invented. Money is DECIMAL(12,2) yuan; times are CHAR(16) 'yyyymmddHH:MM:SS' of the hospital's wall clock.
-- The script may be run again: tables and seeds are made once, procedures are replaced.
SET NOCOUNT ON
GO

-- ---------------------------------------------------------------- tables

IF OBJECT_ID('dbo.department', 'U') IS NULL
CREATE TABLE dbo.department (
  dept_code varchar(10) NOT NULL CONSTRAINT PK_department PRIMARY KEY,
  dept_name nvarchar(40) NOT NULL,
  location nvarchar(60) NOT NULL,
  pickup_window nvarchar(40) NOT NULL
)
GO
IF OBJECT_ID('dbo.doctor', 'U') IS NULL
CREATE TABLE dbo.doctor (
  doctor_code varchar(10) NOT NULL CONSTRAINT PK_doctor PRIMARY KEY,
  doctor_name nvarchar(40) NOT NULL,
  dept_code varchar(10) NOT NULL CONSTRAINT FK_doctor_department REFERENCES dbo.department (dept_code)
)
GO
IF OBJECT_ID('dbo.fee_category', 'U') IS NULL
CREATE TABLE dbo.fee_category (
  patient_type varchar(10) NOT NULL CONSTRAINT PK_fee_category PRIMARY KEY,
  category_name nvarchar(20) NOT NULL,
  fund_ratio decimal(5,4) NOT NULL,
  account_ratio decimal(5,4) NOT NULL
)
GO
IF OBJECT_ID('dbo.patient', 'U') IS NULL
CREATE TABLE dbo.patient (
  patient_id varchar(20) NOT NULL CONSTRAINT PK_patient PRIMARY KEY,
  name nvarchar(40) NOT NULL,
  sex nvarchar(2) NOT NULL,
  birthday char(8) NOT NULL,
  id_no varchar(18) NOT NULL,
  phone varchar(20) NOT NULL,
  patient_type varchar(10) NOT NULL CONSTRAINT FK_patient_category REFERENCES dbo.fee_category (patient_type)
)
GO
-- card_type: 1 identity card, 2 hospital card, 10 social security card, 12 scanned health code. card_status: 0 normal, 1 lost, 2 cancelled.
IF OBJECT_ID('dbo.card', 'U') IS NULL
CREATE TABLE dbo.card (
  card_type varchar(4) NOT NULL,
  card_no varchar(32) NOT NULL,
  patient_id varchar(20) NOT NULL CONSTRAINT FK_card_patient REFERENCES dbo.patient (patient_id),
  card_status int NOT NULL DEFAULT 0,
  -- One card may open several files of the same person; the patient then chooses.
  CONSTRAINT PK_card PRIMARY KEY (card_type, card_no, patient_id)
)
GO
IF OBJECT_ID('dbo.visit', 'U') IS NULL
CREATE TABLE dbo.visit (
  visit_no varchar(20) NOT NULL CONSTRAINT PK_visit PRIMARY KEY,
  patient_id varchar(20) NOT NULL CONSTRAINT FK_visit_patient REFERENCES dbo.patient (patient_id),
  doctor_code varchar(10) NOT NULL CONSTRAINT FK_visit_doctor REFERENCES dbo.doctor (doctor_code),
  visit_time char(16) NOT NULL
)
GO
-- bill_type: 1 prescription, 2 examination, 3 treatment.
IF OBJECT_ID('dbo.charge_item', 'U') IS NULL
CREATE TABLE dbo.charge_item (
  item_code varchar(20) NOT NULL CONSTRAINT PK_charge_item PRIMARY KEY,
  item_name nvarchar(60) NOT NULL,
  spec nvarchar(40) NOT NULL,
  unit nvarchar(10) NOT NULL,
  price decimal(12,2) NOT NULL,
  bill_type varchar(2) NOT NULL,
  dept_code varchar(10) NOT NULL
)
GO
-- status: 0 unpaid, 1 settled, 2 refunded, 5 locked (a doctor or a cashier holds it). version grows with each change of the content.
IF OBJECT_ID('dbo.bill', 'U') IS NULL
CREATE TABLE dbo.bill (
  bill_no varchar(32) NOT NULL CONSTRAINT PK_bill PRIMARY KEY,
  patient_id varchar(20) NOT NULL CONSTRAINT FK_bill_patient REFERENCES dbo.patient (patient_id),
  bill_type varchar(2) NOT NULL,
  bill_date char(16) NOT NULL,
  dept_code varchar(10) NOT NULL CONSTRAINT FK_bill_department REFERENCES dbo.department (dept_code),
  doctor_code varchar(10) NOT NULL CONSTRAINT FK_bill_doctor REFERENCES dbo.doctor (doctor_code),
  amount decimal(12,2) NOT NULL CONSTRAINT CK_bill_amount CHECK (amount >= 0),
  status int NOT NULL DEFAULT 0,
  version int NOT NULL DEFAULT 1,
  settlement_no varchar(32) NULL
)
GO
IF OBJECT_ID('dbo.bill_line', 'U') IS NULL
BEGIN
  CREATE TABLE dbo.bill_line (
    bill_no varchar(32) NOT NULL CONSTRAINT FK_line_bill REFERENCES dbo.bill (bill_no),
    line_no int NOT NULL,
    item_code varchar(20) NOT NULL,
    item_name nvarchar(60) NOT NULL,
    spec nvarchar(40) NOT NULL,
    unit nvarchar(10) NOT NULL,
    qty decimal(10,2) NOT NULL,
    price decimal(12,2) NOT NULL,
    amount decimal(12,2) NOT NULL,
    CONSTRAINT PK_bill_line PRIMARY KEY (bill_no, line_no)
  )
  CREATE INDEX IX_bill_patient ON dbo.bill (patient_id, status)
END
GO
-- Gives out the numbers of bills, quotes, settlements and refunds.
IF OBJECT_ID('dbo.serial_number', 'U') IS NULL
CREATE TABLE dbo.serial_number (
  serial int IDENTITY(100001, 1) NOT NULL CONSTRAINT PK_serial_number PRIMARY KEY,
  purpose varchar(12) NOT NULL
)
GO
-- status: 0 open, 1 used by a settlement, 2 closed.
IF OBJECT_ID('dbo.presettlement', 'U') IS NULL
CREATE TABLE dbo.presettlement (
  quote_no varchar(32) NOT NULL CONSTRAINT PK_presettlement PRIMARY KEY,
  patient_id varchar(20) NOT NULL,
  total decimal(12,2) NOT NULL,
  fund decimal(12,2) NOT NULL,
  account decimal(12,2) NOT NULL,
  self_pay decimal(12,2) NOT NULL,
  made_time char(16) NOT NULL,
  valid_until char(16) NOT NULL,
  status int NOT NULL DEFAULT 0
)
GO
IF OBJECT_ID('dbo.presettlement_bill', 'U') IS NULL
CREATE TABLE dbo.presettlement_bill (
  quote_no varchar(32) NOT NULL,
  bill_no varchar(32) NOT NULL,
  version int NOT NULL,
  amount decimal(12,2) NOT NULL,
  CONSTRAINT PK_presettlement_bill PRIMARY KEY (quote_no, bill_no)
)
GO
-- status: 0 booked, 1 partly refunded, 2 refunded, 3 booked and the money's arrival not told yet, 4 undone (冲正). trade_no is the payment platform's own number: one of it, one settlement.
IF OBJECT_ID('dbo.settlement', 'U') IS NULL
BEGIN
  CREATE TABLE dbo.settlement (
    settlement_no varchar(32) NOT NULL CONSTRAINT PK_settlement PRIMARY KEY,
    trade_no varchar(32) NOT NULL CONSTRAINT UQ_settlement_trade UNIQUE,
    quote_no varchar(32) NOT NULL,
    patient_id varchar(20) NOT NULL,
    receipt_no varchar(32) NOT NULL CONSTRAINT UQ_settlement_receipt UNIQUE,
    amount decimal(12,2) NOT NULL,
    total decimal(12,2) NOT NULL,
    paid_time char(16) NOT NULL,
    booked_time char(16) NOT NULL,
    pay_method varchar(16) NOT NULL,
    channel_trade_no varchar(64) NOT NULL,
    terminal_no varchar(32) NOT NULL,
    pickup_window nvarchar(40) NOT NULL,
    guide nvarchar(400) NOT NULL,
    dispensed int NOT NULL DEFAULT 0,
    status int NOT NULL DEFAULT 0
  )
  CREATE INDEX IX_settlement_paid ON dbo.settlement (paid_time)
END
GO
IF OBJECT_ID('dbo.settlement_refund', 'U') IS NULL
CREATE TABLE dbo.settlement_refund (
  his_refund_no varchar(32) NOT NULL CONSTRAINT PK_settlement_refund PRIMARY KEY,
  refund_no varchar(32) NOT NULL CONSTRAINT UQ_refund_no UNIQUE,
  trade_no varchar(32) NOT NULL,
  settlement_no varchar(32) NOT NULL CONSTRAINT FK_refund_settlement REFERENCES dbo.settlement (settlement_no),
  amount decimal(12,2) NOT NULL CONSTRAINT CK_refund_amount CHECK (amount > 0),
  reason nvarchar(80) NOT NULL,
  refund_time char(16) NOT NULL
)
GO

-- What the insurance is told of a visit and of an item, and what it settled. The insurance itself is settled by the payment platform.
IF OBJECT_ID('dbo.visit_diagnosis', 'U') IS NULL
CREATE TABLE dbo.visit_diagnosis (
  visit_no varchar(20) NOT NULL CONSTRAINT FK_diagnosis_visit REFERENCES dbo.visit (visit_no),
  position int NOT NULL,
  diagnosis_kind varchar(2) NOT NULL,
  diagnosis_code varchar(20) NOT NULL,
  diagnosis_name nvarchar(60) NOT NULL,
  CONSTRAINT PK_visit_diagnosis PRIMARY KEY (visit_no, position)
)
GO
-- Items that are not in the catalogue are paid by the patient.
IF OBJECT_ID('dbo.insurance_catalogue', 'U') IS NULL
CREATE TABLE dbo.insurance_catalogue (
  item_code varchar(20) NOT NULL CONSTRAINT PK_insurance_catalogue PRIMARY KEY,
  national_code varchar(50) NOT NULL
)
GO
IF OBJECT_ID('dbo.insurance_settlement', 'U') IS NULL
CREATE TABLE dbo.insurance_settlement (
  trade_no varchar(32) NOT NULL CONSTRAINT PK_insurance_settlement PRIMARY KEY,
  insurance_settlement_no varchar(64) NOT NULL,
  insurance_visit_no varchar(64) NOT NULL,
  fund decimal(12,2) NOT NULL,
  account decimal(12,2) NOT NULL,
  cash decimal(12,2) NOT NULL
)
GO

-- ---------------------------------------------------------------- procedures: patients and bills

IF OBJECT_ID('dbo.usp_hospay_ping', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_ping
GO
CREATE PROCEDURE dbo.usp_hospay_ping
AS
BEGIN
  SET NOCOUNT ON
  SELECT CONVERT(char(8), GETDATE(), 112) + CONVERT(char(8), GETDATE(), 108) AS server_time, DB_NAME() AS database_name
END
GO

IF OBJECT_ID('dbo.usp_hospay_departments', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_departments
GO
CREATE PROCEDURE dbo.usp_hospay_departments
AS
BEGIN
  SET NOCOUNT ON
  SELECT dept_code, dept_name, location FROM dbo.department WITH (NOLOCK) ORDER BY dept_code
END
GO

IF OBJECT_ID('dbo.usp_hospay_find_patient', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_find_patient
GO
CREATE PROCEDURE dbo.usp_hospay_find_patient
  @card_type varchar(4),
  @card_no varchar(32)
AS
BEGIN
  SET NOCOUNT ON
  SELECT p.patient_id, p.name, p.sex, p.birthday, p.id_no, c.card_no, p.patient_type, p.phone
  FROM dbo.card c WITH (NOLOCK)
  INNER JOIN dbo.patient p WITH (NOLOCK) ON p.patient_id = c.patient_id
  WHERE c.card_type = @card_type AND c.card_no = @card_no AND c.card_status = 0
  ORDER BY p.patient_id
END
GO

IF OBJECT_ID('dbo.usp_hospay_list_open_bills', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_list_open_bills
GO
CREATE PROCEDURE dbo.usp_hospay_list_open_bills
  @patient_id varchar(20)
AS
BEGIN
  SET NOCOUNT ON
  SELECT b.bill_no, b.patient_id, b.bill_type, b.bill_date, d.dept_name, s.doctor_name, b.amount, b.version
  FROM dbo.bill b WITH (NOLOCK)
  INNER JOIN dbo.department d WITH (NOLOCK) ON d.dept_code = b.dept_code
  INNER JOIN dbo.doctor s WITH (NOLOCK) ON s.doctor_code = b.doctor_code
  WHERE b.patient_id = @patient_id AND b.status = 0
  ORDER BY b.bill_date, b.bill_no
END
GO

IF OBJECT_ID('dbo.usp_hospay_bill_lines', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_bill_lines
GO
CREATE PROCEDURE dbo.usp_hospay_bill_lines
  @patient_id varchar(20),
  @bill_no varchar(32)
AS
BEGIN
  SET NOCOUNT ON
  SELECT l.line_no, l.item_code, l.item_name, l.spec, l.unit, l.qty, l.price, l.amount
  FROM dbo.bill_line l WITH (NOLOCK)
  INNER JOIN dbo.bill b WITH (NOLOCK) ON b.bill_no = l.bill_no
  WHERE b.patient_id = @patient_id AND b.bill_no = @bill_no
  ORDER BY l.line_no
END
GO

-- ---------------------------------------------------------------- procedures: settlement

IF OBJECT_ID('dbo.usp_hospay_presettle', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_presettle
GO
-- ret_code: 0 quoted, 300301 a bill is unknown or somebody else's, 300302 already paid, 300303 locked or refunded, 1 no bill named, 99 system error.
CREATE PROCEDURE dbo.usp_hospay_presettle
  @patient_id varchar(20),
  @bill_nos varchar(400),
  @quote_no varchar(32) OUTPUT,
  @total decimal(12,2) OUTPUT,
  @fund decimal(12,2) OUTPUT,
  @account decimal(12,2) OUTPUT,
  @self_pay decimal(12,2) OUTPUT,
  @valid_until char(16) OUTPUT,
  @ret_code int OUTPUT,
  @ret_msg nvarchar(200) OUTPUT
AS
BEGIN
  SET NOCOUNT ON
  DECLARE @wanted TABLE (bill_no varchar(32) NOT NULL PRIMARY KEY)
  DECLARE @rest varchar(401), @comma int, @one varchar(32), @bad varchar(32), @serial int, @now datetime, @fund_ratio decimal(5,4), @account_ratio decimal(5,4)
  SELECT @quote_no = NULL, @total = NULL, @fund = NULL, @account = NULL, @self_pay = NULL, @valid_until = NULL, @ret_code = 0, @ret_msg = N''

  SET @rest = @bill_nos + ','
  SET @comma = CHARINDEX(',', @rest)
  WHILE @comma > 0
  BEGIN
    SET @one = LTRIM(RTRIM(LEFT(@rest, @comma - 1)))
    IF LEN(@one) > 0 AND NOT EXISTS (SELECT 1 FROM @wanted WHERE bill_no = @one)
      INSERT INTO @wanted (bill_no) VALUES (@one)
    SET @rest = SUBSTRING(@rest, @comma + 1, 400)
    SET @comma = CHARINDEX(',', @rest)
  END
  IF NOT EXISTS (SELECT 1 FROM @wanted)
  BEGIN
    SELECT @ret_code = 1, @ret_msg = N'未指定待缴费单据'
    RETURN 0
  END

  BEGIN TRY
    BEGIN TRANSACTION
    -- Read under lock and without NOLOCK: this decides what the patient is asked to pay.
    SELECT TOP 1 @bad = w.bill_no FROM @wanted w LEFT JOIN dbo.bill b WITH (UPDLOCK) ON b.bill_no = w.bill_no AND b.patient_id = @patient_id WHERE b.bill_no IS NULL ORDER BY w.bill_no
    IF @bad IS NOT NULL
      SELECT @ret_code = 300301, @ret_msg = N'单据不存在: ' + @bad
    IF @ret_code = 0
    BEGIN
      SELECT TOP 1 @bad = b.bill_no FROM @wanted w INNER JOIN dbo.bill b ON b.bill_no = w.bill_no WHERE b.status = 1 ORDER BY b.bill_no
      IF @bad IS NOT NULL
        SELECT @ret_code = 300302, @ret_msg = N'当前处方已经被结算: ' + @bad
    END
    IF @ret_code = 0
    BEGIN
      SELECT TOP 1 @bad = b.bill_no FROM @wanted w INNER JOIN dbo.bill b ON b.bill_no = w.bill_no WHERE b.status <> 0 ORDER BY b.bill_no
      IF @bad IS NOT NULL
        SELECT @ret_code = 300303, @ret_msg = N'单据已锁定或已关闭: ' + @bad
    END
    IF @ret_code <> 0
    BEGIN
      ROLLBACK TRANSACTION
      RETURN 0
    END

    SELECT @total = SUM(b.amount) FROM @wanted w INNER JOIN dbo.bill b ON b.bill_no = w.bill_no
    SELECT @fund_ratio = f.fund_ratio, @account_ratio = f.account_ratio
    FROM dbo.patient p INNER JOIN dbo.fee_category f ON f.patient_type = p.patient_type WHERE p.patient_id = @patient_id
    SET @fund = ROUND(@total * @fund_ratio, 2)
    SET @account = ROUND((@total - @fund) * @account_ratio, 2)
    SET @self_pay = @total - @fund - @account

    INSERT INTO dbo.serial_number (purpose) VALUES ('quote')
    SET @serial = SCOPE_IDENTITY()
    SET @now = GETDATE()
    SET @quote_no = 'Q' + CONVERT(char(8), @now, 112) + RIGHT('00000000' + CONVERT(varchar(10), @serial), 8)
    SET @valid_until = CONVERT(char(8), DATEADD(minute, 15, @now), 112) + CONVERT(char(8), DATEADD(minute, 15, @now), 108)
    INSERT INTO dbo.presettlement (quote_no, patient_id, total, fund, account, self_pay, made_time, valid_until, status)
    VALUES (@quote_no, @patient_id, @total, @fund, @account, @self_pay, CONVERT(char(8), @now, 112) + CONVERT(char(8), @now, 108), @valid_until, 0)
    INSERT INTO dbo.presettlement_bill (quote_no, bill_no, version, amount)
    SELECT @quote_no, b.bill_no, b.version, b.amount FROM @wanted w INNER JOIN dbo.bill b ON b.bill_no = w.bill_no
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

IF OBJECT_ID('dbo.usp_hospay_confirm', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_confirm
GO
-- ret_code: 0 booked, 300301 quote unknown, 300302 already paid (by this trade number: a replay, or by another: booked_trade_no tells), 300303 closed,
-- 300304 amount or content differs, 99 system error (nothing booked as far as this call knows). With @insurance_settlement_no the platform has settled the
-- insurance: @self_pay is then the whole, which fund, account and cash must make. With @await_arrival = 1 it is half a booking until usp_hospay_confirm_arrival (hospital-bill-locks.sql).
CREATE PROCEDURE dbo.usp_hospay_confirm
  @trade_no varchar(32),
  @quote_no varchar(32),
  @patient_id varchar(20),
  @self_pay decimal(12,2),
  @paid_time char(16),
  @pay_method varchar(16),
  @channel_trade_no varchar(64),
  @terminal_no varchar(32),
  @settlement_no varchar(32) OUTPUT,
  @receipt_no varchar(32) OUTPUT,
  @pickup_window nvarchar(40) OUTPUT,
  @guide nvarchar(400) OUTPUT,
  @ret_code int OUTPUT,
  @ret_msg nvarchar(200) OUTPUT,
  @booked_trade_no varchar(32) = NULL OUTPUT,
  @booked_amount decimal(12,2) = NULL OUTPUT,
  @insurance_settlement_no varchar(64) = NULL,
  @insurance_visit_no varchar(64) = NULL,
  @fund decimal(12,2) = NULL,
  @account decimal(12,2) = NULL,
  @cash decimal(12,2) = NULL,
  @await_arrival int = 0
AS
BEGIN
  SET NOCOUNT ON
  DECLARE @quoted decimal(12,2), @total decimal(12,2), @valid_until char(16), @quote_status int, @found varchar(32), @serial int, @now datetime, @expected int, @updated int, @medicines int, @known_status int
  SELECT @settlement_no = NULL, @receipt_no = NULL, @pickup_window = NULL, @guide = NULL, @ret_code = 0, @ret_msg = N'', @booked_trade_no = NULL, @booked_amount = NULL
  BEGIN TRY
    BEGIN TRANSACTION
    -- The same trade number again: answer what was booked, book nothing.
    SELECT @settlement_no = settlement_no, @receipt_no = receipt_no, @pickup_window = pickup_window, @guide = guide, @booked_trade_no = trade_no, @booked_amount = amount, @known_status = status
    FROM dbo.settlement WITH (UPDLOCK, HOLDLOCK) WHERE trade_no = @trade_no
    IF @known_status = 4
      SELECT @settlement_no = NULL, @receipt_no = NULL, @pickup_window = NULL, @guide = NULL, @booked_trade_no = NULL, @booked_amount = NULL, @ret_code = 300303, @ret_msg = N'该订单已冲正'
    ELSE IF @settlement_no IS NOT NULL
      SELECT @ret_code = 300302, @ret_msg = N'该订单已支付'

    IF @ret_code = 0
    BEGIN
      SELECT @quoted = self_pay, @total = total, @valid_until = valid_until, @quote_status = status
      FROM dbo.presettlement WITH (UPDLOCK) WHERE quote_no = @quote_no AND patient_id = @patient_id
      IF @quoted IS NULL
        SELECT @ret_code = 300301, @ret_msg = N'预结算单不存在'
    END
    IF @ret_code = 0
    BEGIN
      SELECT TOP 1 @found = b.settlement_no FROM dbo.presettlement_bill q INNER JOIN dbo.bill b WITH (UPDLOCK) ON b.bill_no = q.bill_no
      WHERE q.quote_no = @quote_no AND b.status = 1 ORDER BY b.bill_no
      IF @found IS NOT NULL
      BEGIN
        SELECT @booked_trade_no = trade_no, @booked_amount = amount FROM dbo.settlement WHERE settlement_no = @found
        SELECT @ret_code = 300302, @ret_msg = N'当前处方已经被结算'
      END
    END
    IF @ret_code = 0 AND (@quote_status <> 0 OR @paid_time > @valid_until)
      SELECT @ret_code = 300303, @ret_msg = N'预结算单已关闭或已过期'
    IF @ret_code = 0 AND EXISTS (SELECT 1 FROM dbo.presettlement_bill q INNER JOIN dbo.bill b ON b.bill_no = q.bill_no WHERE q.quote_no = @quote_no AND b.status <> 0)
      SELECT @ret_code = 300303, @ret_msg = N'单据已锁定或已关闭'
    IF @ret_code = 0 AND EXISTS (SELECT 1 FROM dbo.presettlement_bill q INNER JOIN dbo.bill b ON b.bill_no = q.bill_no WHERE q.quote_no = @quote_no AND (b.version <> q.version OR b.amount <> q.amount))
      SELECT @ret_code = 300304, @ret_msg = N'单据内容已变更, 请重新结算'
    IF @ret_code = 0 AND @insurance_settlement_no IS NOT NULL AND (@self_pay <> @total OR @fund + @account + @cash <> @total)
      SELECT @ret_code = 300304, @ret_msg = N'医保结算金额不符'
    IF @ret_code = 0 AND @insurance_settlement_no IS NULL AND @self_pay <> @quoted
      SELECT @ret_code = 300304, @ret_msg = N'支付金额不符'
    IF @ret_code <> 0
    BEGIN
      ROLLBACK TRANSACTION
      RETURN 0
    END

    INSERT INTO dbo.serial_number (purpose) VALUES ('settlement')
    SET @serial = SCOPE_IDENTITY()
    SET @now = GETDATE()
    SET @settlement_no = 'S' + CONVERT(char(8), @now, 112) + RIGHT('00000000' + CONVERT(varchar(10), @serial), 8)
    SET @receipt_no = 'R' + RIGHT('0000000000' + CONVERT(varchar(10), @serial), 10)
    SELECT @pickup_window = N'', @guide = N''
    SELECT @medicines = COUNT(*) FROM dbo.presettlement_bill q INNER JOIN dbo.bill b ON b.bill_no = q.bill_no WHERE q.quote_no = @quote_no AND b.bill_type = '1'
    IF @medicines > 0
    BEGIN
      SELECT TOP 1 @pickup_window = d.pickup_window FROM dbo.presettlement_bill q INNER JOIN dbo.bill b ON b.bill_no = q.bill_no
      INNER JOIN dbo.department d ON d.dept_code = b.dept_code WHERE q.quote_no = @quote_no AND b.bill_type = '1' ORDER BY b.bill_no
      SET @guide = N'请到' + @pickup_window + N'取药。'
    END
    IF EXISTS (SELECT 1 FROM dbo.presettlement_bill q INNER JOIN dbo.bill b ON b.bill_no = q.bill_no WHERE q.quote_no = @quote_no AND b.bill_type <> '1')
      SELECT @guide = @guide + N'请到' + x.location + N'做检查或治疗。'
      FROM (SELECT MIN(d.location) AS location FROM dbo.presettlement_bill q INNER JOIN dbo.bill b ON b.bill_no = q.bill_no
            INNER JOIN dbo.department d ON d.dept_code = b.dept_code WHERE q.quote_no = @quote_no AND b.bill_type <> '1') x

    INSERT INTO dbo.settlement (settlement_no, trade_no, quote_no, patient_id, receipt_no, amount, total, paid_time, booked_time, pay_method, channel_trade_no, terminal_no, pickup_window, guide, status)
    VALUES (@settlement_no, @trade_no, @quote_no, @patient_id, @receipt_no, @self_pay, @total, @paid_time,
            CONVERT(char(8), @now, 112) + CONVERT(char(8), @now, 108), @pay_method, ISNULL(@channel_trade_no, ''), ISNULL(@terminal_no, ''), @pickup_window, @guide, CASE WHEN @await_arrival = 1 THEN 3 ELSE 0 END)
    IF @insurance_settlement_no IS NOT NULL
      INSERT INTO dbo.insurance_settlement (trade_no, insurance_settlement_no, insurance_visit_no, fund, account, cash)
      VALUES (@trade_no, @insurance_settlement_no, @insurance_visit_no, @fund, @account, @cash)
    SELECT @expected = COUNT(*) FROM dbo.presettlement_bill WHERE quote_no = @quote_no
    UPDATE b SET status = 1, settlement_no = @settlement_no
    FROM dbo.bill b INNER JOIN dbo.presettlement_bill q ON q.bill_no = b.bill_no
    WHERE q.quote_no = @quote_no AND b.status = 0 AND b.version = q.version
    SET @updated = @@ROWCOUNT
    IF @updated <> @expected
      RAISERROR (N'单据状态在结算中改变 (%d/%d)', 16, 1, @updated, @expected)
    UPDATE dbo.presettlement SET status = 1 WHERE quote_no = @quote_no
    COMMIT TRANSACTION
    SELECT @ret_msg = N'成功', @booked_trade_no = @trade_no, @booked_amount = @self_pay
  END TRY
  BEGIN CATCH
    IF XACT_STATE() <> 0 ROLLBACK TRANSACTION
    SELECT @settlement_no = NULL, @receipt_no = NULL, @pickup_window = NULL, @guide = NULL, @booked_trade_no = NULL, @booked_amount = NULL,
           @ret_code = 99, @ret_msg = LEFT(N'系统错误 ' + CONVERT(nvarchar(10), ERROR_NUMBER()) + N': ' + ERROR_MESSAGE(), 200)
  END CATCH
  RETURN 0
END
GO

IF OBJECT_ID('dbo.usp_hospay_insurance_visit', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_insurance_visit
GO
-- The visit of quoted bills as the insurance wants it. ret_code: 0 found, 300301 quote or visit unknown, 300304 a bill changed since the quote.
CREATE PROCEDURE dbo.usp_hospay_insurance_visit
  @patient_id varchar(20),
  @quote_no varchar(32),
  @ret_code int OUTPUT,
  @ret_msg nvarchar(200) OUTPUT
AS
BEGIN
  SET NOCOUNT ON
  SELECT @ret_code = 0, @ret_msg = N''
  IF NOT EXISTS (SELECT 1 FROM dbo.presettlement WHERE quote_no = @quote_no AND patient_id = @patient_id AND status = 0)
    SELECT @ret_code = 300301, @ret_msg = N'预结算单不存在或已使用'
  ELSE IF NOT EXISTS (SELECT 1 FROM dbo.visit WHERE patient_id = @patient_id)
    SELECT @ret_code = 300301, @ret_msg = N'无就诊记录'
  ELSE IF EXISTS (SELECT 1 FROM dbo.presettlement_bill q INNER JOIN dbo.bill b ON b.bill_no = q.bill_no WHERE q.quote_no = @quote_no AND (b.status <> 0 OR b.version <> q.version))
    SELECT @ret_code = 300304, @ret_msg = N'单据内容已变更, 请重新预结算'
  IF @ret_code <> 0
    RETURN 0
  SELECT TOP 1 v.visit_no, v.visit_time, N'门诊就诊' AS complaint, s.doctor_code, s.doctor_name, d.dept_code, d.dept_name, p.name, p.id_no
  FROM dbo.visit v
  INNER JOIN dbo.doctor s ON s.doctor_code = v.doctor_code
  INNER JOIN dbo.department d ON d.dept_code = s.dept_code
  INNER JOIN dbo.patient p ON p.patient_id = v.patient_id
  WHERE v.patient_id = @patient_id ORDER BY v.visit_time DESC, v.visit_no DESC
END
GO

IF OBJECT_ID('dbo.usp_hospay_insurance_diagnoses', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_insurance_diagnoses
GO
CREATE PROCEDURE dbo.usp_hospay_insurance_diagnoses
  @patient_id varchar(20),
  @quote_no varchar(32)
AS
BEGIN
  SET NOCOUNT ON
  DECLARE @visit_no varchar(20)
  SELECT TOP 1 @visit_no = v.visit_no FROM dbo.visit v INNER JOIN dbo.presettlement q ON q.patient_id = v.patient_id
  WHERE q.quote_no = @quote_no AND v.patient_id = @patient_id ORDER BY v.visit_time DESC, v.visit_no DESC
  SELECT diagnosis_kind, diagnosis_code, diagnosis_name FROM dbo.visit_diagnosis WHERE visit_no = @visit_no ORDER BY position
END
GO

IF OBJECT_ID('dbo.usp_hospay_insurance_fees', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_insurance_fees
GO
-- One fee for each line of the quoted bills.
CREATE PROCEDURE dbo.usp_hospay_insurance_fees
  @patient_id varchar(20),
  @quote_no varchar(32)
AS
BEGIN
  SET NOCOUNT ON
  SELECT l.bill_no + '-' + CONVERT(varchar(10), l.line_no) AS fee_no, l.bill_no, ISNULL(c.national_code, 'ZF' + l.item_code) AS national_code, l.item_code, l.amount, l.qty, l.price, b.bill_date
  FROM dbo.presettlement_bill q
  INNER JOIN dbo.bill b ON b.bill_no = q.bill_no AND b.patient_id = @patient_id
  INNER JOIN dbo.bill_line l ON l.bill_no = b.bill_no
  LEFT JOIN dbo.insurance_catalogue c ON c.item_code = l.item_code
  WHERE q.quote_no = @quote_no ORDER BY l.bill_no, l.line_no
END
GO

IF OBJECT_ID('dbo.usp_hospay_query_confirmation', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_query_confirmation
GO
-- One row when the trade number is booked, none when it is not. Never NOLOCK: this answers "did the hospital book it".
CREATE PROCEDURE dbo.usp_hospay_query_confirmation
  @trade_no varchar(32)
AS
BEGIN
  SET NOCOUNT ON
  SELECT trade_no, settlement_no, receipt_no, amount, booked_time, status, pickup_window, guide FROM dbo.settlement WHERE trade_no = @trade_no
END
GO

IF OBJECT_ID('dbo.usp_hospay_refund', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_refund
GO
-- ret_code: 0 refunded (also on replay of the same refund number), 300301 settlement unknown, 20100804 amount exceeds what is left or the refund number was
-- used for another amount, 20100806 already fully refunded, 20100807 drugs were dispensed, 99 system error.
CREATE PROCEDURE dbo.usp_hospay_refund
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
  DECLARE @settlement_no varchar(32), @amount decimal(12,2), @refunded decimal(12,2), @dispensed int, @known_trade varchar(32), @known_amount decimal(12,2), @serial int, @now datetime
  SELECT @his_refund_no = NULL, @ret_code = 0, @ret_msg = N''
  BEGIN TRY
    BEGIN TRANSACTION
    SELECT @settlement_no = settlement_no, @amount = amount, @dispensed = dispensed FROM dbo.settlement WITH (UPDLOCK, HOLDLOCK) WHERE trade_no = @trade_no AND status <> 4
    SELECT @his_refund_no = his_refund_no, @known_trade = trade_no, @known_amount = amount FROM dbo.settlement_refund WITH (UPDLOCK, HOLDLOCK) WHERE refund_no = @refund_no
    IF @his_refund_no IS NOT NULL
    BEGIN
      IF @known_trade = @trade_no AND @known_amount = @refund_amount
        SET @ret_msg = N'已退款'
      ELSE
        SELECT @his_refund_no = NULL, @ret_code = 20100804, @ret_msg = N'退款单号已用于另一笔退款'
      ROLLBACK TRANSACTION
      RETURN 0
    END
    SELECT @refunded = ISNULL(SUM(amount), 0) FROM dbo.settlement_refund WHERE trade_no = @trade_no
    IF @settlement_no IS NULL
      SELECT @ret_code = 300301, @ret_msg = N'结算记录不存在'
    ELSE IF @refunded >= @amount
      SELECT @ret_code = 20100806, @ret_msg = N'已全部退款'
    ELSE IF @dispensed = 1
      SELECT @ret_code = 20100807, @ret_msg = N'已发药, 医院不允许退款, 请到窗口办理'
    ELSE IF @refund_amount <= 0 OR @refunded + @refund_amount > @amount
      SELECT @ret_code = 20100804, @ret_msg = N'退款金额超过可退金额'
    IF @ret_code <> 0
    BEGIN
      ROLLBACK TRANSACTION
      RETURN 0
    END
    INSERT INTO dbo.serial_number (purpose) VALUES ('refund')
    SET @serial = SCOPE_IDENTITY()
    SET @now = GETDATE()
    SET @his_refund_no = 'T' + CONVERT(char(8), @now, 112) + RIGHT('00000000' + CONVERT(varchar(10), @serial), 8)
    INSERT INTO dbo.settlement_refund (his_refund_no, refund_no, trade_no, settlement_no, amount, reason, refund_time)
    VALUES (@his_refund_no, @refund_no, @trade_no, @settlement_no, @refund_amount, ISNULL(@reason, N''), CONVERT(char(8), @now, 112) + CONVERT(char(8), @now, 108))
    UPDATE dbo.settlement SET status = CASE WHEN @refunded + @refund_amount = amount THEN 2 ELSE 1 END WHERE settlement_no = @settlement_no
    IF @refunded + @refund_amount = @amount
      UPDATE dbo.bill SET status = 2 WHERE settlement_no = @settlement_no
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

IF OBJECT_ID('dbo.usp_hospay_query_refund', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_query_refund
GO
CREATE PROCEDURE dbo.usp_hospay_query_refund
  @refund_no varchar(32)
AS
BEGIN
  SET NOCOUNT ON
  SELECT refund_no, his_refund_no, trade_no, settlement_no, amount, refund_time, reason FROM dbo.settlement_refund WHERE refund_no = @refund_no
END
GO

-- ---------------------------------------------------------------- seeds

IF NOT EXISTS (SELECT 1 FROM dbo.department)
BEGIN
  INSERT INTO dbo.department (dept_code, dept_name, location, pickup_window) VALUES
    ('0101', N'心血管内科', N'门诊楼2层A区', N'西药房1号窗口'), ('0102', N'呼吸内科', N'门诊楼2层B区', N'西药房2号窗口'),
    ('0201', N'普通外科', N'门诊楼3层A区', N'西药房3号窗口'), ('0301', N'儿科', N'门诊楼1层C区', N'儿科药房1号窗口'),
    ('0401', N'中医科', N'门诊楼4层A区', N'中药房1号窗口'), ('0501', N'检验科', N'医技楼1层采血处', N''),
    ('0502', N'超声科', N'医技楼2层', N''), ('0503', N'放射科', N'医技楼负1层', N'')
  INSERT INTO dbo.doctor (doctor_code, doctor_name, dept_code) VALUES
    ('D001', N'陈知远', '0101'), ('D002', N'林若溪', '0102'), ('D003', N'周景行', '0201'), ('D004', N'吴晚晴', '0301'), ('D005', N'郑怀瑾', '0401')
  INSERT INTO dbo.fee_category (patient_type, category_name, fund_ratio, account_ratio) VALUES
    ('ZF', N'自费', 0.0000, 0.0000), ('ZGYB', N'职工医保', 0.6000, 0.2500), ('JMYB', N'居民医保', 0.5000, 0.0000)
  INSERT INTO dbo.charge_item (item_code, item_name, spec, unit, price, bill_type, dept_code) VALUES
    ('Y1001', N'阿莫西林胶囊', N'0.25g×24粒', N'盒', 12.80, '1', '0102'), ('Y1002', N'布洛芬缓释胶囊', N'0.3g×20粒', N'盒', 18.50, '1', '0102'),
    ('Y1003', N'硝苯地平控释片', N'30mg×7片', N'盒', 32.67, '1', '0101'), ('Y1004', N'阿司匹林肠溶片', N'100mg×30片', N'盒', 15.60, '1', '0101'),
    ('Y1005', N'小儿氨酚黄那敏颗粒', N'6g×10袋', N'盒', 9.90, '1', '0301'), ('Y1006', N'二甲双胍片', N'0.5g×20片', N'盒', 21.35, '1', '0101'),
    ('Z2001', N'当归饮片', N'10g', N'克', 0.18, '1', '0401'), ('Z2002', N'黄芪饮片', N'10g', N'克', 0.23, '1', '0401'),
    ('J3001', N'血常规(五分类)', N'', N'次', 20.00, '2', '0501'), ('J3002', N'肝功能全套', N'', N'次', 86.00, '2', '0501'),
    ('J3003', N'腹部彩超', N'', N'次', 135.00, '2', '0502'), ('J3004', N'胸部CT平扫', N'', N'次', 268.00, '2', '0503'),
    ('Q4001', N'换药(中)', N'', N'次', 25.50, '3', '0201'), ('Q4002', N'雾化吸入', N'', N'次', 14.00, '3', '0102')
END
GO
IF NOT EXISTS (SELECT 1 FROM dbo.patient)
BEGIN
  INSERT INTO dbo.patient (patient_id, name, sex, birthday, id_no, phone, patient_type) VALUES
    ('P0000001', N'张三丰', N'男', '19580412', '990101195804120011', '19900000001', 'ZGYB'), ('P0000002', N'李清照', N'女', '19840313', '990101198403130022', '19900000002', 'ZF'),
    ('P0000003', N'王龑䶮', N'男', '19751107', '990101197511070033', '19900000003', 'JMYB'), ('P0000004', N'赵小雅', N'女', '20190620', '990101201906200044', '19900000004', 'ZF'),
    ('P0000005', N'钱多多', N'男', '19900101', '990101199001010055', '19900000005', 'ZGYB'), ('P0000006', N'孙尚香', N'女', '19951225', '990101199512250066', '19900000006', 'ZF'),
    ('P0000007', N'周公瑾', N'男', '19820718', '990101198207180077', '19900000007', 'JMYB'), ('P0000008', N'吴承恩', N'男', '19501010', '990101195010100088', '19900000008', 'ZGYB'),
    ('P0000009', N'郑成功', N'男', '19661104', '990101196611040099', '19900000009', 'ZF'), ('P0000010', N'冯婉贞', N'女', '20010909', '990101200109090100', '19900000010', 'JMYB'),
    ('P0000011', N'陈圆圆', N'女', '19930228', '990101199302280111', '19900000011', 'ZGYB'), ('P0000012', N'褚遂良', N'男', '19710503', '990101197105030122', '19900000012', 'ZF'),
    ('P0000013', N'卫子夫', N'女', '19880816', '990101198808160133', '19900000013', 'ZF'), ('P0000014', N'蒋兴哥', N'男', '19790121', '990101197901210144', '19900000014', 'JMYB'),
    ('P0000015', N'沈万三', N'男', '19600606', '990101196006060155', '19900000015', 'ZF'), ('P0000016', N'韩湘子', N'男', '19990417', '990101199904170166', '19900000016', 'ZGYB'),
    ('P0000017', N'杨玉环', N'女', '19910601', '990101199106010177', '19900000017', 'ZF'), ('P0000018', N'朱自清', N'男', '19481122', '990101194811220188', '19900000018', 'ZGYB'),
    ('P0000019', N'秦良玉', N'女', '19740202', '990101197402020199', '19900000019', 'JMYB'), ('P0000020', N'阿依古丽·买买提', N'女', '19860305', '990101198603050200', '19900000020', 'ZF'),
    ('P0000021', N'褚遂良', N'男', '19710503', '990101197105030122', '19900000012', 'JMYB')
  -- P0000012 and P0000021 are two files of one person. Everybody has a hospital card C + the last seven digits of the patient number, and an identity card; insured patients a social security card too.
  INSERT INTO dbo.card (card_type, card_no, patient_id) SELECT '2', 'C' + RIGHT(patient_id, 7), patient_id FROM dbo.patient
  INSERT INTO dbo.card (card_type, card_no, patient_id) SELECT '1', id_no, patient_id FROM dbo.patient
  INSERT INTO dbo.card (card_type, card_no, patient_id) SELECT '10', 'S' + RIGHT(patient_id, 7), patient_id FROM dbo.patient WHERE patient_type <> 'ZF'
END
GO

-- Whose insurance pays everything owes nothing: a bill of such a patient is booked with zero.
IF NOT EXISTS (SELECT 1 FROM dbo.fee_category WHERE patient_type = 'LX')
BEGIN
  INSERT INTO dbo.fee_category (patient_type, category_name, fund_ratio, account_ratio) VALUES ('LX', N'离休', 1.0000, 0.0000)
  INSERT INTO dbo.patient (patient_id, name, sex, birthday, id_no, phone, patient_type) VALUES ('P0000022', N'左宗棠', N'男', '19301110', '990101193011100222', '19900000022', 'LX')
  INSERT INTO dbo.card (card_type, card_no, patient_id) VALUES ('2', 'C0000022', 'P0000022'), ('1', '990101193011100222', 'P0000022'), ('10', 'S0000022', 'P0000022')
END
GO

-- Everybody is in the middle of a visit; every item of the price list is in the catalogue.
IF NOT EXISTS (SELECT 1 FROM dbo.visit)
BEGIN
  INSERT INTO dbo.visit (visit_no, patient_id, doctor_code, visit_time)
  SELECT 'V' + patient_id, patient_id, 'D002', CONVERT(char(8), GETDATE(), 112) + CONVERT(char(8), GETDATE(), 108) FROM dbo.patient
  INSERT INTO dbo.visit_diagnosis (visit_no, position, diagnosis_kind, diagnosis_code, diagnosis_name) SELECT visit_no, 1, '1', 'J06.900', N'急性上呼吸道感染' FROM dbo.visit
END
GO
IF NOT EXISTS (SELECT 1 FROM dbo.insurance_catalogue)
  INSERT INTO dbo.insurance_catalogue (item_code, national_code) SELECT item_code, 'X' + item_code FROM dbo.charge_item
GO

IF OBJECT_ID('dbo.usp_hospital_write_bill', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospital_write_bill
GO
-- What a doctor's workstation would do: one bill of @lines items of the given kind, picked from the price list in turn.
CREATE PROCEDURE dbo.usp_hospital_write_bill
  @patient_id varchar(20),
  @bill_type varchar(2),
  @lines int,
  @bill_no varchar(32) OUTPUT
AS
BEGIN
  SET NOCOUNT ON
  DECLARE @serial int, @now datetime, @line int, @items int, @item_code varchar(20), @dept_code varchar(10), @doctor_code varchar(10), @doctors int, @qty decimal(10,2)
  BEGIN TRANSACTION
  INSERT INTO dbo.serial_number (purpose) VALUES ('bill')
  SET @serial = SCOPE_IDENTITY()
  SET @now = GETDATE()
  SET @bill_no = CASE @bill_type WHEN '1' THEN 'CF' WHEN '2' THEN 'JC' ELSE 'ZL' END + CONVERT(char(8), @now, 112) + RIGHT('000000' + CONVERT(varchar(10), @serial), 6)
  SELECT @items = COUNT(*) FROM dbo.charge_item WHERE bill_type = @bill_type
  SELECT @doctors = COUNT(*) FROM dbo.doctor
  SELECT @doctor_code = x.doctor_code FROM (SELECT doctor_code, ROW_NUMBER() OVER (ORDER BY doctor_code) AS position FROM dbo.doctor) x WHERE x.position = @serial % @doctors + 1
  SELECT @dept_code = x.dept_code FROM (SELECT dept_code, ROW_NUMBER() OVER (ORDER BY item_code) AS position FROM dbo.charge_item WHERE bill_type = @bill_type) x WHERE x.position = @serial % @items + 1
  INSERT INTO dbo.bill (bill_no, patient_id, bill_type, bill_date, dept_code, doctor_code, amount)
  VALUES (@bill_no, @patient_id, @bill_type, CONVERT(char(8), @now, 112) + CONVERT(char(8), @now, 108), @dept_code, @doctor_code, 0)
  SET @line = 1
  WHILE @line <= @lines AND @line <= @items
  BEGIN
    SELECT @item_code = x.item_code FROM (SELECT item_code, ROW_NUMBER() OVER (ORDER BY item_code) AS position FROM dbo.charge_item WHERE bill_type = @bill_type) x
    WHERE x.position = (@serial + @line - 1) % @items + 1
    SET @qty = CASE @bill_type WHEN '1' THEN (@serial + @line) % 3 + 1 ELSE 1 END
    INSERT INTO dbo.bill_line (bill_no, line_no, item_code, item_name, spec, unit, qty, price, amount)
    SELECT @bill_no, @line, item_code, item_name, spec, unit, @qty, price, ROUND(price * @qty, 2) FROM dbo.charge_item WHERE item_code = @item_code
    SET @line = @line + 1
  END
  UPDATE dbo.bill SET amount = (SELECT SUM(l.amount) FROM dbo.bill_line l WHERE l.bill_no = @bill_no) WHERE bill_no = @bill_no
  COMMIT TRANSACTION
END
GO
IF OBJECT_ID('dbo.usp_hospital_seed_bills', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospital_seed_bills
GO
-- A prescription, an examination and, for every other patient, a treatment.
CREATE PROCEDURE dbo.usp_hospital_seed_bills
  @patient_id varchar(20)
AS
BEGIN
  SET NOCOUNT ON
  DECLARE @bill_no varchar(32)
  EXEC dbo.usp_hospital_write_bill @patient_id, '1', 3, @bill_no OUTPUT
  EXEC dbo.usp_hospital_write_bill @patient_id, '2', 2, @bill_no OUTPUT
  IF CAST(RIGHT(@patient_id, 1) AS int) % 2 = 0
    EXEC dbo.usp_hospital_write_bill @patient_id, '3', 1, @bill_no OUTPUT
END
GO
IF NOT EXISTS (SELECT 1 FROM dbo.bill)
BEGIN
  DECLARE @next varchar(20)
  SELECT @next = MIN(patient_id) FROM dbo.patient
  -- The last four patients owe nothing: an empty list is a case of its own.
  WHILE @next IS NOT NULL AND @next <= 'P0000016'
  BEGIN
    EXEC dbo.usp_hospital_seed_bills @next
    SELECT @next = MIN(patient_id) FROM dbo.patient WHERE patient_id > @next
  END
END
GO
