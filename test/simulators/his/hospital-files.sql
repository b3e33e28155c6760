-- Files and cards of patients (建档, 就诊卡), and what is left on the abolished prepayment accounts (院内账户). Conventions as in hospital.sql.
SET NOCOUNT ON
GO

-- ---------------------------------------------------------------- tables

IF OBJECT_ID('dbo.patient_detail', 'U') IS NULL
CREATE TABLE dbo.patient_detail (
  patient_id varchar(20) NOT NULL CONSTRAINT PK_patient_detail PRIMARY KEY CONSTRAINT FK_detail_patient REFERENCES dbo.patient (patient_id),
  address nvarchar(200) NOT NULL,
  nation nvarchar(20) NOT NULL,
  guardian_name nvarchar(40) NOT NULL,
  guardian_id_no varchar(18) NOT NULL
)
GO
-- Which card took the place of a lost one.
IF OBJECT_ID('dbo.card_reissue', 'U') IS NULL
CREATE TABLE dbo.card_reissue (
  old_card_no varchar(32) NOT NULL CONSTRAINT PK_card_reissue PRIMARY KEY,
  new_card_no varchar(32) NOT NULL,
  patient_id varchar(20) NOT NULL
)
GO
IF OBJECT_ID('dbo.prepaid_account', 'U') IS NULL
CREATE TABLE dbo.prepaid_account (
  patient_id varchar(20) NOT NULL CONSTRAINT PK_prepaid_account PRIMARY KEY CONSTRAINT FK_account_patient REFERENCES dbo.patient (patient_id),
  balance decimal(12,2) NOT NULL CONSTRAINT CK_account_balance CHECK (balance >= 0),
  frozen decimal(12,2) NOT NULL DEFAULT 0
)
GO
-- kind: 1 top-up, 2 use, 3 return. return_no: the payment platform's own number of a return.
IF OBJECT_ID('dbo.prepaid_movement', 'U') IS NULL
BEGIN
  CREATE TABLE dbo.prepaid_movement (
    movement_no varchar(32) NOT NULL CONSTRAINT PK_prepaid_movement PRIMARY KEY,
    patient_id varchar(20) NOT NULL,
    kind int NOT NULL,
    amount decimal(12,2) NOT NULL,
    move_time char(16) NOT NULL,
    trade_no varchar(32) NOT NULL DEFAULT '',
    return_no varchar(64) NOT NULL DEFAULT '',
    pay_method varchar(16) NOT NULL DEFAULT ''
  )
  CREATE INDEX IX_prepaid_movement_patient ON dbo.prepaid_movement (patient_id)
END
GO

-- ---------------------------------------------------------------- procedures: files

