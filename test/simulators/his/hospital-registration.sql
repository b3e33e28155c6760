-- Registration (挂号): clinics, slots, locks, and a registration from its hold to its end. Conventions as in hospital.sql.
SET NOCOUNT ON
GO

-- ---------------------------------------------------------------- tables

-- Doctors who hold clinics, with their price class.
IF OBJECT_ID('dbo.clinic_doctor', 'U') IS NULL
CREATE TABLE dbo.clinic_doctor (
  doctor_code varchar(10) NOT NULL CONSTRAINT PK_clinic_doctor PRIMARY KEY,
  title nvarchar(20) NOT NULL,
  reg_fee decimal(12,2) NOT NULL,
  treat_fee decimal(12,2) NOT NULL
)
GO
-- session_code: 1 morning, 2 afternoon. stopped: 1 when the clinic does not take place (停诊).
IF OBJECT_ID('dbo.schedule', 'U') IS NULL
BEGIN
  CREATE TABLE dbo.schedule (
    schedule_id varchar(32) NOT NULL CONSTRAINT PK_schedule PRIMARY KEY,
    dept_code varchar(10) NOT NULL CONSTRAINT FK_schedule_department REFERENCES dbo.department (dept_code),
    doctor_code varchar(10) NOT NULL CONSTRAINT FK_schedule_doctor REFERENCES dbo.doctor (doctor_code),
    work_day char(8) NOT NULL,
    session_code varchar(2) NOT NULL,
    reg_fee decimal(12,2) NOT NULL,
    treat_fee decimal(12,2) NOT NULL,
    stopped int NOT NULL DEFAULT 0
  )
  CREATE INDEX IX_schedule_day ON dbo.schedule (dept_code, work_day)
END
GO
IF OBJECT_ID('dbo.slot', 'U') IS NULL
BEGIN
  CREATE TABLE dbo.slot (
    slot_id varchar(32) NOT NULL CONSTRAINT PK_slot PRIMARY KEY,
    schedule_id varchar(32) NOT NULL CONSTRAINT FK_slot_schedule REFERENCES dbo.schedule (schedule_id),
    begin_clock char(8) NOT NULL,
    end_clock char(8) NOT NULL,
    capacity int NOT NULL
  )
  CREATE INDEX IX_slot_schedule ON dbo.slot (schedule_id)
END
GO
-- status: 0 held until expires_time, 1 became a registration, 2 given back.
IF OBJECT_ID('dbo.slot_lock', 'U') IS NULL
BEGIN
  CREATE TABLE dbo.slot_lock (
    his_lock_no varchar(32) NOT NULL CONSTRAINT PK_slot_lock PRIMARY KEY,
    lock_no varchar(32) NOT NULL CONSTRAINT UQ_slot_lock UNIQUE,
    slot_id varchar(32) NOT NULL,
    patient_id varchar(20) NOT NULL,
    expires_time char(16) NOT NULL,
    status int NOT NULL DEFAULT 0
  )
  CREATE INDEX IX_slot_lock_slot ON dbo.slot_lock (slot_id)
END
GO
-- status: 0 held and unpaid until expires_time, 1 booked, 2 checked in, 3 cancelled, 5 clinic stopped, 6 refunded.
IF OBJECT_ID('dbo.registration', 'U') IS NULL
BEGIN
  CREATE TABLE dbo.registration (
    his_reg_no varchar(32) NOT NULL CONSTRAINT PK_registration PRIMARY KEY,
    reg_no varchar(32) NOT NULL CONSTRAINT UQ_registration_no UNIQUE,
    schedule_id varchar(32) NOT NULL,
    slot_id varchar(32) NOT NULL,
    patient_id varchar(20) NOT NULL,
    total decimal(12,2) NOT NULL,
    fund decimal(12,2) NOT NULL,
    account decimal(12,2) NOT NULL,
    self_pay decimal(12,2) NOT NULL,
    expires_time char(16) NOT NULL,
    queue_no int NOT NULL,
    status int NOT NULL DEFAULT 0,
    seen int NOT NULL DEFAULT 0
  )
  CREATE INDEX IX_registration_slot ON dbo.registration (slot_id)
  CREATE INDEX IX_registration_patient ON dbo.registration (patient_id)
