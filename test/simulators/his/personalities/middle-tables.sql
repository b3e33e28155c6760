-- Middle tables (中间表): the platform inserts a row, the hospital's own job takes it up, books it, and writes back what became of it.
-- status: 0 new, 1 booked, 2 refused.
IF OBJECT_ID('dbo.mid_payment', 'U') IS NULL
CREATE TABLE dbo.mid_payment (
  trade_no varchar(32) NOT NULL CONSTRAINT PK_mid_payment PRIMARY KEY,
  quote_no varchar(32) NOT NULL,
  patient_id varchar(20) NOT NULL,
  amount decimal(12,2) NOT NULL,
  paid_time char(16) NOT NULL,
  pay_method varchar(16) NOT NULL,
  channel_trade_no varchar(64) NOT NULL,
  terminal_no varchar(32) NOT NULL,
  status int NOT NULL DEFAULT 0,
  ret_code varchar(20) NULL,
  ret_msg nvarchar(200) NULL,
  settlement_no varchar(32) NULL,
  receipt_no varchar(32) NULL,
  booked_trade_no varchar(32) NULL,
  booked_amount decimal(12,2) NULL,
  pickup_window nvarchar(40) NULL,
  guide nvarchar(400) NULL,
  create_time datetime NOT NULL DEFAULT GETDATE()
)
GO
IF OBJECT_ID('dbo.mid_refund', 'U') IS NULL
BEGIN
  CREATE TABLE dbo.mid_refund (
    refund_no varchar(32) NOT NULL,
    trade_no varchar(32) NOT NULL,
    refund_amount decimal(12,2) NOT NULL,
    reason nvarchar(80) NOT NULL,
    status int NOT NULL DEFAULT 0,
    ret_code varchar(20) NULL,
    ret_msg nvarchar(200) NULL,
    his_refund_no varchar(32) NULL,
    create_time datetime NOT NULL DEFAULT GETDATE()
  )
  CREATE UNIQUE INDEX UX_mid_refund ON dbo.mid_refund (refund_no)
