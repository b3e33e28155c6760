-- Electronic invoices (财政医疗电子票据): issued once for a booking, flushed when the money goes back. Conventions as in hospital.sql.
SET NOCOUNT ON
GO

-- on_paper: 1 when a paper invoice was handed out for it (换开纸质). status: 0 valid, 1 flushed. request_no and flush_no are the payment platform's own numbers.
IF OBJECT_ID('dbo.e_invoice', 'U') IS NULL
CREATE TABLE dbo.e_invoice (
  request_no varchar(64) NOT NULL CONSTRAINT PK_e_invoice PRIMARY KEY,
  trade_no varchar(32) NOT NULL,
  settlement_no varchar(32) NOT NULL,
  invoice_code varchar(20) NOT NULL,
  invoice_no varchar(20) NOT NULL CONSTRAINT UQ_e_invoice UNIQUE,
  check_code varchar(20) NOT NULL,
  amount decimal(12,2) NOT NULL,
  url varchar(200) NOT NULL,
  issued_time char(16) NOT NULL,
  on_paper int NOT NULL DEFAULT 0,
  status int NOT NULL DEFAULT 0
)
GO
IF OBJECT_ID('dbo.e_invoice_flush', 'U') IS NULL
CREATE TABLE dbo.e_invoice_flush (
  flush_no varchar(64) NOT NULL CONSTRAINT PK_e_invoice_flush PRIMARY KEY,
  invoice_code varchar(20) NOT NULL,
  invoice_no varchar(20) NOT NULL CONSTRAINT UQ_e_invoice_flush UNIQUE,
  red_code varchar(20) NOT NULL,
  red_no varchar(20) NOT NULL,
  refund_no varchar(64) NOT NULL,
  reason nvarchar(80) NOT NULL,
  flush_time char(16) NOT NULL
)
GO
-- Every booking an invoice can be issued for, with what is left of it.
IF OBJECT_ID('dbo.v_invoiceable', 'V') IS NOT NULL DROP VIEW dbo.v_invoiceable
GO
CREATE VIEW dbo.v_invoiceable AS
SELECT s.trade_no, s.settlement_no, s.total - ISNULL((SELECT SUM(r.amount) FROM dbo.settlement_refund r WHERE r.trade_no = s.trade_no), 0) AS rest FROM dbo.settlement s WHERE s.status <> 4
UNION ALL
SELECT m.trade_no, m.settlement_no, g.total - ISNULL((SELECT SUM(r.amount) FROM dbo.registration_refund r WHERE r.trade_no = m.trade_no), 0) AS rest
FROM dbo.registration_payment m INNER JOIN dbo.registration g ON g.his_reg_no = m.his_reg_no
UNION ALL
SELECT CASE WHEN LEN(d.trade_no) > 0 THEN d.trade_no ELSE d.settlement_no END AS trade_no, d.his_settlement_no AS settlement_no, q.total AS rest
FROM dbo.discharge_settlement d INNER JOIN dbo.discharge_quote q ON q.quote_no = d.quote_no
GO

