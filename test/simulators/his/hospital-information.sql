-- What terminals show beside money: reports, prices, queues, the visit behind a guide sheet; and the list of the day. Conventions as in hospital.sql.
SET NOCOUNT ON
GO

-- ---------------------------------------------------------------- tables

-- kind: L laboratory, I imaging, O other. hindrance: why it may not be printed, or empty.
IF OBJECT_ID('dbo.report', 'U') IS NULL
BEGIN
  CREATE TABLE dbo.report (
    report_id varchar(32) NOT NULL CONSTRAINT PK_report PRIMARY KEY,
    patient_id varchar(20) NOT NULL CONSTRAINT FK_report_patient REFERENCES dbo.patient (patient_id),
    kind char(1) NOT NULL,
    title nvarchar(60) NOT NULL,
    reported_time char(16) NOT NULL,
    times_printed int NOT NULL DEFAULT 0,
    hindrance nvarchar(60) NOT NULL DEFAULT N''
  )
  CREATE INDEX IX_report_patient ON dbo.report (patient_id)
END
GO
IF OBJECT_ID('dbo.report_item', 'U') IS NULL
CREATE TABLE dbo.report_item (
  report_id varchar(32) NOT NULL CONSTRAINT FK_item_report REFERENCES dbo.report (report_id),
  position int NOT NULL,
  name nvarchar(40) NOT NULL,
  result nvarchar(200) NOT NULL,
  unit nvarchar(20) NOT NULL,
  normal_range nvarchar(40) NOT NULL,
  flag nvarchar(4) NOT NULL,
  CONSTRAINT PK_report_item PRIMARY KEY (report_id, position)
)
GO
-- Pinyin initials of the price list, in capitals.
IF OBJECT_ID('dbo.item_initials', 'U') IS NULL
CREATE TABLE dbo.item_initials (
  item_code varchar(20) NOT NULL CONSTRAINT PK_item_initials PRIMARY KEY,
  initials varchar(40) NOT NULL
)
GO
-- The code on a guide sheet says nothing of the patient, and runs out.
IF OBJECT_ID('dbo.guide_code', 'U') IS NULL
CREATE TABLE dbo.guide_code (
  code varchar(64) NOT NULL CONSTRAINT PK_guide_code PRIMARY KEY,
  patient_id varchar(20) NOT NULL,
  visit_no varchar(20) NOT NULL,
  expires_time char(16) NOT NULL
)
GO

-- ---------------------------------------------------------------- procedures