END
GO
IF OBJECT_ID('dbo.vw_mid_booking', 'V') IS NOT NULL DROP VIEW dbo.vw_mid_booking
GO
-- Our row beside what the hospital has booked.
CREATE VIEW dbo.vw_mid_booking AS
SELECT m.trade_no, m.status, s.trade_no AS booked_trade_no, s.settlement_no, s.receipt_no, s.amount AS booked_amount, s.pickup_window, s.guide
FROM dbo.mid_payment m LEFT JOIN dbo.settlement s ON s.trade_no = m.trade_no
GO
IF OBJECT_ID('dbo.vw_mid_reversal', 'V') IS NOT NULL DROP VIEW dbo.vw_mid_reversal
GO
CREATE VIEW dbo.vw_mid_reversal AS
SELECT m.refund_no, m.status, r.refund_no AS booked_refund_no, r.his_refund_no
FROM dbo.mid_refund m LEFT JOIN dbo.settlement_refund r ON r.refund_no = m.refund_no
GO
IF OBJECT_ID('dbo.usp_mid_pending', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_mid_pending
GO
CREATE PROCEDURE dbo.usp_mid_pending
  @older_than_ms int
AS
BEGIN
  SET NOCOUNT ON
  SELECT 'payment' AS kind, trade_no, quote_no, patient_id, amount, paid_time, pay_method, channel_trade_no, terminal_no, CAST('' AS varchar(32)) AS refund_no, N'' AS reason
  FROM dbo.mid_payment WHERE status = 0 AND create_time <= DATEADD(ms, -@older_than_ms, GETDATE())
  UNION ALL
  SELECT 'refund' AS kind, trade_no, CAST('' AS varchar(32)), CAST('' AS varchar(20)), refund_amount, CAST('' AS char(16)), CAST('' AS varchar(16)), CAST('' AS varchar(64)), CAST('' AS varchar(32)), refund_no, reason
  FROM dbo.mid_refund WHERE status = 0 AND create_time <= DATEADD(ms, -@older_than_ms, GETDATE())
END
GO
IF OBJECT_ID('dbo.usp_mid_write_payment', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_mid_write_payment
GO
CREATE PROCEDURE dbo.usp_mid_write_payment
  @trade_no varchar(32),
  @status int,
  @ret_code varchar(20),
  @ret_msg nvarchar(200),
  @settlement_no varchar(32),
  @receipt_no varchar(32),
  @booked_trade_no varchar(32),
  @booked_amount varchar(20),
  @pickup_window nvarchar(40),
  @guide nvarchar(400)
AS
BEGIN
  SET NOCOUNT ON
  UPDATE dbo.mid_payment SET status = @status, ret_code = @ret_code, ret_msg = @ret_msg, settlement_no = @settlement_no, receipt_no = @receipt_no, booked_trade_no = @booked_trade_no,
    booked_amount = CASE @booked_amount WHEN '' THEN NULL ELSE CAST(@booked_amount AS decimal(12,2)) END, pickup_window = @pickup_window, guide = @guide
  WHERE trade_no = @trade_no
END
GO
IF OBJECT_ID('dbo.usp_mid_write_refund', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_mid_write_refund
GO
CREATE PROCEDURE dbo.usp_mid_write_refund
  @refund_no varchar(32),
  @status int,
  @ret_code varchar(20),
  @ret_msg nvarchar(200),
  @his_refund_no varchar(32)
AS
BEGIN
  SET NOCOUNT ON
  UPDATE dbo.mid_refund SET status = @status, ret_code = @ret_code, ret_msg = @ret_msg, his_refund_no = @his_refund_no WHERE refund_no = @refund_no
END
GO
-- What the hospital tells by itself. status: 0 new, 1 taken, 2 refused, 3 under way; refund_state: 2 money is back, 3 refused, 4 on its way.
IF OBJECT_ID('dbo.mid_notice', 'U') IS NULL
CREATE TABLE dbo.mid_notice (
  kind varchar(4) NOT NULL,
  notice_no varchar(64) NOT NULL,
  trade_no varchar(64) NULL,
  receipt_no varchar(64) NULL,
  refund_amount decimal(12,2) NULL,
  total_amount decimal(12,2) NULL,
  registration_nos varchar(400) NULL,
  cancelled varchar(1) NULL,
  patient_id varchar(20) NULL,
  invoice_no varchar(64) NULL,
  content nvarchar(200) NULL,
  status int NOT NULL DEFAULT 0,
  ret_msg nvarchar(200) NULL,
  refund_state varchar(4) NULL,
  create_time datetime NOT NULL DEFAULT GETDATE(),
  CONSTRAINT PK_mid_notice PRIMARY KEY (kind, notice_no)
)
GO
IF OBJECT_ID('dbo.usp_mid_notice_pending', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_mid_notice_pending
GO
-- A refund stays among the waiting until its money is back, so that its state is written again.
CREATE PROCEDURE dbo.usp_mid_notice_pending
  @kind varchar(4)
AS
BEGIN
  SET NOCOUNT ON
  SELECT TOP 100 notice_no, trade_no, receipt_no, refund_amount, total_amount, registration_nos, cancelled, patient_id, invoice_no, content
  FROM dbo.mid_notice WHERE kind = @kind AND (status = 0 OR status = 3 OR (status = 1 AND refund_state = '4')) ORDER BY create_time, notice_no
END
GO
IF OBJECT_ID('dbo.usp_mid_notice_told', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_mid_notice_told
GO
CREATE PROCEDURE dbo.usp_mid_notice_told
  @kind varchar(4),
  @notice_no varchar(64),
  @status varchar(4),
  @ret_msg nvarchar(200),
  @refund_state varchar(4)
AS
BEGIN
  SET NOCOUNT ON
  UPDATE dbo.mid_notice SET status = CAST(@status AS int), ret_msg = @ret_msg, refund_state = @refund_state WHERE kind = @kind AND notice_no = @notice_no
END
GO
IF OBJECT_ID('dbo.usp_mid_notice_put', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_mid_notice_put
GO
-- The hospital's own program: a row that is there already is told again.
CREATE PROCEDURE dbo.usp_mid_notice_put
  @kind varchar(4),
  @notice_no varchar(64),
  @trade_no varchar(64),
  @receipt_no varchar(64),
  @refund_amount varchar(20),
  @total_amount varchar(20),
  @registration_nos varchar(400),
  @cancelled varchar(1),
  @patient_id varchar(20),
  @invoice_no varchar(64),
  @content nvarchar(200)
AS
BEGIN
  SET NOCOUNT ON
  IF EXISTS (SELECT 1 FROM dbo.mid_notice WHERE kind = @kind AND notice_no = @notice_no)
    UPDATE dbo.mid_notice SET status = 0, refund_state = NULL, refund_amount = CASE @refund_amount WHEN '' THEN NULL ELSE CAST(@refund_amount AS decimal(12,2)) END WHERE kind = @kind AND notice_no = @notice_no
  ELSE
    INSERT INTO dbo.mid_notice (kind, notice_no, trade_no, receipt_no, refund_amount, total_amount, registration_nos, cancelled, patient_id, invoice_no, content)
    VALUES (@kind, @notice_no, @trade_no, @receipt_no, CASE @refund_amount WHEN '' THEN NULL ELSE CAST(@refund_amount AS decimal(12,2)) END,
      CASE @total_amount WHEN '' THEN NULL ELSE CAST(@total_amount AS decimal(12,2)) END, @registration_nos, @cancelled, @patient_id, @invoice_no, @content)
END
GO
IF OBJECT_ID('dbo.usp_mid_notice_read', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_mid_notice_read
GO
CREATE PROCEDURE dbo.usp_mid_notice_read
  @kind varchar(4),
  @notice_no varchar(64)
AS
BEGIN
  SET NOCOUNT ON
  SELECT status, ret_msg, refund_state FROM dbo.mid_notice WHERE kind = @kind AND notice_no = @notice_no
END
GO