END
GO
IF OBJECT_ID('dbo.registration_payment', 'U') IS NULL
CREATE TABLE dbo.registration_payment (
  trade_no varchar(32) NOT NULL CONSTRAINT PK_registration_payment PRIMARY KEY,
  his_reg_no varchar(32) NOT NULL CONSTRAINT UQ_registration_payment UNIQUE,
  settlement_no varchar(32) NOT NULL,
  receipt_no varchar(32) NOT NULL,
  amount decimal(12,2) NOT NULL,
  paid_time char(16) NOT NULL,
  booked_time char(16) NOT NULL,
  pay_method varchar(16) NOT NULL,
  channel_trade_no varchar(64) NOT NULL,
  terminal_no varchar(32) NOT NULL
)
GO
IF OBJECT_ID('dbo.registration_refund', 'U') IS NULL
CREATE TABLE dbo.registration_refund (
  his_refund_no varchar(32) NOT NULL CONSTRAINT PK_registration_refund PRIMARY KEY,
  refund_no varchar(32) NOT NULL CONSTRAINT UQ_registration_refund UNIQUE,
  trade_no varchar(32) NOT NULL,
  amount decimal(12,2) NOT NULL,
  reason nvarchar(80) NOT NULL,
  refund_time char(16) NOT NULL
)
GO
-- How many places each slot still has: what is locked, held or booked is gone, and what ran out is free again.
IF OBJECT_ID('dbo.v_slot_rest', 'V') IS NOT NULL DROP VIEW dbo.v_slot_rest
GO
CREATE VIEW dbo.v_slot_rest AS
SELECT s.slot_id, s.schedule_id, s.begin_clock, s.end_clock, s.capacity,
  (SELECT COUNT(*) FROM dbo.registration r WHERE r.slot_id = s.slot_id AND (r.status IN (1, 2) OR (r.status = 0 AND r.expires_time > CONVERT(char(8), GETDATE(), 112) + CONVERT(char(8), GETDATE(), 108)))) AS registered,
  (SELECT COUNT(*) FROM dbo.slot_lock l WHERE l.slot_id = s.slot_id AND l.status = 0 AND l.expires_time > CONVERT(char(8), GETDATE(), 112) + CONVERT(char(8), GETDATE(), 108)) AS locked
FROM dbo.slot s
GO

-- ---------------------------------------------------------------- procedures: what can be chosen