IF OBJECT_ID('dbo.usp_hospay_reports', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_reports
GO
CREATE PROCEDURE dbo.usp_hospay_reports
  @patient_id varchar(20),
  @from_day char(8),
  @to_day char(8)
AS
BEGIN
  SET NOCOUNT ON
  SELECT report_id, kind, title, reported_time, times_printed, hindrance FROM dbo.report WITH (NOLOCK)
  WHERE patient_id = @patient_id AND reported_time >= @from_day + '00:00:00' AND reported_time <= @to_day + '23:59:59' ORDER BY reported_time DESC, report_id
END
GO
IF OBJECT_ID('dbo.usp_hospay_report_items', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_report_items
GO
CREATE PROCEDURE dbo.usp_hospay_report_items
  @report_id varchar(32)
AS
BEGIN
  SET NOCOUNT ON
  SELECT name, result, unit, normal_range, flag FROM dbo.report_item WITH (NOLOCK) WHERE report_id = @report_id ORDER BY position
END
GO
IF OBJECT_ID('dbo.usp_hospay_prices', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_prices
GO
-- kind: 1 drugs, 2 services. Empty initials list everything of the kind.
CREATE PROCEDURE dbo.usp_hospay_prices
  @kind varchar(2),
  @initials varchar(20)
AS
BEGIN
  SET NOCOUNT ON
  SELECT c.item_code, c.item_name, c.spec, c.unit, c.price, CASE WHEN n.item_code IS NULL THEN N'自费' ELSE N'乙类' END AS insurance_class
  FROM dbo.charge_item c WITH (NOLOCK)
  INNER JOIN dbo.item_initials i WITH (NOLOCK) ON i.item_code = c.item_code
  LEFT JOIN dbo.insurance_catalogue n WITH (NOLOCK) ON n.item_code = c.item_code
  WHERE (CASE WHEN c.bill_type = '1' THEN '1' ELSE '2' END) = @kind AND LEFT(i.initials, LEN(@initials)) = @initials
  ORDER BY c.item_code
END
GO
IF OBJECT_ID('dbo.usp_hospay_queue', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_queue
GO
-- Where the patient stands today: those who checked in before him in the same clinic and were not seen yet.
CREATE PROCEDURE dbo.usp_hospay_queue
  @patient_id varchar(20)
AS
BEGIN
  SET NOCOUNT ON
  SELECT d.dept_name, s.doctor_name, CONVERT(varchar(10), r.queue_no) AS queue_no, d.location AS place,
    (SELECT COUNT(*) FROM dbo.registration o WHERE o.schedule_id = r.schedule_id AND o.status = 2 AND o.seen = 0 AND o.queue_no < r.queue_no) AS ahead
  FROM dbo.registration r
  INNER JOIN dbo.schedule p ON p.schedule_id = r.schedule_id
  INNER JOIN dbo.department d ON d.dept_code = p.dept_code
  INNER JOIN dbo.doctor s ON s.doctor_code = p.doctor_code
  WHERE r.patient_id = @patient_id AND r.status = 2 AND r.seen = 0 AND p.work_day = CONVERT(char(8), GETDATE(), 112)
  ORDER BY p.session_code, r.queue_no
END
GO
IF OBJECT_ID('dbo.usp_hospay_guide_code', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_guide_code
GO
-- ret_code: 0 found, 330101 no such code, or it has run out.
CREATE PROCEDURE dbo.usp_hospay_guide_code
  @code varchar(64),
  @patient_id varchar(20) OUTPUT,
  @visit_no varchar(20) OUTPUT,
  @ret_code int OUTPUT,
  @ret_msg nvarchar(200) OUTPUT
AS
BEGIN
  SET NOCOUNT ON
  SELECT @patient_id = NULL, @visit_no = NULL, @ret_code = 0, @ret_msg = N'成功'
  SELECT @patient_id = patient_id, @visit_no = visit_no FROM dbo.guide_code
  WHERE code = @code AND expires_time > CONVERT(char(8), GETDATE(), 112) + CONVERT(char(8), GETDATE(), 108)
  IF @patient_id IS NULL
    SELECT @ret_code = 330101, @ret_msg = N'导诊码无效或已过期'
  RETURN 0
END
GO

IF OBJECT_ID('dbo.v_day_line', 'V') IS NOT NULL DROP VIEW dbo.v_day_line
GO
-- Everything that was paid through anybody, and went back; what was undone (冲正) is as if it had never been. kind: 1 payment, 2 refund.
CREATE VIEW dbo.v_day_line AS
SELECT 1 AS kind, trade_no, CAST('' AS varchar(32)) AS refund_no, settlement_no, amount, paid_time, pay_method FROM dbo.settlement WHERE status <> 4
UNION ALL
SELECT 2 AS kind, r.trade_no, r.refund_no, r.settlement_no, r.amount, r.refund_time AS paid_time, s.pay_method FROM dbo.settlement_refund r INNER JOIN dbo.settlement s ON s.settlement_no = r.settlement_no
UNION ALL
SELECT 1 AS kind, trade_no, CAST('' AS varchar(32)) AS refund_no, settlement_no, amount, paid_time, pay_method FROM dbo.registration_payment
UNION ALL
SELECT 2 AS kind, r.trade_no, r.refund_no, m.settlement_no, r.amount, r.refund_time AS paid_time, m.pay_method FROM dbo.registration_refund r INNER JOIN dbo.registration_payment m ON m.trade_no = r.trade_no
UNION ALL
SELECT 1 AS kind, trade_no, CAST('' AS varchar(32)) AS refund_no, receipt_no AS settlement_no, amount, paid_time, pay_method FROM dbo.inpatient_deposit WHERE status <> 1
UNION ALL
SELECT 2 AS kind, r.trade_no, r.refund_no, d.receipt_no AS settlement_no, r.amount, r.refund_time AS paid_time, d.pay_method FROM dbo.inpatient_deposit_refund r INNER JOIN dbo.inpatient_deposit d ON d.trade_no = r.trade_no
UNION ALL
SELECT 1 AS kind, trade_no, CAST('' AS varchar(32)) AS refund_no, his_settlement_no AS settlement_no, collect AS amount, paid_time, CAST('' AS varchar(16)) AS pay_method FROM dbo.discharge_settlement WHERE LEN(trade_no) > 0
GO
IF OBJECT_ID('dbo.usp_hospay_day_list', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_day_list
GO
-- The hospital's list of one accounting day: payments by the platform's own payment time, refunds by the time of the reversal.
CREATE PROCEDURE dbo.usp_hospay_day_list
  @day char(8),
  @page int,
  @page_size int
AS
BEGIN
  SET NOCOUNT ON
  SELECT n.kind, n.trade_no, n.refund_no, n.settlement_no, n.amount, n.paid_time, n.pay_method
  FROM (
    SELECT m.kind, m.trade_no, m.refund_no, m.settlement_no, m.amount, m.paid_time, m.pay_method,
           ROW_NUMBER() OVER (ORDER BY m.paid_time, m.kind, m.settlement_no, m.refund_no) AS position
    FROM dbo.v_day_line m WHERE m.paid_time >= @day + '00:00:00' AND m.paid_time <= @day + '23:59:59'
  ) n
  WHERE n.position > (@page - 1) * @page_size AND n.position <= @page * @page_size
  ORDER BY n.position
END
GO

-- ---------------------------------------------------------------- seeds

IF NOT EXISTS (SELECT 1 FROM dbo.item_initials)
  INSERT INTO dbo.item_initials (item_code, initials) VALUES
    ('Y1001', 'AMXLJN'), ('Y1002', 'BLFHSJN'), ('Y1003', 'XBDPKSP'), ('Y1004', 'ASPLCRP'), ('Y1005', 'XEAFHNMKL'), ('Y1006', 'EJSGP'), ('Z2001', 'DGYP'), ('Z2002', 'HQYP'),
    ('J3001', 'XCGWFL'), ('J3002', 'GGNQT'), ('J3003', 'FBCC'), ('J3004', 'XBCTPS'), ('Q4001', 'HYZ'), ('Q4002', 'WHXR')
GO
IF NOT EXISTS (SELECT 1 FROM dbo.report)
BEGIN
  DECLARE @today char(8)
  SET @today = CONVERT(char(8), GETDATE(), 112)
  INSERT INTO dbo.report (report_id, patient_id, kind, title, reported_time, times_printed, hindrance) VALUES
    ('LIS00000001', 'P0000002', 'L', N'血常规(五分类)', @today + '09:20:00', 0, N''), ('LIS00000002', 'P0000005', 'L', N'肝功能全套', @today + '09:40:00', 1, N'已打印'),
    ('PACS0000001', 'P0000002', 'I', N'腹部彩超', @today + '10:05:00', 0, N'')
  INSERT INTO dbo.report_item (report_id, position, name, result, unit, normal_range, flag) VALUES
    ('LIS00000001', 1, N'白细胞计数', N'11.2', N'10^9/L', N'3.5-9.5', N'↑'), ('LIS00000001', 2, N'红细胞计数', N'4.31', N'10^12/L', N'3.8-5.1', N''), ('LIS00000001', 3, N'血红蛋白', N'128', N'g/L', N'115-150', N''),
    ('LIS00000002', 1, N'谷丙转氨酶', N'32', N'U/L', N'7-40', N''), ('PACS0000001', 1, N'超声所见', N'肝胆胰脾未见明显异常', N'', N'', N'')
END
GO
