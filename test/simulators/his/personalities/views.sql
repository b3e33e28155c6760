-- Read-only views for questions, procedures for what is booked. Receipts move from the day library (日库) to the year library (年库) when their day is
-- closed; only the union view shows both.
IF OBJECT_ID('dbo.closed_receipt', 'U') IS NULL
CREATE TABLE dbo.closed_receipt (settlement_no varchar(32) NOT NULL CONSTRAINT PK_closed_receipt PRIMARY KEY)
GO
IF OBJECT_ID('dbo.vw_sf_receipt', 'V') IS NOT NULL DROP VIEW dbo.vw_sf_receipt
GO
IF OBJECT_ID('dbo.vw_sf_receipt_day', 'V') IS NOT NULL DROP VIEW dbo.vw_sf_receipt_day
GO
IF OBJECT_ID('dbo.vw_sf_receipt_year', 'V') IS NOT NULL DROP VIEW dbo.vw_sf_receipt_year
GO
CREATE VIEW dbo.vw_sf_receipt_day AS
SELECT s.settlement_no AS sjh, s.trade_no AS ddh, s.receipt_no AS fph, s.amount AS xjje, s.status AS jlzt, s.paid_time AS jsrq, s.pickup_window AS fyck, s.guide AS dzxx
FROM dbo.settlement s LEFT JOIN dbo.closed_receipt c ON c.settlement_no = s.settlement_no WHERE c.settlement_no IS NULL
GO
CREATE VIEW dbo.vw_sf_receipt_year AS
SELECT s.settlement_no AS sjh, s.trade_no AS ddh, s.receipt_no AS fph, s.amount AS xjje, s.status AS jlzt, s.paid_time AS jsrq, s.pickup_window AS fyck, s.guide AS dzxx
FROM dbo.settlement s INNER JOIN dbo.closed_receipt c ON c.settlement_no = s.settlement_no
GO
CREATE VIEW dbo.vw_sf_receipt AS
SELECT sjh, ddh, fph, xjje, jlzt, jsrq, fyck, dzxx FROM dbo.vw_sf_receipt_day
UNION ALL
SELECT sjh, ddh, fph, xjje, jlzt, jsrq, fyck, dzxx FROM dbo.vw_sf_receipt_year
GO
IF OBJECT_ID('dbo.vw_sf_patient', 'V') IS NOT NULL DROP VIEW dbo.vw_sf_patient
GO
CREATE VIEW dbo.vw_sf_patient AS
SELECT c.card_type AS cardtype, c.card_no AS cardno, p.patient_id AS patid, p.name AS hzxm, p.sex, p.birthday AS birth, p.id_no AS sfzh, p.phone AS lxdh, p.patient_type AS ybdm
FROM dbo.card c INNER JOIN dbo.patient p ON p.patient_id = c.patient_id WHERE c.card_status = 0
GO
IF OBJECT_ID('dbo.vw_sf_open_bill', 'V') IS NOT NULL DROP VIEW dbo.vw_sf_open_bill
GO
CREATE VIEW dbo.vw_sf_open_bill AS
SELECT b.bill_no AS hjxh, b.patient_id AS patid, b.bill_type AS cflx, b.bill_date AS lrrq, d.dept_name AS ksmc, s.doctor_name AS ysmc, b.amount AS je
FROM dbo.bill b INNER JOIN dbo.department d ON d.dept_code = b.dept_code INNER JOIN dbo.doctor s ON s.doctor_code = b.doctor_code WHERE b.status = 0
GO
IF OBJECT_ID('dbo.vw_sf_bill_line', 'V') IS NOT NULL DROP VIEW dbo.vw_sf_bill_line
GO
CREATE VIEW dbo.vw_sf_bill_line AS
SELECT b.patient_id AS patid, l.bill_no AS hjxh, l.line_no AS mxxh, l.item_code AS xmdm, l.item_name AS xmmc, l.spec AS ypgg, l.unit AS ypdw, l.qty AS ypsl, l.amount AS je
FROM dbo.bill_line l INNER JOIN dbo.bill b ON b.bill_no = l.bill_no
GO
IF OBJECT_ID('dbo.vw_sf_refund', 'V') IS NOT NULL DROP VIEW dbo.vw_sf_refund
GO
CREATE VIEW dbo.vw_sf_refund AS
SELECT refund_no AS tkdh, his_refund_no AS tsjh, trade_no AS ddh, settlement_no AS sjh, amount AS tkje, refund_time AS tkrq FROM dbo.settlement_refund
GO
IF OBJECT_ID('dbo.vw_sf_day_list', 'V') IS NOT NULL DROP VIEW dbo.vw_sf_day_list
GO
-- lsh is unique: receipts and refunds have numbers of their own.
CREATE VIEW dbo.vw_sf_day_list AS
SELECT 1 AS lx, ddh, CAST('' AS varchar(32)) AS tkdh, sjh, xjje AS je, jsrq, LEFT(jsrq, 8) AS rq, sjh AS lsh FROM dbo.vw_sf_receipt
UNION ALL
SELECT 2 AS lx, ddh, tkdh, sjh, tkje AS je, tkrq AS jsrq, LEFT(tkrq, 8) AS rq, tsjh AS lsh FROM dbo.vw_sf_refund
GO
IF OBJECT_ID('dbo.vw_sf_department', 'V') IS NOT NULL DROP VIEW dbo.vw_sf_department
GO
CREATE VIEW dbo.vw_sf_department AS SELECT dept_code AS ksdm, dept_name AS ksmc FROM dbo.department
GO