IF OBJECT_ID('dbo.usp_hospay_issue_invoice', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_issue_invoice
GO
-- ret_code: 0 issued (also on replay), 300501 no such booking, 300504 more than what is left of it, or already invoiced, 300508 the number was used for another booking, 99 system error.
CREATE PROCEDURE dbo.usp_hospay_issue_invoice
  @request_no varchar(64),
  @trade_no varchar(32),
  @settlement_no varchar(32),
  @amount decimal(12,2),
  @invoice_code varchar(20) OUTPUT,
  @invoice_no varchar(20) OUTPUT,
  @check_code varchar(20) OUTPUT,
  @booked_amount decimal(12,2) OUTPUT,
  @url varchar(200) OUTPUT,
  @issued_time char(16) OUTPUT,
  @on_paper int OUTPUT,
  @ret_code int OUTPUT,
  @ret_msg nvarchar(200) OUTPUT
AS
BEGIN
  SET NOCOUNT ON
  DECLARE @now datetime, @serial int, @rest decimal(12,2), @valid decimal(12,2), @known_trade varchar(32), @known_amount decimal(12,2)
  SELECT @invoice_code = NULL, @invoice_no = NULL, @check_code = NULL, @booked_amount = NULL, @url = NULL, @issued_time = NULL, @on_paper = NULL, @ret_code = 0, @ret_msg = N'', @now = GETDATE()
  BEGIN TRY
    BEGIN TRANSACTION
    SELECT @known_trade = trade_no, @known_amount = amount FROM dbo.e_invoice WITH (UPDLOCK, HOLDLOCK) WHERE request_no = @request_no
    IF @known_trade IS NULL
    BEGIN
      SELECT @rest = MAX(rest) FROM dbo.v_invoiceable WHERE trade_no = @trade_no AND settlement_no = @settlement_no
      SELECT @valid = ISNULL(SUM(amount), 0) FROM dbo.e_invoice WHERE trade_no = @trade_no AND status = 0
      IF @rest IS NULL
        SELECT @ret_code = 300501, @ret_msg = N'结算记录不存在'
      ELSE IF @amount <= 0 OR @amount > @rest - @valid
        SELECT @ret_code = 300504, @ret_msg = N'开票金额超过可开票金额'
    END
    ELSE IF @known_trade <> @trade_no OR @known_amount <> @amount
      SELECT @ret_code = 300508, @ret_msg = N'开票申请号已用于另一笔结算'
    IF @ret_code <> 0
    BEGIN
      ROLLBACK TRANSACTION
      RETURN 0
    END
    IF @known_trade IS NULL
    BEGIN
      INSERT INTO dbo.serial_number (purpose) VALUES ('invoice')
      SET @serial = SCOPE_IDENTITY()
      INSERT INTO dbo.e_invoice (request_no, trade_no, settlement_no, invoice_code, invoice_no, check_code, amount, url, issued_time)
      VALUES (@request_no, @trade_no, @settlement_no, '99060124', RIGHT('0000000000' + CONVERT(varchar(10), @serial), 10), RIGHT('000000' + CONVERT(varchar(10), @serial * 7 % 1000000), 6), @amount,
              'https://invoice.example.org/' + CONVERT(varchar(10), @serial), CONVERT(char(8), @now, 112) + CONVERT(char(8), @now, 108))
    END
    SELECT @invoice_code = invoice_code, @invoice_no = invoice_no, @check_code = check_code, @booked_amount = amount, @url = url, @issued_time = issued_time, @on_paper = on_paper
    FROM dbo.e_invoice WHERE request_no = @request_no
    COMMIT TRANSACTION
    SET @ret_msg = N'成功'
  END TRY
  BEGIN CATCH
    IF XACT_STATE() <> 0 ROLLBACK TRANSACTION
    SELECT @invoice_code = NULL, @invoice_no = NULL, @ret_code = 99, @ret_msg = LEFT(N'系统错误 ' + CONVERT(nvarchar(10), ERROR_NUMBER()) + N': ' + ERROR_MESSAGE(), 200)
  END CATCH
  RETURN 0
END
GO
IF OBJECT_ID('dbo.usp_hospay_query_invoice', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_query_invoice
GO
CREATE PROCEDURE dbo.usp_hospay_query_invoice
  @request_no varchar(64)
AS
BEGIN
  SET NOCOUNT ON
  SELECT request_no, invoice_code, invoice_no, check_code, amount, url, issued_time, on_paper FROM dbo.e_invoice WHERE request_no = @request_no
END
GO
IF OBJECT_ID('dbo.usp_hospay_flush_invoice', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_flush_invoice
GO
-- 冲红. ret_code: 0 flushed (also on replay), 300601 no such invoice of this booking, 300602 flushed under another number, 300607 on paper: the sheet must come back first, 99 system error.
CREATE PROCEDURE dbo.usp_hospay_flush_invoice
  @flush_no varchar(64),
  @invoice_code varchar(20),
  @invoice_no varchar(20),
  @trade_no varchar(32),
  @refund_no varchar(64),
  @reason nvarchar(80),
  @red_code varchar(20) OUTPUT,
  @red_no varchar(20) OUTPUT,
  @ret_code int OUTPUT,
  @ret_msg nvarchar(200) OUTPUT
AS
BEGIN
  SET NOCOUNT ON
  DECLARE @now datetime, @serial int, @status int, @on_paper int, @known_no varchar(20)
  SELECT @red_code = NULL, @red_no = NULL, @ret_code = 0, @ret_msg = N'', @now = GETDATE()
  BEGIN TRY
    BEGIN TRANSACTION
    SELECT @red_code = red_code, @red_no = red_no, @known_no = invoice_no FROM dbo.e_invoice_flush WITH (UPDLOCK, HOLDLOCK) WHERE flush_no = @flush_no
    IF @red_no IS NOT NULL
    BEGIN
      IF @known_no <> @invoice_no
        SELECT @red_code = NULL, @red_no = NULL, @ret_code = 300602, @ret_msg = N'冲红单号已用于另一张票据'
      ROLLBACK TRANSACTION
      RETURN 0
    END
    SELECT @status = status, @on_paper = on_paper FROM dbo.e_invoice WITH (UPDLOCK) WHERE invoice_code = @invoice_code AND invoice_no = @invoice_no AND trade_no = @trade_no
    IF @status IS NULL
      SELECT @ret_code = 300601, @ret_msg = N'票据不存在'
    ELSE IF @status = 1
      SELECT @ret_code = 300602, @ret_msg = N'票据已冲红'
    ELSE IF @on_paper = 1
      SELECT @ret_code = 300607, @ret_msg = N'已换开纸质票据, 请先交回'
    IF @ret_code <> 0
    BEGIN
      ROLLBACK TRANSACTION
      RETURN 0
    END
    INSERT INTO dbo.serial_number (purpose) VALUES ('invoice')
    SET @serial = SCOPE_IDENTITY()
    SELECT @red_code = @invoice_code, @red_no = RIGHT('0000000000' + CONVERT(varchar(10), @serial), 10)
    INSERT INTO dbo.e_invoice_flush (flush_no, invoice_code, invoice_no, red_code, red_no, refund_no, reason, flush_time)
    VALUES (@flush_no, @invoice_code, @invoice_no, @red_code, @red_no, @refund_no, ISNULL(@reason, N''), CONVERT(char(8), @now, 112) + CONVERT(char(8), @now, 108))
    UPDATE dbo.e_invoice SET status = 1 WHERE invoice_code = @invoice_code AND invoice_no = @invoice_no
    COMMIT TRANSACTION
    SET @ret_msg = N'成功'
  END TRY
  BEGIN CATCH
    IF XACT_STATE() <> 0 ROLLBACK TRANSACTION
    SELECT @red_code = NULL, @red_no = NULL, @ret_code = 99, @ret_msg = LEFT(N'系统错误 ' + CONVERT(nvarchar(10), ERROR_NUMBER()) + N': ' + ERROR_MESSAGE(), 200)
  END CATCH
  RETURN 0
END
GO