IF OBJECT_ID('dbo.usp_hospay_reg_departments', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_reg_departments
GO
CREATE PROCEDURE dbo.usp_hospay_reg_departments
AS
BEGIN
  SET NOCOUNT ON
  SELECT d.dept_code, d.dept_name, N'本部院区' AS campus, d.location
  FROM dbo.department d WITH (NOLOCK)
  WHERE EXISTS (SELECT 1 FROM dbo.doctor s INNER JOIN dbo.clinic_doctor c ON c.doctor_code = s.doctor_code WHERE s.dept_code = d.dept_code)
  ORDER BY d.dept_code
END
GO
IF OBJECT_ID('dbo.usp_hospay_reg_doctors', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_reg_doctors
GO
CREATE PROCEDURE dbo.usp_hospay_reg_doctors
  @dept_code varchar(10)
AS
BEGIN
  SET NOCOUNT ON
  SELECT s.doctor_code, s.doctor_name, c.title, s.dept_code
  FROM dbo.doctor s WITH (NOLOCK) INNER JOIN dbo.clinic_doctor c WITH (NOLOCK) ON c.doctor_code = s.doctor_code
  WHERE s.dept_code = @dept_code ORDER BY s.doctor_code
END
GO
IF OBJECT_ID('dbo.usp_hospay_schedules', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_schedules
GO
-- Clinics that take place, with the places left.
CREATE PROCEDURE dbo.usp_hospay_schedules
  @dept_code varchar(10),
  @from_day char(8),
  @to_day char(8)
AS
BEGIN
  SET NOCOUNT ON
  SELECT p.schedule_id, p.dept_code, d.dept_name, p.doctor_code, s.doctor_name, c.title, p.work_day, p.session_code, p.reg_fee, p.treat_fee,
    (SELECT ISNULL(SUM(CASE WHEN v.capacity > v.registered + v.locked THEN v.capacity - v.registered - v.locked ELSE 0 END), 0) FROM dbo.v_slot_rest v WHERE v.schedule_id = p.schedule_id) AS rest
  FROM dbo.schedule p
  INNER JOIN dbo.department d ON d.dept_code = p.dept_code
  INNER JOIN dbo.doctor s ON s.doctor_code = p.doctor_code
  INNER JOIN dbo.clinic_doctor c ON c.doctor_code = p.doctor_code
  WHERE p.dept_code = @dept_code AND p.work_day >= @from_day AND p.work_day <= @to_day AND p.stopped = 0
  ORDER BY p.work_day, p.session_code, p.schedule_id
END
GO
IF OBJECT_ID('dbo.usp_hospay_slots', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_slots
GO
CREATE PROCEDURE dbo.usp_hospay_slots
  @schedule_id varchar(32)
AS
BEGIN
  SET NOCOUNT ON
  SELECT v.slot_id, p.work_day + v.begin_clock AS begin_time, p.work_day + v.end_clock AS end_time,
    CASE WHEN v.capacity > v.registered + v.locked THEN v.capacity - v.registered - v.locked ELSE 0 END AS rest
  FROM dbo.v_slot_rest v INNER JOIN dbo.schedule p ON p.schedule_id = v.schedule_id
  WHERE v.schedule_id = @schedule_id AND p.stopped = 0
  ORDER BY v.begin_clock, v.slot_id
END
GO

-- ---------------------------------------------------------------- procedures: locks

IF OBJECT_ID('dbo.usp_hospay_lock_slot', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_lock_slot
GO
-- ret_code: 0 locked for ten minutes (also on replay while it holds), 200501 no such slot, 200503 clinic stopped, 200504 the number was used otherwise or its lock has ended,
-- 200505 full, 200506 taken by somebody's lock, 99 system error.
CREATE PROCEDURE dbo.usp_hospay_lock_slot
  @lock_no varchar(32),
  @schedule_id varchar(32),
  @slot_id varchar(32),
  @patient_id varchar(20),
  @his_lock_no varchar(32) OUTPUT,
  @expires_time char(16) OUTPUT,
  @ret_code int OUTPUT,
  @ret_msg nvarchar(200) OUTPUT
AS
BEGIN
  SET NOCOUNT ON
  DECLARE @now datetime, @time char(16), @serial int, @stopped int, @capacity int, @registered int, @locked int, @known_slot varchar(32), @known_patient varchar(20), @known_status int
  SELECT @his_lock_no = NULL, @expires_time = NULL, @ret_code = 0, @ret_msg = N'', @now = GETDATE()
  SET @time = CONVERT(char(8), @now, 112) + CONVERT(char(8), @now, 108)
  BEGIN TRY
    BEGIN TRANSACTION
    SELECT @his_lock_no = his_lock_no, @known_slot = slot_id, @known_patient = patient_id, @known_status = status, @expires_time = expires_time
    FROM dbo.slot_lock WITH (UPDLOCK, HOLDLOCK) WHERE lock_no = @lock_no
    IF @his_lock_no IS NOT NULL
    BEGIN
      IF @known_slot = @slot_id AND @known_patient = @patient_id AND @known_status = 0 AND @expires_time > @time
        SET @ret_msg = N'已锁号'
      ELSE
        SELECT @his_lock_no = NULL, @expires_time = NULL, @ret_code = 200504, @ret_msg = N'锁号ID已存在或已失效'
      ROLLBACK TRANSACTION
      RETURN 0
    END
    SELECT @capacity = v.capacity, @registered = v.registered, @locked = v.locked, @stopped = p.stopped
    FROM dbo.v_slot_rest v INNER JOIN dbo.schedule p ON p.schedule_id = v.schedule_id WHERE v.slot_id = @slot_id AND v.schedule_id = @schedule_id
    IF @capacity IS NULL OR NOT EXISTS (SELECT 1 FROM dbo.patient WHERE patient_id = @patient_id)
      SELECT @ret_code = 200501, @ret_msg = N'排班或号源无效'
    ELSE IF @stopped = 1
      SELECT @ret_code = 200503, @ret_msg = N'已停诊'
    ELSE IF @registered >= @capacity
      SELECT @ret_code = 200505, @ret_msg = N'号源已挂满'
    ELSE IF @registered + @locked >= @capacity
      SELECT @ret_code = 200506, @ret_msg = N'号源已被占用'
    IF @ret_code <> 0
    BEGIN
      ROLLBACK TRANSACTION
      RETURN 0
    END
    INSERT INTO dbo.serial_number (purpose) VALUES ('lock')
    SET @serial = SCOPE_IDENTITY()
    SET @his_lock_no = 'L' + CONVERT(char(8), @now, 112) + RIGHT('00000000' + CONVERT(varchar(10), @serial), 8)
    SET @expires_time = CONVERT(char(8), DATEADD(minute, 10, @now), 112) + CONVERT(char(8), DATEADD(minute, 10, @now), 108)
    INSERT INTO dbo.slot_lock (his_lock_no, lock_no, slot_id, patient_id, expires_time) VALUES (@his_lock_no, @lock_no, @slot_id, @patient_id, @expires_time)
    COMMIT TRANSACTION
    SET @ret_msg = N'成功'
  END TRY
  BEGIN CATCH
    IF XACT_STATE() <> 0 ROLLBACK TRANSACTION
    SELECT @his_lock_no = NULL, @ret_code = 99, @ret_msg = LEFT(N'系统错误 ' + CONVERT(nvarchar(10), ERROR_NUMBER()) + N': ' + ERROR_MESSAGE(), 200)
  END CATCH
  RETURN 0
END
GO
IF OBJECT_ID('dbo.usp_hospay_unlock_slot', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_unlock_slot
GO
-- ret_code: 0 the lock holds nothing any more, whatever ended it; 200602 no such lock.
CREATE PROCEDURE dbo.usp_hospay_unlock_slot
  @lock_no varchar(32),
  @his_lock_no varchar(32),
  @ret_code int OUTPUT,
  @ret_msg nvarchar(200) OUTPUT
AS
BEGIN
  SET NOCOUNT ON
  SELECT @ret_code = 0, @ret_msg = N'成功'
  IF NOT EXISTS (SELECT 1 FROM dbo.slot_lock WHERE lock_no = @lock_no AND his_lock_no = @his_lock_no)
  BEGIN
    SELECT @ret_code = 200602, @ret_msg = N'锁号不存在'
    RETURN 0
  END
  UPDATE dbo.slot_lock SET status = 2 WHERE lock_no = @lock_no AND status = 0
  RETURN 0
END
GO

-- ---------------------------------------------------------------- procedures: registrations

IF OBJECT_ID('dbo.usp_hospay_hold_registration', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_hold_registration
GO
-- ret_code: 0 held for fifteen minutes (also on replay while it holds), 200701 no such slot on such a day, 200702 this patient has this clinic already, 200703 clinic stopped,
-- 200704 the lock is not this patient's or has run out, 200708 the number was used otherwise or its registration has ended, 200709 full, 99 system error.
CREATE PROCEDURE dbo.usp_hospay_hold_registration
  @reg_no varchar(32),
  @schedule_id varchar(32),
  @slot_id varchar(32),
  @patient_id varchar(20),
  @his_lock_no varchar(32),
  @is_today char(1),
  @his_reg_no varchar(32) OUTPUT,
  @total decimal(12,2) OUTPUT,
  @fund decimal(12,2) OUTPUT,
  @account decimal(12,2) OUTPUT,
  @self_pay decimal(12,2) OUTPUT,
  @expires_time char(16) OUTPUT,
  @queue_no int OUTPUT,
  @ret_code int OUTPUT,
  @ret_msg nvarchar(200) OUTPUT
AS
BEGIN
  SET NOCOUNT ON
  DECLARE @now datetime, @time char(16), @serial int, @stopped int, @work_day char(8), @capacity int, @taken int, @lock_status int, @fund_ratio decimal(5,4), @account_ratio decimal(5,4),
          @known_slot varchar(32), @known_patient varchar(20), @known_status int
  SELECT @his_reg_no = NULL, @total = NULL, @fund = NULL, @account = NULL, @self_pay = NULL, @expires_time = NULL, @queue_no = NULL, @ret_code = 0, @ret_msg = N'', @now = GETDATE()
  SET @time = CONVERT(char(8), @now, 112) + CONVERT(char(8), @now, 108)
  BEGIN TRY
    BEGIN TRANSACTION
    SELECT @his_reg_no = his_reg_no, @known_slot = slot_id, @known_patient = patient_id, @known_status = status, @total = total, @fund = fund, @account = account, @self_pay = self_pay,
           @expires_time = expires_time, @queue_no = queue_no
    FROM dbo.registration WITH (UPDLOCK, HOLDLOCK) WHERE reg_no = @reg_no
    IF @his_reg_no IS NOT NULL
    BEGIN
      IF @known_slot = @slot_id AND @known_patient = @patient_id AND @known_status = 0 AND @expires_time > @time
        SET @ret_msg = N'已预留'
      ELSE
        SELECT @his_reg_no = NULL, @ret_code = 200708, @ret_msg = N'平台订单号已存在或已失效'
      ROLLBACK TRANSACTION
      RETURN 0
    END
    SELECT @capacity = v.capacity, @taken = v.registered + v.locked, @stopped = p.stopped, @work_day = p.work_day, @total = p.reg_fee + p.treat_fee
    FROM dbo.v_slot_rest v INNER JOIN dbo.schedule p ON p.schedule_id = v.schedule_id WHERE v.slot_id = @slot_id AND v.schedule_id = @schedule_id
    SELECT @fund_ratio = f.fund_ratio, @account_ratio = f.account_ratio FROM dbo.patient q INNER JOIN dbo.fee_category f ON f.patient_type = q.patient_type WHERE q.patient_id = @patient_id
    IF LEN(@his_lock_no) > 0
      SELECT @lock_status = status FROM dbo.slot_lock WITH (UPDLOCK) WHERE his_lock_no = @his_lock_no AND slot_id = @slot_id AND patient_id = @patient_id AND expires_time > @time
    IF @capacity IS NULL OR @fund_ratio IS NULL OR (@is_today = '1' AND @work_day <> LEFT(@time, 8)) OR (@is_today <> '1' AND @work_day <= LEFT(@time, 8))
      SELECT @ret_code = 200701, @ret_msg = N'排班或号源无效'
    ELSE IF @stopped = 1
      SELECT @ret_code = 200703, @ret_msg = N'已停诊'
    ELSE IF EXISTS (SELECT 1 FROM dbo.registration WHERE schedule_id = @schedule_id AND patient_id = @patient_id AND (status IN (1, 2) OR (status = 0 AND expires_time > @time)))
      SELECT @ret_code = 200702, @ret_msg = N'同一班次已有预约'
    ELSE IF LEN(@his_lock_no) > 0 AND ISNULL(@lock_status, 2) <> 0
      SELECT @ret_code = 200704, @ret_msg = N'锁号已失效'
    ELSE IF @taken - (CASE WHEN @lock_status = 0 THEN 1 ELSE 0 END) >= @capacity
      SELECT @ret_code = 200709, @ret_msg = N'号源已挂满'
    IF @ret_code <> 0
    BEGIN
      ROLLBACK TRANSACTION
      SET @total = NULL
      RETURN 0
    END
    SET @fund = ROUND(@total * @fund_ratio, 2)
    SET @account = ROUND((@total - @fund) * @account_ratio, 2)
    SET @self_pay = @total - @fund - @account
    SELECT @queue_no = ISNULL(MAX(queue_no), 0) + 1 FROM dbo.registration WHERE schedule_id = @schedule_id
    INSERT INTO dbo.serial_number (purpose) VALUES ('hold')
    SET @serial = SCOPE_IDENTITY()
    SET @his_reg_no = 'G' + CONVERT(char(8), @now, 112) + RIGHT('00000000' + CONVERT(varchar(10), @serial), 8)
    SET @expires_time = CONVERT(char(8), DATEADD(minute, 15, @now), 112) + CONVERT(char(8), DATEADD(minute, 15, @now), 108)
    INSERT INTO dbo.registration (his_reg_no, reg_no, schedule_id, slot_id, patient_id, total, fund, account, self_pay, expires_time, queue_no)
    VALUES (@his_reg_no, @reg_no, @schedule_id, @slot_id, @patient_id, @total, @fund, @account, @self_pay, @expires_time, @queue_no)
    IF LEN(@his_lock_no) > 0
      UPDATE dbo.slot_lock SET status = 1 WHERE his_lock_no = @his_lock_no
    COMMIT TRANSACTION
    SET @ret_msg = N'成功'
  END TRY
  BEGIN CATCH
    IF XACT_STATE() <> 0 ROLLBACK TRANSACTION
    SELECT @his_reg_no = NULL, @ret_code = 99, @ret_msg = LEFT(N'系统错误 ' + CONVERT(nvarchar(10), ERROR_NUMBER()) + N': ' + ERROR_MESSAGE(), 200)
  END CATCH
  RETURN 0
END
GO
IF OBJECT_ID('dbo.usp_hospay_confirm_registration', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_confirm_registration
GO
-- ret_code: 0 booked, 200801 no such registration, 200802 paid (booked_trade_no tells by whom: our own replay gets its numbers again), 200803 closed: run out or the clinic is stopped,
-- 200804 another amount, 200805 cancelled, 200806 refunded, 99 system error. Money paid before the hold ran out is taken while the slot is free, however late the call.
CREATE PROCEDURE dbo.usp_hospay_confirm_registration
  @trade_no varchar(32),
  @his_reg_no varchar(32),
  @patient_id varchar(20),
  @amount decimal(12,2),
  @paid_time char(16),
  @pay_method varchar(16),
  @channel_trade_no varchar(64),
  @terminal_no varchar(32),
  @settlement_no varchar(32) OUTPUT,
  @receipt_no varchar(32) OUTPUT,
  @queue_no varchar(10) OUTPUT,
  @place nvarchar(60) OUTPUT,
  @booked_trade_no varchar(32) OUTPUT,
  @booked_amount decimal(12,2) OUTPUT,
  @ret_code int OUTPUT,
  @ret_msg nvarchar(200) OUTPUT
AS
BEGIN
  SET NOCOUNT ON
  DECLARE @now datetime, @time char(16), @serial int, @known_reg varchar(32), @status int, @self_pay decimal(12,2), @expires_time char(16), @slot_id varchar(32), @stopped int, @rest int
  SELECT @settlement_no = NULL, @receipt_no = NULL, @queue_no = NULL, @place = NULL, @booked_trade_no = NULL, @booked_amount = NULL, @ret_code = 0, @ret_msg = N'', @now = GETDATE()
  SET @time = CONVERT(char(8), @now, 112) + CONVERT(char(8), @now, 108)
  BEGIN TRY
    BEGIN TRANSACTION
    SELECT @status = r.status, @self_pay = r.self_pay, @expires_time = r.expires_time, @slot_id = r.slot_id, @stopped = p.stopped, @queue_no = CONVERT(varchar(10), r.queue_no), @place = d.location
    FROM dbo.registration r WITH (UPDLOCK, HOLDLOCK) INNER JOIN dbo.schedule p ON p.schedule_id = r.schedule_id INNER JOIN dbo.department d ON d.dept_code = p.dept_code
    WHERE r.his_reg_no = @his_reg_no AND r.patient_id = @patient_id
    -- Paid already, by this trade number for another registration or by any number for this one: answer what was booked, book nothing.
    SELECT TOP 1 @settlement_no = settlement_no, @receipt_no = receipt_no, @booked_trade_no = trade_no, @booked_amount = amount, @known_reg = his_reg_no
    FROM dbo.registration_payment WITH (UPDLOCK, HOLDLOCK) WHERE trade_no = @trade_no OR his_reg_no = @his_reg_no ORDER BY CASE WHEN trade_no = @trade_no THEN 0 ELSE 1 END
    IF @settlement_no IS NOT NULL AND @booked_trade_no = @trade_no AND @known_reg = @his_reg_no
      SELECT @ret_code = 200802, @ret_msg = N'该挂号已支付'
    ELSE IF @settlement_no IS NOT NULL AND @known_reg <> @his_reg_no
      SELECT @ret_code = 200804, @ret_msg = N'订单号已用于另一挂号'
    ELSE IF @settlement_no IS NOT NULL
      SELECT @ret_code = CASE WHEN @status = 6 THEN 200806 ELSE 200802 END, @ret_msg = N'该挂号已支付或已退款'
    ELSE IF @status IS NULL
      SELECT @ret_code = 200801, @ret_msg = N'挂号记录不存在'
    ELSE IF @status = 3
      SELECT @ret_code = 200805, @ret_msg = N'挂号已取消'
    ELSE IF @status <> 0 OR @stopped = 1 OR @paid_time > @expires_time
      SELECT @ret_code = 200803, @ret_msg = N'挂号已关闭或已停诊'
    ELSE IF @amount <> @self_pay
      SELECT @ret_code = 200804, @ret_msg = N'支付金额不符'
    ELSE IF @expires_time <= @time
    BEGIN
      SELECT @rest = capacity - registered - locked FROM dbo.v_slot_rest WHERE slot_id = @slot_id
      IF @rest <= 0
        SELECT @ret_code = 200803, @ret_msg = N'预留已过期, 号源已被占用'
    END
    IF @ret_code <> 0
    BEGIN
      ROLLBACK TRANSACTION
      RETURN 0
    END
    INSERT INTO dbo.serial_number (purpose) VALUES ('registration')
    SET @serial = SCOPE_IDENTITY()
    SET @settlement_no = 'SG' + CONVERT(char(8), @now, 112) + RIGHT('00000000' + CONVERT(varchar(10), @serial), 8)
    SET @receipt_no = 'R' + RIGHT('0000000000' + CONVERT(varchar(10), @serial), 10)
    INSERT INTO dbo.registration_payment (trade_no, his_reg_no, settlement_no, receipt_no, amount, paid_time, booked_time, pay_method, channel_trade_no, terminal_no)
    VALUES (@trade_no, @his_reg_no, @settlement_no, @receipt_no, @amount, @paid_time, @time, @pay_method, ISNULL(@channel_trade_no, ''), ISNULL(@terminal_no, ''))
    UPDATE dbo.registration SET status = 1 WHERE his_reg_no = @his_reg_no
    COMMIT TRANSACTION
    SELECT @ret_msg = N'成功', @booked_trade_no = @trade_no, @booked_amount = @amount
  END TRY
  BEGIN CATCH
    IF XACT_STATE() <> 0 ROLLBACK TRANSACTION
    SELECT @settlement_no = NULL, @receipt_no = NULL, @booked_trade_no = NULL, @booked_amount = NULL, @ret_code = 99, @ret_msg = LEFT(N'系统错误 ' + CONVERT(nvarchar(10), ERROR_NUMBER()) + N': ' + ERROR_MESSAGE(), 200)
  END CATCH
  RETURN 0
END
GO
IF OBJECT_ID('dbo.usp_hospay_query_registration', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_query_registration
GO
CREATE PROCEDURE dbo.usp_hospay_query_registration
  @trade_no varchar(32)
AS
BEGIN
  SET NOCOUNT ON
  SELECT m.trade_no, m.settlement_no, m.receipt_no, m.amount, CONVERT(varchar(10), r.queue_no) AS queue_no, d.location AS place
  FROM dbo.registration_payment m
  INNER JOIN dbo.registration r ON r.his_reg_no = m.his_reg_no
  INNER JOIN dbo.schedule p ON p.schedule_id = r.schedule_id
  INNER JOIN dbo.department d ON d.dept_code = p.dept_code
  WHERE m.trade_no = @trade_no
END
GO
IF OBJECT_ID('dbo.usp_hospay_cancel_registration', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_cancel_registration
GO
-- ret_code: 0 nothing is held any more (also when it was cancelled, ran out or was refunded before), 200901 no such registration, 200902 paid: it goes back by a refund.
CREATE PROCEDURE dbo.usp_hospay_cancel_registration
  @reg_no varchar(32),
  @his_reg_no varchar(32),
  @ret_code int OUTPUT,
  @ret_msg nvarchar(200) OUTPUT
AS
BEGIN
  SET NOCOUNT ON
  DECLARE @status int
  SELECT @ret_code = 0, @ret_msg = N'成功'
  SELECT @status = status FROM dbo.registration WHERE his_reg_no = @his_reg_no AND reg_no = @reg_no
  IF @status IS NULL
    SELECT @ret_code = 200901, @ret_msg = N'挂号记录不存在'
  ELSE IF @status IN (1, 2)
    SELECT @ret_code = 200902, @ret_msg = N'挂号已支付, 请办理退号'
  ELSE
    UPDATE dbo.registration SET status = 3 WHERE his_reg_no = @his_reg_no AND status = 0
  RETURN 0
END
GO
IF OBJECT_ID('dbo.usp_hospay_registration_refund', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_registration_refund
GO
-- ret_code: 0 refunded (also on replay), 200801 not paid by this number, 20101004 not the whole amount, 20101006 refunded under another number, 5001 checked in: to the window, 99 system error.
CREATE PROCEDURE dbo.usp_hospay_registration_refund
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
  DECLARE @now datetime, @serial int, @his_reg_no varchar(32), @amount decimal(12,2), @status int, @known_trade varchar(32), @known_amount decimal(12,2)
  SELECT @his_refund_no = NULL, @ret_code = 0, @ret_msg = N'', @now = GETDATE()
  BEGIN TRY
    BEGIN TRANSACTION
    SELECT @his_refund_no = his_refund_no, @known_trade = trade_no, @known_amount = amount FROM dbo.registration_refund WITH (UPDLOCK, HOLDLOCK) WHERE refund_no = @refund_no
    IF @his_refund_no IS NOT NULL
    BEGIN
      IF @known_trade <> @trade_no OR @known_amount <> @refund_amount
        SELECT @his_refund_no = NULL, @ret_code = 20101004, @ret_msg = N'退款单号已用于另一笔退款'
      ROLLBACK TRANSACTION
      RETURN 0
    END
    SELECT @his_reg_no = m.his_reg_no, @amount = m.amount, @status = r.status
    FROM dbo.registration_payment m WITH (UPDLOCK) INNER JOIN dbo.registration r WITH (UPDLOCK) ON r.his_reg_no = m.his_reg_no WHERE m.trade_no = @trade_no
    IF @his_reg_no IS NULL
      SELECT @ret_code = 200801, @ret_msg = N'挂号记录不存在'
    ELSE IF @status = 2
      SELECT @ret_code = 5001, @ret_msg = N'已取号, 请到窗口办理'
    ELSE IF @status = 6
      SELECT @ret_code = 20101006, @ret_msg = N'已退款'
    ELSE IF @refund_amount <> @amount
      SELECT @ret_code = 20101004, @ret_msg = N'挂号只能全额退款'
    IF @ret_code <> 0
    BEGIN
      ROLLBACK TRANSACTION
      RETURN 0
    END
    INSERT INTO dbo.serial_number (purpose) VALUES ('refund')
    SET @serial = SCOPE_IDENTITY()
    SET @his_refund_no = 'TG' + CONVERT(char(8), @now, 112) + RIGHT('00000000' + CONVERT(varchar(10), @serial), 8)
    INSERT INTO dbo.registration_refund (his_refund_no, refund_no, trade_no, amount, reason, refund_time)
    VALUES (@his_refund_no, @refund_no, @trade_no, @refund_amount, ISNULL(@reason, N''), CONVERT(char(8), @now, 112) + CONVERT(char(8), @now, 108))
    UPDATE dbo.registration SET status = 6 WHERE his_reg_no = @his_reg_no
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
IF OBJECT_ID('dbo.usp_hospay_query_registration_refund', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_query_registration_refund
GO
CREATE PROCEDURE dbo.usp_hospay_query_registration_refund
  @refund_no varchar(32)
AS
BEGIN
  SET NOCOUNT ON
  SELECT refund_no, his_refund_no, trade_no, amount, refund_time FROM dbo.registration_refund WHERE refund_no = @refund_no
END
GO
IF OBJECT_ID('dbo.usp_hospay_registrations', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_registrations
GO
-- reg_state: 0 held, 1 booked, 2 checked in, 3 cancelled or refunded, 4 run out, 5 clinic stopped.
CREATE PROCEDURE dbo.usp_hospay_registrations
  @patient_id varchar(20),
  @from_day char(8),
  @to_day char(8)
AS
BEGIN
  SET NOCOUNT ON
  SELECT r.reg_no, r.his_reg_no, CASE WHEN r.status = 6 THEN 3 WHEN r.status = 0 AND r.expires_time <= CONVERT(char(8), GETDATE(), 112) + CONVERT(char(8), GETDATE(), 108) THEN 4 ELSE r.status END AS reg_state,
    d.dept_name, s.doctor_name, p.work_day, p.session_code, r.self_pay, ISNULL(m.trade_no, '') AS trade_no, CONVERT(varchar(10), r.queue_no) AS queue_no, d.location AS place
  FROM dbo.registration r
  INNER JOIN dbo.schedule p ON p.schedule_id = r.schedule_id
  INNER JOIN dbo.department d ON d.dept_code = p.dept_code
  INNER JOIN dbo.doctor s ON s.doctor_code = p.doctor_code
  LEFT JOIN dbo.registration_payment m ON m.his_reg_no = r.his_reg_no
  WHERE r.patient_id = @patient_id AND p.work_day >= @from_day AND p.work_day <= @to_day
  ORDER BY p.work_day, r.his_reg_no
END
GO
IF OBJECT_ID('dbo.usp_hospay_check_in', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_check_in
GO
-- ret_code: 0 checked in (also when it was before), 201101 no such registration, 201102 not paid, or no longer valid.
CREATE PROCEDURE dbo.usp_hospay_check_in
  @his_reg_no varchar(32),
  @patient_id varchar(20),
  @queue_no varchar(10) OUTPUT,
  @place nvarchar(60) OUTPUT,
  @ret_code int OUTPUT,
  @ret_msg nvarchar(200) OUTPUT
AS
BEGIN
  SET NOCOUNT ON
  DECLARE @status int
  SELECT @queue_no = NULL, @place = NULL, @ret_code = 0, @ret_msg = N'成功'
  SELECT @status = r.status, @queue_no = CONVERT(varchar(10), r.queue_no), @place = d.location
  FROM dbo.registration r INNER JOIN dbo.schedule p ON p.schedule_id = r.schedule_id INNER JOIN dbo.department d ON d.dept_code = p.dept_code
  WHERE r.his_reg_no = @his_reg_no AND r.patient_id = @patient_id
  IF @status IS NULL
    SELECT @ret_code = 201101, @ret_msg = N'挂号记录不存在'
  ELSE IF @status NOT IN (1, 2)
    SELECT @ret_code = 201102, @ret_msg = N'挂号未支付或已失效'
  ELSE
    UPDATE dbo.registration SET status = 2 WHERE his_reg_no = @his_reg_no AND status = 1
  RETURN 0
END
GO

-- ---------------------------------------------------------------- seeds

IF NOT EXISTS (SELECT 1 FROM dbo.clinic_doctor)
  INSERT INTO dbo.clinic_doctor (doctor_code, title, reg_fee, treat_fee) VALUES
    ('D001', N'主任医师', 1.00, 29.00), ('D002', N'副主任医师', 1.00, 19.00), ('D003', N'主治医师', 1.00, 11.00), ('D004', N'副主任医师', 1.00, 19.00), ('D005', N'主任医师', 1.00, 29.00)
GO
IF OBJECT_ID('dbo.usp_hospital_plan_clinics', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospital_plan_clinics
GO
-- The planning office: two clinics a day for each doctor, today and for two weeks, four slots of three places each. What is planned stays.
CREATE PROCEDURE dbo.usp_hospital_plan_clinics
AS
BEGIN
  SET NOCOUNT ON
  DECLARE @days TABLE (work_day char(8) NOT NULL PRIMARY KEY)
  DECLARE @sessions TABLE (session_code varchar(2) NOT NULL PRIMARY KEY)
  DECLARE @slots TABLE (session_code varchar(2) NOT NULL, begin_clock char(8) NOT NULL, end_clock char(8) NOT NULL)
  DECLARE @offset int
  SET @offset = 0
  WHILE @offset <= 14
  BEGIN
    INSERT INTO @days (work_day) VALUES (CONVERT(char(8), DATEADD(day, @offset, GETDATE()), 112))
    SET @offset = @offset + 1
  END
  INSERT INTO @sessions (session_code) VALUES ('1'), ('2')
  INSERT INTO @slots (session_code, begin_clock, end_clock) VALUES
    ('1', '08:00:00', '09:00:00'), ('1', '09:00:00', '10:00:00'), ('1', '10:00:00', '11:00:00'), ('1', '11:00:00', '12:00:00'),
    ('2', '13:30:00', '14:30:00'), ('2', '14:30:00', '15:30:00'), ('2', '15:30:00', '16:30:00'), ('2', '16:30:00', '17:30:00')
  INSERT INTO dbo.schedule (schedule_id, dept_code, doctor_code, work_day, session_code, reg_fee, treat_fee)
  SELECT 'PB' + d.work_day + s.doctor_code + x.session_code, s.dept_code, s.doctor_code, d.work_day, x.session_code, c.reg_fee, c.treat_fee
  FROM @days d CROSS JOIN @sessions x CROSS JOIN dbo.clinic_doctor c INNER JOIN dbo.doctor s ON s.doctor_code = c.doctor_code
  WHERE NOT EXISTS (SELECT 1 FROM dbo.schedule p WHERE p.schedule_id = 'PB' + d.work_day + s.doctor_code + x.session_code)
  INSERT INTO dbo.slot (slot_id, schedule_id, begin_clock, end_clock, capacity)
  SELECT p.schedule_id + '-' + LEFT(t.begin_clock, 2), p.schedule_id, t.begin_clock, t.end_clock, 3
  FROM dbo.schedule p INNER JOIN @slots t ON t.session_code = p.session_code
  WHERE NOT EXISTS (SELECT 1 FROM dbo.slot z WHERE z.schedule_id = p.schedule_id)
END
GO
EXEC dbo.usp_hospital_plan_clinics
GO