IF OBJECT_ID('dbo.usp_hospay_create_patient', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_create_patient
GO
-- One file for one identity card and name: told again it answers the file there is. ret_code: 0 the file, 100202 several files of this person: to the window,
-- 100203 a child under fourteen needs a guardian, 100204 the identity card belongs to somebody of another name, 99 system error.
CREATE PROCEDURE dbo.usp_hospay_create_patient
  @name nvarchar(40),
  @sex nvarchar(2),
  @birthday char(8),
  @id_type varchar(4),
  @id_no varchar(18),
  @phone varchar(20),
  @address nvarchar(200),
  @nation nvarchar(20),
  @guardian_name nvarchar(40),
  @guardian_id_no varchar(18),
  @patient_id varchar(20) OUTPUT,
  @card_no varchar(32) OUTPUT,
  @ret_code int OUTPUT,
  @ret_msg nvarchar(200) OUTPUT
AS
BEGIN
  SET NOCOUNT ON
  DECLARE @now datetime, @serial int, @files int, @others int
  SELECT @patient_id = NULL, @card_no = NULL, @ret_code = 0, @ret_msg = N'', @now = GETDATE()
  BEGIN TRY
    BEGIN TRANSACTION
    SELECT @files = COUNT(*), @patient_id = MIN(patient_id) FROM dbo.patient WITH (UPDLOCK, HOLDLOCK) WHERE id_no = @id_no AND name = @name
    SELECT @others = COUNT(*) FROM dbo.patient WHERE id_no = @id_no AND name <> @name
    IF @files > 1
      SELECT @ret_code = 100202, @ret_msg = N'存在多个档案, 请到窗口办理'
    ELSE IF @files = 0 AND @others > 0
      SELECT @ret_code = 100204, @ret_msg = N'证件号已用于另一姓名'
    ELSE IF @files = 0 AND @birthday > CONVERT(char(8), DATEADD(year, -14, @now), 112) AND LEN(@guardian_name) = 0
      SELECT @ret_code = 100203, @ret_msg = N'未满14周岁须填写监护人'
    IF @files = 1
      SELECT @card_no = MIN(card_no), @ret_msg = N'已有档案' FROM dbo.card WHERE patient_id = @patient_id AND card_type = '2' AND card_status = 0
    IF @ret_code <> 0 OR @files = 1
    BEGIN
      ROLLBACK TRANSACTION
      IF @ret_code <> 0 SELECT @patient_id = NULL
      RETURN 0
    END
    INSERT INTO dbo.serial_number (purpose) VALUES ('patient')
    SET @serial = SCOPE_IDENTITY()
    SET @patient_id = 'P1' + RIGHT('000000' + CONVERT(varchar(10), @serial), 6)
    SET @card_no = 'C1' + RIGHT('000000' + CONVERT(varchar(10), @serial), 6)
    INSERT INTO dbo.patient (patient_id, name, sex, birthday, id_no, phone, patient_type) VALUES (@patient_id, @name, @sex, @birthday, @id_no, @phone, 'ZF')
    INSERT INTO dbo.patient_detail (patient_id, address, nation, guardian_name, guardian_id_no) VALUES (@patient_id, @address, @nation, @guardian_name, @guardian_id_no)
    INSERT INTO dbo.card (card_type, card_no, patient_id) VALUES ('2', @card_no, @patient_id), ('1', @id_no, @patient_id)
    COMMIT TRANSACTION
    SET @ret_msg = N'成功'
  END TRY
  BEGIN CATCH
    IF XACT_STATE() <> 0 ROLLBACK TRANSACTION
    SELECT @patient_id = NULL, @card_no = NULL, @ret_code = 99, @ret_msg = LEFT(N'系统错误 ' + CONVERT(nvarchar(10), ERROR_NUMBER()) + N': ' + ERROR_MESSAGE(), 200)
  END CATCH
  RETURN 0
END
GO
IF OBJECT_ID('dbo.usp_hospay_update_patient', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_update_patient
GO
-- ret_code: 0 changed, 100301 no such patient. An empty address stays as it is.
CREATE PROCEDURE dbo.usp_hospay_update_patient
  @patient_id varchar(20),
  @phone varchar(20),
  @address nvarchar(200),
  @ret_code int OUTPUT,
  @ret_msg nvarchar(200) OUTPUT
AS
BEGIN
  SET NOCOUNT ON
  SELECT @ret_code = 0, @ret_msg = N'成功'
  IF NOT EXISTS (SELECT 1 FROM dbo.patient WHERE patient_id = @patient_id)
  BEGIN
    SELECT @ret_code = 100301, @ret_msg = N'患者不存在'
    RETURN 0
  END
  UPDATE dbo.patient SET phone = @phone WHERE patient_id = @patient_id
  IF LEN(@address) > 0
    UPDATE dbo.patient_detail SET address = @address WHERE patient_id = @patient_id
  RETURN 0
END
GO

-- ---------------------------------------------------------------- procedures: cards

IF OBJECT_ID('dbo.usp_hospay_check_card', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_check_card
GO
-- card_status: 0 normal, 1 lost, 2 cancelled. ret_code: 0 answered, 100202 a card of several files: to the window, 100501 no such card.
CREATE PROCEDURE dbo.usp_hospay_check_card
  @card_type varchar(4),
  @card_no varchar(32),
  @patient_id varchar(20) OUTPUT,
  @card_status int OUTPUT,
  @ret_code int OUTPUT,
  @ret_msg nvarchar(200) OUTPUT
AS
BEGIN
  SET NOCOUNT ON
  DECLARE @files int
  SELECT @patient_id = NULL, @card_status = NULL, @ret_code = 0, @ret_msg = N'成功'
  SELECT @files = COUNT(*), @patient_id = MIN(patient_id), @card_status = MAX(card_status) FROM dbo.card WHERE card_type = @card_type AND card_no = @card_no
  IF @files = 0
    SELECT @ret_code = 100501, @ret_msg = N'卡不存在'
  ELSE IF @files > 1
    SELECT @patient_id = NULL, @card_status = NULL, @ret_code = 100202, @ret_msg = N'存在多个档案, 请到窗口办理'
  RETURN 0
END
GO
IF OBJECT_ID('dbo.usp_hospay_report_card_lost', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_report_card_lost
GO
-- ret_code: 0 lost (also when it was before), 100501 no such card of this patient, 100502 cancelled.
CREATE PROCEDURE dbo.usp_hospay_report_card_lost
  @patient_id varchar(20),
  @card_no varchar(32),
  @ret_code int OUTPUT,
  @ret_msg nvarchar(200) OUTPUT
AS
BEGIN
  SET NOCOUNT ON
  DECLARE @card_status int
  SELECT @ret_code = 0, @ret_msg = N'成功'
  SELECT @card_status = card_status FROM dbo.card WHERE card_type = '2' AND card_no = @card_no AND patient_id = @patient_id
  IF @card_status IS NULL
    SELECT @ret_code = 100501, @ret_msg = N'卡不存在'
  ELSE IF @card_status = 2
    SELECT @ret_code = 100502, @ret_msg = N'卡已注销'
  ELSE
    UPDATE dbo.card SET card_status = 1 WHERE card_type = '2' AND card_no = @card_no AND patient_id = @patient_id
  RETURN 0
END
GO
IF OBJECT_ID('dbo.usp_hospay_reissue_card', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_reissue_card
GO
-- A lost card is replaced once: told again it answers the card that took its place. ret_code: 0 the new card, 100501 no such card of this patient, 100503 not reported lost, 99 system error.
CREATE PROCEDURE dbo.usp_hospay_reissue_card
  @patient_id varchar(20),
  @card_no varchar(32),
  @new_card_no varchar(32) OUTPUT,
  @ret_code int OUTPUT,
  @ret_msg nvarchar(200) OUTPUT
AS
BEGIN
  SET NOCOUNT ON
  DECLARE @serial int, @card_status int
  SELECT @new_card_no = NULL, @ret_code = 0, @ret_msg = N''
  BEGIN TRY
    BEGIN TRANSACTION
    SELECT @new_card_no = new_card_no FROM dbo.card_reissue WITH (UPDLOCK, HOLDLOCK) WHERE old_card_no = @card_no AND patient_id = @patient_id
    IF @new_card_no IS NOT NULL
    BEGIN
      ROLLBACK TRANSACTION
      SET @ret_msg = N'已补卡'
      RETURN 0
    END
    SELECT @card_status = card_status FROM dbo.card WITH (UPDLOCK) WHERE card_type = '2' AND card_no = @card_no AND patient_id = @patient_id
    IF @card_status IS NULL
      SELECT @ret_code = 100501, @ret_msg = N'卡不存在'
    ELSE IF @card_status <> 1
      SELECT @ret_code = 100503, @ret_msg = N'卡未挂失'
    IF @ret_code <> 0
    BEGIN
      ROLLBACK TRANSACTION
      RETURN 0
    END
    INSERT INTO dbo.serial_number (purpose) VALUES ('card')
    SET @serial = SCOPE_IDENTITY()
    SET @new_card_no = 'C2' + RIGHT('000000' + CONVERT(varchar(10), @serial), 6)
    UPDATE dbo.card SET card_status = 2 WHERE card_type = '2' AND card_no = @card_no AND patient_id = @patient_id
    INSERT INTO dbo.card (card_type, card_no, patient_id) VALUES ('2', @new_card_no, @patient_id)
    INSERT INTO dbo.card_reissue (old_card_no, new_card_no, patient_id) VALUES (@card_no, @new_card_no, @patient_id)
    COMMIT TRANSACTION
    SET @ret_msg = N'成功'
  END TRY
  BEGIN CATCH
    IF XACT_STATE() <> 0 ROLLBACK TRANSACTION
    SELECT @new_card_no = NULL, @ret_code = 99, @ret_msg = LEFT(N'系统错误 ' + CONVERT(nvarchar(10), ERROR_NUMBER()) + N': ' + ERROR_MESSAGE(), 200)
  END CATCH
  RETURN 0
END
GO

-- ---------------------------------------------------------------- procedures: prepayment accounts

IF OBJECT_ID('dbo.usp_hospay_account_balance', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_account_balance
GO
-- A patient without an account has nothing on it. ret_code: 0 answered, 060101 no such patient.
CREATE PROCEDURE dbo.usp_hospay_account_balance
  @patient_id varchar(20),
  @balance decimal(12,2) OUTPUT,
  @frozen decimal(12,2) OUTPUT,
  @ret_code int OUTPUT,
  @ret_msg nvarchar(200) OUTPUT
AS
BEGIN
  SET NOCOUNT ON
  SELECT @balance = 0, @frozen = 0, @ret_code = 0, @ret_msg = N'成功'
  IF NOT EXISTS (SELECT 1 FROM dbo.patient WHERE patient_id = @patient_id)
    SELECT @ret_code = 60101, @ret_msg = N'患者不存在'
  SELECT @balance = balance, @frozen = frozen FROM dbo.prepaid_account WHERE patient_id = @patient_id
  RETURN 0
END
GO
IF OBJECT_ID('dbo.usp_hospay_account_movements', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_account_movements
GO
CREATE PROCEDURE dbo.usp_hospay_account_movements
  @patient_id varchar(20)
AS
BEGIN
  SET NOCOUNT ON
  SELECT movement_no, kind, amount, move_time, trade_no, pay_method FROM dbo.prepaid_movement WHERE patient_id = @patient_id ORDER BY move_time, movement_no
END
GO
IF OBJECT_ID('dbo.usp_hospay_account_return', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_hospay_account_return
GO
-- 清退: takes the money off before it is paid out. ret_code: 0 taken off (also on replay), 60204 more than the free balance, 60208 the number was used otherwise, 99 system error.
CREATE PROCEDURE dbo.usp_hospay_account_return
  @patient_id varchar(20),
  @return_no varchar(64),
  @amount decimal(12,2),
  @reason nvarchar(80),
  @his_return_no varchar(32) OUTPUT,
  @balance decimal(12,2) OUTPUT,
  @ret_code int OUTPUT,
  @ret_msg nvarchar(200) OUTPUT
AS
BEGIN
  SET NOCOUNT ON
  DECLARE @now datetime, @serial int, @free decimal(12,2), @known_patient varchar(20), @known_amount decimal(12,2)
  SELECT @his_return_no = NULL, @balance = NULL, @ret_code = 0, @ret_msg = N'', @now = GETDATE()
  BEGIN TRY
    BEGIN TRANSACTION
    SELECT @his_return_no = movement_no, @known_patient = patient_id, @known_amount = amount FROM dbo.prepaid_movement WITH (UPDLOCK, HOLDLOCK) WHERE return_no = @return_no AND kind = 3
    SELECT @balance = balance, @free = balance - frozen FROM dbo.prepaid_account WITH (UPDLOCK) WHERE patient_id = @patient_id
    IF @his_return_no IS NOT NULL
    BEGIN
      IF @known_patient <> @patient_id OR @known_amount <> @amount
        SELECT @his_return_no = NULL, @ret_code = 60208, @ret_msg = N'清退单号已用于另一笔清退'
      ROLLBACK TRANSACTION
      RETURN 0
    END
    IF @amount <= 0 OR @amount > ISNULL(@free, 0)
    BEGIN
      ROLLBACK TRANSACTION
      SELECT @balance = NULL, @ret_code = 60204, @ret_msg = N'超过可退余额'
      RETURN 0
    END
    INSERT INTO dbo.serial_number (purpose) VALUES ('return')
    SET @serial = SCOPE_IDENTITY()
    SET @his_return_no = 'QT' + CONVERT(char(8), @now, 112) + RIGHT('00000000' + CONVERT(varchar(10), @serial), 8)
    INSERT INTO dbo.prepaid_movement (movement_no, patient_id, kind, amount, move_time, return_no) VALUES (@his_return_no, @patient_id, 3, @amount, CONVERT(char(8), @now, 112) + CONVERT(char(8), @now, 108), @return_no)
    UPDATE dbo.prepaid_account SET balance = balance - @amount WHERE patient_id = @patient_id
    SET @balance = @balance - @amount
    COMMIT TRANSACTION
    SET @ret_msg = N'成功'
  END TRY
  BEGIN CATCH
    IF XACT_STATE() <> 0 ROLLBACK TRANSACTION
    SELECT @his_return_no = NULL, @balance = NULL, @ret_code = 99, @ret_msg = LEFT(N'系统错误 ' + CONVERT(nvarchar(10), ERROR_NUMBER()) + N': ' + ERROR_MESSAGE(), 200)
  END CATCH
  RETURN 0
END
GO

-- ---------------------------------------------------------------- seeds

IF NOT EXISTS (SELECT 1 FROM dbo.prepaid_account)
BEGIN
  INSERT INTO dbo.prepaid_account (patient_id, balance, frozen) VALUES ('P0000002', 136.50, 0), ('P0000009', 20.00, 5.00)
  INSERT INTO dbo.prepaid_movement (movement_no, patient_id, kind, amount, move_time, pay_method) VALUES
    ('ZH00000001', 'P0000002', 1, 200.00, '2024110509:10:00', 'cash'), ('ZH00000002', 'P0000002', 2, 63.50, '2024110510:02:00', ''), ('ZH00000003', 'P0000009', 1, 20.00, '2024121014:00:00', 'cash')
END
GO
